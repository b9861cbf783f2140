//! Finds the objects that appear more than once in a value.

use std::collections::{HashMap, HashSet};

use crate::growth::{ByAddress, Names, shared_leaf, shared_text};
use crate::{Class, Str, Value};

/// An object: its address and kind. A `bytearray` or a buffer may share its memory with a
/// `bytes`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place(usize, ContentKind);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum ContentKind {
    Object,
    ByteArray,
    Buffer { readonly: bool },
}

impl Place {
    pub(super) fn address(self) -> usize {
        self.0
    }
}

/// The objects that appear more than once or contain themselves.
pub(super) struct Shares<'a> {
    /// Whether each one contains itself.
    places: HashMap<Place, bool, ByAddress>,
    names: Names<'a>,
}

impl<'a> Shares<'a> {
    pub(super) fn find(value: &'a Value) -> Self {
        let mut search = Search::default();
        search.pending.push(value);
        search.run();
        search.mark_what_contains_itself();
        Shares {
            places: search.places,
            names: search.names,
        }
    }

    /// Returns the place of an object that appears more than once.
    pub(super) fn place(&self, value: &Value) -> Option<Place> {
        let place = place_of(value)?;
        self.places.contains_key(&place).then_some(place)
    }

    pub(super) fn place_of_text(&self, text: &Str) -> Option<Place> {
        let place = Place(shared_text(text)?, ContentKind::Object);
        self.places.contains_key(&place).then_some(place)
    }

    /// Returns the place of a part of a class name that appears more than once.
    pub(super) fn place_of_name(&self, name: &Str) -> Option<Place> {
        let place = Place(self.names.known(name)?, ContentKind::Object);
        self.places.contains_key(&place).then_some(place)
    }

    pub(super) fn contains_itself(&self, place: Place) -> bool {
        self.places.get(&place).copied().unwrap_or_default()
    }
}

#[derive(Default)]
struct Search<'a> {
    places: HashMap<Place, bool, ByAddress>,
    seen: HashSet<Place, ByAddress>,
    /// Objects with an anchor, which may contain themselves.
    anchored: Vec<(usize, Place)>,
    /// The anchors of back references in the value.
    led_back_to: HashSet<usize, ByAddress>,
    pending: Vec<&'a Value>,
    names: Names<'a>,
}

impl<'a> Search<'a> {
    fn run(&mut self) {
        while let Some(value) = self.pending.pop() {
            let Some(place) = place_of(value) else {
                // Other classes may share the name.
                self.names(value.as_class());
                continue;
            };
            let handle = value.handle();
            if let Some(anchor) = handle.and_then(|handle| handle.anchor) {
                self.anchored.push((anchor.address(), place));
            }
            let unique = handle.is_some_and(|handle| handle.unique);
            if !unique && !self.seen.insert(place) {
                self.places.entry(place).or_default();
                continue;
            }
            self.names(value.as_class());
            let (pending, led_back_to) = (&mut self.pending, &mut self.led_back_to);
            value.for_each_child(|child| {
                if let Value::Recursive(anchor) = child {
                    led_back_to.insert(anchor.address());
                } else if place_of(child).is_some() || matches!(child, Value::Class(_)) {
                    pending.push(child);
                }
            });
        }
    }

    /// An anchor alone is not a cycle: a copy of a part of a cycle has one too, while the back
    /// reference leads to the original.
    fn mark_what_contains_itself(&mut self) {
        for (anchor, place) in &self.anchored {
            if self.led_back_to.contains(anchor) {
                self.places.insert(*place, true);
            }
        }
    }

    fn names(&mut self, class: Option<&'a Class>) {
        for name in class
            .into_iter()
            .flat_map(|class| [class.module(), class.qualname()])
        {
            if let Some(address) = self.names.shared(name) {
                let place = Place(address, ContentKind::Object);
                if !self.seen.insert(place) {
                    self.places.entry(place).or_default();
                }
            }
        }
    }
}

/// Returns the place of an object whose repetition matters: containers, mutable objects, and large
/// ones.
fn place_of(value: &Value) -> Option<Place> {
    if let Some(handle) = value.handle() {
        return Some(Place(handle.address, ContentKind::Object));
    }
    let kind = match value {
        Value::ByteArray(bytes) => {
            return (!bytes.is_unique()).then(|| Place(bytes.address(), ContentKind::ByteArray));
        }
        Value::Buffer(buffer) => ContentKind::Buffer {
            readonly: buffer.is_readonly(),
        },
        _ => ContentKind::Object,
    };
    Some(Place(shared_leaf(value)?, kind))
}
