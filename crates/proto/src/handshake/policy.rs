//! Policies: which digests are offered, accepted and answered.

use super::digest::{Dialect, Digest};

/// The digests that an end accepts in the peer's proof, and those that it uses in its own.
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
    /// The digest of MACs and challenges without a digest name.
    unprefixed: Option<Digest>,
}

impl Policy {
    /// Returns the rules of CPython 3.12 and later, which talk to every Python from 2.7 on.
    pub fn compatible() -> Self {
        Policy {
            offer: Digest::Sha256,
            md5: true,
            unprefixed: Some(Digest::Md5),
        }
    }

    /// Returns rules without MD5, which exclude Pythons before 3.12.
    pub fn modern_only() -> Self {
        Policy {
            offer: Digest::Sha256,
            md5: false,
            unprefixed: None,
        }
    }

    /// Returns rules for the Pythons of RHEL and its derivatives, which are patched for FIPS: before
    /// 3.12 they use HMAC-SHA256 instead of HMAC-MD5. MD5 is not allowed.
    pub fn rhel() -> Self {
        Policy {
            offer: Digest::Sha256,
            md5: false,
            unprefixed: Some(Digest::Sha256),
        }
    }

    /// Sets the digest that our challenges name: `deliver_challenge(digest_name=...)`. Peers with
    /// Python 3.12 or later respond with it.
    #[must_use]
    pub fn offer(mut self, digest: Digest) -> Self {
        self.offer = digest;
        self
    }

    /// Returns the digest that our challenges name.
    pub fn offered(&self) -> Digest {
        self.offer
    }

    /// Returns the dialect for a challenge or response without a digest name, if it is allowed.
    pub(crate) fn unprefixed(&self) -> Option<Dialect> {
        self.unprefixed.map(Dialect::unprefixed)
    }

    /// Returns whether a digest named on the wire is allowed.
    pub(crate) fn allows(&self, digest: Digest) -> bool {
        // A digest that is offered must also be accepted.
        self.md5 || digest != Digest::Md5 || self.offer == digest
    }
}

/// Returns [`compatible`](Policy::compatible).
impl Default for Policy {
    fn default() -> Self {
        Policy::compatible()
    }
}
