//! `str`.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use triomphe::Arc;

use crate::pytext;

/// Text that is shared when cloned: Python's `str`.
///
/// Short text that a pickle holds in one place lies in the handle itself. It has no identity:
/// such texts are one object where they are equal.
#[derive(Clone)]
pub struct Str(Repr);

#[derive(Clone)]
enum Repr {
    /// Stands in one place.
    Short(heapless::String<SHORT, u8>),
    /// Short and shared: equal numbers are one object, which takes no counting.
    Name(Number, heapless::String<NAME, u8>),
    Shared(Arc<str>),
    Long(Arc<Long>),
}

/// Up to here text fits a handle, beside its number.
const NAME: usize = 12;

/// Up to here it fits without.
const SHORT: usize = 22;

/// From here on text stays in the memory it came in.
const LONG: usize = 16 << 10;

/// Text with something else before it.
struct Long {
    all: String,
    start: usize,
}

/// Tells shared names apart.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Number(u32);

impl Number {
    /// One that no other name has or had; `None` when they are used up, and where they would be
    /// taken for addresses.
    fn next() -> Option<Self> {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let one_more = |last: u32| last.checked_add(1).filter(|_| usize::BITS > 32);
        let last = LAST.fetch_update(Relaxed, Relaxed, one_more);
        last.ok().map(Number)
    }

    /// At the end of the address space, where no object is.
    fn address(self) -> usize {
        !(self.0 as usize)
    }
}

impl Str {
    /// Text that is known to stand in one place.
    #[inline]
    pub(crate) fn alone(text: &str) -> Self {
        let mut str = Str::EMPTY;
        if !str.set(text) {
            str.0 = Repr::Shared(text.into());
        }
        str
    }

    /// Short text without text.
    pub(super) const EMPTY: Self = Str(Repr::Short(heapless::String::new()));

    /// Sets short text; `false` where there is no room for it.
    #[inline]
    pub(super) fn set(&mut self, text: &str) -> bool {
        match &mut self.0 {
            Repr::Short(short) => short.push_str(text).is_ok(),
            _ => false,
        }
    }

    /// Text that will be cloned many times.
    pub(crate) fn shared(text: &str) -> Self {
        let name = heapless::String::try_from(text).ok();
        match name.and_then(|name| Some((Number::next()?, name))) {
            Some((number, name)) => Str(Repr::Name(number, name)),
            None => Str(Repr::Shared(text.into())),
        }
    }

    /// What follows that many bytes, where a character begins.
    pub(crate) fn end_of(all: String, start: usize) -> Self {
        Str(Repr::Long(Arc::new(Long { all, start })))
    }

    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Short(text) => text,
            Repr::Name(_, text) => text,
            Repr::Shared(text) => text,
            Repr::Long(text) => &text.all[text.start..],
        }
    }

    /// Whether both are one object: Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Short(one), Repr::Short(other)) => one == other,
            _ => self.address() == other.address(),
        }
    }

    /// Whether no other handle refers to it, or what is as good as none.
    #[inline]
    pub(crate) fn is_unique(&self) -> bool {
        match &self.0 {
            Repr::Short(_) => true,
            Repr::Name(..) => false,
            Repr::Shared(text) => text.is_unique(),
            Repr::Long(text) => text.is_unique(),
        }
    }

    /// Its identity, if it may be met elsewhere too: `None` where [`is_unique`](Self::is_unique).
    #[inline]
    pub(crate) fn shared_address(&self) -> Option<usize> {
        match &self.0 {
            Repr::Short(_) => None,
            Repr::Name(number, _) => Some(number.address()),
            _ => (!self.is_unique()).then(|| self.address()),
        }
    }

    /// Its identity while a handle lives, 0 for what has none.
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
    /// As `str` hashes.
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

/// Writes the text as it is, since it may go back into a pickle. [`escaped`](crate::escaped) makes
/// text of others fit for a terminal or a log.
impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

/// A `str` with lone surrogates, as UTF-8 in which each of them takes three bytes: what
/// `text.encode("utf-8", "surrogatepass")` gives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SurrogateStr(std::sync::Arc<[u8]>);

impl SurrogateStr {
    /// From what `text.encode("utf-8", "surrogatepass")` gives. `None` where there is no lone
    /// surrogate in it, so that it fits a [`Str`], and where it is no text.
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
