//! Proof that Rust was called: counters in this process, and a log for all processes.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Kinds of calls counted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Call {
    Accept,
    AnswerChallenge,
    Client,
    Connection,
    DeliverChallenge,
    Listener,
    Pipe,
    Poll,
    Recv,
    Send,
    Wait,
}

const NAMES: [&str; 11] = [
    "accept",
    "answer_challenge",
    "client",
    "connection",
    "deliver_challenge",
    "listener",
    "pipe",
    "poll",
    "recv",
    "send",
    "wait",
];

static COUNTS: [AtomicU64; NAMES.len()] = [const { AtomicU64::new(0) }; NAMES.len()];
/// The process that last wrote to the log. A fork writes again at its first call.
static LOGGED_BY: AtomicU32 = AtomicU32::new(0);

/// Counts a call. At its first call a process appends its id to the file `MPCONN_SHIM_LOG`,
/// since it may end abruptly.
pub(crate) fn count(call: Call) {
    COUNTS[call as usize].fetch_add(1, Ordering::Relaxed);
    let process = std::process::id();
    if LOGGED_BY.swap(process, Ordering::Relaxed) != process {
        log(process, NAMES[call as usize]);
    }
}

fn log(process: u32, name: &str) {
    let Some(path) = std::env::var_os("MPCONN_SHIM_LOG") else {
        return;
    };
    // Without a log the runner sees no children and reports that.
    if let Ok(mut file) = OpenOptions::new().append(true).create(true).open(path) {
        let _ = file.write_all(format!("{process} {name}\n").as_bytes());
    }
}

/// Returns the counters of this process; a fork's include its parent's.
pub(crate) fn counts() -> Vec<(&'static str, u64)> {
    NAMES
        .into_iter()
        .zip(COUNTS.iter().map(|n| n.load(Ordering::Relaxed)))
        .filter(|(_, n)| *n > 0)
        .collect()
}
