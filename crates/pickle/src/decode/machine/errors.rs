//! The errors of the machine.

use crate::PickleError;

#[cold]
pub(super) fn underflow() -> PickleError {
    PickleError::malformed("it takes a value off an empty stack, or one from below a MARK")
}

#[cold]
pub(super) fn no_mark() -> PickleError {
    PickleError::malformed("it goes back to a MARK, and there is none")
}

#[cold]
pub(super) fn never_stored(index: u64) -> PickleError {
    PickleError::malformed(format!("memo entry {index} was never stored"))
}

#[cold]
pub(super) fn too_many() -> PickleError {
    PickleError::limit("more than 4,294,967,295 objects in one pickle: have the peer split it")
}
