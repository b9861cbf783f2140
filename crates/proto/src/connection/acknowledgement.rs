//! When a TCP peer may wait for an acknowledgement.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// No TCP segment is longer, not even on the loopback interface.
const LONGEST_SEGMENT: u64 = 1 << 16;

/// Whether received bytes were acknowledged; shared by the two halves of a connection.
///
/// CPython does not set `TCP_NODELAY`. Nagle's algorithm then holds back the second of two small
/// writes, such as a body after its header, until the first is acknowledged, and the receiver's
/// system delays that by 40 ms. Whatever is sent acknowledges all that has come.
#[derive(Debug, Default)]
pub(super) struct Acknowledgement {
    /// Nothing has come since something was sent, or an acknowledgement was asked for.
    is_done: AtomicBool,
}

impl Acknowledgement {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Something came.
    #[inline]
    pub(super) fn handle_received(&self) {
        self.is_done.store(false, Relaxed);
    }

    /// Something is sent.
    #[inline]
    pub(super) fn handle_sent(&self) {
        self.is_done.store(true, Relaxed);
    }

    /// Returns whether a peer may hold back what we wait for, of which at least `missing` bytes are to
    /// come. Whole segments are not held back.
    #[inline]
    pub(super) fn is_due(&self, missing: u64) -> bool {
        missing < LONGEST_SEGMENT && !self.is_done.load(Relaxed)
    }
}
