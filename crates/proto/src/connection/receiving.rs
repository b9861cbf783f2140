//! The receiving half of a connection.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::acknowledgement::Acknowledgement;
use super::{Budget, Charge, DEFAULT_MAX_MESSAGE_LEN, ReceiveError};
use crate::frame::{Decoder, FrameError, Step};

/// The result of [`Receiving::poll_message`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// A whole message has arrived.
    Message,
    /// More bytes are needed.
    More,
}

/// Turns the bytes that arrive on one connection into messages.
///
/// The [module's documentation](super) has the order of calls, a diagram and an example.
#[derive(Debug)]
pub struct Receiving {
    decoder: Decoder,
    is_readable: bool,
    max_message_len: u64,
    reads_ahead: bool,
    rest_timeout: Option<Duration>,
    /// The time by which the rest of the current message must have arrived.
    rest_deadline: Option<Instant>,
    /// Bytes of the current body still to come, at least; 0 if unknown.
    missing: u64,
    acknowledgement: Arc<Acknowledgement>,
}

impl Receiving {
    pub(super) fn new(decoder: Decoder, acknowledgement: Arc<Acknowledgement>) -> Self {
        Receiving {
            decoder,
            is_readable: true,
            max_message_len: DEFAULT_MAX_MESSAGE_LEN,
            reads_ahead: true,
            rest_timeout: None,
            rest_deadline: None,
            missing: 0,
            acknowledgement,
        }
    }

    /// Sets the longest message to receive, in bytes, for calls without a limit of their own.
    /// [`DEFAULT_MAX_MESSAGE_LEN`] by default.
    pub fn set_max_message_len(&mut self, max: u64) {
        self.max_message_len = max;
    }

    /// Sets whether bytes after the current message may be read; on by default. If off, no byte after
    /// a message is read before that message is taken.
    pub fn set_read_ahead(&mut self, reads_ahead: bool) {
        self.reads_ahead = reads_ahead;
    }

    /// Sets how long the rest of a message may take once part of it has arrived; no limit by default.
    /// [`poll_timeout`](Self::poll_timeout) then has a deadline.
    pub fn set_rest_timeout(&mut self, timeout: Option<Duration>) {
        self.rest_timeout = timeout;
        self.rest_deadline = None;
    }

    /// Sets the budget that this connection shares with others; none by default.
    pub fn set_budget(&mut self, budget: Option<&Budget>) {
        self.decoder.set_budget(budget);
    }

    /// Returns whether messages can still be received. They cannot after a bad length, after a message
    /// for which there was no memory or budget left, and after one whose rest did not arrive in time.
    #[inline]
    pub fn is_readable(&self) -> bool {
        self.is_readable
    }

    /// Returns the longest message to receive, in bytes, for calls without a limit of their own.
    #[inline]
    pub fn max_message_len(&self) -> u64 {
        self.max_message_len
    }

    /// Returns whether bytes were received that were not taken as part of a message.
    pub fn holds_input(&self) -> bool {
        !self.decoder.is_empty()
    }

    /// Returns how many bytes of the current message, or of its header, have arrived, and how many it
    /// has in all; `None` between two messages.
    pub fn arrived(&self) -> Option<(u64, u64)> {
        self.decoder.arrived()
    }

    /// Processes the bytes that have arrived, up to the end of a message.
    ///
    /// # Errors
    /// Fails if the length of the next message is invalid or over the limit, if there is no memory or
    /// budget left for it, and if an earlier error left the connection unreadable.
    #[inline]
    pub fn poll_message(&mut self) -> Result<Progress, ReceiveError> {
        self.poll_message_max(self.max_message_len)
    }

    /// Does the same as [`poll_message`](Self::poll_message), with a limit for this message alone: Python's
    /// `recv_bytes(maxlength)`.
    ///
    /// # Errors
    /// As [`poll_message`](Self::poll_message).
    #[inline]
    pub fn poll_message_max(&mut self, max: u64) -> Result<Progress, ReceiveError> {
        if !self.is_readable {
            return Err(ReceiveError::NotReadable);
        }
        match self.advance(max) {
            Ok(progress) => {
                if progress == Progress::Message {
                    self.rest_deadline = None;
                }
                Ok(progress)
            }
            Err(error) => Err(self.lost(error.into())),
        }
    }

    /// Processes the bytes that have arrived, and notes how many are missing.
    #[inline]
    fn advance(&mut self, max: u64) -> Result<Progress, FrameError> {
        self.missing = match self.decoder.advance(max)? {
            Step::Message => return Ok(Progress::Message),
            Step::Body(missing) => missing,
            Step::Header => 0,
        };
        Ok(Progress::More)
    }

    /// Returns whether [`poll_message_max`](Self::poll_message_max) would return a message or an error
    /// without further reading. An error is kept for the next receive.
    pub fn is_ready(&mut self, max: u64) -> bool {
        !self.is_readable || !matches!(self.advance(max), Ok(Progress::More))
    }

    /// Returns the message after [`poll_message`](Self::poll_message) has returned
    /// [`Progress::Message`]; before that, the part that has arrived.
    #[inline]
    pub fn message(&self) -> &[u8] {
        self.decoder.message()
    }

    /// Returns the length of the message once its header has arrived.
    #[inline]
    pub fn message_len(&self) -> Option<usize> {
        self.decoder.message_len()
    }

    /// Takes the message out; a long one without a copy. Its share of the budget is released.
    ///
    /// # Errors
    /// Fails if there is no memory for a copy.
    #[inline]
    pub fn take_message(&mut self) -> Result<Vec<u8>, ReceiveError> {
        Ok(self.take_charged()?.0)
    }

    /// Takes the message out together with its share of the budget. Drop the [`Charge`] after the
    /// message is decoded, to release the share.
    ///
    /// # Errors
    /// As [`take_message`](Self::take_message).
    #[inline]
    pub fn take_charged(&mut self) -> Result<(Vec<u8>, Option<Charge>), ReceiveError> {
        self.rest_deadline = None;
        match self.decoder.take_message() {
            Ok(message) => Ok((message, self.decoder.take_charge())),
            Err(error) => Err(self.lost(error.into())),
        }
    }

    /// Takes the message out into the caller's vector, replacing its contents. A long message that was
    /// received into lent memory ([`set_spare`](Self::set_spare)) is returned in that memory.
    ///
    /// # Errors
    /// Fails if there is no memory for a copy. Nothing can be received after that.
    pub fn take_message_into(&mut self, memory: &mut Vec<u8>) -> Result<(), ReceiveError> {
        if self.decoder.holds_body() {
            let (message, _) = self.take_charged()?;
            *memory = message;
            return Ok(());
        }
        memory.clear();
        let message = self.decoder.message();
        if memory.try_reserve(message.len()).is_err() {
            let len = message.len() as u64;
            return Err(self.lost(FrameError::OutOfMemory { got: len, len }.into()));
        }
        memory.extend_from_slice(message);
        self.decoder.skip_message();
        Ok(())
    }

    /// Lends memory for the current or the next long message.
    /// [`take_spare`](Self::take_spare) returns it if it was not used.
    pub fn set_spare(&mut self, memory: Vec<u8>) {
        self.decoder.set_spare(memory);
    }

    /// Returns lent memory that was not used.
    pub fn take_spare(&mut self) -> Vec<u8> {
        self.decoder.take_spare()
    }

    /// Drops the current message.
    #[inline]
    pub fn skip_message(&mut self) {
        // A body that was read in place never passes through `poll_message`.
        self.rest_deadline = None;
        self.decoder.skip_message();
    }

    /// Reads straight into the right buffer: calls `read(buffer, max)`, which appends at most `max`
    /// bytes and returns how many. Returns that number, which is 0 only if a whole message has to be
    /// taken first.
    ///
    /// # Errors
    /// Fails with the error of [`handle_eof`](Self::handle_eof) if `read` appends nothing, and with that
    /// of [`handle_error`](Self::handle_error) if `read` fails. Fails without calling `read` if there is
    /// no memory or budget left.
    #[inline]
    pub fn fill(
        &mut self,
        read: impl FnOnce(&mut Vec<u8>, usize) -> io::Result<usize>,
    ) -> Result<usize, ReceiveError> {
        let ahead = self.reads_ahead;
        self.fill_as(ahead, read)
    }

    /// Does the same as [`fill`](Self::fill), but never reads ahead if `ahead` is false.
    ///
    /// # Errors
    /// As [`fill`](Self::fill).
    #[inline]
    pub fn fill_as(
        &mut self,
        ahead: bool,
        read: impl FnOnce(&mut Vec<u8>, usize) -> io::Result<usize>,
    ) -> Result<usize, ReceiveError> {
        let mut has_room = true;
        let read = |buffer: &mut Vec<u8>, max| {
            has_room = max > 0;
            if has_room { read(buffer, max) } else { Ok(0) }
        };
        match self.decoder.fill(ahead && self.reads_ahead, read) {
            // A whole message has to be taken first.
            Ok(Ok(0)) if !has_room => Ok(0),
            Ok(Ok(0)) => Err(self.handle_eof()),
            Ok(Ok(n)) => {
                self.acknowledgement.handle_received();
                Ok(n)
            }
            Ok(Err(error)) => Err(self.handle_error(error)),
            Err(error) => Err(self.lost(error.into())),
        }
    }

    /// Takes bytes that the driver has read, in pieces of any size.
    ///
    /// # Errors
    /// Fails if there is no memory or budget left for them. Nothing can be received after that.
    pub fn handle_received(&mut self, bytes: &[u8]) -> Result<(), ReceiveError> {
        self.acknowledgement.handle_received();
        match self.decoder.buffer(bytes) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.lost(error.into())),
        }
    }

    /// Makes the error of an end of file: [`Eof`](ReceiveError::Eof) between two messages,
    /// [`Truncated`](ReceiveError::Truncated) inside one.
    pub fn handle_eof(&mut self) -> ReceiveError {
        match self.decoder.arrived() {
            Some((got, len)) => ReceiveError::Truncated { got, len },
            None => ReceiveError::Eof,
        }
    }

    /// Makes the error of a failed read. `ErrorKind::TimedOut` stands for a deadline of the driver: a
    /// partly received message is kept, and the next read continues it.
    pub fn handle_error(&mut self, error: io::Error) -> ReceiveError {
        ReceiveError::of(error, self.decoder.arrived())
    }

    /// Returns how long the rest of a message may take.
    #[inline]
    pub fn rest_timeout(&self) -> Option<Duration> {
        self.rest_timeout
    }

    /// Returns when [`handle_timeout`](Self::handle_timeout) is due, if ever. The time for the rest of
    /// a message begins with the first call after part of it has arrived.
    pub fn poll_timeout(&mut self, now: Instant) -> Option<Instant> {
        let timeout = self.rest_timeout?;
        self.rest()?;
        let deadline = self.rest_deadline.or_else(|| now.checked_add(timeout));
        self.rest_deadline = deadline;
        deadline
    }

    /// Returns how many bytes of an incomplete message have arrived, and how many it has in all.
    fn rest(&self) -> Option<(u64, u64)> {
        let is_whole = |len| self.decoder.message().len() >= len;
        let whole = self.decoder.message_len().is_some_and(is_whole);
        self.decoder.arrived().filter(|_| !whole)
    }

    /// Restarts the time for the rest of a message, after a pause in which nothing was read.
    pub(super) fn restart_rest(&mut self) {
        self.rest_deadline = None;
    }

    /// Handles the passing of time.
    ///
    /// # Errors
    /// Fails if the rest of a message has taken too long. Nothing can be received after that.
    pub fn handle_timeout(&mut self, now: Instant) -> Result<(), ReceiveError> {
        match (self.rest_deadline, self.rest()) {
            (Some(deadline), Some((got, len))) if deadline <= now => {
                Err(self.lost(ReceiveError::RestTimedOut { got, len }))
            }
            _ => Ok(()),
        }
    }

    /// Returns whether TCP should acknowledge at once what was received (`TCP_QUICKACK` on Linux). Ask
    /// when nothing more can be read without waiting: until then the peer may hold back the next bytes.
    #[inline]
    pub fn poll_acknowledge(&mut self) -> bool {
        let is_due = self.acknowledgement.is_due(self.missing);
        if is_due {
            // The caller acknowledges now, with the same effect as a send.
            self.acknowledgement.handle_sent();
        }
        is_due
    }

    /// Moves the part of the body that has arrived to the start of `target`, which is as long as the
    /// message, and returns its length. The caller reads the rest in place, then calls
    /// [`restore_body`](Self::restore_body) or [`skip_message`](Self::skip_message).
    #[doc(hidden)]
    pub fn move_body(&mut self, target: &mut [u8]) -> usize {
        self.decoder.move_body(target)
    }

    /// Does the same as [`poll_acknowledge`](Self::poll_acknowledge) while a body is read in place, of
    /// which `missing` bytes are still to come.
    #[doc(hidden)]
    #[inline]
    pub fn poll_acknowledge_body(&mut self, missing: usize) -> bool {
        self.missing = missing as u64;
        self.poll_acknowledge()
    }

    /// Notes that bytes of a body arrived in place.
    #[doc(hidden)]
    #[inline]
    pub fn handle_body(&mut self) {
        self.acknowledgement.handle_received();
    }

    /// Takes back the part of a body that has arrived, and makes the error of an end of file (`None`) or
    /// of a failed read.
    #[doc(hidden)]
    pub fn restore_body(&mut self, arrived: &[u8], error: Option<io::Error>) -> ReceiveError {
        match (self.decoder.restore_body(arrived), error) {
            (Err(error), _) => self.lost(error.into()),
            (Ok(()), None) => self.handle_eof(),
            (Ok(()), Some(error)) => self.handle_error(error),
        }
    }

    /// Puts back bytes that the driver has read and does not need.
    ///
    /// # Errors
    /// As [`handle_received`](Self::handle_received).
    #[doc(hidden)]
    pub fn put_back(&mut self, bytes: &[u8]) -> Result<(), ReceiveError> {
        match self.decoder.buffer(bytes) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.lost(error.into())),
        }
    }

    /// Returns all received bytes that were not taken as part of a message, with their headers.
    pub fn into_bytes(self) -> Vec<u8> {
        self.decoder.into_bytes()
    }

    /// Ends receiving, as Python does after a bad length, since the next message boundary is unknown.
    /// Frees the buffers, which the rest of the process may need when memory is short.
    #[cold]
    fn lost(&mut self, error: ReceiveError) -> ReceiveError {
        self.is_readable = false;
        // The header of a refused message tells which protocol the peer speaks.
        let is_bad = matches!(&error, ReceiveError::Frame(error) if error.is_bad_length());
        if !is_bad || self.decoder.message_len().is_some() {
            let spare = self.decoder.take_spare();
            self.decoder = Decoder::new();
            self.decoder.set_spare(spare);
        }
        error
    }
}
