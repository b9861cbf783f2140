//! Random bytes of the operating system, as Python's `os.urandom`.
//!
//! A generator within the process would be copied by a fork: two workers of one parent
//! would send the same challenges, and an answer to one could be replayed to the other.

use rand::TryRng;
use rand::rngs::SysRng;

/// Fresh bytes.
///
/// # Panics
/// If the system has no source of randomness at all: nothing could be done safely then.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = SysRng.try_fill_bytes(&mut bytes) {
        panic!("the operating system gives no random bytes: {error}");
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_differ() {
        assert_ne!(bytes::<16>(), bytes::<16>());
    }
}
