//! Managers that end, hang, come back, or have another key.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use interop_tests::Scratch;
use interop_tests::managers::{KEY, ManagerProcess, objects};
use mpconn::Value;
use mpconn::manager::{Builder, CallOptions, Cancel, Manager, Proxy, Queue, Reconnect};

use crate::connect;

fn builder() -> Builder {
    Manager::builder().authkey(KEY)
}

/// Records the events of the manager's client as text.
fn heard(builder: Builder) -> (Builder, Arc<Mutex<Vec<String>>>) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&events);
    let builder = builder.on_event(move |event| hook.lock().unwrap().push(event.to_string()));
    (builder, events)
}

#[test]
fn a_manager_that_dies_in_a_call_may_have_run_it() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let calculator: Proxy = manager.create("Calculator", ()).unwrap();
    let error = calculator.call::<()>("leave", ()).unwrap_err();
    assert!(error.is_lost() && error.may_have_run(), "{error}");
    assert!(error.is_disconnected(), "{error}");
    assert!(
        error.to_string().ends_with("; the call may have run"),
        "{error}"
    );
    // By default nothing is retried, and an unsent call did not run.
    for _ in 0..2 {
        let error = calculator.call::<i64>("add", (1,)).unwrap_err();
        assert!(error.is_lost() && !error.may_have_run(), "{error}");
        assert!(error.to_string().contains("Manager::reconnect"), "{error}");
    }
    let error = manager.number_of_objects().unwrap_err();
    assert!(error.is_lost() && !error.may_have_run(), "{error}");
}

#[test]
fn a_manager_that_died_between_calls_has_not_run_the_next() {
    let mut server = ManagerProcess::serve();
    let manager = connect(&server);
    let calculator: Proxy = manager.create("Calculator", ()).unwrap();
    calculator.call::<i64>("add", (1,)).unwrap();
    server.kill();
    std::thread::sleep(Duration::from_millis(30));
    let error = calculator.call::<i64>("add", (1,)).unwrap_err();
    assert!(error.is_lost() && !error.may_have_run(), "{error}");
    // Dropped proxies have no manager to notify, and do not wait.
    drop((calculator, manager));
}

#[test]
fn a_manager_that_comes_back_is_found_where_that_is_asked_for() {
    let scratch = Scratch::new();
    let path = scratch.path().join("manager");
    let path = path.to_str().unwrap();
    let mut server = ManagerProcess::serve_at(path);
    let (patient, events) = heard(
        builder().reconnect(Reconnect::attempts(200).longest_delay(Duration::from_millis(100))),
    );
    let manager = patient.connect(path).unwrap();
    let calculator: Proxy = manager.create("Calculator", (40,)).unwrap();
    let store: Proxy = manager.create("Store", ()).unwrap();
    let opened: Proxy = store.call("open", ("x",)).unwrap();
    calculator.call::<i64>("add", (1,)).unwrap();

    server.kill();
    let _ = std::fs::remove_file(path);
    let again = std::thread::scope(|scope| {
        let calling = scope.spawn(|| calculator.call::<i64>("add", (2,)));
        std::thread::sleep(Duration::from_millis(200));
        let server = ManagerProcess::serve_at(path);
        // The loss was found before anything was sent, so this is the new manager's first call.
        assert_eq!(calling.join().unwrap().unwrap(), 42);
        server
    });
    let events = events.lock().unwrap().join("\n");
    for told in [
        "the manager is lost",
        "attempt 1",
        "there is a manager again",
        "made Calculator again",
    ] {
        assert!(events.contains(told), "{told}: {events}");
    }
    // The earlier answer cannot be repeated.
    let error = opened.call::<Value>("keys", ()).unwrap_err();
    assert!(
        error.is_lost() && error.to_string().contains("cannot be created again"),
        "{error}"
    );
    drop((calculator, store, opened));
    assert_eq!(objects(&manager), 0, "{}", manager.debug_info().unwrap());
    drop(again);
}

#[test]
fn whoever_reconnects_by_hand_decides_when() {
    let scratch = Scratch::new();
    let path = scratch.path().join("manager");
    let path = path.to_str().unwrap();
    let mut server = ManagerProcess::serve_at(path);
    let manager = builder().connect(path).unwrap();
    let queue: Queue<u32> = manager.create("jobs", ()).unwrap();
    queue.put(&1).unwrap();
    server.kill();
    let _ = std::fs::remove_file(path);
    assert!(queue.put(&2).unwrap_err().is_lost());
    assert!(manager.reconnect().unwrap_err().is_lost());
    let _server = ManagerProcess::serve_at(path);
    assert!(queue.put(&3).unwrap_err().is_lost());
    manager.reconnect().unwrap();
    queue.put(&4).unwrap();
    assert_eq!(queue.get().unwrap(), 4);
}

#[test]
fn a_shut_down_manager_is_gone() {
    let mut server = ManagerProcess::serve();
    let (told, events) = heard(builder());
    let manager = told.connect(server.address()).unwrap();
    let calculator: Proxy = manager.create("Calculator", ()).unwrap();
    manager.shutdown().unwrap();
    assert!(calculator.call::<i64>("add", (1,)).unwrap_err().is_lost());
    drop(calculator);
    assert_eq!(*events.lock().unwrap(), [""; 0]);
    server.end();
}

#[test]
fn keys_are_checked() {
    let server = ManagerProcess::serve();
    let wrong = Manager::connect(server.address(), "wrong").unwrap_err();
    assert!(wrong.is_wrong_key() && !wrong.is_lost(), "{wrong}");
    let none = Manager::connect(server.address(), None).unwrap_err();
    assert!(none.is_authentication(), "{none}");
    let empty = ManagerProcess::start_with_key(&interop_tests::python(), &["serve"], "");
    Manager::connect(empty.address(), "").unwrap();
    let none = Manager::connect(empty.address(), None).unwrap_err();
    assert!(none.is_authentication(), "{none}");
    let nobody = Manager::connect("127.0.0.1:1", KEY).unwrap_err();
    // What was never there cannot be lost.
    assert!(!nobody.is_lost() && !nobody.may_have_run(), "{nobody}");
    let told = nobody.to_string();
    assert!(
        told.starts_with("cannot connect to 127.0.0.1:1 ("),
        "{told}"
    );
}

#[test]
fn a_manager_that_hangs_is_late() {
    let server = ManagerProcess::serve();
    let timeout = Duration::from_millis(300);
    let (hasty, events) = heard(builder().call_timeout(timeout));
    let manager = hasty.connect(server.address()).unwrap();
    let calculator: Proxy = manager.create("Calculator", ()).unwrap();
    let queue: Queue<u32> = manager.create("jobs", ()).unwrap();
    let error = calculator.call::<String>("sleep", (0.6,)).unwrap_err();
    assert!(
        error.is_timed_out() && error.may_have_run() && !error.is_lost(),
        "{error}"
    );
    // The late answer is dropped.
    assert_eq!(calculator.call::<i64>("add", (1,)).unwrap(), 1);
    let options = CallOptions::new().timeout(Duration::from_secs(20));
    let slept: String = calculator.call_with("sleep", (0.4,), (), &options).unwrap();
    assert_eq!(slept, "slept");
    // Waiting for an object does not count as a timeout.
    let empty = queue.get_with(Duration::from_millis(700)).unwrap_err();
    assert!(empty.remote().unwrap().is_empty(), "{empty}");
    assert_eq!(*events.lock().unwrap(), [""; 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_stopped_manager_holds_nobody_up() {
    let server = ManagerProcess::serve();
    let manager = builder()
        .call_timeout(Duration::from_millis(300))
        .connect(server.address())
        .unwrap();
    let queue: Queue<u32> = manager.create("jobs", ()).unwrap();
    assert_eq!(queue.qsize().unwrap(), 0);
    let pid = rustix::process::Pid::from_raw(server.id().try_into().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
    // The signal takes effect with a delay.
    let state = || std::fs::read_to_string(format!("/proc/{}/stat", server.id())).unwrap();
    while !state().contains(") T ") {
        std::thread::sleep(Duration::from_millis(1));
    }
    let error = queue.qsize().unwrap_err();
    assert!(error.is_timed_out() && error.may_have_run(), "{error}");
    let error = manager.dummy().unwrap_err();
    assert!(error.is_timed_out(), "{error}");
    rustix::process::kill_process(pid, rustix::process::Signal::CONT).unwrap();
    assert_eq!(queue.qsize().unwrap(), 0);
}

#[test]
fn a_cancelled_call_leaves_no_connection_out_of_step() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let calculator: Proxy = manager.create("Calculator", ()).unwrap();
    for _ in 0..5 {
        let cancel = Cancel::new();
        let options = CallOptions::new().cancel(&cancel);
        std::thread::scope(|scope| {
            let calling = scope.spawn(|| {
                let slept = calculator.call_with::<String>("sleep", (30,), (), &options);
                // This thread's next call gets its own answer.
                (slept, calculator.call::<String>("echo", ("mine",)))
            });
            std::thread::sleep(Duration::from_millis(30));
            cancel.cancel();
            let (slept, echoed) = calling.join().unwrap();
            let error = slept.unwrap_err();
            assert!(error.is_cancelled() && !error.is_lost(), "{error}");
            assert_eq!(echoed.unwrap(), "mine");
        });
        let error = calculator
            .call_with::<i64>("add", (1,), (), &options)
            .unwrap_err();
        assert!(error.is_cancelled() && !error.may_have_run(), "{error}");
    }
    assert_eq!(calculator.call::<i64>("add", (1,)).unwrap(), 1);
}

#[test]
fn an_answer_over_the_limit_is_an_error_and_the_next_call_works() {
    let server = ManagerProcess::serve();
    let manager = builder()
        .max_message_len(10_000)
        .connect(server.address())
        .unwrap();
    let calculator: Proxy = manager.create("Calculator", ()).unwrap();
    let error = calculator.call::<Value>("big", (20_000,)).unwrap_err();
    assert!(
        error.is_bad_length() && error.may_have_run() && !error.is_lost(),
        "{error}"
    );
    assert_eq!(calculator.call::<i64>("add", (1,)).unwrap(), 1);
    let error = calculator.call::<String>("add", (1,)).unwrap_err();
    assert!(error.is_codec() && error.may_have_run(), "{error}");
    assert_eq!(calculator.call::<i64>("add", (1,)).unwrap(), 3);
}

#[test]
fn an_exception_that_python_could_not_import_is_read_here() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let calculator: Proxy = manager.create("Calculator", ()).unwrap();
    let error = calculator
        .call::<()>("fail", ("OutOfStock", "tea", 0))
        .unwrap_err();
    assert_eq!(error.to_string(), "OutOfStock: ('tea', 0)");
}
