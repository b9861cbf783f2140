//! Barriers.

use std::thread;

use interop_tests::PATIENCE;
use mpconn::Error;
use mpconn::manager::{Barrier, RemoteError};

use super::{A_WHILE, Meeting};

fn is_broken(error: &Error) -> bool {
    error.remote().is_some_and(RemoteError::is_broken_barrier)
}

/// Makes a barrier for two, which Python has as `barrier`. Returns `None` if this Python has no
/// barriers, after checking the error.
fn meet() -> Option<(Meeting, Barrier)> {
    let mut here = Meeting::new();
    let barrier = here.manager.barrier(2);
    if here.version < (3, 0) {
        assert!(barrier.unwrap_err().remote().unwrap().is_not_registered());
        return None;
    }
    let barrier = barrier.unwrap();
    here.give("barrier", barrier.proxy());
    Some((here, barrier))
}

#[test]
fn two_wait_for_each_other() {
    let Some((mut here, barrier)) = meet() else {
        return;
    };
    assert_eq!(here.python.ask("type(barrier).__name__"), "'BarrierProxy'");
    assert_eq!(barrier.parties().unwrap(), 2);
    assert_eq!(here.python.ask("barrier.parties"), "2");
    for _ in 0..3 {
        here.python.tell("barrier.wait()");
        let here_s = barrier.wait().unwrap();
        let there_s: usize = here.python.answer().unwrap().parse().unwrap();
        assert_eq!(here_s + there_s, 1);
        here.python.tell("barrier.wait(60)");
        let here_s = barrier.wait_timeout(PATIENCE).unwrap();
        let there_s: usize = here.python.answer().unwrap().parse().unwrap();
        assert_eq!(here_s + there_s, 1);
    }
    here.python.tell("barrier.wait()");
    while barrier.n_waiting().unwrap() == 0 {
        thread::sleep(A_WHILE / 10);
    }
    assert!(!barrier.broken().unwrap());
    assert_eq!(barrier.wait().unwrap(), 1);
    assert_eq!(here.python.answer().unwrap(), "0");
    assert_eq!(barrier.n_waiting().unwrap(), 0);
}

#[test]
fn a_wait_that_is_over_breaks_it_for_all_until_it_is_reset() {
    let Some((mut here, barrier)) = meet() else {
        return;
    };
    assert!(is_broken(&barrier.wait_timeout(A_WHILE).unwrap_err()));
    assert!(barrier.broken().unwrap());
    assert_eq!(here.python.ask("barrier.broken"), "True");
    assert!(is_broken(&barrier.wait().unwrap_err()));
    here.python.ask("barrier.reset()");
    assert!(!barrier.broken().unwrap());
    here.python.tell("barrier.wait()");
    barrier.wait().unwrap();
    here.python.answer().unwrap();
    let impatient = here.manager.barrier_with(2, A_WHILE).unwrap();
    assert!(is_broken(&impatient.wait().unwrap_err()));
}

#[test]
fn those_who_wait_are_told_that_it_is_broken() {
    let Some((mut here, barrier)) = meet() else {
        return;
    };
    let until_one_waits = || {
        while barrier.n_waiting().unwrap() == 0 {
            thread::sleep(A_WHILE / 10);
        }
    };
    // Rust waits, and Python ends the wait.
    for end in ["barrier.abort()", "barrier.reset()"] {
        thread::scope(|scope| {
            let waiting = scope.spawn(|| barrier.wait());
            until_one_waits();
            here.python.ask(end);
            assert!(is_broken(&waiting.join().unwrap().unwrap_err()));
        });
        barrier.reset().unwrap();
    }
    // And vice versa.
    let ends: [fn(&Barrier) -> mpconn::Result<()>; 2] = [Barrier::abort, Barrier::reset];
    for end in ends {
        here.python.tell("barrier.wait()");
        until_one_waits();
        end(&barrier).unwrap();
        let (class, _) = here.python.answer().unwrap_err();
        assert_eq!(class, "BrokenBarrierError");
        barrier.reset().unwrap();
    }
}
