//! Takes a [`Value`] through serde whole: its words have no form for most of Python's types.
//!
//! A `Value` asks a serializer or deserializer for a newtype struct of the name [`VALUE`]. Those of
//! this crate know the name, and leave the value here or take it from here; all others see what
//! serde has words for.

use std::cell::{Cell, RefCell};

use serde::de::{Error, Visitor};
use serde::ser::{Serialize, Serializer};

use super::Value;

/// The name under which a [`Value`] asks for itself.
pub(crate) const VALUE: &str = "$mpconn::Value";

/// The name under which a serializer of this crate is told that a value was left for it.
pub(crate) const TAKEN: &str = "$mpconn::Taken";

thread_local! {
    static PLACE: RefCell<Option<Value>> = const { RefCell::new(None) };
    /// Whether a serializer of this crate asks what is in a newtype called [`VALUE`].
    static WANTED: Cell<bool> = const { Cell::new(false) };
}

/// Leaves a value for the other side, which asks for it next.
pub(crate) fn leave(value: Value) {
    PLACE.set(Some(value));
}

/// Takes the value that was left, if one was.
pub(crate) fn take() -> Option<Value> {
    PLACE.take()
}

/// Leaves a value to the visitor of [`Value`], which asked for it.
pub(crate) fn hand_over<'de, V: Visitor<'de>, E: Error>(
    value: Value,
    visitor: V,
) -> Result<V::Value, E> {
    leave(value);
    let result = visitor.visit_unit();
    // Whoever did not take it must not meet it later.
    take();
    result
}

/// Serializes what a newtype called [`VALUE`] holds, for a serializer of this crate: a value there
/// is left whole, and comes back as a newtype called [`TAKEN`].
pub(crate) fn offer<T>(serialize: impl FnOnce() -> T) -> T {
    WANTED.set(true);
    let result = serialize();
    // It may have been no value after all.
    WANTED.set(false);
    result
}

/// Serializes as a value for the serializers of this crate, and as `plain` for all others.
pub(crate) fn serialize<S: Serializer, P: Serialize>(
    serializer: S,
    value: impl Fn() -> Value,
    plain: P,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_struct(VALUE, &Both { value, plain })
}

/// A value, and what stands for it elsewhere.
struct Both<F, P> {
    value: F,
    plain: P,
}

impl<F: Fn() -> Value, P: Serialize> Serialize for Both<F, P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !WANTED.replace(false) {
            return self.plain.serialize(serializer);
        }
        leave((self.value)());
        serializer.serialize_newtype_struct(TAKEN, &())
    }
}
