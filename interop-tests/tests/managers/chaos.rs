//! Everything at once: threads that create, clone, drop, cancel and panic in parallel, and managers
//! that are lost at the worst moment.

use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use interop_tests::Scratch;
use interop_tests::managers::{KEY, ManagerProcess, objects};
use mpconn::manager::{
    CallOptions, Cancel, IteratorProxy, ListProxy, Manager, Proxy, Queue, Reconnect,
};

use crate::connect;

fn patient() -> Reconnect {
    Reconnect::attempts(400).longest_delay(Duration::from_millis(50))
}

/// A manager at a path, which can be replaced by another one.
struct Restarted {
    scratch: Scratch,
    server: ManagerProcess,
}

impl Restarted {
    fn start() -> Self {
        let scratch = Scratch::new();
        let server = ManagerProcess::serve_at(scratch.path().join("m").to_str().unwrap());
        Restarted { scratch, server }
    }

    fn path(&self) -> String {
        self.scratch.path().join("m").to_str().unwrap().to_owned()
    }

    /// Connects with reconnecting enabled.
    fn connect(&self) -> Manager {
        Manager::builder()
            .authkey(KEY)
            .reconnect(patient())
            .connect(self.path().as_str())
            .unwrap()
    }

    fn kill(&mut self) {
        self.server.kill();
        let _ = std::fs::remove_file(self.path());
    }

    fn again(&mut self) {
        self.server = ManagerProcess::serve_at(&self.path());
    }
}

#[test]
fn an_iterator_does_not_start_again_at_another_manager() {
    let mut server = Restarted::start();
    let manager = server.connect();
    let mut squares: IteratorProxy<u64> = manager.create("baz", ()).unwrap();
    let list: ListProxy<u32> = manager.list([]).unwrap();
    list.append(&1).unwrap();
    list.append(&2).unwrap();
    let mut items = list.iter();
    assert_eq!(squares.next().unwrap().unwrap(), 0);
    assert_eq!(squares.next().unwrap().unwrap(), 1);
    assert_eq!(items.next().unwrap().unwrap(), 1);
    server.kill();
    server.again();
    std::thread::sleep(Duration::from_millis(30));
    let error = squares.next().unwrap().unwrap_err();
    assert!(error.is_lost() && !error.may_have_run(), "{error}");
    assert!(squares.next().is_none());
    // The new list is empty, which must not look like the end of the old one.
    assert_eq!(list.len().unwrap(), 0);
    let error = items.next().unwrap().unwrap_err();
    assert!(error.is_lost(), "{error}");
    assert!(items.next().is_none());
}

#[test]
fn who_is_hung_up_on_while_the_manager_goes_down_looks_again() {
    let mut server = Restarted::start();
    let manager = server.connect();
    let calculator: Proxy = manager.create("Calculator", (40,)).unwrap();
    assert_eq!(calculator.call::<i64>("add", (1,)).unwrap(), 41);
    server.kill();
    // Accepts connections, and ends before it answers.
    let dying = UnixListener::bind(server.path()).unwrap();
    std::thread::sleep(Duration::from_millis(30));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            drop(dying.accept().unwrap());
            drop(dying);
            let _ = std::fs::remove_file(server.path());
            server.again();
        });
        // This thread's connection is broken, so it reconnects.
        assert_eq!(calculator.call::<i64>("add", (2,)).unwrap(), 42);
    });
}

#[test]
fn a_wait_can_be_cancelled_while_a_lost_manager_is_looked_for() {
    let mut server = Restarted::start();
    let for_hours = Reconnect::attempts(10_000).longest_delay(Duration::from_secs(1));
    let manager = Manager::builder()
        .authkey(KEY)
        .reconnect(for_hours)
        .connect(server.path().as_str())
        .unwrap();
    let queue: Queue<u32> = manager.create("jobs", ()).unwrap();
    assert_eq!(queue.qsize().unwrap(), 0);
    server.kill();
    let cancel = Cancel::new();
    std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| queue.get_with(&cancel)))
            .collect();
        std::thread::sleep(Duration::from_millis(300));
        cancel.cancel();
        for waiting in waiting {
            let error = waiting.join().unwrap().unwrap_err();
            assert!(error.is_cancelled(), "{error}");
        }
    });
}

#[test]
fn what_a_lost_object_exposes_is_not_asked_of_another() {
    let mut server = Restarted::start();
    if server.server.version() < (3, 0) {
        // There the list holds the list itself, and no proxy is returned.
        return;
    }
    let manager = Manager::builder()
        .authkey(KEY)
        .connect(server.path().as_str())
        .unwrap();
    let outer: ListProxy<Proxy> = manager.list([]).unwrap();
    outer.append(&manager.create("list", ()).unwrap()).unwrap();
    let inner = outer.get(0).unwrap();
    // The thread that gives back the reference to the created list would notice that the manager ends.
    objects(&manager);
    server.kill();
    server.again();
    assert!(manager.dummy().is_ok());
    assert!(inner.call::<u32>("__len__", ()).unwrap_err().is_lost());
    manager.reconnect().unwrap();
    let error = inner.exposed().unwrap_err();
    assert!(error.is_lost(), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn many_proxies_are_dropped_while_the_manager_hangs() {
    use rustix::process::{Pid, Signal, kill_process};
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let before = objects(&manager);
    let create = || manager.create::<Proxy>("Calculator", ()).unwrap();
    let mut many: Vec<Proxy> = (0..14).map(|_| create()).collect();
    let pid = Pid::from_raw(server.id().try_into().unwrap()).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    let began = Instant::now();
    many.truncate(2);
    // The first one waits for five seconds; all of them would take a minute.
    assert!(began.elapsed() < Duration::from_secs(40));
    kill_process(pid, Signal::CONT).unwrap();
    manager.dummy().unwrap();
    let left = objects(&manager);
    drop(many);
    assert_eq!(objects(&manager), left - 2);
    assert!(left - 2 >= before);
}

#[test]
fn chaos_leaves_nothing_behind() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let before = objects(&manager);
    let calculator: Proxy = manager.create("Calculator", ()).unwrap();
    let store: Proxy = manager.create("Store", ()).unwrap();
    let queue: Queue<u32> = manager.queue(0).unwrap();
    std::thread::scope(|scope| {
        for number in 0..12_u32 {
            let (manager, calculator, store, queue) = (&manager, &calculator, &store, &queue);
            scope.spawn(move || {
                for turn in 0..10_u32 {
                    match (number + turn) % 6 {
                        0 => {
                            let own: Proxy = manager.create("Calculator", ()).unwrap();
                            let clone = own.clone();
                            std::thread::scope(|s| {
                                s.spawn(move || clone.call::<i64>("add", (1,)).unwrap());
                            });
                        }
                        1 => {
                            let opened: Proxy = store.call("open", ("x",)).unwrap();
                            assert_eq!(opened.call::<u32>("__len__", ()).unwrap(), 1);
                        }
                        2 => {
                            let cancel = Cancel::new();
                            let options = CallOptions::new().cancel(&cancel);
                            std::thread::scope(|s| {
                                let end = cancel.clone();
                                s.spawn(move || {
                                    std::thread::sleep(Duration::from_micros(
                                        u64::from(number) * 300,
                                    ));
                                    end.cancel();
                                });
                                let echoed =
                                    calculator.call_with::<u32>("echo", (turn,), (), &options);
                                match echoed {
                                    Ok(echoed) => assert_eq!(echoed, turn),
                                    Err(error) => assert!(error.is_cancelled(), "{error}"),
                                }
                            });
                        }
                        3 => {
                            let options = CallOptions::new().timeout(Duration::from_millis(2));
                            let slept =
                                calculator.call_with::<String>("sleep", (0.02,), (), &options);
                            assert!(slept.unwrap_err().is_timed_out());
                        }
                        4 => {
                            let list: ListProxy<u32> = manager.list([1]).unwrap();
                            let panicked = std::thread::scope(|s| {
                                s.spawn(|| {
                                    let kept = list.clone();
                                    kept.append(&2).unwrap();
                                    std::panic::resume_unwind(Box::new("as planned"));
                                })
                                .join()
                                .is_err()
                            });
                            assert!(panicked);
                            assert_eq!(list.get_value().unwrap(), [1, 2]);
                        }
                        _ => {
                            queue.put(&turn).unwrap();
                            queue.get().unwrap();
                        }
                    }
                    let sent = format!("{number} {turn}");
                    assert_eq!(calculator.call::<String>("echo", (&sent,)).unwrap(), sent);
                }
            });
        }
    });
    drop((calculator, store, queue));
    assert_eq!(
        objects(&manager),
        before,
        "{}",
        manager.debug_info().unwrap()
    );
}
