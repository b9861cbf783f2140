//! What happened to a stream, and how the handshake goes on then.

use std::io::{self, ErrorKind};
use std::time::Instant;

use super::{Framing, Stream, unreadable};
use crate::frame::{Header, Step};
use crate::handshake::{HandshakeError, MAX_MESSAGE, Phase};

impl Stream {
    /// Takes bytes that were received, cut in any manner; with [`Framing::MessagePerRead`], one
    /// whole message. What comes after the handshake is kept for
    /// [`into_decoder`](Self::into_decoder).
    pub fn handle_received(&mut self, bytes: &[u8]) {
        let len = bytes.len() as u64;
        let is_message = self.framing == Framing::MessagePerRead;
        if is_message && len > MAX_MESSAGE && self.result.is_none() {
            self.result = Some(Err(unreadable::too_long(bytes, len, self.phase())));
            return;
        }
        let header = Header::new(len);
        let header = if is_message { header.as_bytes() } else { &[] };
        let kept = self.decoder.buffer(header);
        match kept.and_then(|()| self.decoder.buffer(bytes)) {
            Ok(()) => self.received(),
            Err(_) => self.fail(HandshakeError::OutOfMemory),
        }
    }

    /// Reads into the stream's own memory: calls `read(buffer, max)`, which appends at most `max`
    /// bytes and returns how many. Its result is taken as by
    /// [`handle_received`](Self::handle_received), [`handle_eof`](Self::handle_eof) (nothing was
    /// appended) or [`handle_error`](Self::handle_error).
    ///
    /// With [`Framing::MessagePerRead`] nothing appended is an empty message; the end of file is
    /// an error there (`ErrorKind::BrokenPipe`).
    ///
    /// # Examples
    /// ```
    /// use std::io::{self, Read};
    /// use std::time::Instant;
    /// use mpconn_proto::AuthKey;
    /// use mpconn_proto::handshake::{Framing, Handshake, Policy, Stream};
    ///
    /// let handshake = Handshake::client(&AuthKey::new(b"secret"), &Policy::default());
    /// let mut client = Stream::new(handshake, Framing::LengthPrefix, Instant::now());
    /// let mut socket: &[u8] = b"HTTP/1.1 400 Bad Request\r\n";
    /// client.fill(|buffer, max| (&mut socket).take(max as u64).read_to_end(buffer));
    /// let error = client.outcome().unwrap().as_ref().unwrap_err();
    /// assert!(error.to_string().contains("HTTP server's reply"));
    /// ```
    pub fn fill(&mut self, read: impl FnOnce(&mut Vec<u8>, usize) -> io::Result<usize>) {
        let room = self.room();
        let result = match self.framing {
            Framing::LengthPrefix => {
                let filled = self
                    .decoder
                    .fill(true, |buffer, max| read(buffer, max.min(room)));
                match filled {
                    Ok(Ok(0)) => return self.handle_eof(),
                    Ok(Ok(_)) => return self.received(),
                    Ok(Err(error)) => Err(error),
                    Err(_) => Err(ErrorKind::OutOfMemory.into()),
                }
            }
            Framing::MessagePerRead => {
                let mut message = Vec::new();
                match message.try_reserve_exact(room) {
                    Ok(()) => read(&mut message, room).map(|_| self.handle_received(&message)),
                    Err(_) => Err(ErrorKind::OutOfMemory.into()),
                }
            }
        };
        if let Err(error) = result {
            self.handle_error(&error);
        }
    }

    /// Notes that `n` bytes of what [`poll_transmit`](Self::poll_transmit) returned were written.
    /// Zero means that the transport takes no more: [`ErrorKind::WriteZero`].
    pub fn handle_sent(&mut self, n: usize) {
        if n == 0 {
            return self.handle_error(&ErrorKind::WriteZero.into());
        }
        self.outbox.remove(n);
        // Sent bytes acknowledge received ones, but for the last message.
        self.unacknowledged &= self.result.is_some();
    }

    /// Notes that the peer will send nothing more. Something that is still to be told to it
    /// after the end, a `#FAILURE#`, can be sent on.
    pub fn handle_eof(&mut self) {
        if self.result.is_none() {
            self.give_up(HandshakeError::closed(self.phase()));
        }
    }

    /// Takes an error of a read or a write; the [module's documentation](crate::handshake::stream)
    /// has the rules.
    ///
    /// `Interrupted` is nothing, nor is `WouldBlock`. `TimedOut`, whether it is a driver's or
    /// the system's, is as [`handle_timeout`](Self::handle_timeout) at the deadline.
    pub fn handle_error(&mut self, error: &io::Error) {
        if self.outcome().is_some() {
            return;
        }
        let phase = self.phase();
        let failure = match error.kind() {
            ErrorKind::Interrupted => return,
            // After a failed write, nobody waits for more.
            ErrorKind::WouldBlock if self.cut_off.is_none() => return,
            ErrorKind::TimedOut => return self.give_up(HandshakeError::silent(phase)),
            ErrorKind::OutOfMemory => return self.fail(HandshakeError::OutOfMemory),
            _ => HandshakeError::connection_failed(phase, error),
        };
        // What is to be sent was the reason for a write; without a result the peer may explain.
        if self.result.is_none() && !self.outbox.is_empty() {
            self.outbox.clear();
            self.cut_off = Some(failure);
        } else {
            self.give_up(failure);
        }
    }

    /// Ends the handshake if the time that [`poll_timeout`](Self::poll_timeout) names has come.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.poll_timeout().is_some_and(|due| due <= now) {
            self.give_up(HandshakeError::silent(self.phase()));
        }
    }

    fn received(&mut self) {
        self.unacknowledged = true;
        self.advance();
    }

    /// Goes on as far as the bytes that have come allow.
    pub(super) fn advance(&mut self) {
        while self.result.is_none() {
            self.collect_due();
            if let Some(outcome) = self.handshake.outcome() {
                match (outcome.clone(), &self.cut_off) {
                    // Our message never went out.
                    (Ok(_), Some(_)) => self.give_up(HandshakeError::closed(Phase::Ending)),
                    (outcome, _) => self.result = Some(outcome),
                }
                return;
            }
            match self.decoder.advance(MAX_MESSAGE) {
                Ok(Step::Message) => {
                    self.handshake.handle_message(self.decoder.message());
                    self.decoder.skip_message();
                }
                Ok(_) => return,
                Err(error) if unreadable::awaits_beginning(&self.decoder, &error) => return,
                Err(error) => {
                    let error = unreadable::bad_frame(&self.decoder, &error, self.phase());
                    self.result = Some(Err(error));
                }
            }
        }
    }

    /// Puts the messages that are due into the outbox, in order.
    fn collect_due(&mut self) {
        while let Some(message) = self.next_message() {
            if self.cut_off.is_none() {
                self.outbox.push(self.framing, message);
            }
        }
    }

    fn next_message(&mut self) -> Option<Vec<u8>> {
        let due = self.handshake.poll_transmit();
        match self.challenges_early {
            true => due.or_else(|| self.handshake.poll_transmit_early()),
            false => due,
        }
    }

    /// Ends the handshake for a reason that the last bytes, or a write that failed before, may
    /// explain better.
    fn give_up(&mut self, reason: HandshakeError) {
        let phase = self.phase();
        let reason = match self.cut_off.take() {
            // The peer may have sent some of what was due since.
            Some(cut_off) => cut_off.in_phase(phase),
            None => reason,
        };
        let remainder = unreadable::remainder(&mut self.decoder, phase);
        let arrived = self.decoder.arrived();
        self.fail(remainder.unwrap_or_else(|| reason.midway(arrived)));
    }

    /// Ends the handshake at once. The first error stays: a key that was found wrong is wrong
    /// though the peer does not wait for the verdict.
    fn fail(&mut self, error: HandshakeError) {
        self.outbox.clear();
        if !matches!(self.result, Some(Err(_))) {
            self.result = Some(Err(error));
        }
    }
}
