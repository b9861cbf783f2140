//! The sending half of a connection.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use super::SendError;
use super::acknowledgement::Acknowledgement;
use crate::frame::Header;

/// A message up to this long is copied behind its header, to be written as one piece. For a longer one
/// the copy costs more than it saves.
const MAX_JOINED: usize = 2048;

/// The longest header, in bytes.
const MAX_HEADER: usize = 12;

/// A message with its header, in two pieces that a driver writes with one call.
///
/// # Examples
/// ```
/// use mpconn_proto::connection::Framed;
///
/// let framed = Framed::new(b"hello");
/// assert_eq!(framed.parts(), [&b"\0\0\0\x05hello"[..], b""]);
///
/// let long = vec![0; 5000];
/// let framed = Framed::new(&long);
/// assert_eq!(framed.parts(), [&b"\0\0\x13\x88"[..], &long]);
/// ```
#[derive(Debug)]
pub struct Framed<'a> {
    first: [u8; MAX_JOINED + MAX_HEADER],
    first_len: usize,
    second: &'a [u8],
}

impl<'a> Framed<'a> {
    /// Puts the header before a message. A short message is copied, so that there is one piece.
    #[inline]
    pub fn new(message: &'a [u8]) -> Self {
        let header = Header::new(message.len() as u64);
        let header = header.as_bytes();
        let mut first = [0; MAX_JOINED + MAX_HEADER];
        first[..header.len()].copy_from_slice(header);
        if message.len() > MAX_JOINED {
            return Framed {
                first,
                first_len: header.len(),
                second: message,
            };
        }
        let first_len = header.len() + message.len();
        first[header.len()..first_len].copy_from_slice(message);
        Framed {
            first,
            first_len,
            second: &[],
        }
    }

    /// Returns the pieces. The second may be empty.
    #[inline]
    pub fn parts(&self) -> [&[u8]; 2] {
        [&self.first[..self.first_len], self.second]
    }
}

/// Turns the messages of one connection into bytes to write, each message whole or not at all.
///
/// The [module's documentation](super) has the order of calls and an example.
#[derive(Debug)]
pub struct Sending {
    /// The reason why nothing can be sent any more, if that is so.
    broken_off: Option<&'static str>,
    /// Framed messages to write; the first may be partly written.
    queued: VecDeque<Vec<u8>>,
    /// Bytes of the first that were written.
    written: usize,
    queued_len: usize,
    acknowledgement: Arc<Acknowledgement>,
}

impl Sending {
    pub(super) fn new(acknowledgement: Arc<Acknowledgement>) -> Self {
        Sending {
            broken_off: None,
            queued: VecDeque::new(),
            written: 0,
            queued_len: 0,
            acknowledgement,
        }
    }

    /// Begins a message, for a driver that writes all of it before it does anything else. Writing
    /// acknowledges all that was received; this tells the receiving half so.
    ///
    /// # Errors
    /// Fails if an earlier message broke off.
    #[inline]
    pub fn begin(&mut self) -> Result<(), SendError> {
        match self.broken_off {
            Some(reason) => Err(SendError::BrokenOff(reason)),
            None => {
                self.acknowledgement.handle_sent();
                Ok(())
            }
        }
    }

    /// Makes the error of a write that failed after `written` bytes of a message. If that is not 0,
    /// nothing can be sent any more, since the peer waits for the rest.
    #[cold]
    pub fn handle_error(&mut self, written: usize, error: io::Error) -> SendError {
        if written > 0 {
            self.broken_off = Some(match error.kind() {
                ErrorKind::TimedOut => "it timed out",
                _ => "it failed",
            });
            self.queued.clear();
            (self.written, self.queued_len) = (0, 0);
        }
        error.into()
    }

    /// Returns whether messages can be sent. After one broke off they cannot.
    pub fn is_writable(&self) -> bool {
        self.broken_off.is_none()
    }

    /// Queues a copy of a message with its header, for a driver that writes as much as the system accepts.
    ///
    /// # Errors
    /// Fails if an earlier message broke off, and if there is no memory for it.
    pub fn queue(&mut self, message: &[u8]) -> Result<(), SendError> {
        if let Some(reason) = self.broken_off {
            return Err(SendError::BrokenOff(reason));
        }
        let header = Header::new(message.len() as u64);
        let mut framed = Vec::new();
        let len = header.as_bytes().len() + message.len();
        let reserved = framed.try_reserve_exact(len);
        reserved.map_err(|_| SendError::OutOfMemory(message.len()))?;
        framed.extend_from_slice(header.as_bytes());
        framed.extend_from_slice(message);
        self.queued.push_back(framed);
        self.queued_len += len;
        Ok(())
    }

    /// Returns how many bytes are queued. The queue has no limit: a driver that may queue faster than
    /// its peer reads has to check this.
    pub fn queued_len(&self) -> usize {
        self.queued_len - self.written
    }

    /// Returns the next bytes to write, if any. Report with
    /// [`handle_sent`](Self::handle_sent) how many were written.
    pub fn poll_transmit(&self) -> Option<&[u8]> {
        self.queued.front().map(|framed| &framed[self.written..])
    }

    /// Notes that `n` bytes of what [`poll_transmit`](Self::poll_transmit) returned were written.
    pub fn handle_sent(&mut self, n: usize) {
        self.acknowledgement.handle_sent();
        self.written += n;
        while let Some(first) = self.queued.front()
            && self.written >= first.len()
        {
            self.written -= first.len();
            self.queued_len -= first.len();
            self.queued.pop_front();
        }
    }

    /// Makes the error of a failed write of queued messages. The queue is lost, so that nothing can be
    /// sent any more.
    pub fn handle_queue_error(&mut self, error: io::Error) -> SendError {
        let written = self.written.max(self.queued_len.min(1));
        self.handle_error(written, error)
    }
}
