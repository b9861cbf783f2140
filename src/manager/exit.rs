//! A process that ends gives its references back, as Python's finalizers do: those too that live in
//! statics, in threads that still run, or behind `std::process::exit`.

use std::sync::mpsc;
use std::sync::{Arc, Mutex, Once, Weak};
use std::thread;

use super::inner::{FAREWELL, lock};
use super::reference::Reference;
use crate::sys;

static LIVING: Mutex<Vec<Weak<Reference>>> = Mutex::new(Vec::new());
static HOOK: Once = Once::new();

/// Has the reference given back at the end of the process, if it lives so long.
pub(super) fn remember(reference: &Arc<Reference>) {
    // Without room for it, dropping them is all there is.
    HOOK.call_once(|| {
        let _ = sys::at_exit(farewell);
    });
    let mut living = lock(&LIVING);
    // Looked through whenever it would grow, which makes it cheap on the whole.
    if living.len() == living.capacity() {
        living.retain(|reference| reference.strong_count() > 0);
    }
    living.push(Arc::downgrade(reference));
}

/// In a thread of its own: those of the one that ends are half gone. A manager that does not
/// answer holds nobody up for long.
extern "C" fn farewell() {
    let living = std::mem::take(&mut *lock(&LIVING));
    let living: Vec<_> = living.iter().filter_map(Weak::upgrade).collect();
    if living.is_empty() {
        return;
    }
    let (done, all_done) = mpsc::channel::<()>();
    let started = thread::Builder::new().spawn(move || {
        living.iter().for_each(|reference| reference.release());
        // Not dropped: whoever else owns them is gone, and they are released.
        living.into_iter().for_each(std::mem::forget);
        drop(done);
    });
    if started.is_ok() {
        let _ = all_done.recv_timeout(FAREWELL);
    }
}
