//! The conversation with what may be a listener. Every wait in it is bounded.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use mpconn::frame::{Decoder, Header, Step};
use mpconn::handshake::{
    Challenge, Handshake, HandshakeError, MAX_MESSAGE, Outcome, Phase, Policy,
};
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

    fn authenticate(
        &mut self,
        mut handshake: Handshake,
        challenge: &[u8],
    ) -> Result<Outcome, HandshakeError> {
        handshake.handle_message(challenge);
        loop {
            while let Some(message) = handshake.poll_transmit() {
                self.send(&message, handshake.phase())?;
            }
            if let Some(outcome) = handshake.outcome() {
                return outcome.clone();
            }
            let message = self.message(MAX_MESSAGE).map_err(|lack| match lack {
                Lack::Silent => {
                    HandshakeError::silent(handshake.phase()).midway(self.decoder.arrived())
                }
                Lack::Closed => {
                    HandshakeError::closed(handshake.phase()).midway(self.decoder.arrived())
                }
                Lack::NoFrame => HandshakeError::not_this_protocol(self.decoder.buffered()),
            })?;
            handshake.handle_message(&message);
        }
    }

    fn send(&mut self, message: &[u8], phase: Phase) -> Result<(), HandshakeError> {
        let header = Header::new(message.len() as u64);
        let wire = [header.as_bytes(), message].concat();
        self.socket
            .write_all(&wire)
            .map_err(|_| HandshakeError::closed(phase))
    }
}
