//! REDUCE: the few calls that plain data needs are evaluated here, all others become instances.

use super::containers::is_unhashable;
use super::execute::Machine;
use crate::decode::graph::{Changes, Content, Object, Row, Slot};
use crate::{Bytes, Class, Construction, Result};

impl<'a> Machine<'a, '_> {
    pub(super) fn reduce(&mut self, at: u32) -> Result<()> {
        let args = self.pop()?;
        let callable = self.pop()?;
        self.reduced_at = self.source.offset();
        let row = self.arguments(args)?;
        let again = matches!(args, Slot::Cell { id, .. } if self.graph.cell(id).shared != 0);
        if let Some(content) = self.plain(callable, row, again)? {
            let unhashable = matches!(
                content,
                Content::Set(_) | Content::ByteArray(_) | Content::OwnByteArray(_)
            );
            return self.push_cell_as(content, at, unhashable);
        }
        self.check_called(callable)?;
        self.push_object(
            Object {
                construction: Construction::Call,
                callable,
                args,
                kwargs: None,
                changes: Changes::NONE,
            },
            at,
        )
    }

    /// Returns the result of a call that plain data needs. Arguments that may be used `again` are copied
    /// each time.
    fn plain(&mut self, callable: Slot<'a>, args: Row, again: bool) -> Result<Option<Content<'a>>> {
        let Slot::Cell { id, .. } = callable else {
            return Ok(None);
        };
        let Content::Class(class) = &self.graph.cell(id).content else {
            return Ok(None);
        };
        let Some(kind) = KnownCallable::of(class) else {
            return Ok(None);
        };
        let args = match *self.graph.row(args) {
            [] => Arguments::None,
            [one] => Arguments::One(one),
            [one, two] => Arguments::Two(one, two),
            _ => return Ok(None),
        };
        Ok(match (kind, args) {
            (KnownCallable::Set, Arguments::None) => Some(Content::Set(Row::EMPTY)),
            (KnownCallable::FrozenSet, Arguments::None) => Some(Content::FrozenSet(Row::EMPTY)),
            (KnownCallable::Set, Arguments::One(items)) => self.items_of(items)?.map(Content::Set),
            (KnownCallable::FrozenSet, Arguments::One(items)) => {
                self.items_of(items)?.map(Content::FrozenSet)
            }
            (KnownCallable::ByteArray, Arguments::None) => Some(Content::ByteArray(Box::new(&[]))),
            (KnownCallable::ByteArray, Arguments::One(bytes)) => self.bytearray(bytes, again)?,
            (KnownCallable::ByteArray, Arguments::Two(text, encoding)) => self
                .latin1(text, encoding, again)?
                .map(Content::OwnByteArray),
            (KnownCallable::Bytes, Arguments::None) => {
                Some(Content::Bytes(Bytes::from(Vec::new())))
            }
            (KnownCallable::Encode, Arguments::Two(text, encoding)) => {
                self.latin1(text, encoding, again)?.map(Content::Bytes)
            }
            (KnownCallable::Complex, Arguments::Two(real, imaginary)) => {
                match (number(real), number(imaginary)) {
                    (Some(real), Some(imaginary)) => {
                        Some(Content::Complex(Box::new((real, imaginary))))
                    }
                    _ => None,
                }
            }
            _ => None,
        })
    }

    /// Returns the items, as they are now, of the container that a set is made from.
    fn items_of(&mut self, slot: Slot<'a>) -> Result<Option<Row>> {
        let Slot::Cell { id, .. } = slot else {
            return Ok(None);
        };
        let cell = self.graph.cell(id);
        let (Content::List(row)
        | Content::Tuple(row)
        | Content::Set(row)
        | Content::FrozenSet(row)) = cell.content
        else {
            return Ok(None);
        };
        // Picklers write a list for each set. Anything else, or the same list again, is copied.
        let new = matches!(cell.content, Content::List(_)) && cell.shared == 0;
        let items = self.graph.row(row);
        let unhashable = |item: &&Slot<'a>| is_unhashable(&self.graph.cells, item);
        if let Some(key) = items.iter().find(unhashable) {
            return Err(self.unhashable(key));
        }
        let weight = size_of_val(items);
        if !self.lent.insert(id) || !new {
            self.charge(weight)?;
        }
        let row = self.graph.settle_row(id, row)?;
        self.graph.share_items(row)?;
        Ok(Some(row))
    }

    fn bytearray(&mut self, slot: Slot<'a>, again: bool) -> Result<Option<Content<'a>>> {
        let bytes = match slot {
            Slot::Bytes { bytes, .. } => bytes,
            // Python 2's str.
            Slot::Str { text, .. } if text.is_ascii() && self.graph.protocol < 3 => text.as_bytes(),
            Slot::Cell { id, .. } => match &self.graph.cell(id).content {
                Content::Bytes(bytes) => {
                    let copy = bytes.to_vec();
                    self.charge(copy.len())?;
                    return Ok(Some(Content::OwnByteArray(Bytes::from(copy))));
                }
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        if again || self.is_fetched(slot) {
            self.charge(bytes.len())?;
        }
        Ok(Some(Content::ByteArray(Box::new(bytes))))
    }

    /// Returns whether text or bytes in the message, or what was made of them, is used elsewhere, too.
    fn is_fetched(&self, slot: Slot<'a>) -> bool {
        match slot {
            Slot::Str { id, .. } | Slot::Bytes { id, .. } => {
                let number = self.graph.fetched.get(id as usize);
                number.is_some_and(|number| *number != 0)
            }
            _ => true,
        }
    }

    /// Decodes text whose characters are bytes: protocols 0 to 2 write `bytes` so.
    fn latin1(&mut self, slot: Slot<'a>, encoding: Slot<'a>, again: bool) -> Result<Option<Bytes>> {
        let Some("latin1" | "latin-1") = self.graph.text(encoding) else {
            return Ok(None);
        };
        let Some(length) = self.graph.text(slot).map(str::len) else {
            return Ok(None);
        };
        // Each character of Latin-1 is one byte, and takes one or two in UTF-8.
        if again || self.is_fetched(slot) {
            self.charge(length)?;
        }
        let text = self.graph.text(slot).unwrap_or_default();
        let bytes: std::result::Result<Vec<u8>, _> = match text.is_ascii() {
            true => Ok(text.as_bytes().to_vec()),
            false => text.chars().map(u8::try_from).collect(),
        };
        let Ok(bytes) = bytes else {
            return Ok(None);
        };
        Ok(Some(Bytes::from(bytes)))
    }
}

enum KnownCallable {
    Set,
    FrozenSet,
    ByteArray,
    Bytes,
    Complex,
    Encode,
}

impl KnownCallable {
    fn of(class: &Class) -> Option<Self> {
        Some(match (class.module().as_str(), class.qualname().as_str()) {
            ("builtins", "set") => KnownCallable::Set,
            ("builtins", "frozenset") => KnownCallable::FrozenSet,
            ("builtins", "bytearray") => KnownCallable::ByteArray,
            ("builtins", "bytes") => KnownCallable::Bytes,
            ("builtins", "complex") => KnownCallable::Complex,
            ("_codecs", "encode") => KnownCallable::Encode,
            _ => return None,
        })
    }
}

enum Arguments<'a> {
    None,
    One(Slot<'a>),
    Two(Slot<'a>, Slot<'a>),
}

fn number(slot: Slot<'_>) -> Option<f64> {
    match slot {
        Slot::Float { value, .. } => Some(value),
        #[expect(clippy::cast_precision_loss, reason = "as Python converts it")]
        Slot::Int { value, .. } => Some(value as f64),
        _ => None,
    }
}
