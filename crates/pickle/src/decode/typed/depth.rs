//! How deep types may be nested: what the stack of the thread holds.
//!
//! Each level of a type is a call of its `Deserialize`, whose frames are the caller's code: 17 KiB
//! for a struct of 40 fields that is not optimised. A message must not choose how many there are.

use crate::{Limits, PickleError, TYPED_DEPTH};

/// Options, newtypes and containers in each other, for each level that is allowed. The former
/// take stack, too.
const STEPS: usize = 4;

/// The levels that one reading may go down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels {
    /// Up to here nobody asks how much stack is left.
    pub(super) unasked: usize,
    /// Up to here in any case.
    pub(super) most: usize,
    /// Up to here where serde buffers what it reads (`untagged`, `flatten`, internally tagged
    /// enums): it recurses over its buffer afterwards, where nothing here measures the stack.
    pub(super) buffered: usize,
    /// Containers, options and newtypes together.
    pub(super) steps: usize,
    /// Which limit that is: the one of types, or the one of the pickle.
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

    /// The error of what is one level deeper than that.
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

/// How many levels fit what is left of the stack, if that can be told.
#[cfg(feature = "stacker")]
fn measured_levels() -> Option<usize> {
    /// What a level may take: more than a struct of 40 fields does.
    const LEVEL: usize = 32 << 10;
    let left = stacker::remaining_stack()?;
    Some(left.saturating_sub(RESERVE) / LEVEL)
}

#[cfg(not(feature = "stacker"))]
fn measured_levels() -> Option<usize> {
    None
}

/// What must be left for one level more, with all that it calls.
#[cfg(feature = "stacker")]
const RESERVE: usize = 256 << 10;

/// Calls that with enough stack for a level, on another stack where this one is short of it.
#[cfg(feature = "stacker")]
pub(super) fn with_stack<R>(read: impl FnOnce() -> R) -> R {
    const MORE: usize = 4 << 20;
    stacker::maybe_grow(RESERVE, MORE, read)
}

/// Calls that. Without the feature no level comes here.
#[cfg(not(feature = "stacker"))]
pub(super) fn with_stack<R>(read: impl FnOnce() -> R) -> R {
    read()
}
