//! What all containers have in common, for code that walks through values.

use super::{Anchor, Dict, FrozenSet, Instance, List, PersistentId, Set, Tuple, Value};

/// A container as an object: which one it is.
#[derive(Clone, Copy)]
pub(crate) struct Handle<'a> {
    /// Its identity while it lives.
    pub(crate) address: usize,
    /// Whether nothing else refers to it.
    pub(crate) unique: bool,
    /// What stands for it inside of itself.
    pub(crate) anchor: Option<&'a Anchor>,
}

macro_rules! handles {
    ($($name:ident)*) => {$(
        impl $name {
            /// Which object it is.
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
    /// What tells this object from all others that live: Python's `id(x)`. `None` for what has no
    /// identity here (`None`, numbers, short text that a pickle held in one place) and for a way
    /// back to a container that is gone.
    ///
    /// A [`Value::Recursive`] has that of the container it stands for, so that sharing and cycles
    /// look alike.
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

    /// Which object it is, if it is a container.
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

    /// Calls for each value directly inside, in order.
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
