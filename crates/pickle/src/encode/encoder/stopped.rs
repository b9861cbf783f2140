//! Output in pieces, and reasons to stop.

use crate::PickleError;

/// Takes a piece of a pickle, and returns whether to go on.
pub(crate) type Pieces<'o> = &'o mut dyn FnMut(&[u8]) -> bool;

/// Why the writing has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    TooLong,
    NoMemory,
    /// The callback that takes pieces has failed, and knows why.
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
