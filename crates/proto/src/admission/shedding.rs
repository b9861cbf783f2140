//! When the slots do not carry what comes, and when they do again.

use std::time::{Duration, Instant};

/// Shedding ends after this many graces without a reason for it.
const QUIET_GRACES: u32 = 10;

/// Whether a listener sheds clients.
///
/// It does when a client lost its slot to a newer one, or when clients waited for slots
/// without a break for longer than the grace: more come than the slots carry, or
/// descriptors have run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shedding {
    /// It began.
    Began,
    /// There was no reason for it for ten graces.
    #[non_exhaustive]
    Ended {
        /// Clients that lost their slots meanwhile.
        evicted: u64,
        /// Time from its beginning to its last reason.
        lasted: Duration,
    },
}

#[derive(Debug)]
struct Spell {
    since: Instant,
    last: Instant,
    evicted: u64,
    is_told: bool,
}

#[derive(Debug)]
pub(super) struct Pressure {
    grace: Duration,
    /// Clients wait since then without a break.
    waiting_since: Option<Instant>,
    spell: Option<Spell>,
}

impl Pressure {
    pub(super) fn new(grace: Duration) -> Self {
        Pressure {
            grace,
            waiting_since: None,
            spell: None,
        }
    }

    pub(super) fn handle_eviction(&mut self, now: Instant) {
        self.spell(now).evicted += 1;
    }

    /// A round ended with clients that found no slot.
    pub(super) fn handle_wait(&mut self, now: Instant) {
        let since = *self.waiting_since.get_or_insert(now);
        if now.saturating_duration_since(since) > self.grace {
            self.spell(now);
        }
    }

    /// A round ended in which those who had waited could not be looked at.
    pub(super) fn handle_longer_wait(&mut self, now: Instant) {
        if self.waiting_since.is_some() {
            self.handle_wait(now);
        }
    }

    /// A round ended with nobody waiting.
    pub(super) fn handle_relief(&mut self) {
        self.waiting_since = None;
    }

    fn spell(&mut self, now: Instant) -> &mut Spell {
        let spell = self.spell.get_or_insert(Spell {
            since: now,
            last: now,
            evicted: 0,
            is_told: false,
        });
        spell.last = now;
        spell
    }

    pub(super) fn poll(&mut self, now: Instant) -> Option<Shedding> {
        let quiet = self.quiet();
        let spell = self.spell.as_mut()?;
        if !spell.is_told {
            spell.is_told = true;
            return Some(Shedding::Began);
        }
        if now.saturating_duration_since(spell.last) < quiet {
            return None;
        }
        let ended = Shedding::Ended {
            evicted: spell.evicted,
            lasted: spell.last - spell.since,
        };
        self.spell = None;
        Some(ended)
    }

    pub(super) fn is_shedding(&self) -> bool {
        self.spell.is_some()
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let spell = self.spell.as_ref();
        spell.and_then(|spell| spell.last.checked_add(self.quiet()))
    }

    fn quiet(&self) -> Duration {
        self.grace.saturating_mul(QUIET_GRACES)
    }
}
