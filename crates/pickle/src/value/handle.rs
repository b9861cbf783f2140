//! Identity and children of containers, for code that walks through values.

use super::{Anchor, Dict, FrozenSet, Instance, List, PersistentId, Set, Tuple, Value};

/// A container's identity.
#[derive(Clone, Copy)]
pub(crate) struct Handle<'a> {
    /// Its address while it lives.
    pub(crate) address: usize,
    /// Whether no other handle refers to it.
    pub(crate) unique: bool,
    /// The anchor that stands for it, if it contains itself.
    pub(crate) anchor: Option<&'a Anchor>,
}

macro_rules! handles {
    ($($name:ident)*) => {$(
        impl $name {
            /// Returns its identity.
            #[inline]
            pub(crate) fn handle(&self) -> Handle<'_> {
                Handle {
                    address: self.address(),
                    unique: self.is_unique(),
                    anchor: self.anchor(),
                }
            }
        }
    )*};
}
handles!(Tuple List Set FrozenSet Dict Instance PersistentId);

impl Value {
    /// Returns a number that no other living object has: Python's `id(x)`. `None` for values
    /// without identity (`None`, numbers, short text that appears once in its pickle), and for a
    /// [`Value::Recursive`] whose container is gone.
    ///
    /// A [`Value::Recursive`] has the id of its container, so that sharing and cycles look alike.
    ///
    /// ```
    /// use mpconn_pickle::Value;
    ///
    /// let list = Value::list([1]);
    /// assert_eq!(list.id(), list.clone().id());
    /// assert_ne!(list.id(), Value::list([1]).id());
    /// ```
    pub fn id(&self) -> Option<usize> {
        Some(match self {
            Value::Str(it) => Some(it.address()).filter(|address| *address != 0)?,
            Value::SurrogateStr(it) => it.address(),
            Value::Bytes(it) => it.address(),
            Value::ByteArray(it) => it.address(),
            Value::Buffer(it) => it.bytes().address(),
            Value::Class(it) => it.address(),
            Value::Recursive(anchor) => anchor.resolve()?.id()?,
            container => container.handle()?.address,
        })
    }

    /// Returns the identity of a container.
    #[inline]
    pub(crate) fn handle(&self) -> Option<Handle<'_>> {
        Some(match self {
            Value::Tuple(it) => it.handle(),
            Value::List(it) => it.handle(),
            Value::Set(it) => it.handle(),
            Value::FrozenSet(it) => it.handle(),
            Value::Dict(it) => it.handle(),
            Value::Instance(it) => it.handle(),
            Value::Persistent(it) => it.handle(),
            _ => return None,
        })
    }

    /// Calls `call` for each direct child, in order.
    pub(crate) fn for_each_child<'a>(&'a self, mut call: impl FnMut(&'a Value)) {
        match self {
            Value::Tuple(items) => items.iter().for_each(call),
            Value::List(items) => items.iter().for_each(call),
            Value::Set(items) => items.iter().for_each(call),
            Value::FrozenSet(items) => items.iter().for_each(call),
            Value::Persistent(id) => id.iter().for_each(call),
            Value::Dict(dict) => dict.pairs().iter().for_each(|(key, value)| {
                call(key);
                call(value);
            }),
            Value::Instance(instance) => instance.parts().for_each_child(call),
            _ => {}
        }
    }
}
