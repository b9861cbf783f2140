//! A client whose handshake is not finished.

use std::io::{self, ErrorKind};
use std::time::Duration;

use mpconn_proto::login::{Due, Login};
use rustix::event::PollFlags;

use crate::Address;
use crate::frame::{Decoder, FrameError};
use crate::handshake::{HandshakeError, Outcome};
use crate::transport::readiness::Deadline;
use crate::transport::{Kind, Transport};

/// A good client on this machine or nearby has answered by then. In a flood the slots
/// are passed on no faster, and those who come wait in the backlog meanwhile.
const SPARED: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(super) struct Pending {
    pub(super) transport: Transport,
    pub(super) peer: Option<Address>,
    pub(super) tag: u64,
    pub(super) deadline: Deadline,
    /// Until then it is not given up for others.
    pub(super) spared: Deadline,
    login: Login,
    unsent: Vec<u8>,
}

/// How far a handshake has come.
pub(super) type Progress = Option<Result<Outcome, HandshakeError>>;

impl Pending {
    pub(super) fn new(
        transport: Transport,
        peer: Option<Address>,
        tag: u64,
        login: Login,
        deadline: Deadline,
    ) -> Self {
        Pending {
            transport,
            peer,
            tag,
            deadline,
            spared: Deadline::after(Some(SPARED)),
            login,
            unsent: Vec::new(),
        }
    }

    /// What to poll for.
    pub(super) fn interest(&self) -> PollFlags {
        match self.unsent.is_empty() {
            true => PollFlags::IN,
            false => PollFlags::OUT,
        }
    }

    /// Goes as far as it can without waiting, after poll said that it `is_ready`.
    pub(super) fn advance(&mut self, is_ready: bool) -> Progress {
        // One read for each readiness: a second one would nearly always be in vain.
        let mut may_read = is_ready && self.unsent.is_empty();
        loop {
            let result = if !self.unsent.is_empty() {
                match self.write() {
                    Err(error) if error.kind() != ErrorKind::WouldBlock => {
                        return Some(Err(self.hung_up()));
                    }
                    other => other,
                }
            } else {
                match self.login.due() {
                    Due::Done(outcome) => return Some(outcome),
                    Due::Send(bytes) => {
                        self.unsent = bytes;
                        continue;
                    }
                    Due::Receive if !may_read => return None,
                    Due::Receive => {
                        may_read = false;
                        match self.read() {
                            Ok(read) => read,
                            Err(error) => return Some(Err(self.login.out_of_memory(&error))),
                        }
                    }
                }
            };
            match result {
                Ok(0) => return Some(Err(self.login.closed())),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
                // Reset, broken pipe: it is gone, in whatever manner.
                Err(_) => return Some(Err(self.login.closed())),
            }
        }
    }

    fn write(&mut self) -> io::Result<usize> {
        let n = self.transport.try_write(&self.unsent)?;
        self.unsent.drain(..n);
        Ok(n)
    }

    /// It can be told nothing any more, but may have said something.
    fn hung_up(&mut self) -> HandshakeError {
        let _ = self.read();
        self.login.hung_up()
    }

    fn read(&mut self) -> Result<io::Result<usize>, FrameError> {
        let transport = &self.transport;
        // A descriptor that the client sends at once would be lost if its byte were
        // read together with the verdict.
        let limit = match transport.kind() {
            Kind::Socket => self.login.room(),
            _ => usize::MAX,
        };
        self.login
            .decoder()
            .fill(true, |vec, room| transport.try_read(vec, room.min(limit)))
    }

    /// Whether it knows the key, which no silent or wrong one does.
    pub(super) fn has_proved(&self) -> bool {
        self.login.peer_has_proved()
    }

    pub(super) fn silent(&mut self) -> HandshakeError {
        self.login.silent()
    }

    /// The parts that the connection goes on with.
    pub(super) fn finish(self) -> (Transport, Decoder, Option<Address>) {
        // The client's verdict and its first message are two small writes of its.
        self.transport.acknowledge_now();
        (self.transport, self.login.into_decoder(), self.peer)
    }
}
