//! `str`.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use triomphe::Arc;

use crate::pytext;

/// Python's `str`; clones share long text.
///
/// Short text that appears once in its pickle is stored in the handle. It has no identity: equal
/// texts of that kind are one object.
#[derive(Clone)]
pub struct Str(Repr);

#[derive(Clone)]
enum Repr {
    /// Appears once.
    Short(heapless::String<SHORT, u8>),
    /// Short and shared: equal numbers are one object, without a reference count.
    Name(Number, heapless::String<NAME, u8>),
    Shared(Arc<str>),
    Long(Arc<Long>),
}

/// Longest text that fits a handle beside its number.
const NAME: usize = 12;

/// Longest text that fits without one.
const SHORT: usize = 22;

/// Text at least that long stays in the memory it was read into.
const LONG: usize = 16 << 10;

/// Text that begins in the middle of its memory.
struct Long {
    all: String,
    start: usize,
}

/// Identity of a shared short text.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Number(u32);

impl Number {
    /// Returns a number never used before; `None` once they are used up or could be taken for
    /// addresses.
    fn next() -> Option<Self> {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let one_more = |last: u32| last.checked_add(1).filter(|_| usize::BITS > 32);
        let last = LAST.fetch_update(Relaxed, Relaxed, one_more);
        last.ok().map(Number)
    }

    /// Returns an address at the end of the address space, where no object is.
    fn address(self) -> usize {
        !(self.0 as usize)
    }
}

impl Str {
    /// Makes text that is known to appear once.
    #[inline]
    pub(crate) fn alone(text: &str) -> Self {
        let mut str = Str::EMPTY;
        if !str.set(text) {
            str.0 = Repr::Shared(text.into());
        }
        str
    }

    /// Empty short text.
    pub(super) const EMPTY: Self = Str(Repr::Short(heapless::String::new()));

    /// Sets short text; `false` if it does not fit.
    #[inline]
    pub(super) fn set(&mut self, text: &str) -> bool {
        match &mut self.0 {
            Repr::Short(short) => short.push_str(text).is_ok(),
            _ => false,
        }
    }

    /// Makes text that will be cloned many times.
    pub(crate) fn shared(text: &str) -> Self {
        let name = heapless::String::try_from(text).ok();
        match name.and_then(|name| Some((Number::next()?, name))) {
            Some((number, name)) => Str(Repr::Name(number, name)),
            None => Str(Repr::Shared(text.into())),
        }
    }

    /// Makes text of what follows that many bytes, which must end between two characters.
    pub(crate) fn end_of(all: String, start: usize) -> Self {
        Str(Repr::Long(Arc::new(Long { all, start })))
    }

    /// Returns the text.
    #[inline]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Short(text) => text,
            Repr::Name(_, text) => text,
            Repr::Shared(text) => text,
            Repr::Long(text) => &text.all[text.start..],
        }
    }

    /// Returns whether both are one object: Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Short(one), Repr::Short(other)) => one == other,
            _ => self.address() == other.address(),
        }
    }

    /// Returns whether no other handle refers to it, or it has no identity.
    #[inline]
    pub(crate) fn is_unique(&self) -> bool {
        match &self.0 {
            Repr::Short(_) => true,
            Repr::Name(..) => false,
            Repr::Shared(text) => text.is_unique(),
            Repr::Long(text) => text.is_unique(),
        }
    }

    /// Returns its identity if it may be shared: `None` if [`is_unique`](Self::is_unique).
    #[inline]
    pub(crate) fn shared_address(&self) -> Option<usize> {
        match &self.0 {
            Repr::Short(_) => None,
            Repr::Name(number, _) => Some(number.address()),
            _ => (!self.is_unique()).then(|| self.address()),
        }
    }

    /// Returns its identity while a handle lives, 0 if it has none.
    #[inline]
    pub(crate) fn address(&self) -> usize {
        match &self.0 {
            Repr::Short(_) => 0,
            Repr::Name(number, _) => number.address(),
            Repr::Shared(text) => Arc::as_ptr(text).cast::<u8>().addr(),
            Repr::Long(text) => Arc::as_ptr(text).addr(),
        }
    }
}

impl Deref for Str {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Str {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for Str {
    fn borrow(&self) -> &str {
        self
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        Str(Repr::Shared(text.into()))
    }
}

impl From<String> for Str {
    fn from(text: String) -> Self {
        match text.len() {
            LONG.. => Str::end_of(text, 0),
            _ => text.as_str().into(),
        }
    }
}

impl PartialEq for Str {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Name(one, _), Repr::Name(other, _)) if one == other => true,
            _ => {
                let (one, other) = (self.as_str(), other.as_str());
                std::ptr::eq(one, other) || one == other
            }
        }
    }
}

impl Eq for Str {}

impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Str {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other)
    }
}

impl Hash for Str {
    /// Hashes as `str` does.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
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

/// Writes the text without escapes, since it may go back into a pickle. Use
/// [`escaped`](crate::escaped) before untrusted text goes to a terminal or a log.
impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

/// A `str` with lone surrogates, encoded as Python's `text.encode("utf-8", "surrogatepass")`: each
/// takes three bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SurrogateStr(std::sync::Arc<[u8]>);

impl SurrogateStr {
    /// Decodes `text.encode("utf-8", "surrogatepass")`. `None` if it is not text, or has no lone
    /// surrogate and so fits a [`Str`].
    ///
    /// ```
    /// use mpconn_pickle::{SurrogateStr, Value};
    ///
    /// let text = SurrogateStr::new(b"a\xed\xb2\x80").unwrap();
    /// assert_eq!(Value::from(text).to_string(), r"'a\udc80'");
    /// assert!(SurrogateStr::new(b"plain").is_none());
    /// ```
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let plain = std::str::from_utf8(bytes).is_ok();
        (!plain && pytext::is_text(bytes)).then(|| SurrogateStr::from_checked(bytes))
    }

    /// Makes text of bytes known to be UTF-8 except for at least one surrogate.
    pub(crate) fn from_checked(bytes: &[u8]) -> Self {
        SurrogateStr(bytes.into())
    }

    /// Returns `text.encode("utf-8", "surrogatepass")`.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns whether both are one object: Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        std::sync::Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn is_unique(&self) -> bool {
        std::sync::Arc::strong_count(&self.0) == 1
    }

    pub(crate) fn address(&self) -> usize {
        std::sync::Arc::as_ptr(&self.0).cast::<u8>().addr()
    }
}

#[cfg(test)]
mod tests;
