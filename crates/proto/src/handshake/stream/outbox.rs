//! The bytes that are still to be written.

use std::collections::VecDeque;

use super::framing::Framing;
use crate::frame::Header;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// One write each; empty ones are not kept.
    writes: VecDeque<Vec<u8>>,
    /// How many bytes of the first have been sent.
    sent: usize,
}

impl Outbox {
    /// Adds a message. With lengths in front, all that is due together is one write.
    pub(super) fn push(&mut self, framing: Framing, message: Vec<u8>) {
        match framing {
            Framing::MessagePerRead => self.writes.push_back(message),
            Framing::LengthPrefix => {
                let header = Header::new(message.len() as u64);
                if self.writes.is_empty() {
                    self.writes.push_back(Vec::new());
                }
                let write = &mut self.writes[0];
                write.extend_from_slice(header.as_bytes());
                write.extend_from_slice(&message);
            }
        }
    }

    /// Returns what the next write should hold.
    pub(super) fn next(&self) -> Option<&[u8]> {
        self.writes.front().map(|write| &write[self.sent..])
    }

    /// Removes what was written.
    pub(super) fn remove(&mut self, n: usize) {
        let len = self.next().map_or(0, <[u8]>::len);
        if n < len {
            self.sent += n;
        } else {
            self.sent = 0;
            self.writes.pop_front();
        }
    }

    pub(super) fn clear(&mut self) {
        self.writes.clear();
        self.sent = 0;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }
}
