//! What is done when a manager is lost.

use std::time::Duration;

/// Whether a manager that was lost is looked for again, how often, and after which pauses.
///
/// A call in flight when the manager is lost fails in any case: it may have run. With
/// [`never`](Self::never), the default, later calls fail too, until
/// [`Manager::reconnect`](super::Manager::reconnect) is called. Otherwise the next call looks for the manager
/// until it is found or the attempts are used up, and each step is a
/// [`ManagerEvent`](super::ManagerEvent).
///
/// An object of a manager that was lost is created again with its typeid and its arguments. If the typeid
/// is registered with a callable that returns one shared object, as in the remote manager of Python's
/// documentation, that is this object. Otherwise it is a new one, with nothing of what the first one held.
/// An object that a method returned cannot be created again: calling it is an error that says so.
///
/// ```
/// use std::time::Duration;
/// use mpconn::manager::Reconnect;
///
/// // 100 ms, 200 ms, 400 ms … up to 5 s between attempts, for about two minutes
/// let patient = Reconnect::attempts(30)
///     .first_delay(Duration::from_millis(100))
///     .longest_delay(Duration::from_secs(5));
/// # let _ = patient;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it is for `Builder::reconnect`"]
pub struct Reconnect {
    attempts: u32,
    first_delay: Duration,
    longest_delay: Duration,
}

impl Reconnect {
    /// Leaves a lost manager lost until [`reconnect`](super::Manager::reconnect) is called: the default.
    pub fn never() -> Self {
        Reconnect::attempts(0)
    }

    /// Makes that many attempts in a row at most: the first at once, further ones after 100 ms, 200 ms and so
    /// on up to 5 s.
    pub fn attempts(attempts: u32) -> Self {
        Reconnect {
            attempts,
            first_delay: Duration::from_millis(100),
            longest_delay: Duration::from_secs(5),
        }
    }

    /// Sets the pause after the first attempt; each further pause is twice as long.
    pub fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay;
        self
    }

    /// Sets the longest pause between two attempts.
    pub fn longest_delay(mut self, delay: Duration) -> Self {
        self.longest_delay = delay;
        self
    }

    pub(crate) fn is_never(&self) -> bool {
        self.attempts == 0
    }

    /// Returns the pause before each attempt; none before the first.
    pub(crate) fn delays(&self) -> impl Iterator<Item = Duration> {
        let Reconnect {
            attempts,
            first_delay,
            longest_delay,
        } = self.clone();
        (0..attempts).map(move |attempt| match attempt {
            0 => Duration::ZERO,
            n => first_delay
                .saturating_mul(2_u32.saturating_pow(n - 1))
                .min(longest_delay),
        })
    }
}

impl Default for Reconnect {
    fn default() -> Self {
        Reconnect::never()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_longest() {
        let millis = |reconnect: Reconnect| -> Vec<u128> {
            reconnect.delays().map(|delay| delay.as_millis()).collect()
        };
        let reconnect = Reconnect::attempts(5).longest_delay(Duration::from_millis(350));
        assert_eq!(millis(reconnect), [0, 100, 200, 350, 350]);
        assert_eq!(millis(Reconnect::never()), [0_u128; 0]);
        assert_eq!(millis(Reconnect::attempts(100)).last(), Some(&5000));
    }
}
