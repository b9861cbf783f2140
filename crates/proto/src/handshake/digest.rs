//! The hash functions of the handshake and the MACs made with them.

use std::fmt;

use sha2::digest::Digest as Hash;
use sha2::digest::block_api::BlockSizeUser;
use zeroize::Zeroizing;

use crate::AuthKey;
use crate::authkey::same_bytes;

/// A hash function that the handshake's HMAC can use: the members of
/// `_ALLOWED_DIGESTS` in CPython's `multiprocessing/connection.py` (3.12 on).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Digest {
    /// The only digest of Python 2.7 to 3.11. It is no longer secure.
    Md5,
    /// The digest that Python 3.12 and later offer.
    Sha256,
    /// `hashlib.sha384`
    Sha384,
    /// `hashlib.sha3_256`
    Sha3_256,
    /// `hashlib.sha3_384`
    Sha3_384,
}

/// The longest block of the hash functions: SHA3-256's.
const MAX_BLOCK: usize = 136;

/// The key padded to one block of the hash function, as HMAC uses it; overwritten when dropped.
type KeyBlock = Zeroizing<[u8; MAX_BLOCK]>;

/// HMAC of RFC 2104. Unlike the crate `hmac`, it overwrites the key's blocks in memory. The hash
/// functions overwrite their state (their feature `zeroize`).
fn hmac<H: Hash + BlockSizeUser>(key: &[u8], message: &[u8]) -> Vec<u8> {
    let len = H::block_size();
    let block = key_block::<H>(key);
    let inner = keyed::<H>(&block, 0x36, len).chain_update(message);
    let outer = keyed::<H>(&block, 0x5c, len).chain_update(inner.finalize());
    outer.finalize().to_vec()
}

/// Pads the key to one block. A longer key is hashed first.
fn key_block<H: Hash + BlockSizeUser>(key: &[u8]) -> KeyBlock {
    let mut block: KeyBlock = Zeroizing::new([0; MAX_BLOCK]);
    if key.len() <= H::block_size() {
        block[..key.len()].copy_from_slice(key);
        return block;
    }
    let place = &mut block[..<H as Hash>::output_size()];
    H::new_with_prefix(key).finalize_into(place.try_into().unwrap_or_else(|_| unreachable!()));
    block
}

/// Returns a hash function that has processed the key block, XORed with the pad byte.
fn keyed<H: Hash>(block: &KeyBlock, pad: u8, len: usize) -> H {
    let padded: KeyBlock = Zeroizing::new(block.map(|byte| byte ^ pad));
    H::new_with_prefix(&padded[..len])
}

impl Digest {
    /// All digests, in the order of CPython's documentation.
    pub const ALL: [Digest; 5] = [
        Digest::Md5,
        Digest::Sha256,
        Digest::Sha384,
        Digest::Sha3_256,
        Digest::Sha3_384,
    ];

    /// Returns its name on the wire, which is that of `hashlib`: `"sha3_256"`.
    pub fn name(self) -> &'static str {
        match self {
            Digest::Md5 => "md5",
            Digest::Sha256 => "sha256",
            Digest::Sha384 => "sha384",
            Digest::Sha3_256 => "sha3_256",
            Digest::Sha3_384 => "sha3_384",
        }
    }

    /// Returns the digest with this name on the wire.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.name().as_bytes() == name)
    }

    /// Returns the length of its MACs, in bytes.
    pub fn output_len(self) -> usize {
        match self {
            Digest::Md5 => 16,
            Digest::Sha256 | Digest::Sha3_256 => 32,
            Digest::Sha384 | Digest::Sha3_384 => 48,
        }
    }

    /// Returns the MAC: `hmac.new(key, message, name).digest()`.
    pub(crate) fn mac(self, key: &AuthKey, message: &[u8]) -> Vec<u8> {
        let key = key.as_bytes();
        match self {
            Digest::Md5 => hmac::<md5::Md5>(key, message),
            Digest::Sha256 => hmac::<sha2::Sha256>(key, message),
            Digest::Sha384 => hmac::<sha2::Sha384>(key, message),
            Digest::Sha3_256 => hmac::<sha3::Sha3_256>(key, message),
            Digest::Sha3_384 => hmac::<sha3::Sha3_384>(key, message),
        }
    }

    /// Returns whether `tag` is the MAC, compared in constant time.
    pub(crate) fn verify(self, key: &AuthKey, message: &[u8], tag: &[u8]) -> bool {
        // The correct MAC must not stay in memory either.
        let right = Zeroizing::new(self.mac(key, message));
        same_bytes(&right, tag)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The form of a MAC on the wire: its digest, and whether the digest's name precedes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dialect {
    digest: Digest,
    prefixed: bool,
}

impl Dialect {
    /// Makes the dialect of Python 3.12 and later: `{digest}`, then the MAC.
    pub(crate) const fn modern(digest: Digest) -> Self {
        Dialect {
            digest,
            prefixed: true,
        }
    }

    /// Makes the dialect of a MAC alone: HMAC-MD5 in Python 2.7 to 3.11, HMAC-SHA256 in RHEL's Pythons.
    pub(crate) const fn unprefixed(digest: Digest) -> Self {
        Dialect {
            digest,
            prefixed: false,
        }
    }

    /// Returns the hash function of the MAC.
    pub fn digest(self) -> Digest {
        self.digest
    }

    /// Returns whether the MAC has no digest name before it, as in Python 2.7 to 3.11.
    pub fn is_legacy(self) -> bool {
        !self.prefixed
    }

    pub(crate) fn respond(self, key: &AuthKey, challenge: &[u8]) -> Vec<u8> {
        let mac = self.digest.mac(key, challenge);
        if !self.prefixed {
            return mac;
        }
        let mut response = format!("{{{}}}", self.digest).into_bytes();
        response.extend_from_slice(&mac);
        response
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.prefixed { "" } else { " (unprefixed)" };
        write!(f, "{}{kind}", self.digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macs_have_the_stated_length_and_verify() {
        let key = AuthKey::new(b"k");
        for digest in Digest::ALL {
            let mac = digest.mac(&key, b"m");
            assert_eq!(mac.len(), digest.output_len());
            assert!(digest.verify(&key, b"m", &mac));
            assert!(!digest.verify(&key, b"m", &mac[1..]));
            assert!(!digest.verify(&key, b"n", &mac));
            assert_eq!(Digest::from_name(digest.name().as_bytes()), Some(digest));
        }
    }

    #[test]
    fn what_a_hash_function_knows_of_the_key_is_wiped() {
        fn wiped<H: zeroize::ZeroizeOnDrop>() {}
        wiped::<md5::Md5>();
        wiped::<sha2::Sha256>();
        wiped::<sha2::Sha384>();
        wiped::<sha3::Sha3_256>();
        wiped::<sha3::Sha3_384>();
        wiped::<KeyBlock>();
    }

    #[test]
    fn keys_of_every_length_make_the_same_macs_as_pythons_hmac() {
        // hashlib.sha256(b"".join(hmac.new(bytes(range(n)), b"m", name).digest()
        //     for n in range(256))).hexdigest()
        for (digest, expected) in [
            (
                Digest::Md5,
                "fcecd3bb65db01f329aff41fcb0913b0cc55e45aad53ada122888a01034051f6",
            ),
            (
                Digest::Sha256,
                "6b05b5114ccd11f34e7f1a9327c4f3d4a6acff2c73561acdc83aa8c2a7446f9a",
            ),
            (
                Digest::Sha384,
                "bfdefa0cd290f3a67f37ffc0be6eeac81d21dafe33a18984078e55b5d8935994",
            ),
            (
                Digest::Sha3_256,
                "f21fc0f4bbf77b5abd7ffd9583b55634351701c58ea934ab744e4ac902114dd3",
            ),
            (
                Digest::Sha3_384,
                "0702a8048fc6e35482931bccb3948d6ca653bcbfb96c93f0d1dc192fce7cbe27",
            ),
        ] {
            let mut all = Vec::new();
            for len in 0..=255 {
                let key: Vec<u8> = (0..len).collect();
                all.extend(digest.mac(&AuthKey::from(key), b"m"));
            }
            let sum = <sha2::Sha256 as Hash>::digest(&all);
            let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(sum, expected, "{digest}");
        }
    }

    #[test]
    fn macs_agree_with_the_crate_hmac() {
        use hmac::{KeyInit, Mac};

        for len in [0, 1, 63, 64, 65, 135, 136, 137, 1000] {
            let key: Vec<u8> = (0..=250).cycle().take(len).collect();
            let mut sha256 = hmac::Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
            let mut sha3 = hmac::SimpleHmac::<sha3::Sha3_256>::new_from_slice(&key).unwrap();
            sha256.update(b"message");
            sha3.update(b"message");
            let key = AuthKey::from(key);
            let ours = |digest: Digest| digest.mac(&key, b"message");
            assert_eq!(
                ours(Digest::Sha256),
                sha256.finalize().into_bytes().to_vec()
            );
            assert_eq!(
                ours(Digest::Sha3_256),
                sha3.finalize().into_bytes().to_vec()
            );
        }
    }

    #[test]
    fn hmac_md5_matches_rfc_2104() {
        let key = AuthKey::new([0x0b; 16]);
        let expected = [
            0x92, 0x94, 0x72, 0x7a, 0x36, 0x38, 0xbb, 0x1c, 0x13, 0xf4, 0x8e, 0xf8, 0x15, 0x8b,
            0xfc, 0x9d,
        ];
        assert_eq!(Digest::Md5.mac(&key, b"Hi There"), expected);
    }
}
