//! Errors of receiving and sending messages.

use std::io::{self, ErrorKind};

use crate::frame::FrameError;
use crate::sniff;

/// An error of receiving a message.
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
        /// Bytes of the message, or of its header, that arrived.
        got: u64,
        /// Bytes that the message, or its header, has in all.
        len: u64,
    },
    /// A deadline of the driver passed. A partly received message is kept.
    #[error("timed out while receiving: {}", how_far(*.arrived))]
    #[non_exhaustive]
    TimedOut {
        /// Bytes that had arrived of a message, and its length; `None` between two messages.
        arrived: Option<(u64, u64)>,
    },
    /// A message began to arrive and its rest did not follow in time. Nothing can be received any more.
    #[error(
        "timed out inside a message: {got} of {len} bytes came, and the rest did not follow in the \
         allowed time"
    )]
    #[non_exhaustive]
    RestTimedOut {
        /// Bytes of the message, or of its header, that arrived.
        got: u64,
        /// Bytes that the message, or its header, has in all.
        len: u64,
    },
    /// The length of a message is invalid or over a limit, or there is no memory for the message.
    /// Nothing can be received any more, as after Python's "bad message length".
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// An earlier error left the connection unreadable: Python's "connection is write-only".
    #[error("connection is write-only")]
    NotReadable,
    /// Reading failed in the operating system.
    #[error("cannot receive: {0}")]
    Io(io::Error),
}

impl ReceiveError {
    /// Makes the error of a failed read from what had arrived of a message: bytes and its length.
    pub(super) fn of(error: io::Error, arrived: Option<(u64, u64)>) -> Self {
        match error.kind() {
            ErrorKind::TimedOut => ReceiveError::TimedOut { arrived },
            _ => ReceiveError::Io(error),
        }
    }

    /// Makes the error of a read that failed between two messages.
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

/// Beyond this many bytes the length prefix was genuine: no other protocol sends so much to a silent
/// peer.
const GENUINE_LENGTH: u64 = 1 << 20;

fn other_protocol(got: u64, len: u64) -> String {
    match got < GENUINE_LENGTH {
        true => sniff::length_hint(len),
        false => String::new(),
    }
}

/// An error of sending a message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// An earlier send broke off inside a message. The peer waits for its rest, so nothing else can be sent.
    #[error(
        "an earlier send broke off inside a message, so that nothing can be sent any more: {0}"
    )]
    BrokenOff(&'static str),
    /// A deadline of the driver passed.
    #[error("timed out while sending: the peer does not read")]
    TimedOut,
    /// There is no memory to queue a message of that many bytes.
    #[error("out of memory: no room to queue a message of {0} bytes for sending")]
    OutOfMemory(usize),
    /// Writing failed in the operating system.
    #[error("cannot send: {0}")]
    Io(io::Error),
}

/// The error of a failed write.
impl From<io::Error> for SendError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::TimedOut => SendError::TimedOut,
            _ => SendError::Io(error),
        }
    }
}
