//! What an admission is told once.

use std::time::Duration;

/// Limits and durations of an [`Admission`](super::Admission), with defaults.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use mpconn_proto::admission::Settings;
///
/// let settings = Settings::new().slots(64).handshake_timeout(Duration::from_secs(5));
/// // One socket, and nobody waits before this client.
/// assert_eq!(settings.longest_wait(1, 0), Duration::from_millis(100));
/// // Two sockets, and 1000 clients wait before this one at its own.
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
            // A good client on this machine or nearby has answered by then.
            grace: Duration::from_millis(100),
            handshake_timeout: Some(crate::HANDSHAKE_TIMEOUT),
            rest: Duration::from_millis(100),
            has_handshakes: true,
            is_edge_triggered: false,
        }
    }

    /// Sets how many clients may be at their handshakes at once: 512 by default, at least
    /// one. As many more may have finished and wait to be handed out.
    pub fn slots(mut self, slots: usize) -> Self {
        self.slots = slots.max(1);
        self
    }

    /// Sets how long a client keeps its slot although others want it: 100 ms by default.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Sets how long a handshake may take: [`HANDSHAKE_TIMEOUT`](crate::HANDSHAKE_TIMEOUT)
    /// by default, `None` for no limit. Without a limit, a client that has proved its key
    /// and then stalls keeps its slot until it leaves.
    pub fn handshake_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.handshake_timeout = timeout.into();
        self
    }

    /// Sets how long accepting rests after a failure that evicting a client cannot mend:
    /// 100 ms by default.
    pub fn rest(mut self, rest: Duration) -> Self {
        self.rest = rest;
        self
    }

    /// Sets whether clients have a handshake, which is so by default. Without one, each is
    /// finished when it is accepted, and the next one is accepted after it was handed out.
    pub fn handshakes(mut self, has_handshakes: bool) -> Self {
        self.has_handshakes = has_handshakes;
        self
    }

    /// Sets whether a socket's readiness is reported only once (edge-triggered epoll, kqueue
    /// with `EV_CLEAR`, tokio's sockets): then it counts until accepting would block. By
    /// default it counts for one round, which spares a system call for a single client.
    pub fn edge_triggered(mut self, is_edge_triggered: bool) -> Self {
        self.is_edge_triggered = is_edge_triggered;
        self
    }

    /// Returns how long a client waits at most until it is accepted, with `ahead` clients
    /// before it in the backlog of its socket and clients at that many sockets: the grace
    /// times the number of full sets of slots up to this client. See the
    /// [module's promise](super#the-promise).
    pub fn longest_wait(&self, sockets: usize, ahead: usize) -> Duration {
        let accepted = ahead.saturating_add(1).saturating_mul(sockets);
        let sets = u32::try_from(accepted.div_ceil(self.slots)).unwrap_or(u32::MAX);
        self.grace.saturating_mul(sets)
    }

    /// Clients that may have finished before they are handed out. One without a handshake is
    /// best left in the backlog until it is wanted.
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
