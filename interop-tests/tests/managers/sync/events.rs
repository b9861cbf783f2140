//! Events.

use std::thread;
use std::time::{Duration, Instant};

use interop_tests::PATIENCE;
use interop_tests::managers::KEY;
use mpconn::manager::{Cancel, EventProxy, Manager, Wait};

use super::{A_WHILE, Meeting};

#[test]
fn an_event_is_seen_from_both_sides() {
    let mut here = Meeting::new();
    let event = here.manager.event().unwrap();
    here.give("event", event.proxy());
    assert_eq!(here.python.ask("type(event).__name__"), "'EventProxy'");
    assert!(!event.is_set().unwrap());
    event.set().unwrap();
    assert!(event.is_set().unwrap());
    assert_eq!(here.python.ask("event.is_set()"), "True");
    assert_eq!(here.python.ask("event.wait(0)"), "True");
    event.wait().unwrap();
    assert!(event.wait_with(Duration::ZERO).unwrap());
    here.python.ask("event.clear()");
    assert!(!event.is_set().unwrap());
    here.python.ask("event.set()");
    event.clear().unwrap();
    assert_eq!(here.python.ask("event.is_set()"), "False");
    // The event that the manager shares.
    let stop: EventProxy = here.manager.create("stop", ()).unwrap();
    here.python.ask("m.stop().set()");
    stop.wait().unwrap();
}

#[test]
fn who_waits_is_woken_by_the_other() {
    let mut here = Meeting::new();
    let event = here.manager.event().unwrap();
    here.give("event", event.proxy());
    let cancellable = || Wait::new().cancel(&Cancel::new());
    for wait in [
        Wait::new(),
        PATIENCE.into(),
        cancellable(),
        cancellable().timeout(PATIENCE),
    ] {
        thread::scope(|scope| {
            let waiting = scope.spawn(|| event.wait_with(wait).unwrap());
            here.python.ask("pause(0.15) or event.set()");
            assert!(waiting.join().unwrap());
        });
        event.clear().unwrap();
    }
    here.python.tell("event.wait()");
    thread::sleep(A_WHILE);
    event.set().unwrap();
    here.python.answer().unwrap();
}

#[test]
fn a_wait_that_is_over_says_so() {
    let here = Meeting::new();
    let event = here.manager.event().unwrap();
    let in_pieces = Wait::new().timeout(3 * A_WHILE).cancel(&Cancel::new());
    for wait in [Wait::new().timeout(3 * A_WHILE), in_pieces] {
        let began = Instant::now();
        assert!(!event.wait_with(wait).unwrap());
        assert!(began.elapsed() >= 3 * A_WHILE, "{:?}", began.elapsed());
    }
}

#[test]
fn a_cancelled_wait_leaves_the_connection_in_step() {
    let here = Meeting::new();
    let event = here.manager.event().unwrap();
    let cancel = Cancel::new();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let error = event.wait_with(&cancel).unwrap_err();
            assert!(error.is_cancelled() && !error.may_have_run(), "{error}");
            assert!(!event.is_set().unwrap());
            event.set().unwrap();
        });
        thread::sleep(A_WHILE);
        cancel.cancel();
        waiting.join().unwrap();
    });
    event.wait().unwrap();
}

/// Six seconds: the time limit of answers applies to the manager's answers, not to the time that
/// a wait may take.
#[test]
fn a_call_timeout_does_not_end_a_wait() {
    let mut here = Meeting::new();
    let builder = Manager::builder().authkey(KEY).call_timeout(PATIENCE);
    let manager = builder.connect(here.manager.address().clone()).unwrap();
    let event = manager.event().unwrap();
    let lock = manager.lock().unwrap();
    here.give("event", event.proxy());
    here.give("lock", lock.proxy());
    here.python.ask("lock.acquire()");
    here.python
        .tell("pause(5.5) or event.set() or lock.release()");
    lock.lock().unwrap().release().unwrap();
    event.wait().unwrap();
    here.python.answer().unwrap();
}
