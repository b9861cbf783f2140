//! Conditions.

use std::thread;
use std::time::{Duration, Instant};

use interop_tests::PATIENCE;
use mpconn::manager::{Cancel, Condition, Queue, Wait};
use mpconn::{Error, Value};

use super::{A_WHILE, Meeting};

/// Makes a condition, which Python has as `condition`.
fn meet() -> (Meeting, Condition) {
    let mut here = Meeting::new();
    let condition = here.manager.condition().unwrap();
    here.give("condition", condition.proxy());
    (here, condition)
}

/// Returns whether it is locked for another thread of this process.
fn is_locked(condition: &Condition) -> bool {
    let elsewhere = || condition.try_lock().unwrap().is_none();
    thread::scope(|scope| scope.spawn(elsewhere).join().unwrap())
}

#[test]
fn who_waits_is_notified_by_the_other() {
    let (mut here, condition) = meet();
    assert_eq!(
        here.python.ask("type(condition).__name__"),
        "'ConditionProxy'"
    );
    let waits: [fn(&Condition); 2] = [
        |condition| condition.wait().unwrap(),
        |condition| assert!(condition.wait_timeout(PATIENCE).unwrap()),
    ];
    for (wait, notify) in waits.into_iter().zip(["notify", "notify_all"]) {
        thread::scope(|scope| {
            scope.spawn(|| {
                let _guard = condition.lock().unwrap();
                here.words.say("Rust waits");
                wait(&condition);
                assert!(is_locked(&condition));
            });
            // Sent under the lock: the next holder of the lock finds it waiting.
            here.words.hear(&["Rust waits"]);
            here.python.ask(&format!(
                "condition.acquire() and condition.{notify}() or condition.release()"
            ));
        });
    }
    let notifies: [fn(&Condition); 2] = [
        |condition| condition.notify(1).unwrap(),
        |condition| condition.notify_all().unwrap(),
    ];
    for notify in notifies {
        here.python.tell(
            "condition.acquire() and jobs.put('Python waits') or condition.wait() \
             or condition.release()",
        );
        here.words.hear(&["Python waits"]);
        let guard = condition.lock().unwrap();
        notify(&condition);
        guard.release().unwrap();
        // wait() returns True in Python 3. The line above leaves the lock locked.
        let answer = here.python.answer().unwrap();
        if answer == "True" {
            here.python.ask("condition.release()");
        }
    }
    assert!(!is_locked(&condition));
}

#[test]
fn as_many_are_notified_as_asked_for() {
    let (here, condition) = meet();
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let guard = condition.lock().unwrap();
                here.words.say("waits");
                condition.wait().unwrap();
                guard.release().unwrap();
                here.words.say("woken");
            });
        }
        here.words.hear(&["waits"; 3]);
        let guard = condition.lock().unwrap();
        condition.notify(2).unwrap();
        guard.release().unwrap();
        here.words.hear(&["woken"; 2]);
        assert!(
            here.words
                .0
                .get_with(2 * A_WHILE)
                .unwrap_err()
                .remote()
                .unwrap()
                .is_empty()
        );
        let guard = condition.lock().unwrap();
        condition.notify_all().unwrap();
        guard.release().unwrap();
        here.words.hear(&["woken"]);
    });
}

#[test]
fn a_wait_that_is_over_holds_the_lock_again() {
    let (_here, condition) = meet();
    let guard = condition.lock().unwrap();
    let began = Instant::now();
    assert!(!condition.wait_timeout(A_WHILE).unwrap());
    assert!(began.elapsed() >= A_WHILE, "{:?}", began.elapsed());
    assert!(is_locked(&condition));
    guard.release().unwrap();
    assert!(!is_locked(&condition));
}

#[test]
fn only_who_holds_it_waits_and_notifies() {
    let (here, condition) = meet();
    let refused = |result: Result<(), Error>| {
        let error = result.unwrap_err();
        assert!(error.is("RuntimeError"), "{error}");
    };
    refused(condition.wait());
    refused(condition.wait_timeout(A_WHILE).map(drop));
    refused(condition.wait_for(|| Ok(false), A_WHILE).map(drop));
    refused(condition.notify(1));
    refused(condition.notify_all());
    // A predicate that holds does not wait.
    assert!(condition.wait_for(|| Ok(true), Wait::new()).unwrap());
    drop(here);
}

#[test]
fn a_predicate_is_asked_until_it_is_true() {
    let (mut here, condition) = meet();
    let orders: Queue<Value> = here.manager.create("results", ()).unwrap();
    here.python.ask("orders = m.results()");
    for wait in [Wait::new(), PATIENCE.into(), (&Cancel::new()).into()] {
        thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                let guard = condition.lock().unwrap();
                here.words.say("waits");
                let are_three = || Ok(orders.qsize()? == 3);
                assert!(condition.wait_for(are_three, wait).unwrap());
                assert!(is_locked(&condition));
                (0..3).for_each(|_| drop(orders.get().unwrap()));
                guard.release().unwrap();
            });
            here.words.hear(&["waits"]);
            here.python.ask(
                "for _ in range(3): condition.acquire(); orders.put(1); condition.notify(); \
                 condition.release()",
            );
            waiting.join().unwrap();
        });
    }
    let guard = condition.lock().unwrap();
    let began = Instant::now();
    assert!(!condition.wait_for(|| Ok(false), 3 * A_WHILE).unwrap());
    assert!(began.elapsed() >= 3 * A_WHILE, "{:?}", began.elapsed());
    // An error of the predicate ends the wait.
    let failing = || orders.get_nowait().map(|_| true);
    let error = condition.wait_for(failing, Wait::new()).unwrap_err();
    assert!(error.remote().unwrap().is_empty(), "{error}");
    assert!(is_locked(&condition));
    guard.release().unwrap();
}

#[test]
fn a_cancelled_wait_holds_the_lock_and_all_goes_on() {
    let (mut here, condition) = meet();
    let cancel = Cancel::new();
    thread::scope(|scope| {
        scope.spawn(|| {
            let guard = condition.lock().unwrap();
            here.words.say("waits");
            let error = condition.wait_for(|| Ok(false), &cancel).unwrap_err();
            assert!(error.is_cancelled() && !error.may_have_run(), "{error}");
            assert!(is_locked(&condition));
            // A predicate that holds already does not wait, cancelled or not.
            assert!(condition.wait_for(|| Ok(true), &cancel).unwrap());
            guard.release().unwrap();
        });
        here.words.hear(&["waits"]);
        thread::sleep(A_WHILE);
        cancel.cancel();
    });
    here.python.tell(
        "condition.acquire() and jobs.put('Python waits') or condition.wait(60) \
         or condition.release()",
    );
    here.words.hear(&["Python waits"]);
    let guard = condition.lock().unwrap();
    condition.notify(1).unwrap();
    guard.release().unwrap();
    here.python.answer().unwrap();
}

/// A notification that arrives while an expired piece waits for the lock is consumed by that piece:
/// the check afterwards must find the predicate true.
#[test]
fn waiting_in_pieces_misses_no_notification() {
    let (mut here, condition) = meet();
    let orders: Queue<u32> = here.manager.create("results", ()).unwrap();
    here.python.ask("orders = m.results()");
    let is_there = || Ok(orders.qsize()? > 0);
    let never = Cancel::new();
    for number in 0..4 {
        thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                let _guard = condition.lock().unwrap();
                here.words.say("waits");
                assert!(condition.wait_for(is_there, &never).unwrap());
                orders.get().unwrap()
            });
            here.words.hear(&["waits"]);
            // Longer than a piece, which expires while Python has the lock.
            here.python.ask(&format!(
                "condition.acquire() and pause(0.15) or orders.put({number}) \
                 or condition.notify() or pause(0.05) or condition.release()"
            ));
            assert_eq!(waiting.join().unwrap(), number);
        });
    }
}

#[test]
fn a_condition_of_a_lock_is_that_lock() {
    let mut here = Meeting::new();
    let lock = here.manager.lock().unwrap();
    let condition = here.manager.condition_of(&lock).unwrap();
    here.give("condition", condition.proxy());
    here.give("lock", lock.proxy());
    let guard = condition.lock().unwrap();
    assert!(lock.try_lock().unwrap().is_none());
    assert!(!condition.wait_timeout(A_WHILE).unwrap());
    guard.release().unwrap();
    // Acquired through one proxy, it can wait through the other.
    thread::scope(|scope| {
        scope.spawn(|| {
            let guard = lock.lock().unwrap();
            here.words.say("waits");
            assert!(condition.wait_timeout(PATIENCE).unwrap());
            guard.release().unwrap();
        });
        here.words.hear(&["waits"]);
        here.python
            .ask("lock.acquire() and condition.notify() or condition.release()");
    });
    assert!(condition.lock_with(Duration::ZERO).unwrap().is_some());
    assert!(lock.try_lock().unwrap().is_some());
}

#[test]
fn a_condition_of_an_rlock_is_as_good_as_python_s() {
    let mut here = Meeting::new();
    let lock = here.manager.rlock().unwrap();
    let condition = here.manager.condition_of(&lock).unwrap();
    here.give("condition", condition.proxy());
    let guard = condition.lock().unwrap();
    assert!(is_locked(&condition));
    let told = [
        condition.wait_timeout(A_WHILE).map(drop),
        condition.notify(1),
    ];
    for told in told {
        match here.version < (3, 0) {
            // The lock itself.
            true => told.unwrap(),
            // A proxy: another proxy cannot ask for its owner.
            false => {
                let error = told.unwrap_err();
                assert!(error.is("RuntimeError"), "{error}");
                assert!(error.to_string().contains("un-acquired lock"), "{error}");
            }
        }
    }
    guard.release().unwrap();
    assert!(!is_locked(&condition));
    // Waiting from Python fails too.
    here.python.ask("condition.acquire()");
    here.python.tell("condition.wait(0.05)");
    assert_eq!(here.python.answer().is_ok(), here.version < (3, 0));
    here.python.ask("condition.release()");
}
