//! One reference to a shared object, which the manager counts.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::exchange::Patience;
use super::inner::{FAREWELL, HASTY_FAREWELL};
use super::{Event, Inner, arrival, exit};
use crate::error::Result;
use crate::pickle::Str;

/// A reference that the manager counts as ours. Dropped, it is given back: `BaseProxy._decref`.
pub(crate) struct Reference {
    manager: Arc<Inner>,
    pub(super) generation: u64,
    pub(super) ident: Str,
    typeid: Str,
    /// Who owns it: a child made by `fork` has a copy that the manager has not counted.
    process: u32,
    is_released: AtomicBool,
}

impl Reference {
    /// Of an object that the manager has counted for us already: what `create` and `#PROXY` do.
    pub(super) fn adopt(
        manager: &Arc<Inner>,
        generation: u64,
        typeid: Str,
        ident: Str,
    ) -> Arc<Self> {
        let reference = Arc::new(Reference {
            manager: Arc::clone(manager),
            generation,
            ident,
            typeid,
            process: std::process::id(),
            is_released: AtomicBool::new(false),
        });
        exit::remember(&reference);
        reference
    }

    /// Of an object that somebody else told us of: `BaseProxy._incref`.
    pub(super) fn count(
        manager: &Arc<Inner>,
        typeid: Str,
        ident: Str,
        patience: &Patience,
    ) -> Result<Arc<Self>> {
        let generation = manager.generation(patience)?;
        let args = (ident.as_str(),);
        manager.serve_as::<()>(generation, "incref", &args, &(), patience)?;
        Ok(Reference::adopt(manager, generation, typeid, ident))
    }

    /// Gives it back, once.
    pub(super) fn release(&self) {
        let is_ours = self.process == std::process::id();
        if !is_ours
            || self.is_released.swap(true, Relaxed)
            || !self.manager.is_current(self.generation)
        {
            return;
        }
        let usual = match self.manager.hangs.load(Relaxed) {
            true => HASTY_FAREWELL,
            false => FAREWELL,
        };
        let patience = Patience {
            deadline: arrival::farewell(usual),
            cancel: None,
        };
        let args = (self.ident.as_str(),);
        let released =
            self.manager
                .serve_as::<()>(self.generation, "decref", &args, &(), &patience);
        if let Err(error) = released {
            if error.is_timed_out() {
                self.manager.hangs.store(true, Relaxed);
            }
            let typeid = &self.typeid;
            self.manager.tell(&Event::ReleaseFailed {
                typeid,
                error: &error,
            });
        }
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
