//! Where a pickle goes piece by piece, and why one ends early.

use crate::PickleError;

/// Takes a piece of a pickle, and tells whether the next one may come.
pub(crate) type Pieces<'o> = &'o mut dyn FnMut(&[u8]) -> bool;

/// Why nothing is written any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    TooLong,
    NoMemory,
    /// The taker of the pieces has failed, and knows why.
    NotTaken,
}

impl Stopped {
    #[cold]
    pub(super) fn error(self) -> PickleError {
        match self {
            Stopped::TooLong => PickleError::limit(
                "the pickle would be longer than Limits::output allows: raise it, or write less \
                 at once",
            ),
            Stopped::NoMemory => {
                PickleError::new("there is not enough memory for the pickle: write less at once")
            }
            Stopped::NotTaken => PickleError::new("the pickle could not be handed on"),
        }
    }
}
