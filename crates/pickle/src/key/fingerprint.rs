//! Fingerprints of containers and long text: 128 bits that are equal if two values are one key.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};
use std::mem::discriminant;
use std::sync::LazyLock;

use super::form::{Key, LONG};
use crate::Value;

/// Computes fingerprints, with secret keys of this process: nobody can construct a collision, and
/// one by chance is too unlikely to matter.
#[derive(Default)]
pub(crate) struct Fingerprints {
    /// Fingerprints of shared objects, by address. The value is kept so that its address is not
    /// reused: it may be dropped elsewhere in the meantime.
    known: BTreeMap<usize, (Value, u128)>,
}

impl Fingerprints {
    /// Returns the fingerprint of a container of any depth, visiting each shared part once.
    pub(super) fn of(&mut self, container: &Value) -> u128 {
        self.recall(container).unwrap_or_else(|| {
            let fingerprint = self.of_new(container);
            self.remember(container, fingerprint);
            fingerprint
        })
    }

    /// Same as [`of`](Self::of), for a container that is not remembered.
    pub(super) fn of_new(&mut self, container: &Value) -> u128 {
        let mut all = vec![Open::new(container)];
        loop {
            let Some(open) = all.last_mut() else {
                // Not reached: the last one returned below.
                return 0;
            };
            match open.children.next() {
                Some(child) => match self.leaf(child).or_else(|| self.recall_key(child)) {
                    Some(key) => open.add(&key),
                    None => all.push(Open::new(child)),
                },
                None => {
                    let fingerprint = open.finish();
                    let container = open.container;
                    all.pop();
                    let Some(outer) = all.last_mut() else {
                        return fingerprint;
                    };
                    outer.add(&Key::Fingerprint(fingerprint));
                    self.remember(container, fingerprint);
                }
            }
        }
    }

    /// Returns the key of a value without children that count. A long value is its fingerprint, so
    /// that it is read once however many keys it is in.
    #[inline]
    pub(super) fn leaf<'a>(&mut self, value: &'a Value) -> Option<Key<'a>> {
        match Key::simple(value)? {
            long if long.is_long() => Some(Key::Fingerprint(self.of_long(value, &long))),
            key => Some(key),
        }
    }

    #[cold]
    fn of_long(&mut self, value: &Value, key: &Key<'_>) -> u128 {
        self.recall(value).unwrap_or_else(|| {
            let fingerprint = of_key(key);
            self.remember(value, fingerprint);
            fingerprint
        })
    }

    fn recall_key(&self, container: &Value) -> Option<Key<'static>> {
        self.recall(container).map(Key::Fingerprint)
    }

    fn recall(&self, value: &Value) -> Option<u128> {
        if let Value::FrozenSet(set) = value
            && let Some(fingerprint) = set.fingerprint()
        {
            return Some(fingerprint);
        }
        let (_, fingerprint) = self.known.get(&shared_address(value)?)?;
        Some(*fingerprint)
    }

    fn remember(&mut self, value: &Value, fingerprint: u128) {
        if let Some(address) = shared_address(value) {
            self.known.insert(address, (value.clone(), fingerprint));
        }
    }
}

impl<'a> Key<'a> {
    #[inline]
    pub(crate) fn of(value: &'a Value, fingerprints: &mut Fingerprints) -> Self {
        let leaf = fingerprints.leaf(value);
        leaf.unwrap_or_else(|| Key::Fingerprint(fingerprints.of(value)))
    }

    pub(crate) fn of_text(text: &'a str) -> Self {
        let key = Key::Str(text);
        match text.len() > LONG {
            true => Key::Fingerprint(of_key(&key)),
            false => key,
        }
    }
}

/// Computes the fingerprint of a single key.
pub(super) fn of_key(key: &Key<'_>) -> u128 {
    #[cfg(test)]
    super::tests::count(key.is_long());
    let mut twin = Twin::new();
    twin.feed(key);
    twin.finish()
}

/// Returns the address of a value that has other handles.
fn shared_address(value: &Value) -> Option<usize> {
    let (address, unique) = match value {
        Value::Str(it) => (it.address(), it.is_unique()),
        Value::SurrogateStr(it) => (it.address(), it.is_unique()),
        Value::Bytes(it) => (it.address(), it.is_unique()),
        Value::ByteArray(it) => (it.address(), it.is_unique()),
        Value::Buffer(it) => (it.bytes().address(), it.bytes().is_unique()),
        Value::BigInt(it) => (it.address(), it.is_unique()),
        Value::Class(it) => (it.address(), it.is_unique()),
        _ => {
            let handle = value.handle()?;
            (handle.address, handle.unique)
        }
    };
    (!unique).then_some(address)
}

/// A container whose children are being added.
struct Open<'a> {
    container: &'a Value,
    children: std::vec::IntoIter<&'a Value>,
    in_order: Twin,
    /// A sum, which does not depend on the order.
    unordered: u128,
    /// Has a NaN: in Python equal to the same object only.
    has_nan: bool,
}

impl<'a> Open<'a> {
    fn new(container: &'a Value) -> Self {
        let mut children = Vec::new();
        container.for_each_child(|child| children.push(child));
        let mut in_order = Twin::new();
        // Includes the shape: ((a,), b) is not ((a, b),).
        in_order.feed(&(discriminant(container), children.len()));
        Open {
            container,
            children: children.into_iter(),
            in_order,
            unordered: 0,
            has_nan: false,
        }
    }

    fn add(&mut self, key: &Key<'_>) {
        self.has_nan |= matches!(key, Key::Nan(_));
        if matches!(self.container, Value::FrozenSet(_)) {
            self.unordered = self.unordered.wrapping_add(of_key(key));
        } else {
            self.in_order.feed(key);
        }
    }

    fn finish(&mut self) -> u128 {
        if self.has_nan {
            let address = self.container.handle().map(|handle| handle.address);
            self.in_order.feed(&(u8::MAX, address));
            // Use the address alone: a NaN has another number each time.
            let mut twin = Twin::new();
            twin.feed(&(u8::MAX, address));
            return twin.finish();
        }
        self.in_order.feed(&self.unordered);
        self.in_order.finish()
    }
}

/// Two hashers with different keys.
struct Twin(DefaultHasher, DefaultHasher);

impl Twin {
    fn new() -> Self {
        static STATES: LazyLock<(RandomState, RandomState)> =
            LazyLock::new(|| (RandomState::new(), RandomState::new()));
        Twin(STATES.0.build_hasher(), STATES.1.build_hasher())
    }

    fn feed(&mut self, part: &impl Hash) {
        part.hash(&mut self.0);
        part.hash(&mut self.1);
    }

    fn finish(&self) -> u128 {
        u128::from(self.0.finish()) << 64 | u128::from(self.1.finish())
    }
}
