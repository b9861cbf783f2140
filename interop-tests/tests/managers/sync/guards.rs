//! Guards release what they hold exactly once, and nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex};
use std::thread;

use interop_tests::Scratch;
use interop_tests::managers::{KEY, ManagerProcess};
use mpconn::manager::{Builder, Guard, Lock, Manager, ManagerEvent, Reconnect};

use super::{Meeting, each_lock};

/// Records the guards that could not release, as text.
fn failed_guards(builder: Builder) -> (Builder, Arc<Mutex<Vec<String>>>) {
    let failed = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&failed);
    let builder = builder.on_event(move |event| {
        if let ManagerEvent::UnlockFailed { typeid, .. } = event {
            assert_eq!(*typeid, "Lock");
            hook.lock().unwrap().push(event.to_string());
        }
    });
    (builder, failed)
}

#[test]
fn a_guard_releases_when_it_goes() {
    let mut here = Meeting::new();
    each_lock!(here, lock => {
        here.give("lock", lock.proxy());
        let mut free = || here.python.ask("bool(lock.acquire(False)) and not lock.release()");
        let guard = lock.lock().unwrap();
        assert_eq!(free(), "False");
        drop(guard);
        assert_eq!(free(), "True");
        let guard = lock.try_lock().unwrap().unwrap();
        assert_eq!(free(), "False");
        guard.release().unwrap();
        assert_eq!(free(), "True");
        let panics = AssertUnwindSafe(|| {
            let _guard = lock.lock().unwrap();
            resume_unwind(Box::new("no message for a panic that is meant"));
        });
        catch_unwind(panics).unwrap_err();
        assert_eq!(free(), "True");
    });
}

#[test]
fn a_guard_of_a_lock_may_go_to_another_thread() {
    let here = Meeting::new();
    let lock = here.manager.lock().unwrap();
    let semaphore = here.manager.semaphore(1).unwrap();
    let guards: Vec<Guard> = vec![lock.lock().unwrap(), semaphore.lock().unwrap()];
    thread::spawn(move || drop(guards)).join().unwrap();
    assert!(lock.try_lock().unwrap().is_some());
    assert!(semaphore.try_lock().unwrap().is_some());
}

#[test]
fn a_guard_that_cannot_release_tells() {
    let server = ManagerProcess::serve();
    let (builder, failed) = failed_guards(Manager::builder().authkey(KEY));
    let manager = builder.connect(server.address()).unwrap();
    let lock = manager.lock().unwrap();
    let guard = lock.lock().unwrap();
    // Anybody may release a lock, but should not.
    lock.release().unwrap();
    drop(guard);
    let told = failed.lock().unwrap().clone();
    let expected = "cannot release a Lock whose guard was dropped: ";
    assert!(told[0].starts_with(expected), "{told:?}");
    let guard = lock.lock().unwrap();
    lock.release().unwrap();
    assert!(guard.release().unwrap_err().remote().is_some());
    // Reported once, as the error.
    assert_eq!(failed.lock().unwrap().len(), 1);
}

#[test]
fn a_guard_of_a_lost_manager_releases_nothing_of_the_next() {
    let scratch = Scratch::new();
    let path = scratch.path().join("m");
    let address = path.to_str().unwrap();
    let mut server = ManagerProcess::serve_at(address);
    let (builder, failed) = failed_guards(Manager::builder().authkey(KEY));
    let builder = builder.reconnect(Reconnect::attempts(50));
    let manager = builder.connect(address).unwrap();
    let lock: Lock = manager.lock().unwrap();
    let [dropped, released] = [
        lock.lock().unwrap(),
        manager.lock().unwrap().lock().unwrap(),
    ];
    server.kill();
    let _ = std::fs::remove_file(&path);
    let _server = ManagerProcess::serve_at(address);
    // Created again, and acquired by somebody else.
    let current = lock.lock().unwrap();
    drop(dropped);
    assert!(lock.try_lock().unwrap().is_none());
    let error = released.release().unwrap_err();
    assert!(error.is_lost() && !error.may_have_run(), "{error}");
    assert!(error.to_string().contains("lost since"), "{error}");
    current.release().unwrap();
    let told = failed.lock().unwrap().clone();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("lost since"), "{told:?}");
}
