//! The error of reading and writing pickles in streams.

use std::convert::Infallible;
use std::{fmt, io};

use mpconn_escape::escaped;

use crate::PickleError;

/// Why a [`Pickler`](super::Pickler) or an [`Unpickler`](super::Unpickler) failed.
///
/// # Examples
/// ```
/// use mpconn_pickle::stream::{StreamError, Unpickler};
///
/// let cut_off = &b"\x80\x04K"[..];
/// let error = Unpickler::new(cut_off).load::<u8>().unwrap_err();
/// assert!(matches!(&error, StreamError::Pickle(error) if error.is_cut_off()));
/// assert!(error.io_error().is_none());
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum StreamError {
    /// The reader or the writer failed.
    #[non_exhaustive]
    Io {
        /// What failed.
        context: &'static str,
        /// Why.
        source: io::Error,
    },
    /// A pickle could not be read, or a value could not be pickled.
    Pickle(PickleError),
    /// An earlier pickle could not be read to its end, so the next one cannot be found.
    Lost,
}

impl StreamError {
    pub(super) fn io(context: &'static str, source: io::Error) -> Self {
        StreamError::Io { context, source }
    }

    /// Returns whether a pickle could not be read, or a value could not be pickled.
    pub fn is_codec(&self) -> bool {
        !matches!(self, StreamError::Io { .. })
    }

    /// Returns what was wrong with a pickle or a value, if that is what it was.
    pub fn pickle_error(&self) -> Option<&PickleError> {
        match self {
            StreamError::Pickle(error) => Some(error),
            _ => None,
        }
    }

    /// Returns the error of the reader or the writer, if that is what it was.
    pub fn io_error(&self) -> Option<&io::Error> {
        match self {
            StreamError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Writes one line, in which text of the system is [escaped](crate::escaped).
impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StreamError::Io { context, source } => {
                write!(f, "{context}: {}", escaped(&source.to_string()))
            }
            StreamError::Pickle(error) => error.fmt(f),
            StreamError::Lost => f.write_str(
                "an earlier pickle could not be read to its end, so that the beginning of the \
                 next one is not known",
            ),
        }
    }
}

impl std::error::Error for StreamError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // Its text is in ours already.
            StreamError::Io { source, .. } => source.source(),
            StreamError::Pickle(error) => error.source(),
            StreamError::Lost => None,
        }
    }
}

impl From<PickleError> for StreamError {
    fn from(error: PickleError) -> Self {
        StreamError::Pickle(error)
    }
}

impl From<Infallible> for StreamError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// So that `?` works in functions that return `io::Result`.
impl From<StreamError> for io::Error {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Io { ref source, .. } => io::Error::new(source.kind(), error),
            _ => io::Error::new(io::ErrorKind::InvalidData, error),
        }
    }
}
