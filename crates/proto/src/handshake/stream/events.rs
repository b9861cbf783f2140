//! Events on a stream: received bytes, sent bytes, end of file, errors and timeouts.

use std::io::{self, ErrorKind};
use std::time::Instant;

use super::{Framing, Stream, diagnosis};
use crate::frame::{Header, Step};
use crate::handshake::{HandshakeError, MAX_MESSAGE, Phase};

impl Stream {
    /// Handles received bytes in pieces of any size; with [`Framing::MessagePerRead`], one whole
    /// message. Bytes after the handshake are kept for [`into_decoder`](Self::into_decoder).
    pub fn handle_received(&mut self, bytes: &[u8]) {
        let len = bytes.len() as u64;
        let is_message = self.framing == Framing::MessagePerRead;
        if is_message && len > MAX_MESSAGE && self.result.is_none() {
            self.result = Some(Err(diagnosis::too_long(bytes, len, self.phase())));
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

    /// Reads straight into the stream's buffer: calls `read(buffer, max)`, which appends at most `max`
    /// bytes and returns how many. Then does what [`handle_received`](Self::handle_received) does,
    /// [`handle_eof`](Self::handle_eof) if nothing was appended, or
    /// [`handle_error`](Self::handle_error).
    ///
    /// With [`Framing::MessagePerRead`] nothing appended is an empty message; there an end of file is
    /// an error (`ErrorKind::BrokenPipe`).
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
    /// Zero means that the transport accepts no more: [`ErrorKind::WriteZero`].
    pub fn handle_sent(&mut self, n: usize) {
        if n == 0 {
            return self.handle_error(&ErrorKind::WriteZero.into());
        }
        self.writes.remove(n);
        // A send acknowledges what was received, but the last message needs one of its own.
        self.unacknowledged &= self.result.is_some();
    }

    /// Notes that the peer will send nothing more. A pending `#FAILURE#` is still sent.
    pub fn handle_eof(&mut self) {
        if self.result.is_none() {
            self.give_up(HandshakeError::closed(self.phase()));
        }
    }

    /// Handles an error of a read or a write by the rules of the
    /// [module's documentation](crate::handshake::stream).
    ///
    /// `Interrupted` and `WouldBlock` are ignored. `TimedOut`, from the driver or the system, has the
    /// effect of [`handle_timeout`](Self::handle_timeout) at the deadline.
    pub fn handle_error(&mut self, error: &io::Error) {
        if self.outcome().is_some() {
            return;
        }
        let phase = self.phase();
        let failure = match error.kind() {
            ErrorKind::Interrupted => return,
            // After a failed write the driver does not wait for more.
            ErrorKind::WouldBlock if self.cut_off.is_none() => return,
            ErrorKind::TimedOut => return self.give_up(HandshakeError::silent(phase)),
            ErrorKind::OutOfMemory => return self.fail(HandshakeError::OutOfMemory),
            _ => HandshakeError::connection_failed(phase, error),
        };
        // With bytes to send, it was a write that failed; the peer's last message may explain it.
        if self.result.is_none() && !self.writes.is_empty() {
            self.writes.clear();
            self.cut_off = Some(failure);
        } else {
            self.give_up(failure);
        }
    }

    /// Ends the handshake if the time of [`poll_timeout`](Self::poll_timeout) has come.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.poll_timeout().is_some_and(|due| due <= now) {
            self.give_up(HandshakeError::silent(self.phase()));
        }
    }

    fn received(&mut self) {
        self.unacknowledged = true;
        self.advance();
    }

    /// Handles the messages that have arrived.
    pub(super) fn advance(&mut self) {
        while self.result.is_none() {
            self.collect_due();
            if let Some(outcome) = self.handshake.outcome() {
                match (outcome.clone(), &self.cut_off) {
                    // Our last message was never sent.
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
                Err(error) if diagnosis::awaits_beginning(&self.decoder, &error) => return,
                Err(error) => {
                    let error = diagnosis::bad_frame(&self.decoder, &error, self.phase());
                    self.result = Some(Err(error));
                }
            }
        }
    }

    /// Queues the messages that are due.
    fn collect_due(&mut self) {
        while let Some(message) = self.next_message() {
            if self.cut_off.is_none() {
                self.writes.push(self.framing, message);
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

    /// Ends the handshake with `reason`, unless the last bytes or an earlier failed write explain it
    /// better.
    fn give_up(&mut self, reason: HandshakeError) {
        let phase = self.phase();
        let reason = match self.cut_off.take() {
            // The phase may have changed since the write failed.
            Some(cut_off) => cut_off.in_phase(phase),
            None => reason,
        };
        let remainder = diagnosis::remainder(&mut self.decoder, phase);
        let arrived = self.decoder.arrived();
        self.fail(remainder.unwrap_or_else(|| reason.midway(arrived)));
    }

    /// Ends the handshake at once. An earlier error is kept: a wrong key stays the outcome even if the
    /// peer does not wait for the verdict.
    fn fail(&mut self, error: HandshakeError) {
        self.writes.clear();
        if !matches!(self.result, Some(Err(_))) {
            self.result = Some(Err(error));
        }
    }
}
