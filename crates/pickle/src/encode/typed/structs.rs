//! Structs with named fields.

use serde::ser::{self, Serialize};

use super::compound::{After, Tagged, inside_name};
use super::position::{Form, Level, Ser};
use super::sink::{Row, Sink};
use crate::encode::value::address_map::mixed;
use crate::{PickleError, Result};

/// A struct with named fields.
pub(super) struct Fields<'a, S: Sink> {
    sink: &'a mut S,
    shape: Shape<S::Open>,
    inner: Level,
    /// A hash that likely differs from that of other structs.
    place: usize,
    given: usize,
}

/// How a struct is written.
pub(super) struct Shape<O> {
    /// `None` if there are no fields.
    open: Option<O>,
    /// Whether the names of the fields are written.
    named: bool,
    after: After,
}

impl<O> Shape<O> {
    /// A dict with the names of the fields.
    #[inline(always)]
    pub(super) fn dict<S: Sink<Open = O>>(sink: &mut S, len: usize) -> Self {
        Shape {
            open: Some(sink.open_fields(len)),
            named: true,
            after: After::Nothing,
        }
    }

    /// Begins an instance of the class that was just written.
    pub(super) fn instance<S: Sink<Open = O>>(
        sink: &mut S,
        len: usize,
        form: Form,
    ) -> Result<Self> {
        let (open, named, after) = match form {
            Form::Called => (Some(sink.open(Row::Tuple(Some(len)))?), false, After::Call),
            Form::AsNamedTuple => (Some(sink.open(Row::Tuple(Some(len)))?), false, After::New),
            _ => {
                let no_args = sink.open(Row::Tuple(Some(0)))?;
                sink.close(&no_args, 0)?;
                sink.new_object();
                open_state(sink, len, form)?
            }
        };
        Ok(Shape { open, named, after })
    }
}

fn open_state<S: Sink>(
    sink: &mut S,
    len: usize,
    form: Form,
) -> Result<(Option<S::Open>, bool, After)> {
    Ok(match form {
        // As Python writes an object whose __dict__ is empty.
        Form::Plain | Form::Slots if len == 0 => (None, true, After::Nothing),
        Form::Plain => (Some(sink.open_fields(len)), true, After::Build),
        Form::Slots => {
            sink.none();
            (Some(sink.open_fields(len)), true, After::BuildSlots)
        }
        Form::ListState => (Some(sink.open(Row::List(Some(len)))?), false, After::Build),
        form => return Err(form.misplaced("a struct")),
    })
}

impl<'a, S: Sink> Fields<'a, S> {
    #[inline(always)]
    pub(super) fn new(
        sink: &'a mut S,
        shape: Shape<S::Open>,
        inner: Level,
        name: &'static str,
    ) -> Self {
        Fields {
            sink,
            shape,
            inner,
            place: mixed(name.as_ptr().addr()),
            given: 0,
        }
    }

    // Inlined into a derived `Serialize`, where the index is a constant.
    #[inline(always)]
    fn push<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
        let place = self.place.wrapping_add(self.given);
        self.given += 1;
        if self.shape.named {
            self.sink.field(name, place)?;
        } else if let Some(open) = &mut self.shape.open {
            self.sink.next(open);
        }
        value
            .serialize(Ser {
                sink: &mut *self.sink,
                level: self.inner,
            })
            .map_err(|error| inside_name(error, name))
    }

    #[inline(always)]
    fn finish(self) -> Result<&'a mut S> {
        match &self.shape.open {
            Some(open) if self.shape.named => self.sink.close_dict(open, self.given)?,
            Some(open) => self.sink.close(open, self.given)?,
            None if self.given == 0 => {}
            None => return Err(miscounted(0, self.given)),
        }
        self.shape.after.finish(self.sink);
        Ok(self.sink)
    }
}

/// Short tuples and single items have opcodes of their own, so the number must be right.
#[cold]
pub(super) fn miscounted(said: usize, given: usize) -> PickleError {
    PickleError::new(format!(
        "a Serialize that announces {said} items and gives {given}: give as many as announced"
    ))
}

impl<S: Sink> ser::SerializeStruct for Fields<'_, S> {
    type Ok = ();
    type Error = PickleError;

    #[inline(always)]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<()> {
        self.push(name, value)
    }

    #[inline(always)]
    fn end(self) -> Result<()> {
        self.finish()?;
        Ok(())
    }
}

impl<S: Sink> ser::SerializeStructVariant for Tagged<Fields<'_, S>, S> {
    type Ok = ();
    type Error = PickleError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<()> {
        let pushed = self.inner.push(name, value);
        pushed.map_err(|error| inside_name(error, self.variant))
    }

    fn end(self) -> Result<()> {
        self.inner.finish()?.close_dict(&self.tag, 1)
    }
}
