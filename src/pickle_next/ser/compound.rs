//! Containers while serde gives their items.

use serde::ser::{self, Serialize};

use super::level::{Form, Level};
use super::serializer::Ser;
use super::sink::{Row, Sink};
use super::tree;
use crate::pickle_next::{Error, Result, Value};

/// What happens once a container is closed.
enum After<O> {
    Nothing,
    /// It stands in the dict of a variant with data.
    Tag(&'static str, O),
    /// It is the arguments of `cls.__new__`.
    New,
    /// It is the arguments of `cls`.
    Call,
    /// It is the state of an instance.
    Build,
    /// It is the slots of an instance.
    BuildSlots(O),
}

impl<O> After<O> {
    fn finish<S: Sink<Open = O>>(self, sink: &mut S) -> Result<()> {
        match self {
            After::Nothing => {}
            After::Tag(_, tag) => sink.close_dict(tag),
            After::New => sink.new_object(),
            After::Call => sink.call(),
            After::Build => sink.build(),
            After::BuildSlots(pair) => {
                sink.close(pair)?;
                sink.build();
            }
        }
        Ok(())
    }

    #[cold]
    fn inside(&self, error: Error) -> Error {
        match self {
            After::Tag(variant, _) => inside_name(error, variant),
            _ => error,
        }
    }
}

/// Notes that it happened under the name of a field or variant.
#[cold]
pub(super) fn inside_name(error: Error, name: &str) -> Error {
    error.inside_key(&format!("'{name}'"))
}

/// Short tuples are closed by opcodes that count, and single items have an opcode of their own.
fn check_count(said: Option<usize>, given: usize) -> Result<()> {
    match said {
        Some(said) if said != given => Err(Error::new(format!(
            "a Serialize that announces {said} items and gives {given}: give as many as announced"
        ))),
        _ => Ok(()),
    }
}

/// A list, tuple or set, or the arguments of a class.
pub(super) struct Items<'a, S: Sink> {
    sink: &'a mut S,
    open: S::Open,
    inner: Level,
    /// How many there have to be, if anyone says so.
    said: Option<usize>,
    given: usize,
    after: After<S::Open>,
}

impl<'a, S: Sink> Items<'a, S> {
    #[inline]
    pub(super) fn new(sink: &'a mut S, row: Row, inner: Level) -> Self {
        let (Row::Tuple(said) | Row::List(said) | Row::Set(said) | Row::FrozenSet(said)) = row;
        Items {
            open: sink.open(row),
            sink,
            inner,
            said,
            given: 0,
            after: After::Nothing,
        }
    }

    /// The arguments of the class that was just given.
    pub(super) fn args(sink: &'a mut S, len: usize, inner: Level, call: bool) -> Self {
        Items {
            after: if call { After::Call } else { After::New },
            ..Items::new(sink, Row::Tuple(Some(len)), inner)
        }
    }

    pub(super) fn tagged(self, variant: &'static str, tag: S::Open) -> Self {
        Items {
            after: After::Tag(variant, tag),
            ..self
        }
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
        .map_err(|error| self.after.inside(error.inside_index(index)))
    }

    #[inline]
    fn finish(self) -> Result<()> {
        check_count(self.said, self.given)?;
        self.sink.close(self.open)?;
        self.after.finish(self.sink)
    }
}

macro_rules! collect_items {
    ($($kind:ident::$method:ident)*) => {$(
        impl<S: Sink> ser::$kind for Items<'_, S> {
            type Ok = ();
            type Error = Error;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<()> {
                self.push(item)
            }

            #[inline]
            fn end(self) -> Result<()> {
                self.finish()
            }
        }
    )*};
}
collect_items! {
    SerializeSeq::serialize_element
    SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field
    SerializeTupleVariant::serialize_field
}

/// A dict made of a map.
pub(super) struct Pairs<'a, S: Sink> {
    sink: &'a mut S,
    open: S::Open,
    inner: Level,
    said: Option<usize>,
    given: usize,
    /// The key whose value comes next, for the path of an error in it.
    key: Option<Value>,
}

impl<'a, S: Sink> Pairs<'a, S> {
    pub(super) fn new(sink: &'a mut S, len: Option<usize>, inner: Level) -> Self {
        Pairs {
            open: sink.open_dict(len),
            sink,
            inner,
            said: len,
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
fn inside_key_of<T: Serialize + ?Sized>(error: Error, key: &T) -> Error {
    match tree::to_value(key) {
        Ok(key) => error.inside_key(&format!("{key:?}")),
        Err(_) => error,
    }
}

impl<S: Sink> ser::SerializeMap for Pairs<'_, S> {
    type Ok = ();
    type Error = Error;

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<()> {
        self.push_key(key)?;
        self.push_value(value)
            .map_err(|error| inside_key_of(error, key))
    }

    /// Seldom called: nearly everyone gives keys with their values.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        if self.key.is_some() {
            return Err(Error::new(NOT_IN_TURNS));
        }
        self.push_key(key)?;
        self.key = Some(tree::to_value(key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let key = self.key.take().ok_or_else(|| Error::new(NOT_IN_TURNS))?;
        self.push_value(value)
            .map_err(|error| error.inside_key(&format!("{key:?}")))
    }

    fn end(self) -> Result<()> {
        if self.key.is_some() {
            return Err(Error::new(NOT_IN_TURNS));
        }
        check_count(self.said, self.given)?;
        self.sink.close_dict(self.open);
        Ok(())
    }
}

const NOT_IN_TURNS: &str = "a map whose Serialize does not give a value after each key";

/// A struct with named fields.
pub(super) struct Fields<'a, S: Sink> {
    sink: &'a mut S,
    body: Body<S::Open>,
    inner: Level,
    said: usize,
    given: usize,
    after: After<S::Open>,
}

/// Where fields go.
enum Body<O> {
    Dict(O),
    Row(O),
    /// There are none.
    Nothing,
}

impl<'a, S: Sink> Fields<'a, S> {
    fn new(
        sink: &'a mut S,
        body: Body<S::Open>,
        len: usize,
        inner: Level,
        after: After<S::Open>,
    ) -> Self {
        Fields {
            sink,
            body,
            inner,
            said: len,
            given: 0,
            after,
        }
    }

    /// A dict with the names of the fields.
    #[inline]
    pub(super) fn dict(sink: &'a mut S, len: usize, inner: Level) -> Self {
        let body = Body::Dict(sink.open_dict(Some(len)));
        Fields::new(sink, body, len, inner, After::Nothing)
    }

    /// What makes an instance of the class that was just given.
    pub(super) fn instance(sink: &'a mut S, len: usize, inner: Level, form: Form) -> Result<Self> {
        if let Form::Called | Form::NamedTuple = form {
            let body = Body::Row(sink.open(Row::Tuple(Some(len))));
            let after = if form == Form::Called {
                After::Call
            } else {
                After::New
            };
            return Ok(Fields::new(sink, body, len, inner, after));
        }
        let no_args = sink.open(Row::Tuple(Some(0)));
        sink.close(no_args)?;
        sink.new_object();
        let (body, after) = match form {
            // Python's default, too, for an object whose __dict__ is empty.
            Form::Plain | Form::Slots if len == 0 => (Body::Nothing, After::Nothing),
            Form::Plain => (Body::Dict(sink.open_dict(Some(len))), After::Build),
            Form::Slots => {
                let mut pair = sink.open(Row::Tuple(Some(2)));
                sink.next(&mut pair);
                sink.none();
                sink.next(&mut pair);
                let slots = sink.open_dict(Some(len));
                (Body::Dict(slots), After::BuildSlots(pair))
            }
            Form::ListState => {
                let list = sink.open(Row::List(Some(len)));
                (Body::Row(list), After::Build)
            }
            _ => {
                return Err(form.misplaced("a struct"));
            }
        };
        Ok(Fields::new(sink, body, len, inner, after))
    }

    pub(super) fn tagged(self, variant: &'static str, tag: S::Open) -> Self {
        Fields {
            after: After::Tag(variant, tag),
            ..self
        }
    }

    #[inline]
    fn push<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
        self.given += 1;
        match &mut self.body {
            Body::Dict(open) => {
                self.sink.next_pair(open);
                self.sink.name(name)?;
            }
            Body::Row(open) => self.sink.next(open),
            Body::Nothing => return check_count(Some(self.said), self.given),
        }
        value
            .serialize(Ser {
                sink: &mut *self.sink,
                level: self.inner,
            })
            .map_err(|error| self.after.inside(inside_name(error, name)))
    }

    #[inline]
    fn finish(self) -> Result<()> {
        check_count(Some(self.said), self.given)?;
        match self.body {
            Body::Dict(open) => self.sink.close_dict(open),
            Body::Row(open) => self.sink.close(open)?,
            Body::Nothing => {}
        }
        self.after.finish(self.sink)
    }
}

macro_rules! collect_fields {
    ($($kind:ident)*) => {$(
        impl<S: Sink> ser::$kind for Fields<'_, S> {
            type Ok = ();
            type Error = Error;

            #[inline]
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<()> {
                self.push(name, value)
            }

            #[inline]
            fn end(self) -> Result<()> {
                self.finish()
            }
        }
    )*};
}
collect_fields!(SerializeStruct SerializeStructVariant);
