//! Charges bytes that are written repeatedly, as pickles cannot refer to them.

use std::collections::HashSet;

use crate::{Limits, PickleError, Result};

/// Integers up to this many bytes are about as small as a reference; most names of classes are no
/// longer.
pub(super) const SMALL: usize = 64;
const LONG_NAME: usize = 1024;

/// Counts the repeated bytes of one pickle.
pub(super) struct Repeated {
    left: u64,
    most: u64,
    /// Addresses of integers that were written. The value keeps them alive.
    seen: Option<HashSet<usize>>,
}

impl Repeated {
    pub(super) fn new(most: u64) -> Self {
        Repeated {
            left: most,
            most,
            seen: None,
        }
    }

    /// Returns the state for another value, in which the same addresses may be other objects.
    pub(super) fn lend(&self) -> Self {
        Repeated {
            left: self.left,
            most: self.most,
            seen: None,
        }
    }

    pub(super) fn resume(&mut self, lent: &Repeated) {
        self.left = lent.left;
    }

    /// Returns how many bytes may still be repeated.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// Charges these bytes.
    #[inline]
    pub(super) fn charge(&mut self, bytes: usize) -> Result<()> {
        match self.left.checked_sub(bytes as u64) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(too_much(self.most)),
        }
    }

    /// Returns whether this object was met before.
    pub(super) fn is_known(&mut self, address: usize) -> bool {
        !self.seen.get_or_insert_default().insert(address)
    }

    /// Charges a long name, which is written or compared for each class that has it.
    #[inline]
    pub(super) fn name(&mut self, module: &str, qualname: &str) -> Result<()> {
        match is_long(module, qualname) {
            false => Ok(()),
            true => self.charge(module.len() + qualname.len()),
        }
    }
}

impl Default for Repeated {
    #[inline]
    fn default() -> Self {
        Repeated::new(Limits::DEFAULT.repeated)
    }
}

/// Returns whether the names take more than a reference to the class.
pub(super) fn is_small(module: &str, qualname: &str) -> bool {
    module.len() + qualname.len() <= SMALL
}

/// Returns whether names of this length cost more than the objects that have them.
pub(super) fn is_long(module: &str, qualname: &str) -> bool {
    module.len() + qualname.len() > LONG_NAME
}

#[cold]
fn too_much(most: u64) -> PickleError {
    PickleError::limit(format!(
        "large integers, names or parts of values that are shared take more than {most} bytes \
         to write again in each place: raise Limits::repeated, or send less at once"
    ))
}
