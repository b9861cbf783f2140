//! A client in Rust: `managers peer CORE ADDRESS DIGEST`.
//!
//! As `python-fixtures/bench_manager.py`, one order a line: `WORK THREADS COUNT`. It answers `go`,
//! then the nanoseconds that passed and those of the processor.

use std::io;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use bench_harness::KEY;
use bench_harness::peer;
use mpconn::Value;
use mpconn::handshake::{Digest, Policy};
use mpconn::manager::{Cancel, Manager, Proxy, Queue};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let [core, address, digest] = args else {
        return Err(io::Error::other("peer CORE ADDRESS DIGEST"));
    };
    peer::pin(core)?;
    let digest = match digest.as_str() {
        "md5" => Digest::Md5,
        _ => Digest::Sha256,
    };
    let manager = Manager::builder()
        .authkey(KEY)
        .policy(Policy::compatible().offer(digest))
        .connect(address.as_str())?;
    peer::serve(|order| {
        let words: Vec<&str> = order.split(' ').collect();
        let [work, threads, count] = words[..] else {
            return Err(io::Error::other("WORK THREADS COUNT"));
        };
        let threads = threads.parse().map_err(io::Error::other)?;
        let count = count.parse().map_err(io::Error::other)?;
        match work {
            "recipe" => recipe(&manager, threads, count),
            "drop" => drop_proxies(&manager, threads * count, false),
            "drop-counted" => drop_proxies(&manager, threads * count, true),
            _ => repeat(&manager, &*turn(&manager, work)?, threads, count),
        }
    })
}

type Turn = dyn Fn() -> mpconn::Result<()> + Sync;

/// What is done in one turn.
fn turn(manager: &Manager, work: &str) -> mpconn::Result<Box<Turn>> {
    Ok(match work {
        "queue" => {
            let queue: Queue<Value> = manager.create("queue", ())?;
            let job: Value = "{'id': 7, 'numbers': [1.0, 2.0, 6.0]}"
                .parse()
                .expect("a literal");
            Box::new(move || {
                queue.put(&job)?;
                queue.get().map(drop)
            })
        }
        "dict" => {
            let config: Proxy = manager.create("config", ())?;
            Box::new(move || config.call::<u32>("get", ("threads",)).map(drop))
        }
        "method" => {
            let calculator: Proxy = manager.create("Calculator", ())?;
            Box::new(move || calculator.call::<i64>("add", (1, 2)).map(drop))
        }
        _ => {
            let manager = manager.clone();
            Box::new(move || manager.create::<Proxy>("Calculator", ()).map(drop))
        }
    })
}

/// The connections of all threads are there before the clock starts, and until it has stopped. References
/// of proxies that were dropped are given back by then: CPython's `del` waits for that.
fn repeat(manager: &Manager, turn: &Turn, threads: usize, count: usize) -> io::Result<String> {
    let (start, end) = (Barrier::new(threads + 1), Barrier::new(threads + 1));
    let run = || {
        let warmed = (0..3).try_for_each(|_| turn());
        start.wait();
        start.wait();
        let done = warmed.and_then(|()| (0..count).try_for_each(|_| turn()));
        end.wait();
        done
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        start.wait();
        let clock = Clock::start();
        start.wait();
        end.wait();
        let flushed = manager.flush(None);
        let taken = clock.map(|clock| clock.stop());
        flushed?;
        for thread in threads {
            thread.join().expect("no thread panics")?;
        }
        taken
    })
}

#[derive(Deserialize)]
struct Job {
    id: u32,
    numbers: Vec<f64>,
}

#[derive(Serialize)]
struct Answer {
    id: u32,
    mean: f64,
}

/// A worker's queues, and how its threads begin and end together.
struct Worker {
    jobs: Queue<Job>,
    results: Queue<Answer>,
    start: Barrier,
    stop: Cancel,
}

impl Worker {
    /// One thread, whose connection is there before the clock starts.
    fn run(&self) -> mpconn::Result<()> {
        let connected = self.jobs.qsize();
        self.start.wait();
        self.start.wait();
        connected?;
        loop {
            let Job { id, numbers } = match self.jobs.get_with(&self.stop) {
                Err(error) if error.is_cancelled() => return Ok(()),
                job => job?,
            };
            let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
            self.results.put(&Answer { id, mean })?;
            self.jobs.task_done()?;
        }
    }
}

fn recipe(manager: &Manager, threads: usize, count: usize) -> io::Result<String> {
    let store: Proxy = manager.create("Store", ())?;
    let worker = Worker {
        jobs: manager.create("jobs", ())?,
        results: manager.create("results", ())?,
        start: Barrier::new(threads + 1),
        stop: Cancel::new(),
    };
    store.call::<()>("fill", (threads * count,))?;
    let taken = thread::scope(|scope| {
        for _ in 0..threads {
            // One that fails would leave jobs that nobody does.
            scope.spawn(|| worker.run().unwrap_or_else(|error| panic!("{error}")));
        }
        worker.start.wait();
        let clock = Clock::start();
        worker.start.wait();
        let joined = worker.jobs.join();
        let taken = clock.map(Clock::stop);
        worker.stop.cancel();
        joined?;
        taken
    })?;
    let done: usize = store.call("drain", ())?;
    match done == threads * count {
        true => Ok(taken),
        false => Err(io::Error::other(format!("{done} results"))),
    }
}

/// Drops that many proxies, each the only one of its object. The clock runs until the last `drop`
/// returns, or until the manager has `counted` them.
fn drop_proxies(manager: &Manager, count: usize, counted: bool) -> io::Result<String> {
    let before = manager.number_of_objects()?;
    let create = |_| manager.create("Calculator", ());
    let proxies: Vec<Proxy> = (0..count).map(create).collect::<Result<_, _>>()?;
    if manager.number_of_objects()? != before + count {
        return Err(io::Error::other("objects of another client come or go"));
    }
    let clock = Clock::start()?;
    proxies.into_iter().for_each(drop);
    if counted {
        wait_until_gone(manager, before)?;
    }
    let taken = clock.stop();
    wait_until_gone(manager, before)?;
    Ok(taken)
}

/// Waits until the manager has no more than that many objects.
fn wait_until_gone(manager: &Manager, objects: usize) -> io::Result<()> {
    let start = Instant::now();
    manager.flush(Duration::from_secs(30))?;
    while manager.number_of_objects()? > objects {
        if start.elapsed() > Duration::from_secs(30) {
            return Err(io::Error::other("the manager keeps objects"));
        }
        // Leaves the core to the threads that drop, and to the manager.
        thread::sleep(Duration::from_micros(200));
    }
    Ok(())
}

struct Clock {
    wall: Instant,
    cpu: i128,
}

impl Clock {
    fn start() -> io::Result<Clock> {
        Ok(Clock {
            wall: peer::go()?,
            cpu: cpu(),
        })
    }

    fn stop(self) -> String {
        let wall = self.wall.elapsed().as_nanos();
        format!("{wall} {}", cpu() - self.cpu)
    }
}

/// Nanoseconds of a processor that this process has used.
fn cpu() -> i128 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec)
}
