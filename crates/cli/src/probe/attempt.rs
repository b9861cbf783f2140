//! One attempt to talk to what may be a listener. Every wait has a limit.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use mpconn::frame::{Decoder, Header, Step};
use mpconn::handshake::{Challenge, Framing, Handshake, HandshakeError, Outcome, Policy, Stream};
use mpconn::{Address, AuthKey, Connect};
use socket2::Socket;

use crate::raw_socket;

/// An empty message, and a line end for servers that read lines. A Python listener's `recv` raises
/// `EOFError` for it, as when a client disconnects.
const NUDGE: &[u8] = b"\0\0\0\0\r\n";

/// The longest first message that counts as an object. Other protocols usually begin with bytes that
/// read as larger lengths.
const FIRST_MAX: u64 = (1 << 24) - 1;
/// Number of first bytes that are kept.
const SHOWN: usize = 64;

/// What to connect to, and how.
pub(crate) struct Attempt<'a> {
    pub(crate) address: &'a Address,
    pub(crate) key: Option<&'a AuthKey>,
    pub(crate) policy: Policy,
    /// Limit for connecting, and for each answer.
    pub(crate) timeout: Duration,
    pub(crate) nudge: bool,
}

/// What the attempt has observed.
#[derive(Debug)]
pub(crate) struct Observed {
    /// How long connecting took.
    pub(crate) connected: Duration,
    /// What came first.
    pub(crate) first: First,
    /// How the handshake ended, if it was tried.
    pub(crate) outcome: Option<Result<Outcome, HandshakeError>>,
    /// From the challenge's arrival to the last verdict.
    pub(crate) handshake: Duration,
    /// Whether it was silent until nudged.
    pub(crate) nudged: bool,
}

/// The first thing that a server sends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum First {
    Silence,
    Closed,
    Message(Vec<u8>),
    /// `got` bytes of what reads as a message of `len` bytes.
    Part {
        got: u64,
        len: u64,
    },
    /// Bytes that are not a message of this protocol.
    Bytes(Vec<u8>),
}

impl Observed {
    /// Returns the challenge, if the first thing is one.
    pub(crate) fn challenge(&self) -> Option<Challenge<'_>> {
        match &self.first {
            First::Message(message) => Challenge::parse(message),
            _ => None,
        }
    }
}

impl Attempt<'_> {
    /// Connects, waits for the first message, and does the handshake if there is a challenge and a key.
    pub(crate) fn run(&self) -> anyhow::Result<Observed> {
        let start = Instant::now();
        let connection = Connect::new().timeout(self.timeout).connect(self.address)?;
        let connected = start.elapsed();
        let mut line = TimedSocket::new(raw_socket::take(connection)?, self.timeout)?;

        let mut first = line.first();
        let nudged = self.nudge && first == First::Silence;
        if nudged {
            // If it has closed, the next read shows that.
            let _ = line.socket.write_all(NUDGE);
            first = line.first();
        }
        let mut observed = Observed {
            connected,
            first,
            outcome: None,
            handshake: Duration::ZERO,
            nudged,
        };
        if let (First::Message(message), Some(_), Some(key)) =
            (&observed.first, observed.challenge(), self.key)
        {
            let handshake = Handshake::client(key, &self.policy);
            let start = Instant::now();
            observed.outcome = Some(line.authenticate(handshake, message));
            observed.handshake = start.elapsed();
        }
        Ok(observed)
    }
}

/// A socket with a decoder and a time limit.
struct TimedSocket {
    socket: Socket,
    decoder: Decoder,
    timeout: Duration,
    /// The first bytes received, to be shown.
    bytes: Vec<u8>,
}

/// Why there is no message.
enum NoMessage {
    Silent,
    Closed,
    NoFrame,
}

impl TimedSocket {
    fn new(socket: Socket, timeout: Duration) -> std::io::Result<TimedSocket> {
        socket.set_write_timeout(Some(timeout))?;
        Ok(TimedSocket {
            socket,
            decoder: Decoder::new(),
            timeout,
            bytes: Vec::new(),
        })
    }

    fn first(&mut self) -> First {
        match self.message(FIRST_MAX) {
            Ok(message) => First::Message(message),
            Err(NoMessage::NoFrame) => First::Bytes(self.bytes.clone()),
            Err(_) if self.decoder.message_len().is_some() => {
                let (got, len) = self.decoder.arrived().unwrap_or_default();
                First::Part { got, len }
            }
            Err(_) if !self.bytes.is_empty() => First::Bytes(self.bytes.clone()),
            Err(NoMessage::Silent) => First::Silence,
            Err(NoMessage::Closed) => First::Closed,
        }
    }

    /// Receives the next message within the timeout.
    fn message(&mut self, max: u64) -> Result<Vec<u8>, NoMessage> {
        let deadline = Instant::now() + self.timeout;
        loop {
            match self.decoder.advance(max) {
                Ok(Step::Message) => {
                    return self.decoder.take_message().map_err(|_| NoMessage::NoFrame);
                }
                Ok(_) => {}
                Err(_) => return Err(NoMessage::NoFrame),
            }
            let mut piece = [0; 512];
            let n = self.read(&mut piece, deadline)?;
            let room = SHOWN.saturating_sub(self.bytes.len());
            self.bytes.extend_from_slice(&piece[..n.min(room)]);
            let kept = self.decoder.buffer(&piece[..n]);
            kept.map_err(|_| NoMessage::NoFrame)?;
        }
    }

    fn read(&mut self, piece: &mut [u8], deadline: Instant) -> Result<usize, NoMessage> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || self.socket.set_read_timeout(Some(left)).is_err() {
                return Err(NoMessage::Silent);
            }
            match self.socket.read(piece) {
                Ok(0) => return Err(NoMessage::Closed),
                Ok(n) => return Ok(n),
                Err(error) => match error.kind() {
                    ErrorKind::Interrupted => {}
                    ErrorKind::WouldBlock | ErrorKind::TimedOut => return Err(NoMessage::Silent),
                    _ => return Err(NoMessage::Closed),
                },
            }
        }
    }

    /// Does the handshake; the timeout applies to each answer.
    fn authenticate(
        &mut self,
        handshake: Handshake,
        challenge: &[u8],
    ) -> Result<Outcome, HandshakeError> {
        let mut stream = Stream::new(handshake, Framing::LengthPrefix, Instant::now());
        stream.handle_received(Header::new(challenge.len() as u64).as_bytes());
        stream.handle_received(challenge);
        stream.handle_received(self.decoder.buffered());
        let mut awaited = None;
        loop {
            if let Some(outcome) = stream.outcome() {
                return outcome.clone();
            }
            if awaited.replace(stream.phase()) != Some(stream.phase()) {
                stream.set_deadline(Some(Instant::now() + self.timeout));
            }
            let Some(bytes) = stream.poll_transmit() else {
                self.read_on(&mut stream);
                continue;
            };
            match self.socket.write(bytes) {
                Ok(n) => stream.handle_sent(n),
                Err(error) => stream.handle_error(&timed_out(error)),
            }
        }
    }

    fn read_on(&self, stream: &mut Stream) {
        let due = stream.poll_timeout();
        let left = due.map(|due| due.saturating_duration_since(Instant::now()));
        // A timeout of zero would mean none.
        let left = left.map(|left| left.max(Duration::from_millis(1)));
        stream.fill(|buffer, room| {
            let mut piece = [0; 512];
            let room = room.min(piece.len());
            self.socket.set_read_timeout(left)?;
            let n = (&self.socket).read(&mut piece[..room]);
            let n = n.map_err(timed_out)?;
            buffer.extend_from_slice(&piece[..n]);
            Ok(n)
        });
        stream.handle_timeout(Instant::now());
    }
}

/// A socket with a timeout reports `WouldBlock` when it has passed.
fn timed_out(error: std::io::Error) -> std::io::Error {
    match error.kind() {
        ErrorKind::WouldBlock => ErrorKind::TimedOut.into(),
        _ => error,
    }
}
