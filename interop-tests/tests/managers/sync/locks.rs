//! Acquiring and releasing.

use std::thread;
use std::time::{Duration, Instant};

use interop_tests::PATIENCE;
use interop_tests::managers::ManagerProcess;
use mpconn::manager::{Cancel, ValueProxy, Wait};

use super::{A_WHILE, Meeting, each_lock};

#[test]
fn who_waits_has_it_once_the_other_is_done() {
    let mut here = Meeting::new();
    each_lock!(here, lock => {
        here.give("lock", lock.proxy());
        lock.acquire().unwrap();
        here.python.tell("lock.acquire() and jobs.put('Python')");
        thread::sleep(A_WHILE);
        here.words.say("Rust");
        lock.release().unwrap();
        here.python.answer().unwrap();
        here.words.hear(&["Rust", "Python"]);
        // Now Python holds it.
        assert!(!lock.acquire_nowait().unwrap());
        assert!(lock.try_lock().unwrap().is_none());
        thread::scope(|scope| {
            scope.spawn(|| {
                let _guard = lock.lock().unwrap();
                here.words.say("Rust");
            });
            here.python.ask("pause(0.05) or jobs.put('Python') or lock.release()");
        });
        here.words.hear(&["Python", "Rust"]);
        assert_eq!(here.python.ask("bool(lock.acquire(False))"), "True");
        here.python.ask("lock.release()");
    });
}

#[test]
fn a_wait_ends_with_its_time() {
    let mut here = Meeting::new();
    each_lock!(here, lock => {
        here.give("lock", lock.proxy());
        here.python.ask("lock.acquire()");
        for wait in [A_WHILE.into(), Wait::new().timeout(A_WHILE).cancel(&Cancel::new())] {
            let began = Instant::now();
            assert!(!lock.acquire_with(wait.clone()).unwrap());
            assert!(lock.lock_with(wait).unwrap().is_none());
            assert!(began.elapsed() >= 2 * A_WHILE, "{:?}", began.elapsed());
        }
        assert!(!lock.acquire_with(Duration::ZERO).unwrap());
        thread::scope(|scope| {
            // With a long timeout, and a cancel handle, which makes the wait proceed in pieces.
            let patient = Wait::new().timeout(PATIENCE).cancel(&Cancel::new());
            let waiting = scope.spawn(|| {
                assert!(lock.acquire_with(PATIENCE).unwrap());
                lock.release().unwrap();
                lock.lock_with(patient).unwrap().unwrap().release().unwrap();
            });
            here.python.ask("pause(0.25) or lock.release()");
            waiting.join().unwrap();
        });
    });
}

#[test]
fn a_cancelled_wait_has_taken_nothing() {
    let mut here = Meeting::new();
    each_lock!(here, lock => {
        here.give("lock", lock.proxy());
        here.python.ask("lock.acquire()");
        let cancel = Cancel::new();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                let error = lock.acquire_with(&cancel).unwrap_err();
                assert!(error.is_cancelled() && !error.may_have_run(), "{error}");
                // This thread's connection is still in step.
                assert!(!lock.acquire_nowait().unwrap());
                assert!(lock.lock_with(&cancel).unwrap_err().is_cancelled());
            });
            thread::sleep(3 * A_WHILE);
            cancel.cancel();
            waiting.join().unwrap();
        });
        here.python.ask("lock.release()");
        assert!(lock.acquire_nowait().unwrap());
        assert!(thread::scope(|scope| scope.spawn(|| lock.try_lock().unwrap().is_none()).join().unwrap()));
        lock.release().unwrap();
        assert_eq!(here.python.ask("bool(lock.acquire(False))"), "True");
    });
}

#[test]
fn one_at_a_time_counts() {
    const EACH: i64 = 20;
    let mut here = Meeting::new();
    let count: ValueProxy<i64> = here.manager.value("q", &0).unwrap();
    here.give("count", count.proxy());
    let add = || count.set(&(count.get().unwrap() + 1)).unwrap();
    each_lock!(here, lock => {
        here.give("lock", lock.proxy());
        count.set(&0).unwrap();
        thread::scope(|scope| {
            here.python.tell(&format!(
                "for _ in range({EACH}): lock.acquire(); count.set(count.get() + 1); lock.release()"
            ));
            for _ in 0..3 {
                scope.spawn(|| (0..EACH).for_each(|_| {
                    let _guard = lock.lock_with(PATIENCE).unwrap().unwrap();
                    add();
                }));
            }
            here.python.answer().unwrap();
        });
        assert_eq!(count.get().unwrap(), 4 * EACH);
    });
}

#[test]
fn a_semaphore_is_as_many() {
    let mut here = Meeting::new();
    let semaphore = here.manager.semaphore(2).unwrap();
    let bounded = here.manager.bounded_semaphore(2).unwrap();
    here.give("semaphore", semaphore.proxy());
    here.give("bounded", bounded.proxy());
    let first = semaphore.lock().unwrap();
    let _second = semaphore.lock().unwrap();
    assert!(semaphore.try_lock().unwrap().is_none());
    // Anybody may release, even more often than it was acquired.
    here.python.ask("semaphore.release()");
    assert!(semaphore.acquire_nowait().unwrap());
    drop(first);
    assert_eq!(here.python.ask("semaphore.acquire(False)"), "True");
    assert_eq!(here.python.ask("semaphore.acquire(False)"), "False");

    bounded.acquire().unwrap();
    here.python.ask("bounded.acquire()");
    assert!(!bounded.acquire_nowait().unwrap());
    bounded.release().unwrap();
    bounded.release().unwrap();
    let error = bounded.release().unwrap_err();
    assert!(error.remote().unwrap().is_value_error(), "{error}");
}

#[test]
fn what_is_not_acquired_cannot_be_released() {
    let here = Meeting::new();
    let lock = here.manager.lock().unwrap();
    let error = lock.release().unwrap_err();
    let class = match here.version < (3, 0) {
        true => "_thread.error",
        false => "RuntimeError",
    };
    assert!(error.is(class), "{error}");
    let rlock = here.manager.rlock().unwrap();
    let error = rlock.release().unwrap_err();
    assert!(error.is("RuntimeError"), "{error}");
    let error = here.manager.condition().unwrap().release().unwrap_err();
    assert!(error.is("RuntimeError"), "{error}");
}

#[test]
fn an_rlock_is_its_thread_s() {
    let mut here = Meeting::new();
    let lock = here.manager.rlock().unwrap();
    here.give("lock", lock.proxy());
    let is_free = || {
        let elsewhere = || {
            let taken = lock.try_lock().unwrap();
            if taken.is_none() {
                let error = lock.release().unwrap_err();
                assert!(error.is("RuntimeError"), "{error}");
            }
            taken.is_some()
        };
        thread::scope(|scope| scope.spawn(elsewhere).join().unwrap())
    };
    let outer = lock.lock().unwrap();
    let inner = lock.lock_with(PATIENCE).unwrap().unwrap();
    let innermost = lock.try_lock().unwrap().unwrap();
    assert!(!is_free());
    innermost.release().unwrap();
    drop(inner);
    assert!(!is_free());
    assert_eq!(here.python.ask("bool(lock.acquire(False))"), "False");
    drop(outer);
    assert!(is_free());
    assert_eq!(here.python.ask("bool(lock.acquire(False))"), "True");
    assert!(!is_free());
}

#[test]
fn a_time_that_python_cannot_count_is_a_long_one() {
    let server = ManagerProcess::serve();
    let manager = crate::connect(&server);
    let centuries = Duration::from_secs(10_000_000_000);
    let lock = manager.lock().unwrap();
    assert!(lock.acquire_with(centuries).unwrap());
    let semaphore = manager.semaphore(1).unwrap();
    assert!(semaphore.acquire_with(centuries).unwrap());
    let event = manager.event().unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| event.wait_with(centuries));
        std::thread::sleep(Duration::from_millis(50));
        event.set().unwrap();
        assert!(waiting.join().unwrap().unwrap());
    });
}
