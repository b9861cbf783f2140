//! Limits of the depth of types: the size of the stack.
//!
//! Each level of a type is a call of its `Deserialize`, whose frames are the caller's code: 17 KiB for a
//! struct of 40 fields without optimization. A message must not decide how many there are.

use crate::{Limits, PickleError, TYPED_DEPTH};

/// Options, newtypes and containers for each level that is allowed: options and newtypes take stack, too.
const STEPS: usize = 4;

/// The levels that one call may go down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels {
    /// Up to here the stack is not measured.
    pub(super) unasked: usize,
    /// The limit in any case.
    pub(super) most: usize,
    /// The limit where serde buffers what it reads (`untagged`, `flatten`, internally tagged enums):
    /// it recurses over its buffer later, where the stack is not measured.
    pub(super) buffered: usize,
    /// The limit of containers, options and newtypes together.
    pub(super) steps: usize,
    /// Which limit that is: that of types, or that of the pickle.
    limited_by: LimitedBy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LimitedBy {
    Types,
    Pickles,
}

impl Levels {
    pub(super) fn of(limits: &Limits) -> Self {
        let fixed = limits.typed_depth.unwrap_or(TYPED_DEPTH);
        let (unasked, most) = match measured_levels() {
            Some(levels) => (
                fixed.min(TYPED_DEPTH).min(levels),
                limits.typed_depth.unwrap_or(usize::MAX),
            ),
            None => (fixed, fixed),
        };
        Levels {
            unasked: unasked.min(limits.depth),
            most: most.min(limits.depth),
            buffered: fixed.min(limits.depth),
            steps: most.min(limits.depth).saturating_mul(STEPS),
            limited_by: match most < limits.depth {
                true => LimitedBy::Types,
                false => LimitedBy::Pickles,
            },
        }
    }

    /// Returns the error for one level more.
    #[cold]
    pub(super) fn exceeded(&self) -> PickleError {
        match self.limited_by {
            LimitedBy::Types => too_deep(self.most, "levels of Rust types"),
            LimitedBy::Pickles => {
                let most = self.most;
                PickleError::limit(format!(
                    "nested deeper than {most} levels: raise Limits::depth"
                ))
            }
        }
    }

    #[cold]
    pub(super) fn steps_exceeded(&self) -> PickleError {
        too_deep(self.steps, "containers, options and newtypes of Rust types")
    }

    #[cold]
    pub(super) fn buffered_exceeded(&self) -> PickleError {
        PickleError::limit(format!(
            "nested deeper than {} levels where serde buffers what it reads (untagged, flatten, \
             internally tagged): read this part into a Value, which may be of any depth, or raise \
             Limits::typed_depth if the thread's stack has room",
            self.buffered
        ))
    }
}

fn too_deep(most: usize, what: &str) -> PickleError {
    PickleError::limit(format!(
        "nested deeper than {most} {what}: read this part into a Value, which may be of any depth, \
         raise Limits::typed_depth if the thread's stack has room, or enable mpconn's Cargo feature \
         `stacker`, which measures the stack"
    ))
}

/// Returns how many levels fit the rest of the stack, if that is known.
#[cfg(feature = "stacker")]
fn measured_levels() -> Option<usize> {
    /// Stack of one level: more than a struct of 40 fields takes.
    const LEVEL: usize = 32 << 10;
    let left = stacker::remaining_stack()?;
    Some(left.saturating_sub(RESERVE) / LEVEL)
}

#[cfg(not(feature = "stacker"))]
fn measured_levels() -> Option<usize> {
    None
}

/// Stack that must be left for one level more and all that it calls.
#[cfg(feature = "stacker")]
const RESERVE: usize = 256 << 10;

/// Calls `read` with enough stack for a level, on another stack if this one is short.
#[cfg(feature = "stacker")]
pub(super) fn with_stack<R>(read: impl FnOnce() -> R) -> R {
    const MORE: usize = 4 << 20;
    stacker::maybe_grow(RESERVE, MORE, read)
}

/// Calls `read`. Without the feature no level needs it.
#[cfg(not(feature = "stacker"))]
pub(super) fn with_stack<R>(read: impl FnOnce() -> R) -> R {
    read()
}
