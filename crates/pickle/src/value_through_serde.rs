//! Passes a whole [`Value`] through serde, whose data model lacks most of Python's types.
//!
//! A `Value` asks a serializer or deserializer for a newtype struct named [`VALUE`]. Those of this crate
//! know the name, and pass the value through a thread-local; all others see serde's data model.

use std::cell::{Cell, RefCell};

use serde::de::{Error, Visitor};
use serde::ser::{Serialize, Serializer};

use super::Value;

/// The name of the newtype that a [`Value`] asks for.
pub(crate) const VALUE: &str = "$mpconn::Value";

/// The name of the newtype that tells a serializer of this crate that a value was left for it.
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
    // A value that was not taken must not be found later.
    take();
    result
}

/// Serializes the content of a newtype named [`VALUE`] for a serializer of this crate: a value is left
/// whole, and a newtype named [`TAKEN`] announces it.
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
