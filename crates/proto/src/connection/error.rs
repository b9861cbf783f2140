//! What can go wrong while messages are received and sent.

use std::io::{self, ErrorKind};

use crate::frame::FrameError;
use crate::sniff;

/// Why no message can be received.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiveError {
    /// The stream ended between two messages: Python's `EOFError`.
    #[error("end of file: the peer closed the connection")]
    Eof,
    /// The stream ended inside a message: Python's `OSError("got end of file during message")`.
    #[error(
        "end of file during message: the peer closed the connection after {got} of {len} bytes{}",
        other_protocol(*.got, *.len)
    )]
    #[non_exhaustive]
    Truncated {
        /// Bytes of the message, or of its header, that came.
        got: u64,
        /// Bytes that it should have had.
        len: u64,
    },
    /// A deadline of the driver's passed. What has come of a message is kept.
    #[error("timed out while receiving: {}", how_far(*.arrived))]
    #[non_exhaustive]
    TimedOut {
        /// Number of bytes that came of a message, and its length; `None` between two messages.
        arrived: Option<(u64, u64)>,
    },
    /// A message was begun and its rest did not come in time. Nothing can be received any more.
    #[error(
        "timed out inside a message: {got} of {len} bytes came, and the rest not in the time that is \
         allowed for it"
    )]
    #[non_exhaustive]
    RestTimedOut {
        /// Bytes of the message, or of its header, that came.
        got: u64,
        /// Bytes that it should have had.
        len: u64,
    },
    /// The length of a message makes no sense or is over a limit, or there is no memory for it.
    /// Nothing can be received any more, as after Python's "bad message length".
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// An earlier error left the connection unreadable: Python's "connection is write-only".
    #[error("connection is write-only")]
    NotReadable,
    /// The system failed.
    #[error("cannot receive: {0}")]
    Io(io::Error),
}

impl ReceiveError {
    /// Returns what a failed read means after that many bytes of a message.
    pub(super) fn of(error: io::Error, arrived: Option<(u64, u64)>) -> Self {
        match error.kind() {
            ErrorKind::TimedOut => ReceiveError::TimedOut { arrived },
            _ => ReceiveError::Io(error),
        }
    }

    /// Returns what a failed read between two messages means.
    pub fn between_messages(error: io::Error) -> Self {
        ReceiveError::of(error, None)
    }

    /// Returns whether the stream ended between two messages: Python's `EOFError`.
    pub fn is_eof(&self) -> bool {
        matches!(self, ReceiveError::Eof)
    }

    /// Returns whether a deadline passed.
    pub fn is_timed_out(&self) -> bool {
        matches!(
            self,
            ReceiveError::TimedOut { .. } | ReceiveError::RestTimedOut { .. }
        )
    }
}

fn how_far(arrived: Option<(u64, u64)>) -> String {
    match arrived {
        Some((got, len)) => {
            format!("{got} of {len} bytes of a message have come from the peer, then no more")
        }
        None => "nothing came from the peer".to_owned(),
    }
}

/// Beyond this many bytes the length was genuine: no other protocol sends so much to a peer that
/// does not answer.
const MUCH: u64 = 1 << 20;

fn other_protocol(got: u64, len: u64) -> String {
    match got < MUCH {
        true => sniff::length_hint(len),
        false => String::new(),
    }
}

/// Why a message was not sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// An earlier send broke off inside a message: the peer waits for the rest of that one.
    #[error(
        "an earlier send broke off inside a message, so that nothing can be sent any more: {0}"
    )]
    BrokenOff(&'static str),
    /// A deadline of the driver's passed.
    #[error("timed out while sending: the peer does not read")]
    TimedOut,
    /// There is no memory for a message that has to wait.
    #[error("out of memory: there is no room for a message of {0} bytes that waits to be sent")]
    OutOfMemory(usize),
    /// The system failed.
    #[error("cannot send: {0}")]
    Io(io::Error),
}

/// Returns what a failed write means.
impl From<io::Error> for SendError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::TimedOut => SendError::TimedOut,
            _ => SendError::Io(error),
        }
    }
}
