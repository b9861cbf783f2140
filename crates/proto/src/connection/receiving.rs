//! The receiving half.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::acknowledgement::Acknowledgement;
use super::{Budget, Charge, DEFAULT_MAX_MESSAGE_LEN, ReceiveError};
use crate::frame::{Decoder, FrameError, Step};

/// The answer of [`Receiving::poll_message`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// A whole message is there.
    Message,
    /// More bytes have to come.
    More,
}

/// Makes messages of the bytes that arrive on one connection.
///
/// The [module's documentation](super) has the order of calls, a diagram and an example.
#[derive(Debug)]
pub struct Receiving {
    decoder: Decoder,
    is_readable: bool,
    max_message_len: u64,
    reads_ahead: bool,
    rest_timeout: Option<Duration>,
    /// The deadline for the rest of the message that has begun.
    rest_deadline: Option<Instant>,
    /// Bytes of the current body that are missing at least; 0 where that is not known.
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

    /// Sets the longest message to receive, in bytes, where a call does not say it:
    /// [`DEFAULT_MAX_MESSAGE_LEN`] by default.
    pub fn set_max_message_len(&mut self, max: u64) {
        self.max_message_len = max;
    }

    /// Sets whether more may be read than the message that is wanted; by default it may. Without it
    /// no byte after a message is read before that is taken.
    pub fn set_read_ahead(&mut self, reads_ahead: bool) {
        self.reads_ahead = reads_ahead;
    }

    /// Sets how long the rest of a message may take once a part of it has come; no limit by default.
    /// [`poll_timeout`](Self::poll_timeout) then has a deadline.
    pub fn set_rest_timeout(&mut self, timeout: Option<Duration>) {
        self.rest_timeout = timeout;
        self.rest_deadline = None;
    }

    /// Sets the budget that this connection shares with others, or none.
    pub fn set_budget(&mut self, budget: Option<&Budget>) {
        self.decoder.set_budget(budget);
    }

    /// Returns whether messages can still be received: not after a bad length, a message for which
    /// there was no memory or no budget, or one whose rest did not come in time.
    #[inline]
    pub fn is_readable(&self) -> bool {
        self.is_readable
    }

    /// Returns the longest message that is received where a call does not say it, in bytes.
    #[inline]
    pub fn max_message_len(&self) -> u64 {
        self.max_message_len
    }

    /// Returns whether bytes were received that belong to no message that was taken.
    pub fn holds_input(&self) -> bool {
        !self.decoder.is_empty()
    }

    /// Returns how many bytes of how many have come of a message; `None` between two messages.
    pub fn arrived(&self) -> Option<(u64, u64)> {
        self.decoder.arrived()
    }

    /// Goes as far as the bytes allow that have come.
    ///
    /// # Errors
    /// Fails if the length of the next message makes no sense or is over the limit, if there is no
    /// memory or no budget for it, and if an earlier error left the connection unreadable.
    #[inline]
    pub fn poll_message(&mut self) -> Result<Progress, ReceiveError> {
        self.poll_message_max(self.max_message_len)
    }

    /// As [`poll_message`](Self::poll_message), with a limit for this message alone: Python's
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

    /// Goes as far as the bytes allow, and notes what is missing.
    #[inline]
    fn advance(&mut self, max: u64) -> Result<Progress, FrameError> {
        self.missing = match self.decoder.advance(max)? {
            Step::Message => return Ok(Progress::Message),
            Step::Body(missing) => missing,
            Step::Header => 0,
        };
        Ok(Progress::More)
    }

    /// Returns whether [`poll_message_max`](Self::poll_message_max) would return a message or an
    /// error, without anything more being read. It changes nothing: an error stays for the next receive.
    pub fn is_ready(&mut self, max: u64) -> bool {
        !self.is_readable || !matches!(self.advance(max), Ok(Progress::More))
    }

    /// Returns the message, once [`poll_message`](Self::poll_message) said that it is there;
    /// otherwise what has come of it.
    #[inline]
    pub fn message(&self) -> &[u8] {
        self.decoder.message()
    }

    /// Returns the length of the message, once its header is there.
    #[inline]
    pub fn message_len(&self) -> Option<usize> {
        self.decoder.message_len()
    }

    /// Takes the message out, without a copy where it is a long one. Its share of the budget is
    /// given back.
    ///
    /// # Errors
    /// Fails if the system has no memory for the copy.
    #[inline]
    pub fn take_message(&mut self) -> Result<Vec<u8>, ReceiveError> {
        Ok(self.take_charged()?.0)
    }

    /// Takes the message out together with its share of the budget, which is given back when the
    /// [`Charge`] is dropped: after the message was decoded.
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

    /// Takes the message out into memory of the caller's, which it replaces: a long message that was
    /// received in lent memory ([`set_spare`](Self::set_spare)) comes back in it.
    ///
    /// # Errors
    /// Fails if the system has no memory for a copy. Nothing can be received any more then.
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

    /// Lends memory for the next long message, or for the one that has begun. What was not used is
    /// returned by [`take_spare`](Self::take_spare).
    pub fn set_spare(&mut self, memory: Vec<u8>) {
        self.decoder.set_spare(memory);
    }

    /// Returns what was lent and not used.
    pub fn take_spare(&mut self) -> Vec<u8> {
        self.decoder.take_spare()
    }

    /// Gives the message up after [`message`](Self::message) was enough.
    #[inline]
    pub fn skip_message(&mut self) {
        // A body that was read in place never comes to `poll_message`.
        self.rest_deadline = None;
        self.decoder.skip_message();
    }

    /// Reads into the memory where the next bytes belong: calls `read(buffer, max)`, which appends at
    /// most `max` bytes and returns how many. Returns that number, which is 0 only where a whole
    /// message waits to be taken first.
    ///
    /// # Errors
    /// Fails with what [`handle_eof`](Self::handle_eof) returns if nothing was appended, with what
    /// [`handle_error`](Self::handle_error) returns of an error of `read`, and if there is no memory
    /// or no budget for more; `read` is not called then.
    #[inline]
    pub fn fill(
        &mut self,
        read: impl FnOnce(&mut Vec<u8>, usize) -> io::Result<usize>,
    ) -> Result<usize, ReceiveError> {
        let ahead = self.reads_ahead;
        self.fill_as(ahead, read)
    }

    /// As [`fill`](Self::fill), reading no byte ahead where `ahead` is false, whatever the setting.
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
            // A whole message waits to be taken.
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

    /// Takes bytes that were received elsewhere, cut in any manner.
    ///
    /// # Errors
    /// Fails if there is no memory or no budget for them. Nothing can be received any more then.
    pub fn handle_received(&mut self, bytes: &[u8]) -> Result<(), ReceiveError> {
        self.acknowledgement.handle_received();
        match self.decoder.buffer(bytes) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.lost(error.into())),
        }
    }

    /// Returns what the end of file means here: between two messages it is one thing, inside a
    /// message another.
    pub fn handle_eof(&mut self) -> ReceiveError {
        match self.decoder.arrived() {
            Some((got, len)) => ReceiveError::Truncated { got, len },
            None => ReceiveError::Eof,
        }
    }

    /// Returns what a failed read means. `ErrorKind::TimedOut` is a deadline of the driver's: what
    /// has come of a message is kept, and the next read goes on where this one stopped.
    pub fn handle_error(&mut self, error: io::Error) -> ReceiveError {
        ReceiveError::of(error, self.decoder.arrived())
    }

    /// Returns how long the rest of a message may take.
    #[inline]
    pub fn rest_timeout(&self) -> Option<Duration> {
        self.rest_timeout
    }

    /// Returns when [`handle_timeout`](Self::handle_timeout) is due, if ever: the time for the rest
    /// of a message begins with the first call after a part of it has come.
    pub fn poll_timeout(&mut self, now: Instant) -> Option<Instant> {
        let timeout = self.rest_timeout?;
        self.rest()?;
        let deadline = self.rest_deadline.or_else(|| now.checked_add(timeout));
        self.rest_deadline = deadline;
        deadline
    }

    /// Returns how many bytes of how many have come of a message that is not whole.
    fn rest(&self) -> Option<(u64, u64)> {
        let is_whole = |len| self.decoder.message().len() >= len;
        let whole = self.decoder.message_len().is_some_and(is_whole);
        self.decoder.arrived().filter(|_| !whole)
    }

    /// Lets the time for the rest of a message begin anew, after a pause in which nothing was read.
    pub(super) fn restart_rest(&mut self) {
        self.rest_deadline = None;
    }

    /// Takes the time.
    ///
    /// # Errors
    /// Fails if the time for the rest of a message is over. Nothing can be received any more then.
    pub fn handle_timeout(&mut self, now: Instant) -> Result<(), ReceiveError> {
        match (self.rest_deadline, self.rest()) {
            (Some(deadline), Some((got, len))) if deadline <= now => {
                Err(self.lost(ReceiveError::RestTimedOut { got, len }))
            }
            _ => Ok(()),
        }
    }

    /// Returns whether TCP should acknowledge at once what has come (`TCP_QUICKACK` on Linux), where
    /// nothing more can be read without waiting: the peer may hold back what we wait for until then.
    #[inline]
    pub fn poll_acknowledge(&mut self) -> bool {
        let is_due = self.acknowledgement.is_due(self.missing);
        if is_due {
            // Asked for now; what is sent would do as well.
            self.acknowledgement.handle_sent();
        }
        is_due
    }

    /// Moves the beginning of the body out, to be read on in place: returns how many bytes were moved
    /// to the start of `target`, which is as long as the message. Then either
    /// [`restore_body`](Self::restore_body) or [`skip_message`](Self::skip_message) is due.
    #[doc(hidden)]
    pub fn move_body(&mut self, target: &mut [u8]) -> usize {
        self.decoder.move_body(target)
    }

    /// As [`poll_acknowledge`](Self::poll_acknowledge), while a body is read in place of which
    /// `missing` bytes are to come.
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

    /// Takes the beginning of a body back, and returns what the end of file (`None`) or an error of
    /// reading means there.
    #[doc(hidden)]
    pub fn restore_body(&mut self, arrived: &[u8], error: Option<io::Error>) -> ReceiveError {
        match (self.decoder.restore_body(arrived), error) {
            (Err(error), _) => self.lost(error.into()),
            (Ok(()), None) => self.handle_eof(),
            (Ok(()), Some(error)) => self.handle_error(error),
        }
    }

    /// Puts bytes back that were read elsewhere and are of no use there.
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

    /// Returns all that was received and belongs to no message that was taken, framed, as it came.
    pub fn into_bytes(self) -> Vec<u8> {
        self.decoder.into_bytes()
    }

    /// Ends the stream of messages, as Python does after a bad length: there is no way back into step.
    /// Its memory is freed at once, because other parts of the process may need it.
    #[cold]
    fn lost(&mut self, error: ReceiveError) -> ReceiveError {
        self.is_readable = false;
        // The header of a message that never began tells what the peer is.
        let is_bad = matches!(&error, ReceiveError::Frame(error) if error.is_bad_length());
        if !is_bad || self.decoder.message_len().is_some() {
            let spare = self.decoder.take_spare();
            self.decoder = Decoder::new();
            self.decoder.set_spare(spare);
        }
        error
    }
}
