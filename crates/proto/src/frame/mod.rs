//! Framing: each message is preceded by its length. No I/O.
//!
//! The length is a big-endian `i32`. Above [`MAX_SHORT`] it is the `i32` -1
//! followed by a big-endian `u64` (`Connection._send_bytes` and `_recv_bytes` in
//! CPython's `multiprocessing/connection.py`).
//!
//! [`Header`] encodes a length, [`Decoder`] finds the messages in a stream of bytes that
//! arrives in pieces of any size. A decoder does not trust the length that a header claims: its memory
//! grows with the bytes that arrive. If memory runs out, this stream fails
//! ([`FrameError::OutOfMemory`]), not the process.
//!
//! # Examples
//! ```
//! use mpconn_proto::frame::{Decoder, Header, Step};
//!
//! let mut wire = Header::new(5).as_bytes().to_vec();
//! wire.extend_from_slice(b"hello");
//!
//! let mut decoder = Decoder::new();
//! for byte in wire {
//!     assert!(!matches!(decoder.advance(1024)?, Step::Message));
//!     decoder.buffer(&[byte])?;
//! }
//! assert!(matches!(decoder.advance(1024)?, Step::Message));
//! assert_eq!(decoder.take_message()?, b"hello");
//! # Ok::<(), mpconn_proto::frame::FrameError>(())
//! ```

mod header;

use crate::budget::{Budget, Charge};

pub use header::{FrameError, Header, MAX_SHORT};

use header::{Parsed, parse_header};

/// Most bytes that a [`Decoder`] reads ahead. A longer body is read straight into a buffer of its
/// own, which saves a copy.
pub const READ_AHEAD: usize = 8192;

/// Capacity reserved for a claimed length before any body byte arrives. Untouched pages cost no
/// memory.
const INITIAL_CAPACITY: usize = 1 << 20;

/// The progress of a [`Decoder`] within the current message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// A whole message has arrived.
    Message,
    /// The header is incomplete.
    Header,
    /// The header has arrived; this many bytes of the body are missing.
    Body(u64),
}

/// Finds the messages in a stream of bytes.
///
/// [`fill`](Self::fill) reads the next bytes straight into the right buffer;
/// [`buffer`](Self::buffer) copies bytes that were read elsewhere. [`advance`](Self::advance) returns
/// how far the message has got; [`message`](Self::message) and
/// [`take_message`](Self::take_message) return the message.
#[derive(Debug, Default)]
pub struct Decoder {
    /// Bytes read ahead: `buffer[start..]` is not consumed yet.
    buffer: Vec<u8>,
    start: usize,
    /// The length of the current message, once its header is parsed.
    current: Option<usize>,
    /// The current message, if it is too long for the buffer.
    body: Option<Vec<u8>>,
    /// Memory that the caller lent for the next body.
    spare: Vec<u8>,
    /// The share of the budget that bodies hold.
    charge: Option<Charge>,
}

impl Decoder {
    /// Makes a decoder at the start of a message. It allocates nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Processes the bytes that have arrived. `max` is the longest message allowed, in bytes; each call
    /// applies its own to the current message.
    ///
    /// # Errors
    /// Fails if the length is invalid or over the limit, and if there is no memory or budget left for
    /// the message. The header is not consumed, so that [`buffered`](Self::buffered) can
    /// show it.
    pub fn advance(&mut self, max: u64) -> Result<Step, FrameError> {
        let len = match self.current {
            // Its header may have been parsed under another limit.
            Some(len) if len as u64 > max => {
                let len = len as u64;
                return Err(FrameError::TooLong { len, max });
            }
            Some(len) => len,
            None => match parse_header(self.buffered())? {
                Parsed::Missing(_) => return Ok(Step::Header),
                Parsed::Complete {
                    header_len,
                    body_len,
                } => self.begin(header_len, body_len, max)?,
            },
        };
        let have = match &self.body {
            Some(body) => body.len(),
            None => self.buffer.len() - self.start,
        };
        if have >= len {
            return Ok(Step::Message);
        }
        Ok(Step::Body((len - have) as u64))
    }

    fn begin(&mut self, header_len: usize, body_len: u64, max: u64) -> Result<usize, FrameError> {
        let too_long = FrameError::TooLong { len: body_len, max };
        // A Vec cannot be longer than isize::MAX, whatever the limit says.
        let len = match isize::try_from(body_len) {
            Ok(len) if body_len <= max => len.unsigned_abs(),
            _ => return Err(too_long),
        };
        let body = match len > READ_AHEAD {
            true => Some(self.begin_body(header_len, len)?),
            false => None,
        };
        self.start += header_len;
        self.current = Some(len);
        if let Some(body) = &body {
            self.consume(body.len());
        }
        self.body = body;
        Ok(len)
    }

    /// Returns a buffer for a long body, with the part that has arrived. Nothing is consumed yet.
    fn begin_body(&mut self, header_len: usize, len: usize) -> Result<Vec<u8>, FrameError> {
        self.release();
        let arrived = &self.buffer[self.start + header_len..];
        let arrived = &arrived[..arrived.len().min(len)];
        let wanted = len.min(INITIAL_CAPACITY.max(arrived.len()));
        let mut body = std::mem::take(&mut self.spare);
        body.clear();
        if body.capacity() < wanted {
            // Charged in full, since the caller's memory is replaced.
            charge(&mut self.charge, wanted, (arrived.len(), len))?;
            if body.try_reserve_exact(wanted).is_err() {
                let got = arrived.len();
                self.release();
                return Err(out_of_memory(got, len));
            }
        }
        body.extend_from_slice(arrived);
        Ok(body)
    }

    /// Lends memory, to save an allocation, for the next message that is too long for the buffer, or for
    /// the current one if all of it fits. [`take_spare`](Self::take_spare) returns it if it was
    /// not used.
    pub fn set_spare(&mut self, mut memory: Vec<u8>) {
        match (&mut self.body, self.current) {
            // The current message moves over if all of it fits.
            (Some(body), Some(len)) if memory.capacity() >= len => {
                memory.clear();
                memory.extend_from_slice(body);
                *body = memory;
                self.release();
            }
            _ => self.spare = memory,
        }
    }

    /// Returns lent memory that was not used.
    pub fn take_spare(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.spare)
    }

    /// Sets the budget to which bodies longer than [`READ_AHEAD`] are charged before their memory is
    /// allocated. The read-ahead buffer is not charged.
    pub fn set_budget(&mut self, budget: Option<&Budget>) {
        self.charge = budget.map(Budget::charge);
        // A body that was begun before is charged if the budget has room for it.
        if let (Some(charge), Some(body)) = (&mut self.charge, &self.body) {
            let _ = charge.add_bytes(body.capacity() as u64);
        }
    }

    /// Takes the charge of the message that was taken out; dropping it releases the bytes.
    /// `None` without a budget. A charge that is not taken is released with the next message.
    pub fn take_charge(&mut self) -> Option<Charge> {
        self.charge.as_mut().map(Charge::take)
    }

    #[inline]
    fn release(&mut self) {
        if let Some(charge) = &mut self.charge {
            charge.clear();
        }
    }

    /// Calls `read(buffer, max)` to append at most `max` bytes and returns its result. With
    /// `ahead`, `max` may reach beyond the current message.
    ///
    /// # Errors
    /// Fails without calling `read` if there is no memory or budget left.
    pub fn fill<R>(
        &mut self,
        ahead: bool,
        read: impl FnOnce(&mut Vec<u8>, usize) -> R,
    ) -> Result<R, FrameError> {
        if let (Some(body), Some(len)) = (&mut self.body, self.current) {
            grow(body, len, &mut self.charge)?;
            let room = body.capacity().min(len) - body.len();
            return Ok(read(body, room));
        }
        let missing = self.missing();
        self.compact();
        // `buffer` may have added more than this since the last `advance`.
        let room = (READ_AHEAD + 12).saturating_sub(self.buffer.len()).max(1);
        let room = if ahead { room } else { missing };
        self.reserve_buffer(room)?;
        Ok(read(&mut self.buffer, room))
    }

    /// Reserves room to read `more` bytes ahead.
    fn reserve_buffer(&mut self, more: usize) -> Result<(), FrameError> {
        // The first allocation is large enough for all small messages.
        let more = match self.buffer.capacity() {
            0 => more.max(READ_AHEAD + 12),
            _ => more,
        };
        let reserved = self.buffer.try_reserve(more);
        reserved.map_err(|_| {
            let (got, len) = self.arrived().unwrap_or_default();
            FrameError::OutOfMemory { got, len }
        })
    }

    /// Returns how many bytes the current header or small body lacks.
    fn missing(&self) -> usize {
        let have = self.buffer.len() - self.start;
        match self.current {
            Some(len) => len.saturating_sub(have),
            None => match parse_header(self.buffered()) {
                Ok(Parsed::Missing(missing)) => missing,
                _ => 0,
            },
        }
    }

    fn compact(&mut self) {
        self.buffer.drain(..self.start);
        self.start = 0;
    }

    /// Copies all of these bytes in, as the next ones of the stream. [`fill`](Self::fill) saves the
    /// copy.
    ///
    /// # Errors
    /// Fails if there is no memory or budget left for them. Then none of them is taken.
    pub fn buffer(&mut self, bytes: &[u8]) -> Result<(), FrameError> {
        let of_body = match (&self.body, self.current) {
            (Some(body), Some(len)) => bytes.len().min(len - body.len()),
            _ => 0,
        };
        let (mine, rest) = bytes.split_at(of_body);
        if !rest.is_empty() {
            self.reserve_buffer(rest.len())?;
        }
        if let (Some(body), Some(len)) = (&mut self.body, self.current) {
            let free = body.capacity() - body.len();
            if mine.len() > free {
                charge(&mut self.charge, mine.len() - free, (body.len(), len))?;
                let reserved = body.try_reserve_exact(mine.len());
                reserved.map_err(|_| out_of_memory(body.len(), len))?;
            }
            body.extend_from_slice(mine);
        }
        self.buffer.extend_from_slice(rest);
        Ok(())
    }

    /// Returns how many bytes of the current message, or of its header, have arrived, and how many it
    /// has in all. `None` between two messages.
    ///
    /// ```
    /// use mpconn_proto::frame::Decoder;
    ///
    /// let mut decoder = Decoder::new();
    /// assert_eq!(decoder.arrived(), None);
    /// decoder.buffer(&[0, 0])?;
    /// assert_eq!(decoder.arrived(), Some((2, 4)));
    /// decoder.buffer(b"\0\x05he")?;
    /// decoder.advance(1024)?;
    /// assert_eq!(decoder.arrived(), Some((2, 5)));
    /// # Ok::<(), mpconn_proto::frame::FrameError>(())
    /// ```
    pub fn arrived(&self) -> Option<(u64, u64)> {
        let (got, len) = match self.current {
            Some(len) => (self.message().len(), len),
            None if self.buffered().is_empty() => return None,
            None => {
                let got = self.buffered().len();
                (got, got + self.missing())
            }
        };
        Some((got as u64, len as u64))
    }

    /// Returns the message after [`advance`](Self::advance) has returned [`Step::Message`];
    /// before that, the part that has arrived.
    pub fn message(&self) -> &[u8] {
        match (&self.body, self.current) {
            (Some(body), _) => body,
            (None, Some(len)) => {
                let have = self.buffered();
                &have[..len.min(have.len())]
            }
            (None, None) => &[],
        }
    }

    /// Returns the length of the current message once its header has arrived.
    pub fn message_len(&self) -> Option<usize> {
        self.current
    }

    /// Takes the message out; a long one without a copy.
    ///
    /// # Errors
    /// Fails if there is no memory for a copy. Then the message stays.
    pub fn take_message(&mut self) -> Result<Vec<u8>, FrameError> {
        match self.body.take() {
            Some(body) => {
                // The buffer holds bytes of the next message.
                self.current = None;
                Ok(body)
            }
            None => {
                let message = copied(self.message())?;
                self.skip_message();
                Ok(message)
            }
        }
    }

    /// Returns whether the current message has memory of its own, being too long for the buffer.
    pub(crate) fn holds_body(&self) -> bool {
        self.body.is_some()
    }

    /// Drops the current message.
    pub fn skip_message(&mut self) {
        self.release();
        let in_buffer = match self.body.take() {
            Some(_) => 0,
            None => self.current.unwrap_or(0).min(self.buffered().len()),
        };
        self.current = None;
        self.consume(in_buffer);
    }

    /// Moves the part of the current body that has arrived to the start of `target`, which must be as
    /// long as the message, and returns its length. The caller reads the rest in place, then calls
    /// [`restore_body`](Self::restore_body) or [`skip_message`](Self::skip_message).
    #[doc(hidden)]
    pub fn move_body(&mut self, target: &mut [u8]) -> usize {
        let have = self.message();
        let moved = have.len().min(target.len());
        target[..moved].copy_from_slice(&have[..moved]);
        if self.body.take().is_none() {
            self.consume(moved);
        }
        // An empty body, so that none of it is looked for in the buffer.
        self.body = Some(Vec::new());
        self.release();
        moved
    }

    /// Takes back a body that [`move_body`](Self::move_body) moved out, as far as it has arrived by now.
    #[doc(hidden)]
    pub fn restore_body(&mut self, arrived: &[u8]) -> Result<(), FrameError> {
        let len = self.current.unwrap_or(arrived.len());
        // Bytes that fit the read-ahead buffer are not charged.
        if arrived.len() > READ_AHEAD {
            charge(&mut self.charge, arrived.len(), (arrived.len(), len))?;
        }
        self.body = Some(copied(arrived)?);
        Ok(())
    }

    /// Returns the read bytes that belong neither to a message that was taken out nor to a body in a
    /// buffer of its own.
    pub fn buffered(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Returns all bytes that are not consumed, with their headers, for a reader that continues the
    /// stream.
    pub fn into_bytes(mut self) -> Vec<u8> {
        let Some(len) = self.current else {
            return self.buffer.split_off(self.start);
        };
        let mut bytes = Header::new(len as u64).as_bytes().to_vec();
        bytes.extend_from_slice(self.body.as_deref().unwrap_or_default());
        bytes.extend_from_slice(self.buffered());
        bytes
    }

    /// Returns whether it is between two messages with nothing read ahead.
    pub fn is_empty(&self) -> bool {
        self.current.is_none() && self.buffered().is_empty()
    }

    /// Returns whether part of a message has arrived.
    pub fn is_midway(&self) -> bool {
        !self.is_empty()
    }

    fn consume(&mut self, n: usize) {
        self.start += n;
        if self.start == self.buffer.len() {
            self.buffer.clear();
            self.start = 0;
        }
    }
}

/// Makes sure that a body of `len` bytes has room for more of them.
fn grow(body: &mut Vec<u8>, len: usize, budget: &mut Option<Charge>) -> Result<(), FrameError> {
    if body.len() < body.capacity() || body.len() == len {
        return Ok(());
    }
    // The capacity grows fourfold: a long message is seldom moved, and at most three quarters of the
    // capacity are unused. If that fails, no smaller step is tried, so that the rest of the process
    // keeps what memory is left.
    let more = (body.len().saturating_mul(3)).max(INITIAL_CAPACITY);
    let more = more.min(len - body.len());
    charge(budget, more, (body.len(), len))?;
    body.try_reserve_exact(more)
        .map_err(|_| out_of_memory(body.len(), len))
}

/// Charges memory before it is allocated, for a message of which `got` of `len` bytes have arrived.
#[inline]
fn charge(
    charge: &mut Option<Charge>,
    bytes: usize,
    (got, len): (usize, usize),
) -> Result<(), FrameError> {
    let Some(charge) = charge else {
        return Ok(());
    };
    match charge.add_bytes(bytes as u64) {
        true => Ok(()),
        false => Err(FrameError::OverBudget {
            got: got as u64,
            len: len as u64,
            most: charge.budget().most_bytes(),
        }),
    }
}

fn copied(bytes: &[u8]) -> Result<Vec<u8>, FrameError> {
    let mut copy = Vec::new();
    let reserved = copy.try_reserve_exact(bytes.len());
    reserved.map_err(|_| out_of_memory(bytes.len(), bytes.len()))?;
    copy.extend_from_slice(bytes);
    Ok(copy)
}

fn out_of_memory(got: usize, len: usize) -> FrameError {
    FrameError::OutOfMemory {
        got: got as u64,
        len: len as u64,
    }
}

#[cfg(test)]
mod tests;
