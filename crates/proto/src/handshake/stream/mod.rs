//! The handshake on a stream: bytes in, bytes out, an outcome. No I/O.
//!
//! A [`Handshake`] knows messages; a [`Stream`] adds what every driver needs: the framing, the
//! deadline, bytes still to be sent, and one wording for every way in which the connection can
//! end first. Blocking threads, event loops and tasks drive it alike.
//!
//! # Order of calls
//! 1. [`Stream::new`], then the settings.
//! 2. Until [`outcome`](Stream::outcome) returns something:
//!    - [`poll_acknowledge`](Stream::poll_acknowledge): if true, have TCP acknowledge at once;
//!    - [`poll_transmit`](Stream::poll_transmit): if it returns bytes, write them and report with
//!      [`handle_sent`](Stream::handle_sent) how many were taken;
//!    - otherwise read at most [`room`](Stream::room) bytes with [`fill`](Stream::fill), or read
//!      them elsewhere and report them with [`handle_received`](Stream::handle_received) or
//!      [`handle_eof`](Stream::handle_eof).
//!
//!    Report errors of reading and writing with [`handle_error`](Stream::handle_error), and call
//!    [`handle_timeout`](Stream::handle_timeout) when the time that
//!    [`poll_timeout`](Stream::poll_timeout) names has come. What is ready to be read by then is
//!    read first.
//! 3. `poll_acknowledge` once more, then [`into_decoder`](Stream::into_decoder): it holds what the
//!    peer has already sent after its last message.
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
//! # When the connection ends first
//! What the peer said last says most about why it left: a Python that rejects our key sends
//! `#FAILURE#` and closes, and other protocols reply with text before they reset. So:
//!
//! - A failed *write* ends only the sending ("cut off" in the diagram). What the peer has sent by
//!   then is still read, and an error in it, such as [`Rejected`](HandshakeError::Rejected), is
//!   the outcome. Nobody waits for more: `poll_timeout` names a time that has passed, and a read
//!   that would block ends the handshake.
//! - An end of file and a failed *read* end the handshake. Everything before has been looked at.
//! - If what the peer sent explains nothing, bytes that cannot belong to the protocol are named
//!   ([`NotThisProtocol`](HandshakeError::NotThisProtocol)). Otherwise the outcome is
//!   [`Closed`](HandshakeError::Closed) for an end of file, a reset or a broken pipe,
//!   [`Silent`](HandshakeError::Silent) for the deadline, or
//!   [`ConnectionFailed`](HandshakeError::ConnectionFailed) with the system's words for any other
//!   error.
//!
//! # Examples
//! Two streams that talk to each other in memory:
//! ```
//! use std::time::Instant;
//! use mpconn_proto::AuthKey;
//! use mpconn_proto::handshake::{Framing, Handshake, Policy, Stream};
//!
//! /// Carries what is due from one end to the other.
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
//! // The first message of the connection may have come along.
//! listener.handle_received(b"\0\0\0\x05hello");
//! assert_eq!(listener.into_decoder().buffered(), b"\0\0\0\x05hello");
//! ```

mod framing;
mod handle;
mod outbox;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
mod unreadable;

use std::time::Instant;

use super::constants::{MAX_MESSAGE, WELCOME};
use super::{Handshake, HandshakeError, Outcome, Phase};
use crate::HANDSHAKE_TIMEOUT;
use crate::frame::Decoder;
use outbox::Outbox;

pub use framing::Framing;

/// A handshake in progress on one stream.
///
/// The [module's documentation](self) has the order of calls, a diagram, and an example.
#[derive(Debug)]
pub struct Stream {
    handshake: Handshake,
    framing: Framing,
    decoder: Decoder,
    outbox: Outbox,
    /// The result, from the moment it is known; it may still be to be told to the peer.
    result: Option<Result<Outcome, HandshakeError>>,
    /// The error that ended the sending, for when what the peer said does not explain it.
    cut_off: Option<HandshakeError>,
    began: Instant,
    deadline: Option<Instant>,
    challenges_early: bool,
    carries_descriptors: bool,
    /// Whether bytes have come that nothing sent since has acknowledged.
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
            outbox: Outbox::default(),
            result: None,
            cut_off: None,
            began: now,
            deadline: now.checked_add(HANDSHAKE_TIMEOUT),
            challenges_early: false,
            carries_descriptors: true,
            unacknowledged: false,
        };
        // A listener's challenge is due.
        stream.advance();
        stream
    }

    /// Sets when the handshake has to be over. `None` waits without a limit.
    pub fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }

    /// Sets whether a client sends its challenge together with its response, before the verdict
    /// on that. It saves a round trip.
    ///
    /// Allow it only where the system keeps what the peer sent before a reset, as Linux does: a
    /// peer that rejects us closes with our challenge unread, which resets the connection, and its
    /// verdict must still be readable. By default off, which is CPython's order.
    pub fn set_early_challenge(&mut self, is_allowed: bool) {
        self.challenges_early = is_allowed;
    }

    /// Sets whether the transport can carry descriptors, as Unix sockets do; by default it can.
    ///
    /// Then [`room`](Self::room) never reaches beyond the handshake: a descriptor belongs to the
    /// byte it was sent with, and is lost if a plain read takes that byte. Elsewhere reading
    /// further saves a read.
    pub fn set_carries_descriptors(&mut self, carries: bool) {
        self.carries_descriptors = carries;
    }

    /// Returns the bytes that are to be written now, if any. Report what was written with
    /// [`handle_sent`](Self::handle_sent); until then the same bytes are returned.
    ///
    /// With [`Framing::LengthPrefix`] all that is due goes out together. With
    /// [`Framing::MessagePerRead`] it is one message, to be written by itself.
    pub fn poll_transmit(&self) -> Option<&[u8]> {
        self.outbox.next()
    }

    /// Returns the time at which [`handle_timeout`](Self::handle_timeout) is due. After a failed
    /// write it has passed already: read what there is, but do not wait.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match (&self.cut_off, self.outcome()) {
            (_, Some(_)) => None,
            (Some(_), None) => Some(self.began),
            (None, None) => self.deadline,
        }
    }

    /// Returns whether TCP should acknowledge at once what was received (`TCP_QUICKACK` on Linux),
    /// instead of waiting up to 40 ms for something to send.
    ///
    /// CPython does not set `TCP_NODELAY`, so that Nagle's algorithm holds back the second of
    /// two small writes until the first is acknowledged. Two pairs of writes are meant: a
    /// listener's verdict and its response, where the challenge came early; and the last message
    /// of the handshake and the first of the connection.
    pub fn poll_acknowledge(&mut self) -> bool {
        let is_due = self.unacknowledged && self.outbox.is_empty();
        self.unacknowledged &= !is_due;
        is_due && !matches!(self.result, Some(Err(_)))
    }

    /// Returns how the handshake ended; `None` while it goes on, or something is still to be sent.
    pub fn outcome(&self) -> Option<&Result<Outcome, HandshakeError>> {
        self.result.as_ref().filter(|_| self.outbox.is_empty())
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

    /// Returns how many bytes may be read at once without taking any that come after the
    /// handshake: `usize::MAX` where the peer has to wait for us before it goes on, and where the
    /// transport carries no descriptors.
    ///
    /// With [`Framing::MessagePerRead`] it is the size of the buffer for one message. A longer one
    /// is refused by its beginning.
    pub fn room(&self) -> usize {
        if self.framing == Framing::MessagePerRead {
            return usize::try_from(MAX_MESSAGE).map_or(usize::MAX, |max| max + 1);
        }
        // Only a verdict on a listener's response is the last message of a peer.
        let may_be_last = self.handshake.is_listener() && self.phase() == Phase::Verdict;
        if !may_be_last || !self.carries_descriptors {
            return usize::MAX;
        }
        // Both verdicts have one length.
        let (len, have) = match self.decoder.message_len() {
            Some(len) => (len, self.decoder.message().len()),
            None => (4 + WELCOME.len(), self.decoder.buffered().len()),
        };
        // Reading nothing at all would look like the end of file.
        len.saturating_sub(have).max(1)
    }

    /// Returns the decoder, with what the peer has already sent after its last message. There each
    /// message has its length in front, whatever the framing.
    pub fn into_decoder(self) -> Decoder {
        self.decoder
    }
}
