//! The hash functions of the handshake and the MACs made of them.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac, SimpleHmac};

use crate::AuthKey;

/// A hash function that the handshake's HMAC can use: the members of
/// `_ALLOWED_DIGESTS` in CPython's `multiprocessing/connection.py` (3.12 on).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Digest {
    /// The only one of Python 2.7 to 3.11, and not secure any more.
    Md5,
    /// What Python 3.12 and later offer.
    Sha256,
    /// `hashlib.sha384`
    Sha384,
    /// `hashlib.sha3_256`
    Sha3_256,
    /// `hashlib.sha3_384`
    Sha3_384,
}

/// HMAC of `$message` by `$key`, handed to `$finish` as a ready-made [`Mac`].
macro_rules! with_hmac {
    ($digest:expr, $key:expr, $message:expr, $finish:expr) => {
        match $digest {
            Digest::Md5 => $finish(feed::<Hmac<md5::Md5>>($key, $message)),
            Digest::Sha256 => $finish(feed::<Hmac<sha2::Sha256>>($key, $message)),
            Digest::Sha384 => $finish(feed::<Hmac<sha2::Sha384>>($key, $message)),
            Digest::Sha3_256 => $finish(feed::<SimpleHmac<sha3::Sha3_256>>($key, $message)),
            Digest::Sha3_384 => $finish(feed::<SimpleHmac<sha3::Sha3_384>>($key, $message)),
        }
    };
}

fn feed<M: Mac + KeyInit>(key: &AuthKey, message: &[u8]) -> M {
    // HMAC takes keys of any length, so there is no error to be had here.
    let mut mac = <M as KeyInit>::new_from_slice(key.as_bytes()).unwrap_or_else(|_| unreachable!());
    mac.update(message);
    mac
}

impl Digest {
    /// All of them, in the order in which CPython's documentation names them.
    pub const ALL: [Digest; 5] = [
        Digest::Md5,
        Digest::Sha256,
        Digest::Sha384,
        Digest::Sha3_256,
        Digest::Sha3_384,
    ];

    /// The name on the wire, which is `hashlib`'s: `"sha3_256"`.
    pub fn name(self) -> &'static str {
        match self {
            Digest::Md5 => "md5",
            Digest::Sha256 => "sha256",
            Digest::Sha384 => "sha384",
            Digest::Sha3_256 => "sha3_256",
            Digest::Sha3_384 => "sha3_384",
        }
    }

    /// The digest of that name on the wire.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.name().as_bytes() == name)
    }

    /// Bytes of a MAC made with it.
    pub fn output_len(self) -> usize {
        match self {
            Digest::Md5 => 16,
            Digest::Sha256 | Digest::Sha3_256 => 32,
            Digest::Sha384 | Digest::Sha3_384 => 48,
        }
    }

    /// `hmac.new(key, message, name).digest()`
    pub(crate) fn mac(self, key: &AuthKey, message: &[u8]) -> Vec<u8> {
        fn bytes<M: Mac>(mac: M) -> Vec<u8> {
            mac.finalize().into_bytes().to_vec()
        }
        with_hmac!(self, key, message, bytes)
    }

    /// Whether `tag` is the MAC, compared in constant time.
    pub(crate) fn verify(self, key: &AuthKey, message: &[u8], tag: &[u8]) -> bool {
        with_hmac!(self, key, message, |mac| verify(mac, tag))
    }
}

fn verify<M: Mac>(mac: M, tag: &[u8]) -> bool {
    mac.verify_slice(tag).is_ok()
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A MAC as it stands on the wire: which digest, and whether its name is in
/// front of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dialect {
    digest: Digest,
    prefixed: bool,
}

impl Dialect {
    /// `{digest}` and then the MAC: Python 3.12 and later.
    pub(crate) const fn modern(digest: Digest) -> Self {
        Dialect {
            digest,
            prefixed: true,
        }
    }

    /// The MAC alone: HMAC-MD5 from Python 2.7 to 3.11, HMAC-SHA256 from RHEL's.
    pub(crate) const fn unprefixed(digest: Digest) -> Self {
        Dialect {
            digest,
            prefixed: false,
        }
    }

    /// The hash function of the MAC.
    pub fn digest(self) -> Digest {
        self.digest
    }

    /// Whether it is an unprefixed MAC, as Python 2.7 to 3.11 send it.
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
    fn macs_have_the_length_they_say_and_verify() {
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
    fn hmac_md5_is_the_one_of_rfc_2104() {
        let key = AuthKey::new([0x0b; 16]);
        let expected = [
            0x92, 0x94, 0x72, 0x7a, 0x36, 0x38, 0xbb, 0x1c, 0x13, 0xf4, 0x8e, 0xf8, 0x15, 0x8b,
            0xfc, 0x9d,
        ];
        assert_eq!(Digest::Md5.mac(&key, b"Hi There"), expected);
    }
}
