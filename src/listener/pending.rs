//! A client whose handshake is not finished.

use std::io::ErrorKind;

use rustix::event::PollFlags;

use crate::Address;
use crate::frame::Decoder;
use crate::handshake::{HandshakeError, Outcome, Stream};
use crate::transport::{Transport, TransportKind};

#[derive(Debug)]
pub(super) struct Pending {
    pub(super) transport: Transport,
    pub(super) peer: Option<Address>,
    pub(super) tag: u64,
    stream: Stream,
}

/// How far a handshake has come.
pub(super) type Progress = Option<Result<Outcome, HandshakeError>>;

impl Pending {
    pub(super) fn new(
        transport: Transport,
        peer: Option<Address>,
        tag: u64,
        mut stream: Stream,
    ) -> Self {
        stream.set_carries_descriptors(transport.kind() == TransportKind::Socket);
        Pending {
            transport,
            peer,
            tag,
            stream,
        }
    }

    /// Returns what to poll for.
    pub(super) fn interest(&self) -> PollFlags {
        match self.stream.poll_transmit() {
            None => PollFlags::IN,
            Some(_) => PollFlags::OUT,
        }
    }

    /// Goes as far as it can without waiting, after poll said that it `is_ready`.
    pub(super) fn advance(&mut self, is_ready: bool) -> Progress {
        // One read for each readiness: a second one would nearly always be in vain.
        let mut may_read = is_ready && self.stream.poll_transmit().is_none();
        loop {
            if self.stream.poll_acknowledge() {
                self.transport.acknowledge_now();
            }
            if let Some(outcome) = self.stream.outcome() {
                return Some(outcome.clone());
            }
            if let Some(bytes) = self.stream.poll_transmit() {
                match self.transport.try_write(bytes) {
                    Ok(n) => self.stream.handle_sent(n),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
                    Err(error) => {
                        self.stream.handle_error(&error);
                        // What the client said last is there, if anything is.
                        may_read = true;
                    }
                }
            } else if may_read {
                may_read = false;
                let transport = &self.transport;
                self.stream.fill(|vec, room| transport.try_read(vec, room));
            } else {
                return None;
            }
        }
    }

    /// Returns whether it knows the key, which no silent or wrong one does.
    pub(super) fn has_proved(&self) -> bool {
        self.stream.peer_has_proved()
    }

    /// Returns the error of a client whose deadline has passed.
    pub(super) fn silent(&mut self) -> HandshakeError {
        self.stream.handle_error(&ErrorKind::TimedOut.into());
        match self.stream.outcome() {
            Some(Err(error)) => error.clone(),
            _ => HandshakeError::silent(self.stream.phase()),
        }
    }

    /// Returns the parts that the connection is made of.
    pub(super) fn finish(self) -> (Transport, Decoder, Option<Address>) {
        (self.transport, self.stream.into_decoder(), self.peer)
    }
}
