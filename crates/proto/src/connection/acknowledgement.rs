//! Decides when to ask TCP for an immediate acknowledgement.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// The longest TCP segment, on the loopback interface.
const LONGEST_SEGMENT: u64 = 1 << 16;

/// Records whether received bytes were acknowledged. Both halves of a connection share it.
///
/// CPython does not set `TCP_NODELAY`. Nagle's algorithm then holds back the second of two small
/// writes, such as a body after its header, until the first is acknowledged, and the receiver's
/// system delays that by 40 ms. Sending anything acknowledges all that has been received.
#[derive(Debug, Default)]
pub(super) struct Acknowledgement {
    /// Nothing was received since the last send or the last request for an acknowledgement.
    is_done: AtomicBool,
}

impl Acknowledgement {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Notes that bytes were received.
    #[inline]
    pub(super) fn handle_received(&self) {
        self.is_done.store(false, Relaxed);
    }

    /// Notes that bytes are sent.
    #[inline]
    pub(super) fn handle_sent(&self) {
        self.is_done.store(true, Relaxed);
    }

    /// Returns whether the peer may be holding back bytes that we wait for, of which at least `missing`
    /// are still to come. Whole segments are not held back.
    #[inline]
    pub(super) fn is_due(&self, missing: u64) -> bool {
        missing < LONGEST_SEGMENT && !self.is_done.load(Relaxed)
    }
}
