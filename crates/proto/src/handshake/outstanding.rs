//! The challenges that this process has sent and that are still to be answered.
//!
//! Without them a peer that does not know the key could have us answer for it: it hands the
//! challenge of one of our connections to another one, and the answer of that one back to the
//! first. So an end refuses a challenge that another end of its role has outstanding. The two
//! roles have a set each, as a client and a listener of one process may well talk to each other.
//!
//! What remains is somebody between a client and a listener that both know the key, or between
//! two processes: that one relays every message and can read what it relays. The handshake
//! cannot tell it from the network; only encryption could.
//!
//! After a fork the child has its parent's entries. They do no harm: 40 random bytes do not
//! come again, and there are no more of them than there were handshakes in progress.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use super::constants::RANDOM_LEN;
use super::message::Challenge;

type Random = [u8; RANDOM_LEN];

/// Random bytes of challenges, and how many ends have sent them: more than one only in tests.
#[derive(Debug, Default)]
struct Sent(Mutex<HashMap<Random, usize>>);

static BY_CLIENTS: LazyLock<Sent> = LazyLock::new(Sent::default);
static BY_LISTENERS: LazyLock<Sent> = LazyLock::new(Sent::default);

impl Sent {
    fn of(is_listener: bool) -> &'static Sent {
        match is_listener {
            true => &BY_LISTENERS,
            false => &BY_CLIENTS,
        }
    }

    /// A panic leaves nothing half-done here.
    fn lock(&self) -> MutexGuard<'_, HashMap<Random, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A challenge that is outstanding until this is dropped.
#[derive(Debug)]
pub(super) struct Outstanding {
    sent: &'static Sent,
    random: Random,
}

impl Outstanding {
    /// Enters a challenge, with its `{digest}` in front or not. To be done before it is sent.
    pub(super) fn new(is_listener: bool, content: &[u8]) -> Option<Self> {
        let random = random_of(content)?;
        let sent = Sent::of(is_listener);
        *sent.lock().entry(random).or_default() += 1;
        Some(Outstanding { sent, random })
    }

    /// Returns whether a message is a challenge that an end of the role has outstanding, this end
    /// included. The digest's name in front does not matter.
    pub(super) fn holds(&self, message: &[u8]) -> bool {
        let random = Challenge::parse(message).and_then(|it| random_of(it.content()));
        random.is_some_and(|random| self.sent.lock().contains_key(&random))
    }
}

impl Drop for Outstanding {
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

/// The random bytes are the last ones. A shorter challenge is none of ours.
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
    fn challenges_are_known_whatever_stands_in_front_until_their_end() {
        let content = [&b"{sha256}"[..], &[201; RANDOM_LEN]].concat();
        let first = Outstanding::new(false, &content).unwrap();
        let again = Outstanding::new(false, &content).unwrap();
        let listener = Outstanding::new(true, &[202; 48]).unwrap();
        for prefix in [&b"{sha256}"[..], b"{md5}", b"", b"anything"] {
            assert!(first.holds(&challenge(prefix, 201)));
            assert!(!first.holds(&challenge(prefix, 202)));
            assert!(listener.holds(&challenge(prefix, 202)));
            assert!(!listener.holds(&challenge(prefix, 201)));
        }
        assert!(!first.holds(&[201; RANDOM_LEN]), "no challenge");
        drop(first);
        assert!(again.holds(&challenge(b"", 201)));
        let other = Outstanding::new(false, &[203; RANDOM_LEN]).unwrap();
        drop(again);
        assert!(!other.holds(&challenge(b"", 201)));
    }

    #[test]
    fn a_panic_ends_an_entry() {
        let panicked = std::panic::catch_unwind(|| {
            let _entry = Outstanding::new(true, &[204; RANDOM_LEN]);
            panic!("within a handshake");
        });
        assert!(panicked.is_err());
        let other = Outstanding::new(true, &[205; RANDOM_LEN]).unwrap();
        assert!(!other.holds(&challenge(b"", 204)));
    }
}
