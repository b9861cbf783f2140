//! Containers as keys: 128 bits that are the same where two containers are one key.

use std::collections::HashMap;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};
use std::mem::discriminant;
use std::sync::LazyLock;

use super::Key;
use crate::pickle::Value;

/// Takes prints. They are made under secret keys of this process, so that nobody can aim at
/// two that are the same, and by chance it does not happen.
#[derive(Default)]
pub(crate) struct Prints<'a> {
    /// Of what is shared, by address.
    known: HashMap<usize, u128>,
    open: Vec<Open<'a>>,
}

impl<'a> Prints<'a> {
    /// Of a container, however deep, each shared part once.
    pub(crate) fn of(&mut self, container: &'a Value) -> u128 {
        if let Some(print) = self.recall(container) {
            return print;
        }
        self.open.push(Open::new(container));
        loop {
            let Some(open) = self.open.last_mut() else {
                // The last one returned below.
                return 0;
            };
            match open.children.next() {
                Some(child) => match Key::simple(child) {
                    Some(key) => open.add(&key),
                    None => match self.recall(child) {
                        Some(print) => self.add_to_last(print),
                        None => self.open.push(Open::new(child)),
                    },
                },
                None => {
                    let print = open.finish();
                    let container = open.container;
                    self.open.pop();
                    self.remember(container, print);
                    if self.open.is_empty() {
                        return print;
                    }
                    self.add_to_last(print);
                }
            }
        }
    }

    fn add_to_last(&mut self, print: u128) {
        if let Some(open) = self.open.last_mut() {
            open.add(&Key::Print(print));
        }
    }

    fn recall(&self, container: &Value) -> Option<u128> {
        if let Value::FrozenSet(set) = container
            && let Some(print) = set.print()
        {
            return Some(print);
        }
        let handle = container.handle().filter(|handle| !handle.unique)?;
        self.known.get(&handle.address).copied()
    }

    fn remember(&mut self, container: &Value, print: u128) {
        if let Some(handle) = container.handle()
            && !handle.unique
        {
            self.known.insert(handle.address, print);
        }
    }
}

/// A container whose children are being added.
struct Open<'a> {
    container: &'a Value,
    children: std::vec::IntoIter<&'a Value>,
    in_order: Twin,
    /// A sum does not mind the order.
    unordered: u128,
    /// Python finds this one only as the same object.
    has_nan: bool,
}

impl<'a> Open<'a> {
    fn new(container: &'a Value) -> Self {
        let mut children = Vec::new();
        container.for_each_child(|child| children.push(child));
        let mut in_order = Twin::new();
        // With their shape: ((a,), b) is not ((a, b),).
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
            let mut twin = Twin::new();
            twin.feed(key);
            self.unordered = self.unordered.wrapping_add(twin.finish());
        } else {
            self.in_order.feed(key);
        }
    }

    fn finish(&mut self) -> u128 {
        if self.has_nan {
            let address = self.container.handle().map(|handle| handle.address);
            self.in_order.feed(&(u8::MAX, address));
            // Nothing else may count: a NaN is another number each time.
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
