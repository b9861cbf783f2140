//! Takes a [`Value`] through serde whole: its words have no form for most of Python's types.
//!
//! A `Value` asks a serializer or deserializer for a newtype struct of the name [`VALUE`]. Those of
//! this crate know the name, and leave the value here or take it from here; all others see what
//! serde has words for.

use std::cell::RefCell;

use super::Value;

/// The name under which a [`Value`] asks for itself.
pub(crate) const VALUE: &str = "$mpconn::Value";

thread_local! {
    static PLACE: RefCell<Option<Value>> = const { RefCell::new(None) };
}

/// Leaves a value for the other side, which asks for it next.
pub(crate) fn leave(value: Value) {
    PLACE.set(Some(value));
}

/// Takes the value that was left, if one was.
pub(crate) fn take() -> Option<Value> {
    PLACE.take()
}
