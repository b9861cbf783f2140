//! The handshake on a byte stream: bytes in, bytes and an outcome out. No I/O.
//!
//! A [`Handshake`] handles messages. A [`Stream`] adds what every driver needs: framing, a
//! deadline, a write queue, and an error for every way in which the connection can end early.
//! Blocking threads, event loops and async tasks drive it in the same way.
//!
//! # Order of calls
//! 1. Call [`Stream::new`], then change settings.
//! 2. Until [`outcome`](Stream::outcome) returns something:
//!    - [`poll_acknowledge`](Stream::poll_acknowledge): if true, have TCP acknowledge at once;
//!    - [`poll_transmit`](Stream::poll_transmit): if it returns bytes, write them and report with
//!      [`handle_sent`](Stream::handle_sent) how many were written;
//!    - otherwise read at most [`room`](Stream::room) bytes with [`fill`](Stream::fill), or read
//!      them elsewhere and report them with [`handle_received`](Stream::handle_received) or
//!      [`handle_eof`](Stream::handle_eof).
//!
//!    Report errors of reading and writing with [`handle_error`](Stream::handle_error), and call
//!    [`handle_timeout`](Stream::handle_timeout) when the time that
//!    [`poll_timeout`](Stream::poll_timeout) names has come. First read what has
//!    arrived by then.
//! 3. Call `poll_acknowledge` once more, then [`into_decoder`](Stream::into_decoder). The decoder holds
//!    bytes that the peer has already sent after the handshake.
//!
//! ```text
//!                handle_sent: all is written
//!              ┌────────────────────────────────┐
//!              │                                ▼
//!   new ──▶ sending ◀────────────────────── receiving
//!            │   │   handle_received: a reply   │
//!            │   │                              │ handle_received: the last message
//!            │   │ all of the last              │ handle_eof, handle_error
//!            │   │ message is written           │ handle_timeout
//!            │   └─────────────┐                │
//!            │                 ▼                ▼
//!            │                over: outcome() returns it
//!            │ handle_error       ▲
//!            ▼                    │ handle_received: what explains it
//!         cut off ────────────────┘ handle_eof, handle_error, handle_timeout
//! ```
//!
//! A listener begins with sending, a client with receiving.
//!
//! # When the connection ends early
//! The peer's last message best explains why it left: a Python that rejects our key sends
//! `#FAILURE#` and closes, and other protocols reply with text before they reset. So:
//!
//! - A failed *write* ends only sending ("cut off" in the diagram). What the peer has already sent
//!   is still read, and an error in it, such as [`Rejected`](HandshakeError::Rejected), is
//!   the outcome. The driver does not wait for more: `poll_timeout` returns a time in the past, and a
//!   read that would block ends the handshake.
//! - An end of file or a failed *read* ends the handshake. All bytes before it have been handled.
//! - If no message explains it, bytes of another protocol are reported
//!   ([`NotThisProtocol`](HandshakeError::NotThisProtocol)). Otherwise the outcome is
//!   [`Closed`](HandshakeError::Closed) for an end of file, a reset or a broken pipe,
//!   [`Silent`](HandshakeError::Silent) for the deadline, or
//!   [`ConnectionFailed`](HandshakeError::ConnectionFailed) with the operating system's message for
//!   any other error.
//!
//! # Examples
//! Two streams that talk to each other in memory:
//! ```
//! use std::time::Instant;
//! use mpconn_proto::AuthKey;
//! use mpconn_proto::handshake::{Framing, Handshake, Policy, Stream};
//!
//! /// Carries pending bytes from one end to the other.
//! fn carry(from: &mut Stream, to: &mut Stream) {
//!     while let Some(bytes) = from.poll_transmit() {
//!         to.handle_received(bytes);
//!         let n = bytes.len();
//!         from.handle_sent(n);
//!     }
//! }
//!
//! let (key, policy) = (AuthKey::new(b"secret"), Policy::default());
//! let now = Instant::now();
//! let mut listener = Stream::new(Handshake::listener(&key, &policy), Framing::LengthPrefix, now);
//! let mut client = Stream::new(Handshake::client(&key, &policy), Framing::LengthPrefix, now);
//! while listener.outcome().is_none() || client.outcome().is_none() {
//!     carry(&mut listener, &mut client);
//!     carry(&mut client, &mut listener);
//! }
//! assert!(listener.outcome().unwrap().is_ok() && client.outcome().unwrap().is_ok());
//!
//! // The first message of the connection may follow at once.
//! listener.handle_received(b"\0\0\0\x05hello");
//! assert_eq!(listener.into_decoder().buffered(), b"\0\0\0\x05hello");
//! ```

mod diagnosis;
mod events;
mod framing;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
mod write_queue;

use std::time::Instant;

use super::constants::{MAX_MESSAGE, WELCOME};
use super::{Handshake, HandshakeError, Outcome, Phase};
use crate::HANDSHAKE_TIMEOUT;
use crate::frame::Decoder;
use write_queue::WriteQueue;

pub use framing::Framing;

/// A handshake on one byte stream.
///
/// The [module's documentation](self) has the order of calls, a diagram, and an example.
#[derive(Debug)]
pub struct Stream {
    handshake: Handshake,
    framing: Framing,
    decoder: Decoder,
    writes: WriteQueue,
    /// The result once it is known, even if our verdict is not sent yet.
    result: Option<Result<Outcome, HandshakeError>>,
    /// The error of a failed write, used if no message from the peer explains it.
    cut_off: Option<HandshakeError>,
    began: Instant,
    deadline: Option<Instant>,
    challenges_early: bool,
    carries_descriptors: bool,
    /// Whether bytes were received that no later send has acknowledged.
    unacknowledged: bool,
}

impl Stream {
    /// Begins a handshake, with a deadline [`HANDSHAKE_TIMEOUT`] (20 seconds) after `now`.
    ///
    /// # Examples
    /// ```
    /// use std::time::Instant;
    /// use mpconn_proto::{AuthKey, HANDSHAKE_TIMEOUT};
    /// use mpconn_proto::handshake::{Framing, Handshake, Policy, Stream};
    ///
    /// let handshake = Handshake::client(&AuthKey::new(b"secret"), &Policy::default());
    /// let now = Instant::now();
    /// let mut client = Stream::new(handshake, Framing::LengthPrefix, now);
    /// assert_eq!(client.poll_timeout(), Some(now + HANDSHAKE_TIMEOUT));
    /// client.handle_timeout(now + HANDSHAKE_TIMEOUT);
    /// let error = client.outcome().unwrap().as_ref().unwrap_err();
    /// assert!(error.to_string().contains("the peer went silent: no sign of its challenge"));
    /// ```
    pub fn new(handshake: Handshake, framing: Framing, now: Instant) -> Self {
        let mut stream = Stream {
            handshake,
            framing,
            decoder: Decoder::new(),
            writes: WriteQueue::default(),
            result: None,
            cut_off: None,
            began: now,
            deadline: now.checked_add(HANDSHAKE_TIMEOUT),
            challenges_early: false,
            carries_descriptors: true,
            unacknowledged: false,
        };
        // Queues a listener's challenge.
        stream.advance();
        stream
    }

    /// Sets when the handshake must be over; `None` for no limit.
    pub fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }

    /// Sets whether a client sends its challenge together with its response, before the verdict on
    /// that; off by default, as in CPython. It saves a round trip.
    ///
    /// Allow it only if the system keeps what the peer sent before a reset, as Linux does. A peer that
    /// rejects us closes with our challenge unread, which resets the connection, and its
    /// verdict must still be readable.
    pub fn set_early_challenge(&mut self, is_allowed: bool) {
        self.challenges_early = is_allowed;
    }

    /// Sets whether the transport can carry descriptors, as Unix sockets do; on by default.
    ///
    /// If on, [`room`](Self::room) never reaches beyond the handshake: a descriptor belongs to the
    /// byte it was sent with, and is lost if a plain read takes that byte. If off, reading further
    /// saves a read.
    pub fn set_carries_descriptors(&mut self, carries: bool) {
        self.carries_descriptors = carries;
    }

    /// Returns the bytes to write now, if any. Report with
    /// [`handle_sent`](Self::handle_sent) how many were written; until then the same bytes are returned.
    ///
    /// With [`Framing::LengthPrefix`] these are all pending messages together. With
    /// [`Framing::MessagePerRead`] it is one message, to be written by itself.
    pub fn poll_transmit(&self) -> Option<&[u8]> {
        self.writes.next()
    }

    /// Returns the time at which [`handle_timeout`](Self::handle_timeout) is due. After a failed
    /// write it is in the past: read what has arrived, but do not wait.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match (&self.cut_off, self.outcome()) {
            (_, Some(_)) => None,
            (Some(_), None) => Some(self.began),
            (None, None) => self.deadline,
        }
    }

    /// Returns whether TCP should acknowledge at once what was received (`TCP_QUICKACK` on Linux),
    /// instead of delaying that by up to 40 ms.
    ///
    /// CPython does not set `TCP_NODELAY`, so that Nagle's algorithm holds back the second of
    /// two small writes until the first is acknowledged. This matters for two pairs of writes: a
    /// listener's verdict and its response to an early challenge, and the last message
    /// of the handshake and the first one of the connection.
    pub fn poll_acknowledge(&mut self) -> bool {
        let is_due = self.unacknowledged && self.writes.is_empty();
        self.unacknowledged &= !is_due;
        is_due && !matches!(self.result, Some(Err(_)))
    }

    /// Returns how the handshake ended; `None` while it goes on or bytes are still to be sent.
    pub fn outcome(&self) -> Option<&Result<Outcome, HandshakeError>> {
        self.result.as_ref().filter(|_| self.writes.is_empty())
    }

    /// Returns what the handshake waits for.
    pub fn phase(&self) -> Phase {
        match self.handshake.outcome() {
            Some(Ok(_)) => Phase::Ending,
            _ => self.handshake.phase(),
        }
    }

    /// Returns whether the peer has proved that it knows the key, though the handshake may not be
    /// over.
    pub fn peer_has_proved(&self) -> bool {
        self.handshake.peer_has_proved()
    }

    /// Returns how many bytes may be read at once without reading past the handshake. It is
    /// `usize::MAX` if the peer must wait for us before it goes on, and if the transport carries no
    /// descriptors.
    ///
    /// With [`Framing::MessagePerRead`] it is the size of the buffer for one message. A longer message
    /// is refused after its beginning is read.
    pub fn room(&self) -> usize {
        if self.framing == Framing::MessagePerRead {
            return usize::try_from(MAX_MESSAGE).map_or(usize::MAX, |max| max + 1);
        }
        // Only the verdict on a listener's response can be a peer's last message.
        let may_be_last = self.handshake.is_listener() && self.phase() == Phase::Verdict;
        if !may_be_last || !self.carries_descriptors {
            return usize::MAX;
        }
        // Both verdicts have the same length.
        let (len, have) = match self.decoder.message_len() {
            Some(len) => (len, self.decoder.message().len()),
            None => (4 + WELCOME.len(), self.decoder.buffered().len()),
        };
        // Reading zero bytes would look like an end of file.
        len.saturating_sub(have).max(1)
    }

    /// Returns the decoder, with the bytes that the peer has already sent after the handshake. In it
    /// each message has a header, whatever the framing.
    pub fn into_decoder(self) -> Decoder {
        self.decoder
    }
}
