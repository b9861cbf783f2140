//! Which protocol the objects of a connection are pickled in.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use crate::codec::protocol_read_by_sender;
use crate::handshake::Outcome;
use crate::pickle::Protocol;

/// The protocol asked for, or else the highest that the peer is known to read.
#[derive(Debug)]
pub(super) struct Pickling {
    /// 0 while nothing was asked for.
    chosen: AtomicU8,
    known: AtomicU8,
}

impl Pickling {
    pub(super) fn new() -> Self {
        Pickling {
            chosen: AtomicU8::new(0),
            known: AtomicU8::new(Protocol::V2.number()),
        }
    }

    pub(super) fn protocol(&self) -> Protocol {
        let number = match self.chosen.load(Relaxed) {
            0 => self.known.load(Relaxed),
            chosen => chosen,
        };
        Protocol::from_number(number).unwrap_or_default()
    }

    pub(super) fn choose(&self, protocol: Option<Protocol>) {
        self.chosen
            .store(protocol.map_or(0, Protocol::number), Relaxed);
    }

    /// Only Python 3.12 and later prove keys with a digest that they name.
    pub(super) fn learn_from_login(&self, outcome: &Outcome) {
        if !outcome.peer_proof().is_legacy() {
            self.learn(Protocol::V4);
        }
    }

    pub(super) fn learn_from_message(&self, message: &[u8]) {
        if let Some(protocol) = protocol_read_by_sender(message) {
            self.learn(protocol);
        }
    }

    fn learn(&self, protocol: Protocol) {
        if self.known.load(Relaxed) < protocol.number() {
            self.known.fetch_max(protocol.number(), Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_peer_sends_tells_what_it_reads_unless_a_protocol_is_asked_for() {
        let pickling = Pickling::new();
        pickling.learn_from_message(b"\x80\x02N.");
        pickling.learn_from_message(b"no pickle");
        assert_eq!(pickling.protocol(), Protocol::V2);
        pickling.learn_from_message(b"\x80\x03N.");
        assert_eq!(pickling.protocol(), Protocol::V4);
        pickling.learn_from_message(b"\x80\x02N.");
        assert_eq!(pickling.protocol(), Protocol::V4);
        pickling.choose(Some(Protocol::V5));
        assert_eq!(pickling.protocol(), Protocol::V5);
        pickling.choose(None);
        assert_eq!(pickling.protocol(), Protocol::V4);
    }
}
