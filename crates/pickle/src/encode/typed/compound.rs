//! Containers while their items are serialized.

use serde::ser::{self, Serialize};

use super::position::{Level, Ser};
use super::sink::{Row, Sink};
use super::value_sink;
use crate::{PickleError, Result, Value};

/// What to do after a container is closed.
#[derive(Clone, Copy)]
pub(super) enum After {
    Nothing,
    /// It is the arguments of `cls.__new__`.
    New,
    /// It is the arguments of `cls`.
    Call,
    /// It is the state of an instance.
    Build,
    /// It is the slots of an instance, after a `None`.
    BuildSlots,
}

impl After {
    #[inline]
    pub(super) fn finish<S: Sink>(self, sink: &mut S) {
        match self {
            After::Nothing => {}
            After::New => sink.new_object(),
            After::Call => sink.call(),
            After::Build => sink.build(),
            After::BuildSlots => {
                sink.pair();
                sink.build();
            }
        }
    }
}

/// A variant with data: a dict with the name of the variant as its key.
pub(super) struct Tagged<C, S: Sink> {
    pub(super) inner: C,
    pub(super) variant: &'static str,
    pub(super) tag: S::Open,
}

/// Adds the name of a field or variant to the path of an error.
#[cold]
pub(super) fn inside_name(error: PickleError, name: &str) -> PickleError {
    error.inside_key(&format!("'{name}'"))
}

/// A list, tuple or set, or the arguments of a class.
pub(super) struct Items<'a, S: Sink> {
    sink: &'a mut S,
    open: S::Open,
    inner: Level,
    given: usize,
    after: After,
}

impl<'a, S: Sink> Items<'a, S> {
    #[inline(always)]
    pub(super) fn new(sink: &'a mut S, row: Row, inner: Level) -> Result<Self> {
        Ok(Items {
            open: sink.open(row)?,
            sink,
            inner,
            given: 0,
            after: After::Nothing,
        })
    }

    /// Begins the arguments of the class that was just written.
    pub(super) fn args(sink: &'a mut S, len: usize, inner: Level, call: bool) -> Result<Self> {
        Ok(Items {
            after: if call { After::Call } else { After::New },
            ..Items::new(sink, Row::Tuple(Some(len)), inner)?
        })
    }

    #[inline]
    fn push<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<()> {
        self.sink.next(&mut self.open);
        let index = self.given;
        self.given += 1;
        item.serialize(Ser {
            sink: &mut *self.sink,
            level: self.inner,
        })
        .map_err(|error| error.inside_index(index))
    }

    #[inline(always)]
    fn finish(self) -> Result<&'a mut S> {
        self.sink.close(&self.open, self.given)?;
        self.after.finish(self.sink);
        Ok(self.sink)
    }
}

macro_rules! collect_items {
    ($($kind:ident::$method:ident)*) => {$(
        impl<S: Sink> ser::$kind for Items<'_, S> {
            type Ok = ();
            type Error = PickleError;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<()> {
                self.push(item)
            }

            #[inline(always)]
            fn end(self) -> Result<()> {
                self.finish()?;
                Ok(())
            }
        }
    )*};
}
collect_items! {
    SerializeSeq::serialize_element
    SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field
}

impl<S: Sink> ser::SerializeTupleVariant for Tagged<Items<'_, S>, S> {
    type Ok = ();
    type Error = PickleError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<()> {
        let pushed = self.inner.push(item);
        pushed.map_err(|error| inside_name(error, self.variant))
    }

    fn end(self) -> Result<()> {
        self.inner.finish()?.close_dict(&self.tag, 1)
    }
}

/// A dict made of a map.
pub(super) struct Pairs<'a, S: Sink> {
    sink: &'a mut S,
    open: S::Open,
    inner: Level,
    given: usize,
    /// The key of the next value, for the path of an error in it.
    key: Option<Value>,
}

impl<'a, S: Sink> Pairs<'a, S> {
    pub(super) fn new(sink: &'a mut S, len: Option<usize>, inner: Level) -> Self {
        Pairs {
            open: sink.open_dict(len),
            sink,
            inner,
            given: 0,
            key: None,
        }
    }

    fn push_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.sink.next_pair(&mut self.open);
        let number = self.given;
        self.given += 1;
        key.serialize(Ser {
            sink: &mut *self.sink,
            level: self.inner.hashed(true),
        })
        .map_err(|error| error.inside_key(&format!("key number {number}")))
    }

    fn push_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        value.serialize(Ser {
            sink: &mut *self.sink,
            level: self.inner,
        })
    }
}

#[cold]
fn inside_key_of<T: Serialize + ?Sized>(error: PickleError, key: &T) -> PickleError {
    match value_sink::to_value(key) {
        Ok(key) => error.inside_key(&format!("{key:?}")),
        Err(_) => error,
    }
}

impl<S: Sink> ser::SerializeMap for Pairs<'_, S> {
    type Ok = ();
    type Error = PickleError;

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<()> {
        self.push_key(key)?;
        self.push_value(value)
            .map_err(|error| inside_key_of(error, key))
    }

    /// Seldom called: most types serialize whole entries.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        if self.key.is_some() {
            return Err(PickleError::new(NOT_IN_TURNS));
        }
        self.push_key(key)?;
        self.key = Some(value_sink::to_value(key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let key = self
            .key
            .take()
            .ok_or_else(|| PickleError::new(NOT_IN_TURNS))?;
        self.push_value(value)
            .map_err(|error| error.inside_key(&format!("{key:?}")))
    }

    fn end(self) -> Result<()> {
        if self.key.is_some() {
            return Err(PickleError::new(NOT_IN_TURNS));
        }
        self.sink.close_dict(&self.open, self.given)
    }
}

const NOT_IN_TURNS: &str = "a map whose Serialize does not give a value after each key";
