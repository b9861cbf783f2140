//! A fast hash, keyed with secrets of this process, so that peers cannot provoke collisions.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

/// Returns the secrets, which differ from process to process.
#[derive(Clone, Copy)]
pub(crate) struct Hasher {
    first: u64,
    second: u64,
    third: u64,
}

impl Hasher {
    pub(crate) fn new() -> Self {
        static SECRETS: LazyLock<Hasher> = LazyLock::new(|| {
            let state = RandomState::new();
            let secret = |number: u64| state.hash_one(number) | 1;
            Hasher {
                first: secret(1),
                second: secret(2),
                third: secret(3),
            }
        });
        *SECRETS
    }

    #[inline]
    pub(crate) fn number(self, value: u64) -> u64 {
        fold(
            fold(value ^ self.first, self.second) ^ self.third,
            self.first,
        )
    }

    #[inline]
    pub(crate) fn bytes(self, bytes: &[u8]) -> u64 {
        let mut state = self.first ^ (bytes.len() as u64).wrapping_mul(self.third);
        let mut chunks = bytes.chunks_exact(16);
        for chunk in &mut chunks {
            let (low, high) = chunk.split_at(8);
            state = fold(word(low) ^ self.second ^ state, word(high) ^ self.third);
        }
        let (low, high) = match chunks.remainder() {
            rest if rest.len() > 8 => (word(&rest[..8]), word(&rest[rest.len() - 8..])),
            rest => (word(rest), 0),
        };
        state = fold(low ^ self.second ^ state, high ^ self.third);
        fold(state ^ self.third, self.second)
    }
}

/// Mixes both halves of the product, so that each bit of either factor affects all bits.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the halves are wanted")]
fn fold(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    product as u64 ^ (product >> 64) as u64
}

/// Returns up to eight bytes as a number.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk::<8>() {
        Some(whole) => u64::from_le_bytes(*whole),
        None => match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            (Some(first), Some(last)) => {
                u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
            }
            _ => bytes
                .iter()
                .fold(0, |word, byte| word << 8 | u64::from(*byte)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn different_bytes_have_different_hashes() {
        let hasher = Hasher::new();
        let long = [7; 100];
        let texts: Vec<Vec<u8>> = (0..=100)
            .map(|length| long[..length].to_vec())
            .chain((0..100).map(|at| {
                let mut changed = long.to_vec();
                changed[at] = 8;
                changed
            }))
            .chain((0..5000_u32).map(|number| format!("key{number}").into_bytes()))
            .collect();
        let hashes: HashSet<u64> = texts.iter().map(|text| hasher.bytes(text)).collect();
        assert_eq!(hashes.len(), texts.len());
        let numbers: HashSet<u64> = (0..5000).map(|number| hasher.number(number)).collect();
        assert_eq!(numbers.len(), 5000);
    }
}
