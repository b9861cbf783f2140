//! A handshake and the messages after it in one state machine, for non-blocking drivers.

use std::io::{self, ErrorKind};
use std::time::Instant;

use super::{Progress, ReceiveError, Receiving, SendError, Sending, halves};
use crate::frame::Decoder;
use crate::handshake::{HandshakeError, Outcome, Stream};

/// A connection from its first byte on: a handshake, then messages. An event loop drives both with the
/// same calls, whenever it can write or read without waiting.
///
/// # Order of calls
/// 1. Write what [`poll_transmit`](Self::poll_transmit) returns, until it returns nothing or writing would
///    block. Report with [`handle_sent`](Self::handle_sent) and
///    [`handle_write_error`](Self::handle_write_error).
/// 2. Take messages with [`poll_message`](Self::poll_message) and [`skip_message`](Self::skip_message),
///    [`queue`](Self::queue) others, and start over.
/// 3. Read with [`fill`](Self::fill), and start over. If reading would block, have TCP acknowledge if
///    [`poll_acknowledge`](Self::poll_acknowledge) says so. Wait until
///    [`poll_timeout`](Self::poll_timeout) at the latest, then call
///    [`handle_timeout`](Self::handle_timeout).
///
/// After an error a link cannot be used any more.
///
/// # Examples
/// ```
/// use std::time::Instant;
/// use mpconn_proto::AuthKey;
/// use mpconn_proto::connection::Link;
/// use mpconn_proto::handshake::{Framing, Handshake, Policy, Stream};
///
/// /// Carries bytes from one end to the other.
/// fn carry(from: &mut Link, to: &mut Link) {
///     while let Some(bytes) = from.poll_transmit() {
///         let len = bytes.len();
///         to.fill(|buffer, max| {
///             let len = len.min(max);
///             buffer.extend_from_slice(&bytes[..len]);
///             Ok(len)
///         })
///         .unwrap();
///         from.handle_sent(len).unwrap();
///     }
/// }
///
/// let (key, policy, now) = (AuthKey::new(b"secret"), Policy::default(), Instant::now());
/// let link = |handshake| Link::new(Stream::new(handshake, Framing::LengthPrefix, now));
/// let mut client = link(Handshake::client(&key, &policy));
/// let mut listener = link(Handshake::listener(&key, &policy));
/// client.queue(b"hello")?;
/// for _ in 0..6 {
///     carry(&mut listener, &mut client);
///     carry(&mut client, &mut listener);
/// }
/// assert_eq!(listener.poll_message()?, Some(&b"hello"[..]));
/// # Ok::<(), mpconn_proto::connection::LinkError>(())
/// ```
#[derive(Debug)]
pub struct Link {
    /// `None` once it is over, or where there is none.
    handshake: Option<Box<Stream>>,
    outcome: Option<Outcome>,
    receiving: Receiving,
    sending: Sending,
    max_queued: usize,
}

/// The error that ended a [`Link`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// The handshake failed.
    #[error("authentication failed: {0}")]
    Handshake(#[from] HandshakeError),
    /// No message can be received.
    #[error(transparent)]
    Receive(#[from] ReceiveError),
    /// A message was not sent.
    #[error(transparent)]
    Send(#[from] SendError),
}

impl Link {
    /// Makes a connection that begins with a handshake.
    pub fn new(handshake: Stream) -> Self {
        let (receiving, sending) = halves(Decoder::new());
        Link {
            handshake: Some(Box::new(handshake)),
            outcome: None,
            receiving,
            sending,
            max_queued: usize::MAX,
        }
    }

    /// Makes a connection without a handshake, as with Python's `authkey=None`.
    pub fn without_handshake() -> Self {
        let (receiving, sending) = halves(Decoder::new());
        Link {
            handshake: None,
            outcome: None,
            receiving,
            sending,
            max_queued: usize::MAX,
        }
    }

    /// Sets how many bytes of messages may be queued before reading pauses; no limit by default. So a
    /// peer that sends requests without reading the replies is not read from. The time for the rest of a
    /// message does not run during the pause.
    pub fn set_max_queued(&mut self, bytes: usize) {
        self.max_queued = bytes;
    }

    /// Returns whether reading is paused until queued bytes are written.
    fn is_reading_paused(&self) -> bool {
        self.handshake.is_none() && self.sending.queued_len() > self.max_queued
    }

    /// Returns the receiving half, for its settings.
    pub fn receiving(&mut self) -> &mut Receiving {
        &mut self.receiving
    }

    /// Returns whether messages can be exchanged: the handshake has succeeded, or there is none.
    pub fn is_open(&self) -> bool {
        self.handshake.is_none()
    }

    /// Returns how both ends proved that they know the key, once they have.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// Returns whether the peer has proved that it knows the key, though the handshake may not be over.
    pub fn peer_has_proved(&self) -> bool {
        let handshake = self.handshake.as_ref();
        handshake.map_or(self.outcome.is_some(), |stream| stream.peer_has_proved())
    }

    /// Returns the next bytes to write, if any. Messages queued during the handshake are sent after it.
    pub fn poll_transmit(&self) -> Option<&[u8]> {
        match &self.handshake {
            Some(stream) => stream.poll_transmit(),
            None => self.sending.poll_transmit(),
        }
    }

    /// Notes that `n` bytes of what [`poll_transmit`](Self::poll_transmit) returned were written.
    ///
    /// # Errors
    /// Fails if these bytes told the peer that the handshake has failed.
    pub fn handle_sent(&mut self, n: usize) -> Result<(), LinkError> {
        match &mut self.handshake {
            Some(stream) => stream.handle_sent(n),
            None => self.sending.handle_sent(n),
        }
        self.settle()
    }

    /// Notes that writing failed. `WouldBlock` and `Interrupted` are ignored.
    ///
    /// # Errors
    /// Fails if the connection cannot go on. During the handshake, first read what the peer sent last,
    /// since that explains more.
    pub fn handle_write_error(&mut self, error: io::Error) -> Result<(), LinkError> {
        match &mut self.handshake {
            _ if is_transient(&error) => Ok(()),
            None => Err(self.sending.handle_queue_error(error).into()),
            Some(stream) => {
                stream.handle_error(&error);
                self.settle()
            }
        }
    }

    /// Reads straight into the right buffer: calls `read(buffer, max)`, which appends at most
    /// `max` bytes and returns how many. Returns false if reading would block, and if
    /// [too much](Self::set_max_queued) is queued.
    ///
    /// # Errors
    /// Fails if the peer closed the connection, if reading or the handshake failed, and if there is no
    /// memory or budget left for a message.
    pub fn fill(
        &mut self,
        read: impl FnOnce(&mut Vec<u8>, usize) -> io::Result<usize>,
    ) -> Result<bool, LinkError> {
        if self.is_reading_paused() {
            return Ok(false);
        }
        let Some(stream) = &mut self.handshake else {
            return match self.receiving.fill(read) {
                Ok(n) => Ok(n > 0),
                Err(ReceiveError::Io(error)) if is_transient(&error) => Ok(false),
                Err(error) => Err(error.into()),
            };
        };
        let mut goes_on = true;
        stream.fill(|buffer, max| {
            let read = read(buffer, max);
            goes_on = !matches!(&read, Err(error) if is_transient(error));
            read
        });
        self.settle()?;
        Ok(goes_on)
    }

    /// Switches to messages once the handshake is over.
    fn settle(&mut self) -> Result<(), LinkError> {
        let outcome = self.handshake.as_ref().and_then(|stream| stream.outcome());
        let Some(outcome) = outcome else {
            return Ok(());
        };
        // A failed handshake stays in place, so that no message passes.
        self.outcome = Some(outcome.clone()?);
        let Some(stream) = self.handshake.take() else {
            return Ok(());
        };
        // Bytes that followed the handshake.
        Ok(self
            .receiving
            .handle_received(&stream.into_decoder().into_bytes())?)
    }

    /// Returns the next message, if all of it has arrived. Call [`skip_message`](Self::skip_message)
    /// when done with it.
    ///
    /// # Errors
    /// As [`Receiving::poll_message`].
    pub fn poll_message(&mut self) -> Result<Option<&[u8]>, LinkError> {
        match self.receiving.poll_message()? {
            Progress::Message if self.handshake.is_none() => Ok(Some(self.receiving.message())),
            _ => Ok(None),
        }
    }

    /// Drops the current message.
    pub fn skip_message(&mut self) {
        self.receiving.skip_message();
    }

    /// Queues a message to be sent.
    ///
    /// # Errors
    /// As [`Sending::queue`].
    pub fn queue(&mut self, message: &[u8]) -> Result<(), LinkError> {
        Ok(self.sending.queue(message)?)
    }

    /// Returns how many bytes of messages are queued.
    pub fn queued_len(&self) -> usize {
        self.sending.queued_len()
    }

    /// Returns whether TCP should acknowledge at once what was received. Ask when nothing more can be
    /// read without waiting: see [`Receiving::poll_acknowledge`].
    pub fn poll_acknowledge(&mut self) -> bool {
        match &mut self.handshake {
            Some(stream) => stream.poll_acknowledge(),
            None => self.receiving.poll_acknowledge(),
        }
    }

    /// Returns when [`handle_timeout`](Self::handle_timeout) is due, if ever.
    pub fn poll_timeout(&mut self, now: Instant) -> Option<Instant> {
        match &self.handshake {
            Some(stream) => stream.poll_timeout(),
            None if self.is_reading_paused() => {
                self.receiving.restart_rest();
                None
            }
            None => self.receiving.poll_timeout(now),
        }
    }

    /// Handles the passing of time. First read what has arrived.
    ///
    /// # Errors
    /// Fails if the handshake, or the rest of a message, has taken too long.
    pub fn handle_timeout(&mut self, now: Instant) -> Result<(), LinkError> {
        let is_paused = self.is_reading_paused();
        match &mut self.handshake {
            Some(stream) => {
                stream.handle_timeout(now);
                self.settle()
            }
            None if is_paused => Ok(()),
            None => Ok(self.receiving.handle_timeout(now)?),
        }
    }
}

/// Returns whether the operation is simply to be tried again.
fn is_transient(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
