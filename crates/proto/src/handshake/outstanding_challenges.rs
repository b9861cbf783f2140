//! Challenges that this process has sent and that are not answered yet, to detect reflection.
//!
//! Without this, a peer without the key could have us answer our own challenge: it passes the
//! challenge of one of our connections to another one, and the answer back to the first. So an end
//! refuses a challenge that an end of the same role has outstanding. Each role has its own
//! set, since a client and a listener of one process may connect to each other.
//!
//! This does not stop an attacker in the middle who relays every message between two ends that know
//! the key. The handshake cannot tell such an attacker from the network; only encryption could.
//!
//! After a fork the child has its parent's entries. They do no harm: 40 random bytes never
//! repeat, and there is one entry for each handshake that was in progress.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use super::constants::RANDOM_LEN;
use super::message::Challenge;

type Random = [u8; RANDOM_LEN];

/// The random bytes of challenges, with the number of ends that sent each. Only tests have more than one.
#[derive(Debug, Default)]
struct SentChallenges(Mutex<HashMap<Random, usize>>);

static BY_CLIENTS: LazyLock<SentChallenges> = LazyLock::new(SentChallenges::default);
static BY_LISTENERS: LazyLock<SentChallenges> = LazyLock::new(SentChallenges::default);

impl SentChallenges {
    fn of(is_listener: bool) -> &'static SentChallenges {
        match is_listener {
            true => &BY_LISTENERS,
            false => &BY_CLIENTS,
        }
    }

    /// Locks the map. A panic elsewhere leaves it consistent.
    fn lock(&self) -> MutexGuard<'_, HashMap<Random, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An entry for one challenge, which is outstanding until this is dropped.
#[derive(Debug)]
pub(super) struct OutstandingChallenge {
    sent: &'static SentChallenges,
    random: Random,
}

impl OutstandingChallenge {
    /// Enters a challenge, with or without its `{digest}`. Call this before the challenge is sent.
    pub(super) fn new(is_listener: bool, content: &[u8]) -> Option<Self> {
        let random = random_of(content)?;
        let sent = SentChallenges::of(is_listener);
        *sent.lock().entry(random).or_default() += 1;
        Some(OutstandingChallenge { sent, random })
    }

    /// Returns whether a message is a challenge that an end of this role has outstanding, this end
    /// included. The digest's name before it does not matter.
    pub(super) fn holds(&self, message: &[u8]) -> bool {
        let random = Challenge::parse(message).and_then(|it| random_of(it.content()));
        random.is_some_and(|random| self.sent.lock().contains_key(&random))
    }
}

impl Drop for OutstandingChallenge {
    fn drop(&mut self) {
        let mut sent = self.sent.lock();
        if let Some(count) = sent.get_mut(&self.random) {
            *count -= 1;
            if *count == 0 {
                sent.remove(&self.random);
            }
        }
    }
}

/// Returns the random bytes, which come last. A shorter challenge is not one of ours.
fn random_of(content: &[u8]) -> Option<Random> {
    content.last_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::CHALLENGE;

    fn challenge(prefix: &[u8], random: u8) -> Vec<u8> {
        [CHALLENGE, prefix, &[random; RANDOM_LEN]].concat()
    }

    #[test]
    fn a_challenge_is_found_with_any_prefix_until_its_entry_is_dropped() {
        let content = [&b"{sha256}"[..], &[201; RANDOM_LEN]].concat();
        let first = OutstandingChallenge::new(false, &content).unwrap();
        let again = OutstandingChallenge::new(false, &content).unwrap();
        let listener = OutstandingChallenge::new(true, &[202; 48]).unwrap();
        for prefix in [&b"{sha256}"[..], b"{md5}", b"", b"anything"] {
            assert!(first.holds(&challenge(prefix, 201)));
            assert!(!first.holds(&challenge(prefix, 202)));
            assert!(listener.holds(&challenge(prefix, 202)));
            assert!(!listener.holds(&challenge(prefix, 201)));
        }
        assert!(!first.holds(&[201; RANDOM_LEN]), "no challenge");
        drop(first);
        assert!(again.holds(&challenge(b"", 201)));
        let other = OutstandingChallenge::new(false, &[203; RANDOM_LEN]).unwrap();
        drop(again);
        assert!(!other.holds(&challenge(b"", 201)));
    }

    #[test]
    fn a_panic_removes_the_entry() {
        let panicked = std::panic::catch_unwind(|| {
            let _entry = OutstandingChallenge::new(true, &[204; RANDOM_LEN]);
            panic!("within a handshake");
        });
        assert!(panicked.is_err());
        let other = OutstandingChallenge::new(true, &[205; RANDOM_LEN]).unwrap();
        assert!(!other.holds(&challenge(b"", 204)));
    }
}
