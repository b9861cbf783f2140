//! The key that both ends share.

use std::fmt;

use zeroize::Zeroizing;

/// The secret key that both ends of a connection share: Python's `authkey`. Each proves to the
/// other that it knows the key.
///
/// Any bytes are a key, also none at all (`authkey=b""` is not the same as
/// `authkey=None`). Its `Debug` output hides the bytes, and dropping it overwrites them.
///
/// # Examples
/// ```
/// use mpconn_proto::AuthKey;
///
/// let key = AuthKey::new(b"secret password");
/// assert_eq!(key, AuthKey::from("secret password"));
/// assert_eq!(format!("{key:?}"), "AuthKey(..)");
/// ```
#[derive(Clone)]
pub struct AuthKey(Zeroizing<Vec<u8>>);

impl AuthKey {
    /// Makes a key of these bytes, as in `authkey=b"..."`.
    pub fn new(key: impl AsRef<[u8]>) -> Self {
        AuthKey(Zeroizing::new(key.as_ref().to_vec()))
    }

    /// Returns the bytes of the key.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A value that can be passed as a key: anything that converts into an [`AuthKey`], or `None` for a
/// connection without authentication (Python's `authkey=None`).
///
/// # Examples
/// ```
/// use mpconn_proto::{AuthKey, IntoAuthKey};
///
/// fn connect(authkey: impl IntoAuthKey) -> Option<AuthKey> {
///     authkey.into_authkey()
/// }
/// let key = AuthKey::new("secret");
/// assert_eq!(connect("secret"), Some(key.clone()));
/// assert_eq!(connect(b"secret"), Some(key.clone()));
/// assert_eq!(connect(&key), Some(key.clone()));
/// assert_eq!(connect(None), None);
/// ```
pub trait IntoAuthKey {
    /// Returns the key, or `None` for no authentication.
    fn into_authkey(self) -> Option<AuthKey>;
}

impl IntoAuthKey for Option<AuthKey> {
    fn into_authkey(self) -> Option<AuthKey> {
        self
    }
}

// A blanket implementation for `Into<AuthKey>` would leave `None` without a type.
macro_rules! keys {
    ($([$($parameters:tt)*] $key:ty),+ $(,)?) => {$(
        impl<$($parameters)*> IntoAuthKey for $key {
            fn into_authkey(self) -> Option<AuthKey> {
                Some(self.into())
            }
        }
    )+};
}
keys! {
    [] AuthKey,
    [] &AuthKey,
    [] &str,
    [] String,
    [] &String,
    [] &[u8],
    [] Vec<u8>,
    [const N: usize] &[u8; N],
}

impl fmt::Debug for AuthKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthKey(..)")
    }
}

/// Compares in time that depends only on the lengths.
impl PartialEq for AuthKey {
    fn eq(&self, other: &Self) -> bool {
        same_bytes(self.as_bytes(), other.as_bytes())
    }
}

/// Compares in time that depends only on the lengths.
pub(crate) fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    let differing = a.iter().zip(b).fold(0, |acc, (x, y)| acc | (x ^ y));
    a.len() == b.len() && std::hint::black_box(differing) == 0
}

impl Eq for AuthKey {}

impl From<&[u8]> for AuthKey {
    fn from(key: &[u8]) -> Self {
        AuthKey::new(key)
    }
}

impl<const N: usize> From<&[u8; N]> for AuthKey {
    fn from(key: &[u8; N]) -> Self {
        AuthKey::new(key)
    }
}

/// The UTF-8 bytes of the text, as in `authkey="...".encode()`.
impl From<&str> for AuthKey {
    fn from(key: &str) -> Self {
        AuthKey::new(key)
    }
}

/// The UTF-8 bytes of the text.
impl From<&String> for AuthKey {
    fn from(key: &String) -> Self {
        AuthKey::new(key)
    }
}

/// The UTF-8 bytes of the text. The string becomes the key, so that no copy stays in memory.
impl From<String> for AuthKey {
    fn from(key: String) -> Self {
        AuthKey::from(key.into_bytes())
    }
}

impl From<Vec<u8>> for AuthKey {
    fn from(key: Vec<u8>) -> Self {
        AuthKey(Zeroizing::new(key))
    }
}

/// Lets a key be passed by reference where `impl Into<AuthKey>` is expected.
impl From<&AuthKey> for AuthKey {
    fn from(key: &AuthKey) -> Self {
        key.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_compare_by_their_bytes() {
        assert_eq!(AuthKey::new(b""), AuthKey::from(""));
        assert_ne!(AuthKey::new(b"a"), AuthKey::new(b"b"));
        assert_ne!(AuthKey::new(b"a"), AuthKey::new(b"ab"));
    }
}
