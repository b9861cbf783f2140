//! How deep the stack lets Rust types be read, which recurse.

use super::super::Limits;

/// What to do about a value that is too deep.
pub(super) const ADVICE: &str = if cfg!(feature = "stacker") {
    "read this part into a Value, which does not recurse, or raise Limits::depth"
} else {
    "read this part into a Value, which does not recurse, raise Limits::typed_depth if the stack \
     has room, or enable the feature `stacker` of mpconn"
};

/// How deep types are read at most.
pub(super) fn most_depth(limits: &Limits) -> usize {
    match cfg!(feature = "stacker") {
        true => limits.depth,
        false => limits.typed_depth.min(limits.depth),
    }
}

/// Calls a function with room on the stack for one more level.
#[cfg(feature = "stacker")]
pub(super) fn with_room<R>(read: impl FnOnce() -> R) -> R {
    /// What has to be left: far more than one level of any struct takes.
    const LEFT: usize = 256 << 10;
    /// What is allocated where less is left.
    const MORE: usize = 2 << 20;
    stacker::maybe_grow(LEFT, MORE, read)
}

/// Calls a function. Without a measure of the stack, [`most_depth`] leaves no level to come here.
#[cfg(not(feature = "stacker"))]
pub(super) fn with_room<R>(read: impl FnOnce() -> R) -> R {
    read()
}
