//! Headers of messages, and the errors of framing.

use byteorder::{BigEndian, ByteOrder};

use crate::sniff;

/// The longest message with a short header: 0x7fffffff bytes.
pub const MAX_SHORT: u64 = 0x7fff_ffff;

/// An error that ends a stream of frames: Python's "bad message length", or its `MemoryError`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// A negative length other than -1, which announces a long header.
    #[error(
        "bad message length {0}: the peer does not speak multiprocessing.connection, or the stream is out of sync"
    )]
    Negative(i32),
    /// A length over the receiver's limit.
    #[error("bad message length: {len} bytes, the limit here is {max}{}", sniff::length_hint(*.len))]
    #[non_exhaustive]
    TooLong {
        /// Length that the header claims.
        len: u64,
        /// Longest message that the receiver allows.
        max: u64,
    },
    /// There is no memory for arriving bytes. The decoder keeps what has arrived, so that the call can
    /// be tried again.
    #[error(
        "out of memory: there is no room for a message of which {got} of {len} bytes have arrived; \
         allow shorter messages or fewer connections, or give the process more memory"
    )]
    #[non_exhaustive]
    OutOfMemory {
        /// Bytes of the message, or of its header, that have arrived.
        got: u64,
        /// Length of the message, or of its header.
        len: u64,
    },
    /// The budget that several connections share has too few bytes left.
    #[error(
        "too much at once: {got} of {len} bytes of a message have arrived, and the messages of all \
         connections together may take {most} bytes; receive fewer at a time, or allow more"
    )]
    #[non_exhaustive]
    OverBudget {
        /// Bytes of the message that have arrived.
        got: u64,
        /// Length of the message, or of its header.
        len: u64,
        /// Bytes that all connections may hold at once.
        most: u64,
    },
}

impl FrameError {
    /// Returns whether there was no memory for the message: Python's `MemoryError`.
    pub fn is_out_of_memory(&self) -> bool {
        matches!(self, FrameError::OutOfMemory { .. })
    }

    /// Returns whether the length itself is wrong: invalid, or over the limit.
    pub fn is_bad_length(&self) -> bool {
        matches!(self, FrameError::Negative(_) | FrameError::TooLong { .. })
    }

    /// Returns whether other connections left no budget for the message.
    pub fn is_over_budget(&self) -> bool {
        matches!(self, FrameError::OverBudget { .. })
    }
}

/// The header of a message: its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    bytes: [u8; 12],
    len: usize,
}

impl Header {
    /// Makes the header of a message of `message_len` bytes.
    pub fn new(message_len: u64) -> Self {
        let mut bytes = [0; 12];
        let len = match i32::try_from(message_len) {
            Ok(short) => {
                BigEndian::write_i32(&mut bytes, short);
                4
            }
            Err(_) => {
                BigEndian::write_i32(&mut bytes, -1);
                BigEndian::write_u64(&mut bytes[4..], message_len);
                12
            }
        };
        Header { bytes, len }
    }

    /// Returns its bytes: four, or twelve for a message longer than [`MAX_SHORT`].
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// The header at the beginning of a stream.
pub(super) enum Parsed {
    /// The header is incomplete; this many bytes are still to come.
    Missing(usize),
    Complete {
        header_len: usize,
        body_len: u64,
    },
}

pub(super) fn parse_header(bytes: &[u8]) -> Result<Parsed, FrameError> {
    if bytes.len() < 4 {
        return Ok(Parsed::Missing(4 - bytes.len()));
    }
    match BigEndian::read_i32(bytes) {
        -1 if bytes.len() < 12 => Ok(Parsed::Missing(12 - bytes.len())),
        -1 => Ok(Parsed::Complete {
            header_len: 12,
            body_len: BigEndian::read_u64(&bytes[4..]),
        }),
        short => match u64::try_from(short) {
            Ok(body_len) => Ok(Parsed::Complete {
                header_len: 4,
                body_len,
            }),
            Err(_) => Err(FrameError::Negative(short)),
        },
    }
}
