//! Exits in the way its arguments say, while it holds a reference to a manager's object. Used by
//! `tests/managers/leaving.rs`.

use std::sync::OnceLock;
use std::time::Duration;
use std::{env, process, thread};

use mpconn::manager::{Manager, Proxy};

static KEPT: OnceLock<Proxy> = OnceLock::new();

fn main() {
    let mut arguments = env::args().skip(1);
    let (Some(address), Some(way)) = (arguments.next(), arguments.next()) else {
        panic!("leaver ADDRESS return|exit|thread|panic|short|stopped");
    };
    let manager =
        Manager::connect(address.as_str(), interop_tests::managers::KEY).expect("connects");
    let object: Proxy = manager.create("Calculator", ()).expect("creates");
    object.call::<i64>("add", (1,)).expect("calls");
    println!("{}", interop_tests::managers::objects(&manager));
    match way.as_str() {
        "return" => KEPT.set(object).expect("once"),
        "exit" => process::exit(0),
        "thread" => {
            thread::spawn(move || {
                thread::sleep(Duration::from_secs(60));
                drop(object);
            });
        }
        "short" => {
            short_of_descriptors(&manager, &object);
            KEPT.set(object).expect("once");
        }
        "stopped" => {
            // More than one, none of which can be released.
            let more: Result<Vec<Proxy>, _> =
                (0..3).map(|_| manager.create("Calculator", ())).collect();
            let server = arguments.next().and_then(|id| id.parse().ok());
            let server = server
                .and_then(rustix::process::Pid::from_raw)
                .expect("its id");
            rustix::process::kill_process(server, rustix::process::Signal::STOP).expect("stops");
            KEPT.set(object).expect("once");
            std::mem::forget(more.expect("creates"));
        }
        "panic" => panic!("as it was told"),
        other => panic!("no way to leave: {other}"),
    }
}

/// Running out of descriptors is not a lost manager: existing connections keep working.
fn short_of_descriptors(manager: &Manager, object: &Proxy) {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let usual = getrlimit(Resource::Nofile);
    let mut none = usual;
    none.current = Some(3);
    setrlimit(Resource::Nofile, none).expect("lowers");
    let other = thread::scope(|scope| scope.spawn(|| object.call::<i64>("add", (1,))).join());
    for error in [
        other.expect("no panic").expect_err("no descriptor"),
        manager.number_of_objects().expect_err("no descriptor"),
    ] {
        assert!(!error.is_lost() && !error.may_have_run(), "{error}");
        assert!(error.io_error().is_some(), "{error}");
    }
    assert_eq!(object.call::<i64>("add", (1,)).expect("has a line"), 2);
    setrlimit(Resource::Nofile, usual).expect("raises again");
    assert!(manager.number_of_objects().is_ok());
}
