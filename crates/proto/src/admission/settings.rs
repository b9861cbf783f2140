//! Settings of an admission policy.

use std::time::Duration;

/// Limits and durations of an [`Admission`](super::Admission), with defaults.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use mpconn_proto::admission::Settings;
///
/// let settings = Settings::new().slots(64).handshake_timeout(Duration::from_secs(5));
/// // One socket, and no client before this one.
/// assert_eq!(settings.longest_wait(1, 0), Duration::from_millis(100));
/// // Two sockets, and 1000 clients before this one in its backlog.
/// assert_eq!(settings.longest_wait(2, 1000), Duration::from_millis(3200));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Settings {
    pub(super) slots: usize,
    pub(super) grace: Duration,
    pub(super) handshake_timeout: Option<Duration>,
    pub(super) rest: Duration,
    pub(super) has_handshakes: bool,
    pub(super) is_edge_triggered: bool,
}

impl Settings {
    /// Returns the defaults.
    pub fn new() -> Self {
        Settings {
            slots: 512,
            // An honest client on this machine or nearby has answered by then.
            grace: Duration::from_millis(100),
            handshake_timeout: Some(crate::HANDSHAKE_TIMEOUT),
            rest: Duration::from_millis(100),
            has_handshakes: true,
            is_edge_triggered: false,
        }
    }

    /// Sets how many handshakes may be in progress at once: 512 by default, at least one. The same
    /// number of finished clients may wait to be handed out.
    pub fn slots(mut self, slots: usize) -> Self {
        self.slots = slots.max(1);
        self
    }

    /// Sets the grace period, for which a client keeps its slot even if others need it: 100 ms by
    /// default.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Sets how long a handshake may take: [`HANDSHAKE_TIMEOUT`](crate::HANDSHAKE_TIMEOUT)
    /// by default, `None` for no limit. Without a limit, a client that stalls after
    /// it has proved that it knows the key keeps its slot until it disconnects.
    pub fn handshake_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.handshake_timeout = timeout.into();
        self
    }

    /// Sets how long accepting rests after an error that evicting a client cannot fix: 100 ms by
    /// default.
    pub fn rest(mut self, rest: Duration) -> Self {
        self.rest = rest;
        self
    }

    /// Sets whether clients have a handshake; on by default. Without one, a client is finished when it
    /// is accepted, and the next one is accepted after it was handed out.
    pub fn handshakes(mut self, has_handshakes: bool) -> Self {
        self.has_handshakes = has_handshakes;
        self
    }

    /// Sets whether a socket's readiness is reported only once (edge-triggered epoll, kqueue
    /// with `EV_CLEAR`, tokio's sockets); off by default. If on, readiness lasts until accepting would
    /// block. If off, it lasts for one round, which saves a system call for a single client.
    pub fn edge_triggered(mut self, is_edge_triggered: bool) -> Self {
        self.is_edge_triggered = is_edge_triggered;
        self
    }

    /// Returns how long a client waits at most until it is accepted, if `sockets` sockets have clients
    /// and `ahead` clients are before it in the backlog of its own. This is the grace period times the
    /// number of full sets of slots up to this client; see the [module's promise](super#the-promise).
    pub fn longest_wait(&self, sockets: usize, ahead: usize) -> Duration {
        let accepted = ahead.saturating_add(1).saturating_mul(sockets);
        let sets = u32::try_from(accepted.div_ceil(self.slots)).unwrap_or(u32::MAX);
        self.grace.saturating_mul(sets)
    }

    /// Returns how many finished clients may wait to be handed out. A client without a handshake is best
    /// left in the backlog until it is needed.
    pub(super) fn finished_room(&self) -> usize {
        match self.has_handshakes {
            true => self.slots,
            false => 1,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings::new()
    }
}
