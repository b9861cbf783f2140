//! Detects when load shedding begins and ends.

use std::time::{Duration, Instant};

/// Number of grace periods without a cause after which shedding ends.
const QUIET_GRACES: u32 = 10;

/// The beginning or end of load shedding.
///
/// A listener sheds load after a client lost its slot to a newer one, or after clients waited for slots
/// without a break for longer than the grace period: more clients connect than the slots can handle, or
/// descriptors have run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shedding {
    /// Shedding began.
    Began,
    /// Shedding ended: there was no cause for ten grace periods.
    #[non_exhaustive]
    Ended {
        /// Number of clients that lost their slots.
        evicted: u64,
        /// Time from its beginning to its last cause.
        lasted: Duration,
    },
}

/// One period of load shedding.
#[derive(Debug)]
struct Episode {
    since: Instant,
    last: Instant,
    evicted: u64,
    is_reported: bool,
}

/// Detects that more clients connect than the slots can handle.
#[derive(Debug)]
pub(super) struct Overload {
    grace: Duration,
    /// Since when clients have waited without a break.
    waiting_since: Option<Instant>,
    episode: Option<Episode>,
}

impl Overload {
    pub(super) fn new(grace: Duration) -> Self {
        Overload {
            grace,
            waiting_since: None,
            episode: None,
        }
    }

    pub(super) fn handle_eviction(&mut self, now: Instant) {
        self.episode(now).evicted += 1;
    }

    /// Notes that a round ended with clients for whom there was no slot.
    pub(super) fn handle_wait(&mut self, now: Instant) {
        let since = *self.waiting_since.get_or_insert(now);
        if now.saturating_duration_since(since) > self.grace {
            self.episode(now);
        }
    }

    /// Notes that a round ended without a look at the sockets.
    pub(super) fn handle_longer_wait(&mut self, now: Instant) {
        if self.waiting_since.is_some() {
            self.handle_wait(now);
        }
    }

    /// Notes that a round ended with no clients waiting.
    pub(super) fn handle_relief(&mut self) {
        self.waiting_since = None;
    }

    fn episode(&mut self, now: Instant) -> &mut Episode {
        let episode = self.episode.get_or_insert(Episode {
            since: now,
            last: now,
            evicted: 0,
            is_reported: false,
        });
        episode.last = now;
        episode
    }

    pub(super) fn poll(&mut self, now: Instant) -> Option<Shedding> {
        let quiet = self.quiet();
        let episode = self.episode.as_mut()?;
        if !episode.is_reported {
            episode.is_reported = true;
            return Some(Shedding::Began);
        }
        if now.saturating_duration_since(episode.last) < quiet {
            return None;
        }
        let ended = Shedding::Ended {
            evicted: episode.evicted,
            lasted: episode.last - episode.since,
        };
        self.episode = None;
        Some(ended)
    }

    pub(super) fn is_shedding(&self) -> bool {
        self.episode.is_some()
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let episode = self.episode.as_ref();
        episode.and_then(|episode| episode.last.checked_add(self.quiet()))
    }

    fn quiet(&self) -> Duration {
        self.grace.saturating_mul(QUIET_GRACES)
    }
}
