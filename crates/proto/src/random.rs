//! Random bytes from the operating system, as Python's `os.urandom`.
//!
//! A fork would copy a generator inside the process: two workers of one parent would send the
//! same challenges, and an answer to one could be replayed to the other.

use rand::TryRng;
use rand::rngs::SysRng;

/// Returns random bytes.
///
/// # Panics
/// If the system has no source of randomness: no handshake would be safe then.
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
    fn two_draws_differ() {
        assert_ne!(bytes::<16>(), bytes::<16>());
    }
}
