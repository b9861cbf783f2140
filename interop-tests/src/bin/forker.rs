//! Forks while a manager's proxy is in use, and continues on both sides. Used by
//! `tests/managers/leaving.rs`.
#![allow(unsafe_code)]

use std::{env, process};

use mpconn::manager::{Manager, Proxy};
use rustix::process::{Pid, WaitOptions, waitpid};

unsafe extern "C" {
    fn fork() -> i32;
}

fn main() {
    let address = env::args().nth(1).expect("forker ADDRESS");
    let manager =
        Manager::connect(address.as_str(), interop_tests::managers::KEY).expect("connects");
    let object: Proxy = manager.create("Calculator", ()).expect("creates");
    object.call::<i64>("add", (1,)).expect("calls");
    // SAFETY: there is only one thread, so the child has a complete copy of the state.
    let child = unsafe { fork() };
    assert!(child >= 0, "forks");
    let mine = match child {
        0 => "child",
        _ => "parent",
    };
    for turn in 0..100 {
        let sent = format!("{mine} {turn}");
        let came: String = object.call("echo", (&sent,)).expect("answers");
        assert_eq!(came, sent);
    }
    match Pid::from_raw(child) {
        // The child's copy of the reference must not be released.
        None => process::exit(0),
        Some(child) => {
            let status = waitpid(Some(child), WaitOptions::empty()).expect("waits");
            let (_, status) = status.expect("has ended");
            assert_eq!(status.exit_status(), Some(0), "the child");
        }
    }
    assert_eq!(object.call::<i64>("add", (1,)).expect("calls"), 2);
    println!("{}", interop_tests::managers::objects(&manager));
}
