//! The conversation with what may be a listener. Every wait in it is bounded.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use mpconn::frame::{Decoder, Header, Step};
use mpconn::handshake::{Challenge, Framing, Handshake, HandshakeError, Outcome, Policy, Stream};
use mpconn::{Address, AuthKey, Connect};
use socket2::Socket;

use crate::bare;

/// A message without content, and for line-wise servers the end of a line: a Python
/// listener's `recv` raises `EOFError` for the first, as it does when a client goes.
const NUDGE: &[u8] = b"\0\0\0\0\r\n";

/// The longest first message that is an object of a listener without a key. What other protocols
/// begin with reads as greater lengths, as a rule.
const FIRST_MAX: u64 = (1 << 24) - 1;
/// First bytes that are kept.
const SHOWN: usize = 64;

/// What to visit, and how.
pub(crate) struct Visit<'a> {
    pub(crate) address: &'a Address,
    pub(crate) key: Option<&'a AuthKey>,
    pub(crate) policy: Policy,
    /// For connecting, and for each answer.
    pub(crate) timeout: Duration,
    pub(crate) nudge: bool,
}

/// What was heard.
#[derive(Debug)]
pub(crate) struct Heard {
    /// How long connecting took.
    pub(crate) connected: Duration,
    /// What came first.
    pub(crate) first: First,
    /// How the handshake ended, where it was tried.
    pub(crate) outcome: Option<Result<Outcome, HandshakeError>>,
    /// From the challenge's arrival to the last verdict.
    pub(crate) handshake: Duration,
    /// Whether it stayed silent until it was nudged.
    pub(crate) nudged: bool,
}

/// The first thing that a server says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum First {
    Silence,
    Closed,
    Message(Vec<u8>),
    /// What reads as the beginning of a message of `len` bytes, of which `got` came.
    Part {
        got: u64,
        len: u64,
    },
    /// No message of this protocol; the bytes that came.
    Bytes(Vec<u8>),
}

impl Heard {
    /// The first thing, where it is a challenge.
    pub(crate) fn challenge(&self) -> Option<Challenge<'_>> {
        match &self.first {
            First::Message(message) => Challenge::parse(message),
            _ => None,
        }
    }
}

impl Visit<'_> {
    /// Connects, listens, and with a key and a challenge does the handshake.
    pub(crate) fn pay(&self) -> anyhow::Result<Heard> {
        let start = Instant::now();
        let connection = Connect::new().timeout(self.timeout).connect(self.address)?;
        let connected = start.elapsed();
        let mut line = Line::new(bare::socket(connection)?, self.timeout)?;

        let mut first = line.first();
        let nudged = self.nudge && first == First::Silence;
        if nudged {
            // Where it has gone meanwhile the next look will tell.
            let _ = line.socket.write_all(NUDGE);
            first = line.first();
        }
        let mut heard = Heard {
            connected,
            first,
            outcome: None,
            handshake: Duration::ZERO,
            nudged,
        };
        if let (First::Message(message), Some(_), Some(key)) =
            (&heard.first, heard.challenge(), self.key)
        {
            let handshake = Handshake::client(key, &self.policy);
            let start = Instant::now();
            heard.outcome = Some(line.authenticate(handshake, message));
            heard.handshake = start.elapsed();
        }
        Ok(heard)
    }
}

/// A socket with a decoder behind it and a limit to every wait.
struct Line {
    socket: Socket,
    decoder: Decoder,
    timeout: Duration,
    /// The first bytes that came, to be shown.
    bytes: Vec<u8>,
}

/// Why there is no message.
enum Lack {
    Silent,
    Closed,
    NoFrame,
}

impl Line {
    fn new(socket: Socket, timeout: Duration) -> std::io::Result<Line> {
        socket.set_write_timeout(Some(timeout))?;
        Ok(Line {
            socket,
            decoder: Decoder::new(),
            timeout,
            bytes: Vec::new(),
        })
    }

    fn first(&mut self) -> First {
        match self.message(FIRST_MAX) {
            Ok(message) => First::Message(message),
            Err(Lack::NoFrame) => First::Bytes(self.bytes.clone()),
            Err(_) if self.decoder.message_len().is_some() => {
                let (got, len) = self.decoder.arrived().unwrap_or_default();
                First::Part { got, len }
            }
            Err(_) if !self.bytes.is_empty() => First::Bytes(self.bytes.clone()),
            Err(Lack::Silent) => First::Silence,
            Err(Lack::Closed) => First::Closed,
        }
    }

    /// The next message, within the time for one answer.
    fn message(&mut self, max: u64) -> Result<Vec<u8>, Lack> {
        let deadline = Instant::now() + self.timeout;
        loop {
            match self.decoder.advance(max) {
                Ok(Step::Message) => {
                    return self.decoder.take_message().map_err(|_| Lack::NoFrame);
                }
                Ok(_) => {}
                Err(_) => return Err(Lack::NoFrame),
            }
            let mut piece = [0; 512];
            let n = self.read(&mut piece, deadline)?;
            let room = SHOWN.saturating_sub(self.bytes.len());
            self.bytes.extend_from_slice(&piece[..n.min(room)]);
            let kept = self.decoder.buffer(&piece[..n]);
            kept.map_err(|_| Lack::NoFrame)?;
        }
    }

    fn read(&mut self, piece: &mut [u8], deadline: Instant) -> Result<usize, Lack> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || self.socket.set_read_timeout(Some(left)).is_err() {
                return Err(Lack::Silent);
            }
            match self.socket.read(piece) {
                Ok(0) => return Err(Lack::Closed),
                Ok(n) => return Ok(n),
                Err(error) => match error.kind() {
                    ErrorKind::Interrupted => {}
                    ErrorKind::WouldBlock | ErrorKind::TimedOut => return Err(Lack::Silent),
                    _ => return Err(Lack::Closed),
                },
            }
        }
    }

    /// Does the handshake, each answer within its time.
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
