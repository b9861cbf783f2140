//! References that are given back: by a thread, whatever the manager does.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use interop_tests::managers::{KEY, ManagerProcess, objects};
use mpconn::manager::{Cancel, Manager, ManagerEvent, Proxy};

use super::connect;

#[test]
fn no_drop_waits_for_a_manager_that_hangs() {
    let server = ManagerProcess::serve();
    let events: Arc<Mutex<Vec<String>>> = Arc::default();
    let told = Arc::clone(&events);
    let manager = Manager::builder()
        .authkey(KEY)
        .on_event(move |event: &ManagerEvent<'_>| told.lock().unwrap().push(event.to_string()))
        .connect(server.address())
        .unwrap();
    let before = objects(&manager);
    let proxies: Vec<Proxy> = (0..1000)
        .map(|_| manager.create("Calculator", ()).unwrap())
        .collect();
    server.stop();
    let mut slow = 0;
    for proxy in proxies {
        let start = Instant::now();
        drop(proxy);
        // On a busy machine a thread may lose its turn now and then.
        slow += usize::from(start.elapsed() > Duration::from_millis(1));
    }
    assert!(
        slow < 50,
        "{slow} of 1000 drops took more than a millisecond"
    );
    assert!(!manager.flush(Duration::from_millis(100)).unwrap());
    let cancel = Cancel::new();
    cancel.cancel();
    assert!(manager.flush(&cancel).unwrap_err().is_cancelled());
    server.go_on();
    assert!(manager.flush(Duration::from_secs(60)).unwrap());
    assert_eq!(
        objects(&manager),
        before,
        "{}",
        manager.debug_info().unwrap()
    );
    assert_eq!(*events.lock().unwrap(), [""; 0]);
}

#[test]
fn a_thread_of_that_name_gives_them_back() {
    let threads = || {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap();
        let names =
            tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
        names.filter(|name| name.trim() == "mpconn-release").count()
    };
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let before = objects(&manager);
    for _ in 0..3 {
        drop(manager.create::<Proxy>("Calculator", ()).unwrap());
        // It names itself as it begins.
        super::soon("a thread of that name", || threads() >= 1);
        assert_eq!(objects(&manager), before);
    }
}

#[test]
fn a_reference_that_waits_is_used_again() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let proxy: Proxy = manager.create("Calculator", ()).unwrap();
    let value = mpconn::Value::from(&proxy);
    // Whether the thread has given one back or not: the object stays while one of them lives.
    for _ in 0..200 {
        let again: Proxy = manager.proxy(&value).unwrap();
        drop(again);
    }
    let again: Proxy = manager.proxy(&value).unwrap();
    drop(proxy);
    assert_eq!(again.call::<i64>("add", (1,)).unwrap(), 1);
    let before = objects(&manager);
    drop(again);
    assert_eq!(objects(&manager), before - 1);
}

#[test]
fn references_of_a_manager_that_is_gone_are_forgotten() {
    let mut server = ManagerProcess::serve();
    let manager = connect(&server);
    let proxies: Vec<Proxy> = (0..100)
        .map(|_| manager.create("Calculator", ()).unwrap())
        .collect();
    server.kill();
    let start = Instant::now();
    drop(proxies);
    assert!(manager.flush(Duration::from_secs(60)).unwrap());
    assert!(start.elapsed() < Duration::from_secs(30));
}
