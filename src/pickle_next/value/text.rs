//! `str`.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::pickle_next::pytext;

/// Text that is shared when cloned: Python's `str`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Str(Arc<str>);

impl Str {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both are one object: Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether no other handle refers to it.
    #[inline]
    pub(crate) fn is_unique(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }

    /// Its identity while a handle lives.
    #[inline]
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).cast::<u8>().addr()
    }
}

impl Deref for Str {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Str {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Str {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        Str(text.into())
    }
}

impl From<String> for Str {
    fn from(text: String) -> Self {
        Str(text.into())
    }
}

impl PartialEq<str> for Str {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for Str {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

/// A `str` with lone surrogates, as UTF-8 in which each of them takes three bytes: what
/// `text.encode("utf-8", "surrogatepass")` gives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SurrogateStr(Arc<[u8]>);

impl SurrogateStr {
    /// From what `text.encode("utf-8", "surrogatepass")` gives. `None` where there is no lone
    /// surrogate in it, so that it fits a [`Str`], and where it is no text.
    ///
    /// ```
    /// use mpconn::pickle_next::{SurrogateStr, Value};
    ///
    /// let text = SurrogateStr::new(b"a\xed\xb2\x80").unwrap();
    /// assert_eq!(Value::from(text).to_string(), r"'a\udc80'");
    /// assert!(SurrogateStr::new(b"plain").is_none());
    /// ```
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let plain = std::str::from_utf8(bytes).is_ok();
        (!plain && pytext::is_text(bytes)).then(|| SurrogateStr::from_checked(bytes))
    }

    /// From bytes that are known to be UTF-8 but for surrogates, of which there is one at least.
    pub(crate) fn from_checked(bytes: &[u8]) -> Self {
        SurrogateStr(bytes.into())
    }

    /// The text as `text.encode("utf-8", "surrogatepass")` gives it.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether both are one object: Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn is_unique(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }

    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).cast::<u8>().addr()
    }
}
