//! One reference to a shared object, which the manager counts.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, Weak};

use super::call_limit::CallLimit;
use super::lock;
use super::release_queue::Release;
use super::releasing;
use super::session::Session;
use crate::error::Result;
use crate::pickle::Str;

/// A reference that the manager counts as ours. When it is dropped it is queued to be given back:
/// `BaseProxy._decref`.
pub(crate) struct Reference {
    session: Arc<Session>,
    pub(super) generation: u64,
    pub(super) ident: Str,
    typeid: Str,
    /// The process that owns it: a child made by `fork` has a copy that the manager has not counted.
    process: u32,
    is_released: AtomicBool,
}

/// References that live. Those of statics, and of threads that run until the process ends, are never
/// dropped; the end of the process gives them back, as Python's finalizers do.
static LIVING: Mutex<Vec<Weak<Reference>>> = Mutex::new(Vec::new());

impl Reference {
    /// Takes over a reference that the manager has counted for us: `create` and `#PROXY` do so.
    pub(super) fn counted(
        session: &Arc<Session>,
        generation: u64,
        typeid: Str,
        ident: Str,
    ) -> Arc<Self> {
        let reference = Arc::new(Reference {
            session: Arc::clone(session),
            generation,
            ident,
            typeid,
            process: std::process::id(),
            is_released: AtomicBool::new(false),
        });
        releasing::remember(&session.releases, release_living);
        let mut living = lock(&LIVING);
        // Looked through only when it would grow, which makes that cheap on average.
        if living.len() == living.capacity() {
            living.retain(|reference| reference.strong_count() > 0);
        }
        living.push(Arc::downgrade(&reference));
        drop(living);
        reference
    }

    /// Has the manager count one reference more, to an object that somebody else told us of:
    /// `BaseProxy._incref`. One that waits to be given back is used instead.
    pub(super) fn count(
        session: &Arc<Session>,
        typeid: Str,
        ident: Str,
        limit: &CallLimit,
    ) -> Result<Arc<Self>> {
        let generation = session.generation(limit)?;
        if !session.releases.take_back(&ident, generation) {
            let args = (ident.as_str(),);
            session.ask_server_for::<()>(generation, "incref", &args, &(), limit)?;
        }
        Ok(Reference::counted(session, generation, typeid, ident))
    }

    /// Queues it to be given back, once.
    fn release(&self) {
        let is_ours = self.process == std::process::id();
        if !is_ours
            || self.is_released.swap(true, Relaxed)
            || !self.session.liveness.is_current(self.generation)
        {
            return;
        }
        releasing::release(Release {
            ident: self.ident.clone(),
            typeid: self.typeid.clone(),
            count: 1,
            generation: self.generation,
            owner: Arc::clone(&self.session),
        });
    }
}

fn release_living() {
    let living = std::mem::take(&mut *lock(&LIVING));
    for reference in living.iter().filter_map(Weak::upgrade) {
        reference.release();
        // Not dropped: its owner never does, and the thread-locals that this would need may be gone.
        std::mem::forget(reference);
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        self.release();
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({} {})", self.typeid, self.ident)
    }
}
