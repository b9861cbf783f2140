//! The words for what a machine refuses.

use crate::Error;

#[cold]
pub(super) fn underflow() -> Error {
    Error::malformed("it takes a value off an empty stack, or one from below a MARK")
}

#[cold]
pub(super) fn no_mark() -> Error {
    Error::malformed("it goes back to a MARK, and there is none")
}

#[cold]
pub(super) fn never_stored(index: u64) -> Error {
    Error::malformed(format!("memo entry {index} was never stored"))
}

#[cold]
pub(super) fn too_many() -> Error {
    Error::limit("more than 4,294,967,295 objects in one pickle: have the peer split it")
}
