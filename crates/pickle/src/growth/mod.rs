//! What showing a value may add to its own content: shared objects that come again.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use mpconn_escape::is_printable;

use super::{Str, Value};

/// How much the shared objects that come again may add to what is shown of a value, by default:
/// 1 MiB, counted as bytes written plus nodes visited.
///
/// See [`Value::show`].
pub const SHOWN_GROWTH: usize = 1 << 20;

/// What takes no more than this is shown again free of charge: keys of dicts, small constants.
pub(super) const SMALL: usize = 64;

/// Counts what is written, and decides whether an object that comes again is shown again.
///
/// An object costs the second time what it took the first time, so that the decision needs no
/// look ahead: whatever was cut inside it the first time is cut again, as the rest of the growth
/// never becomes more.
pub(super) struct Growth {
    left: usize,
    used: usize,
    /// Whether an object is being shown that was shown before.
    again: bool,
    costs: HashMap<usize, usize, ByAddress>,
    is_whole: bool,
}

/// What becomes of a shared object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meeting {
    /// It is shown for the first time, or again and free of charge.
    Show(Opened),
    /// There is no growth left for it.
    Cut,
}

/// A shared object that is being shown; [`Growth::close`] takes it back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Opened {
    address: usize,
    /// What had been used before it.
    used: usize,
    /// Whether it is the outermost object that is charged.
    charged: bool,
    is_first: bool,
}

impl Growth {
    pub(super) fn new(bytes: usize) -> Self {
        Growth {
            left: bytes,
            used: 0,
            again: false,
            costs: HashMap::default(),
            is_whole: true,
        }
    }

    /// Counts bytes or nodes.
    #[inline]
    pub(super) fn spend(&mut self, amount: usize) {
        self.used = self.used.saturating_add(amount);
        if self.again {
            self.left = self.left.saturating_sub(amount);
        }
    }

    /// Charges work that leaves no trace in the text; says whether there is enough left for it.
    pub(super) fn charge(&mut self, amount: usize) -> bool {
        let rest = self.left.checked_sub(amount);
        self.left = rest.unwrap_or(self.left);
        self.is_whole &= rest.is_some();
        rest.is_some()
    }

    /// Begins a shared object.
    pub(super) fn open(&mut self, address: usize) -> Meeting {
        let mut opened = Opened {
            address,
            used: self.used,
            charged: false,
            is_first: false,
        };
        // One inside itself is never shown again.
        let cost = *self.costs.entry(address).or_insert_with(|| {
            opened.is_first = true;
            usize::MAX
        });
        if opened.is_first || cost <= SMALL {
            return Meeting::Show(opened);
        }
        if cost > self.left {
            self.is_whole = false;
            return Meeting::Cut;
        }
        opened.charged = !self.again;
        self.again = true;
        Meeting::Show(opened)
    }

    pub(super) fn close(&mut self, opened: Opened) {
        if opened.charged {
            self.again = false;
        }
        if opened.is_first {
            let cost = self.used - opened.used;
            self.costs.insert(opened.address, cost);
        }
    }

    /// Whether all is shown so far as it would be without a limit.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }
}

pub(super) type ByAddress = BuildHasherDefault<OfAddress>;

/// Spreads addresses of our own allocations, which no peer chooses.
#[derive(Default)]
pub(super) struct OfAddress(u64);

impl Hasher for OfAddress {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte));
        }
    }

    fn write_usize(&mut self, address: usize) {
        let mixed = (self.0 ^ address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // The table looks at the upper bits and at the lower ones.
        self.0 = mixed ^ (mixed >> 32);
    }
}

/// Which object it is, where it may come again and takes more than a few bytes each time:
/// `None` of what is alone or small.
pub(super) fn shared_leaf(value: &Value) -> Option<usize> {
    let address = match value {
        Value::Str(text) => return shared_text(text),
        Value::SurrogateStr(text) if text.as_bytes().len() > SMALL / 2 && !text.is_unique() => {
            text.address()
        }
        Value::Bytes(bytes) if bytes.len() > SMALL / 2 && !bytes.is_unique() => bytes.address(),
        Value::ByteArray(bytes) if bytes.len() > SMALL / 2 && !bytes.is_unique() => bytes.address(),
        Value::Buffer(buffer) if buffer.len() > SMALL / 2 && !buffer.bytes().is_unique() => {
            buffer.bytes().address()
        }
        Value::BigInt(number) if number.inner().bits() > 4 * SMALL as u64 => {
            (!number.is_unique()).then(|| number.address())?
        }
        Value::Class(class) if class.module().len() + class.qualname().len() > SMALL => {
            (!class.is_unique()).then(|| class.address())?
        }
        _ => return None,
    };
    Some(address)
}

/// The same of text.
pub(super) fn shared_text(text: &Str) -> Option<usize> {
    const LONGEST_ESCAPE: usize = 10;
    if text.len() <= SMALL / LONGEST_ESCAPE {
        return None;
    }
    let address = text.shared_address()?;
    if text.len() > SMALL {
        return Some(address);
    }
    let written = |character: char| match is_printable(character) {
        true => character.len_utf8(),
        false => LONGEST_ESCAPE,
    };
    let mut left = SMALL;
    let is_small = text.chars().all(|character| {
        let rest = left.checked_sub(written(character));
        left = rest.unwrap_or_default();
        rest.is_some()
    });
    (!is_small).then_some(address)
}

/// Long names of classes, by their content: a reader makes a copy for each class that a message
/// names, of a text that the message holds once.
#[derive(Default)]
pub(super) struct Names<'a>(HashMap<&'a str, usize>);

impl<'a> Names<'a> {
    const LONG: usize = 256;

    /// Which name it is, as [`shared_text`] tells; equal ones are one.
    pub(super) fn shared(&mut self, name: &'a Str) -> Option<usize> {
        match name.len() {
            ..Self::LONG => shared_text(name),
            _ => Some(*self.0.entry(name).or_insert_with(|| name.as_ptr().addr())),
        }
    }

    /// The same of one that was met before.
    #[cfg(feature = "json")]
    pub(super) fn known(&self, name: &Str) -> Option<usize> {
        match name.len() {
            ..Self::LONG => shared_text(name),
            _ => self.0.get(name.as_str()).copied(),
        }
    }
}

#[cfg(test)]
mod tests;
