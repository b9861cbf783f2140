//! Parses the messages of the handshake and chooses a dialect by policy.

use super::constants::CHALLENGE;
use super::digest::{Dialect, Digest};
use super::error::HandshakeError;
use super::policy::Policy;

/// Length of a challenge of Python 2.7 to 3.11: random bytes without a prefix.
const LEGACY_CHALLENGE_LEN: usize = 20;

/// The longest digest name between braces. Those of CPython have at most 8 letters; a longer one is
/// parsed so that the error can name it.
const MAX_NAME: usize = 20;

/// A challenge as it is on the wire, before any policy is applied.
///
/// CPython takes it apart in `_get_digest_name_and_payload` of
/// `multiprocessing/connection.py`.
///
/// # Examples
/// ```
/// use mpconn_proto::handshake::{Challenge, ChallengeForm};
///
/// let message = [&b"#CHALLENGE#{sha256}"[..], &[7; 40]].concat();
/// let challenge = Challenge::parse(&message).unwrap();
/// assert_eq!(challenge.form(), ChallengeForm::Named("sha256"));
/// assert_eq!(challenge.content().len(), 48);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge<'a> {
    content: &'a [u8],
}

/// The way in which a challenge states its digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChallengeForm<'a> {
    /// By `{name}` before the random bytes: Python 3.12 and later. The name may be unknown.
    Named(&'a str),
    /// Implied by its length of 20 bytes: HMAC-MD5 in Python 2.7 to 3.11, HMAC-SHA256 in RHEL's
    /// Pythons before 3.12. Only a response tells the two apart.
    Unnamed,
    /// Not stated: it has fewer than 20 bytes, which no Python sends.
    Short,
    /// Not stated: it has more than 20 bytes and no name.
    Unknown,
}

impl<'a> Challenge<'a> {
    /// Parses a challenge. Returns `None` if the message does not begin with [`CHALLENGE`].
    pub fn parse(message: &'a [u8]) -> Option<Self> {
        let content = message.strip_prefix(CHALLENGE)?;
        Some(Challenge { content })
    }

    /// Returns the bytes that the MAC covers: all after [`CHALLENGE`], with the `{name}`.
    pub fn content(self) -> &'a [u8] {
        self.content
    }

    /// Returns how it states its digest.
    pub fn form(self) -> ChallengeForm<'a> {
        match self.content.len() {
            0..LEGACY_CHALLENGE_LEN => ChallengeForm::Short,
            // Random bytes only, even if they happen to look like a name.
            LEGACY_CHALLENGE_LEN => ChallengeForm::Unnamed,
            _ => split_name(self.content).map_or(ChallengeForm::Unknown, |(name, _)| {
                ChallengeForm::Named(name)
            }),
        }
    }

    /// Returns the dialect to respond in.
    ///
    /// # Errors
    /// Fails if the policy does not allow it.
    pub(crate) fn dialect(self, policy: &Policy) -> Result<Dialect, HandshakeError> {
        match self.form() {
            ChallengeForm::Named(name) => named(name, policy),
            ChallengeForm::Unnamed => policy
                .unprefixed()
                .ok_or(HandshakeError::LegacyRefused { digest: "md5" }),
            ChallengeForm::Short => Err(HandshakeError::ChallengeTooShort {
                len: self.content.len(),
            }),
            ChallengeForm::Unknown => Err(HandshakeError::UnknownDialect),
        }
    }
}

/// A response to a challenge as it is on the wire, before any policy is applied.
///
/// CPython takes it apart in `_get_digest_name_and_payload` of
/// `multiprocessing/connection.py`.
///
/// # Examples
/// ```
/// use mpconn_proto::handshake::{Digest, Response};
///
/// let mac = [7; 16];
/// let digest = Digest::Md5;
/// assert_eq!(Response::parse(&mac), Some(Response::Bare { digest, mac: &mac }));
/// assert_eq!(Response::parse(b"hello"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Response<'a> {
    /// `{name}` and a MAC: Python 3.12 and later. The name may be unknown, and the MAC of any length.
    Named {
        /// The name in the braces.
        digest: &'a str,
        /// The bytes after the braces.
        mac: &'a [u8],
    },
    /// A MAC alone, whose length implies the digest: 16 bytes of HMAC-MD5 from Python 2.7
    /// to 3.11, 32 of HMAC-SHA256 from RHEL's Pythons before 3.12.
    Bare {
        /// The digest with MACs of that length.
        digest: Digest,
        /// The whole message.
        mac: &'a [u8],
    },
}

impl<'a> Response<'a> {
    /// Parses a response. Returns `None` if the message is neither 16 nor 32 bytes long nor begins with
    /// a name.
    pub fn parse(message: &'a [u8]) -> Option<Self> {
        let bare = [Digest::Md5, Digest::Sha256]
            .into_iter()
            .find(|digest| digest.output_len() == message.len());
        // The length is checked first, since a MAC may begin with any bytes. With a name before it,
        // the shortest response has 21 bytes (`{md5}`) and all others have 40 or more.
        if let Some(digest) = bare {
            let mac = message;
            return Some(Response::Bare { digest, mac });
        }
        let (digest, mac) = split_name(message)?;
        Some(Response::Named { digest, mac })
    }

    /// Returns the MAC.
    pub fn mac(self) -> &'a [u8] {
        match self {
            Response::Named { mac, .. } | Response::Bare { mac, .. } => mac,
        }
    }

    /// Returns its dialect.
    ///
    /// # Errors
    /// Fails if the policy does not allow it.
    pub(crate) fn dialect(self, policy: &Policy) -> Result<Dialect, HandshakeError> {
        match self {
            Response::Named { digest, .. } => named(digest, policy),
            Response::Bare { digest, .. } => policy
                .unprefixed()
                .filter(|dialect| dialect.digest() == digest)
                .ok_or(HandshakeError::LegacyRefused {
                    digest: digest.name(),
                }),
        }
    }
}

/// Splits `{name}rest` if the name is plausible.
fn split_name(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let inner = bytes.strip_prefix(b"{")?;
    let end = inner.iter().take(MAX_NAME + 1).position(|&b| b == b'}')?;
    let name = std::str::from_utf8(&inner[..end]).ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    (!name.is_empty() && name.chars().all(plain)).then_some((name, &inner[end + 1..]))
}

fn named(name: &str, policy: &Policy) -> Result<Dialect, HandshakeError> {
    match Digest::from_name(name.as_bytes()) {
        Some(digest) if policy.allows(digest) => Ok(Dialect::modern(digest)),
        _ => Err(HandshakeError::DigestRefused { name: name.into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(content: &[u8]) -> Option<String> {
        let message = [CHALLENGE, content].concat();
        Challenge::parse(&message).map(|challenge| format!("{:?}", challenge.form()))
    }

    #[test]
    fn challenges_tell_their_digest() {
        let long = [&b"{sha256}"[..], &[1; 40]].concat();
        for (content, expected) in [
            (&long[..], "Named(\"sha256\")"),
            (b"{sha512_256}0123456789", "Named(\"sha512_256\")"),
            (b"{md5}0123456789012345", "Named(\"md5\")"),
            (b"{md5}012345678901234", "Unnamed"),
            (&[b'{'; 20], "Unnamed"),
            (&[b'{'; 19], "Short"),
            (b"", "Short"),
            (b"{}0123456789012345678", "Unknown"),
            (b"{a b}0123456789012345", "Unknown"),
            (b"{\xff}0123456789012345678", "Unknown"),
            (b"{abcdefghijklmnopqrstu}", "Unknown"),
            (&[b'{'; 21], "Unknown"),
        ] {
            assert_eq!(form(content).as_deref(), Some(expected), "{content:?}");
        }
        assert_eq!(Challenge::parse(b"SSH-2.0"), None);
    }

    #[test]
    fn responses_tell_their_digest() {
        let named = [&b"{sha3_384}"[..], &[1; 48]].concat();
        let digest = "sha3_384";
        let mac = &[1; 48][..];
        assert_eq!(
            Response::parse(&named),
            Some(Response::Named { digest, mac })
        );
        for (len, digest) in [(16, Digest::Md5), (32, Digest::Sha256)] {
            // A MAC can look like anything.
            let mut mac = b"{md5}".to_vec();
            mac.resize(len, 1);
            let bare = Response::Bare { digest, mac: &mac };
            assert_eq!(Response::parse(&mac), Some(bare));
            assert_eq!(bare.mac(), mac);
        }
        for nothing in [&b""[..], b"#WELCOME#", b"{\"a\": 1}", &[1; 20], &[1; 48]] {
            assert_eq!(Response::parse(nothing), None, "{nothing:?}");
        }
    }
}
