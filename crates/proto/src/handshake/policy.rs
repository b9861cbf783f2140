//! Which digests are offered, accepted and answered.

use super::digest::{Dialect, Digest};

/// The digests that an end of a connection accepts of the other, and what it is
/// ready to prove with.
///
/// | policy | our challenge offers | accepted as response | challenges answered |
/// |---|---|---|---|
/// | [`compatible`](Self::compatible) | sha256 | every digest; unprefixed HMAC-MD5 | every digest; unprefixed with HMAC-MD5 |
/// | [`modern_only`](Self::modern_only) | sha256 | every digest but MD5, prefixed | every digest but MD5, prefixed |
/// | [`rhel`](Self::rhel) | sha256 | every digest but MD5; unprefixed HMAC-SHA256 | every digest but MD5; unprefixed with HMAC-SHA256 |
///
/// # Examples
/// ```
/// use mpconn_proto::handshake::{Digest, Policy};
///
/// let strict = Policy::modern_only().offer(Digest::Sha3_384);
/// assert_eq!(strict.offered(), Digest::Sha3_384);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    offer: Digest,
    md5: bool,
    /// The digest of MACs and challenges that name none.
    unprefixed: Option<Digest>,
}

impl Policy {
    /// CPython's own rules, those of 3.12 on: every Python from 2.7 on is a peer.
    pub fn compatible() -> Self {
        Policy {
            offer: Digest::Sha256,
            md5: true,
            unprefixed: Some(Digest::Md5),
        }
    }

    /// No MD5, so no Python before 3.12.
    pub fn modern_only() -> Self {
        Policy {
            offer: Digest::Sha256,
            md5: false,
            unprefixed: None,
        }
    }

    /// For the Pythons of RHEL and its kin, which are patched for FIPS: where other
    /// Pythons before 3.12 use HMAC-MD5, these use HMAC-SHA256. No MD5.
    pub fn rhel() -> Self {
        Policy {
            offer: Digest::Sha256,
            md5: false,
            unprefixed: Some(Digest::Sha256),
        }
    }

    /// The digest that our challenges name: `deliver_challenge(digest_name=...)`.
    /// Peers of Python 3.12 on respond with it.
    #[must_use]
    pub fn offer(mut self, digest: Digest) -> Self {
        self.offer = digest;
        self
    }

    /// The digest that our challenges name.
    pub fn offered(&self) -> Digest {
        self.offer
    }

    /// Returns how to respond to a challenge, or accept a response, that names no digest.
    pub(crate) fn unprefixed(&self) -> Option<Dialect> {
        self.unprefixed.map(Dialect::unprefixed)
    }

    /// Returns whether a digest that is named on the wire is accepted.
    pub(crate) fn allows(&self, digest: Digest) -> bool {
        // A policy accepts what it offers.
        self.md5 || digest != Digest::Md5 || self.offer == digest
    }
}

/// [`compatible`](Policy::compatible)
impl Default for Policy {
    fn default() -> Self {
        Policy::compatible()
    }
}
