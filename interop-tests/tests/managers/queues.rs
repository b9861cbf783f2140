//! Every method of a queue, with a Python at the other end.

use std::collections::BTreeSet;
use std::time::Duration;

use interop_tests::managers::ManagerProcess;
use mpconn::manager::{Cancel, Manager, Queue};

use crate::connect;

fn both() -> (ManagerProcess, Manager, ManagerProcess) {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let mut python = ManagerProcess::client(server.address());
    python.ask("jobs = m.jobs()");
    (server, manager, python)
}

#[test]
fn all_that_python_exposes_has_a_method_here() {
    let server = ManagerProcess::serve();
    let queue: Queue<u32> = connect(&server).queue(2).unwrap();
    let here: BTreeSet<_> = [
        "empty",
        "full",
        "get",
        "get_nowait",
        "join",
        "put",
        "put_nowait",
        "qsize",
        "shutdown",
        "task_done",
    ]
    .map(str::to_owned)
    .into();
    let exposed: BTreeSet<_> = queue.proxy().exposed().unwrap().into_iter().collect();
    assert!(exposed.is_subset(&here), "{exposed:?}");
}

#[test]
fn a_bounded_queue_is_full_and_empty() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    for queue in [
        manager.queue::<u32>(2).unwrap(),
        manager.joinable_queue(2).unwrap(),
    ] {
        assert!(queue.empty().unwrap() && !queue.full().unwrap());
        queue.put(&1).unwrap();
        queue.put_with(&2, Duration::from_secs(20)).unwrap();
        assert!(queue.full().unwrap());
        assert_eq!(queue.qsize().unwrap(), 2);
        assert!(
            queue
                .put_nowait(&3)
                .unwrap_err()
                .remote()
                .unwrap()
                .is_full()
        );
        let full = queue.put_with(&3, Duration::from_millis(20)).unwrap_err();
        assert!(
            full.remote().unwrap().is_full() && full.is("queue.Full"),
            "{full}"
        );
        assert_eq!((queue.get().unwrap(), queue.get_nowait().unwrap()), (1, 2));
        let empty = queue.get_with(Duration::from_millis(20)).unwrap_err();
        assert!(
            empty.remote().unwrap().is_empty() && empty.is("queue.Empty"),
            "{empty}"
        );
    }
}

#[test]
fn python_waits_for_rust_and_rust_for_python() {
    let (_server, manager, mut python) = both();
    let jobs: Queue<u32> = manager.create("jobs", ()).unwrap();
    python.tell("jobs.get()");
    jobs.put(&1).unwrap();
    assert_eq!(python.answer().unwrap(), "1");
    std::thread::scope(|scope| {
        let getting = scope.spawn(|| jobs.get());
        let timed = scope.spawn(|| jobs.get_with(Duration::from_secs(20)));
        let cancel = Cancel::new();
        let cancellable = jobs.clone();
        let cancellable = scope.spawn(move || cancellable.get_with(&cancel));
        python.ask("[jobs.put(n) for n in (2, 3, 4)]");
        let got = [getting, timed].map(|thread| thread.join().unwrap().unwrap());
        let mut got = [got[0], got[1], cancellable.join().unwrap().unwrap()];
        got.sort_unstable();
        assert_eq!(got, [2, 3, 4]);
    });
}

#[test]
fn join_waits_until_all_is_done() {
    let (_server, manager, mut python) = both();
    let jobs: Queue<u32> = manager.create("jobs", ()).unwrap();
    jobs.put(&1).unwrap();
    jobs.put(&2).unwrap();
    let late = jobs.join_with(Duration::from_millis(30)).unwrap_err();
    assert!(late.is_timed_out(), "{late}");
    python.tell("jobs.join()");
    for _ in 0..2 {
        jobs.get().unwrap();
        jobs.task_done().unwrap();
    }
    assert_eq!(python.answer().unwrap(), "None");
    jobs.join().unwrap();
    assert!(
        jobs.task_done()
            .unwrap_err()
            .remote()
            .unwrap()
            .is_value_error()
    );
}

#[test]
fn a_queue_that_is_shut_down_says_so() {
    let (server, manager, _python) = both();
    let queue: Queue<u32> = manager.queue(0).unwrap();
    queue.put(&1).unwrap();
    if server.version() < (3, 13) {
        let error = queue.shutdown().unwrap_err();
        assert!(error.remote().unwrap().is_not_exposed(), "{error}");
        return;
    }
    queue.shutdown().unwrap();
    let error = queue.put(&2).unwrap_err();
    assert!(error.remote().unwrap().is_shut_down(), "{error}");
    assert_eq!(queue.get().unwrap(), 1);
    assert!(queue.get().unwrap_err().is("queue.ShutDown"));
}

#[test]
fn nothing_is_lost_between_many_that_give_up() {
    const JOBS: u32 = 200;
    let (_server, manager, mut python) = both();
    let jobs: Queue<u32> = manager.create("jobs", ()).unwrap();
    let taken = std::thread::scope(|scope| {
        let takers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut taken = Vec::new();
                    loop {
                        let cancel = Cancel::new();
                        let until = cancel.clone();
                        // Cancelled at an arbitrary moment of a wait.
                        let canceller = std::thread::spawn(move || {
                            std::thread::sleep(Duration::from_millis(3));
                            until.cancel();
                        });
                        match jobs.get_with(&cancel) {
                            Ok(u32::MAX) => return taken,
                            Ok(job) => taken.push(job),
                            Err(error) => assert!(error.is_cancelled(), "{error}"),
                        }
                        canceller.join().unwrap();
                    }
                })
            })
            .collect();
        python.ask("import time");
        python.ask(&format!(
            "for n in range({JOBS}): jobs.put(n); time.sleep(0.002)"
        ));
        python.ask(&format!("[jobs.put({}) for _ in range(4)]", u32::MAX));
        takers
            .into_iter()
            .flat_map(|taker| taker.join().unwrap())
            .collect::<BTreeSet<_>>()
    });
    assert_eq!(taken, (0..JOBS).collect());
}
