//! Ctrl-C and `kill`: an orderly end, with the socket file removed.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

use anyhow::Context;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;

/// What a shell shows for a program that SIGINT ended.
pub(crate) const INTERRUPTED: i32 = 130;

/// Runs `stop` on another thread at the first SIGINT or SIGTERM. A second one ends
/// the process at once. Gives what tells whether there was one, before `stop` is run.
pub(crate) fn on_signal(stop: impl FnOnce() + Send + 'static) -> anyhow::Result<Arc<AtomicBool>> {
    let asked = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the flag is looked at before the same signal sets it.
        flag::register_conditional_shutdown(signal, INTERRUPTED, Arc::clone(&asked))
            .and_then(|_| flag::register(signal, Arc::clone(&asked)))
            .context("cannot watch for signals")?;
    }
    let mut signals = Signals::new([SIGINT, SIGTERM]).context("cannot watch for signals")?;
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            if signals.forever().next().is_some() {
                stop();
            }
        })
        .context("cannot start a thread")?;
    Ok(asked)
}
