//! A queue of bytes to write.

use std::collections::VecDeque;

use super::framing::Framing;
use crate::frame::Header;

/// Messages to write, joined into one write where the framing allows it.
#[derive(Debug, Default)]
pub(super) struct WriteQueue {
    /// One entry for each write. None is empty.
    writes: VecDeque<Vec<u8>>,
    /// Bytes of the first that were written.
    sent: usize,
}

impl WriteQueue {
    /// Adds a message. With length prefixes, pending messages are joined into one write.
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

    /// Returns the bytes of the next write.
    pub(super) fn next(&self) -> Option<&[u8]> {
        self.writes.front().map(|write| &write[self.sent..])
    }

    /// Removes `n` written bytes.
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
