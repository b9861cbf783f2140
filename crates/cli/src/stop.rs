//! Ctrl-C and `kill` end the program cleanly, and remove the socket file.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

use anyhow::Context;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;

/// Exit code of a program that SIGINT ended, as shells show it.
pub(crate) const INTERRUPTED: i32 = 130;

/// Runs `stop` on another thread at the first SIGINT or SIGTERM; a second one ends the process at once.
/// Returns a flag that is set before `stop` runs.
pub(crate) fn on_signal(stop: impl FnOnce() + Send + 'static) -> anyhow::Result<Arc<AtomicBool>> {
    let asked = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the flag is checked before the same signal sets it.
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
