//! Threads and processes that end leave nothing behind in the manager.

use std::process::{Command, Stdio};

use interop_tests::managers::{ManagerProcess, objects};
use mpconn::manager::Proxy;

use crate::{connect, soon};

#[test]
fn a_process_that_ends_gives_its_references_back() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let before = objects(&manager);
    for way in ["return", "exit", "thread", "panic", "short"] {
        let leaver = Command::new(env!("CARGO_BIN_EXE_leaver"))
            .args([server.address(), way])
            .stderr(Stdio::null())
            .output()
            .unwrap();
        let succeeds = way != "panic";
        assert_eq!(leaver.status.success(), succeeds, "{way}");
        let had = String::from_utf8(leaver.stdout).unwrap();
        assert_eq!(had.trim(), (before + 1).to_string(), "{way}");
        let after = objects(&manager);
        assert_eq!(after, before, "{way}: {}", manager.debug_info().unwrap());
    }
}

#[test]
fn a_process_that_forks_shares_no_connection_with_its_child() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let before = objects(&manager);
    let forker = Command::new(env!("CARGO_BIN_EXE_forker"))
        .arg(server.address())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&forker.stderr);
    assert!(forker.status.success(), "{told}");
    let had = String::from_utf8(forker.stdout).unwrap();
    assert_eq!(had.trim(), (before + 1).to_string());
    assert_eq!(objects(&manager), before);
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_is_not_held_up_at_its_end_by_a_manager_that_hangs() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let held: Vec<Proxy> = (0..3)
        .map(|_| manager.create("Calculator", ()).unwrap())
        .collect();
    let mut leaver = Command::new(env!("CARGO_BIN_EXE_leaver"))
        .args([server.address(), "stopped"])
        .arg(server.id().to_string())
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    soon("it ends", || leaver.try_wait().unwrap().is_some());
    let pid = rustix::process::Pid::from_raw(server.id().try_into().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::CONT).unwrap();
    drop(held);
}

#[cfg(target_os = "linux")]
#[test]
fn a_thread_that_ends_closes_its_connection() {
    let server = ManagerProcess::serve();
    let threads = || {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", server.id())).unwrap();
        tasks.count()
    };
    let manager = connect(&server);
    let calculator: Proxy = manager.create("Calculator", ()).unwrap();
    calculator.call::<i64>("add", (1,)).unwrap();
    // Python 2 accepts on its main thread, which later has one more helper. Another thread of the
    // test waits for the end of stdin, and one serves us.
    let idle = if server.version() < (3, 0) { 3 } else { 4 };
    soon("idle", || threads() == idle);
    let ready = std::sync::Barrier::new(9);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                calculator.call::<i64>("add", (1,)).unwrap();
                ready.wait();
                ready.wait();
            });
        }
        ready.wait();
        soon("one thread more for each of ours", || threads() == idle + 8);
        ready.wait();
    });
    soon("they have ended", || threads() == idle);
    drop((calculator, manager));
    soon("so has that of this thread", || threads() == idle - 1);
}

#[test]
fn a_thread_may_keep_a_proxy_in_a_variable_of_its_own() {
    thread_local! {
        static KEPT: std::cell::RefCell<Option<Proxy>> = const { std::cell::RefCell::new(None) };
    }
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let before = objects(&manager);
    for is_called in [false, true] {
        let kept = &manager;
        std::thread::scope(|scope| {
            scope.spawn(move || {
                // Declared before and after the thread-locals of a call.
                let object: Proxy = kept.create("Calculator", ()).unwrap();
                if is_called {
                    object.call::<i64>("add", (1,)).unwrap();
                }
                KEPT.set(Some(object));
            });
        });
        soon("it is given back", || objects(&manager) == before);
    }
}

#[test]
fn sixty_four_threads_share_one_manager() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let before = objects(&manager);
    let calculator: Proxy = manager.create("Calculator", ()).unwrap();
    std::thread::scope(|scope| {
        for number in 0..64 {
            let (calculator, manager) = (&calculator, &manager);
            scope.spawn(move || {
                for turn in 0..20 {
                    let sent = format!("{number} {turn}");
                    let came: String = calculator.call("echo", (&sent,)).unwrap();
                    assert_eq!(came, sent);
                }
                let own: Proxy = manager.create("Calculator", (number,)).unwrap();
                assert_eq!(own.call::<i64>("add", (1,)).unwrap(), number + 1);
            });
        }
    });
    drop(calculator);
    assert_eq!(objects(&manager), before);
}
