//! The reader: its position and limits, and how it reads plain values.

use serde::de::Visitor;
use serde::de::value::SeqDeserializer;

use super::super::context::FREE_TEXT;
use super::super::depth::Levels;
use super::container_end::{End, Ends, Open};
use super::fallback::{Fallback, Result};
use super::memo::Known;
use super::opcodes::Opcodes;
use super::scratch::{Key, Scratch};
use crate::ReadOptions;
use crate::opcode::*;

/// The deserializer, at the beginning of a value.
pub(super) struct Reader<'de> {
    pub(super) codes: Opcodes<'de>,
    /// Keys of the maps that are being read, except structs.
    pub(super) keys: Vec<Key<'de>>,
    /// A table to find duplicate keys.
    pub(super) table: Vec<u32>,
    /// Whether classes are allowed.
    pub(super) names: bool,
    /// Number of bytes of shared text that may still be copied.
    pub(super) growth: u64,
    /// Number of levels that may still follow, of containers, options and newtypes.
    pub(super) depth: usize,
    /// The same at the beginning.
    pub(super) most_depth: usize,
    /// Most nested containers, skipped ones included.
    pub(super) pickle_depth: usize,
    /// Memory for skipping.
    pub(super) open: Vec<Open>,
    /// The end of the container that is being read.
    pub(super) ends: Ends,
    /// Number of items of its tuple or batch that are begun, after its visitor has returned.
    pub(super) left_after: Option<usize>,
}

impl<'de> Reader<'de> {
    /// Starts in a message after its protocol.
    #[inline(always)]
    pub(super) fn new(rest: &'de [u8], protocol: u8, options: &ReadOptions) -> Self {
        let limits = &options.limits;
        // The graph reader knows how to go on where these are too few.
        let levels = Levels::of(limits).unasked;
        Reader {
            codes: Opcodes::new(rest, protocol),
            keys: Vec::new(),
            table: Vec::new(),
            names: options.allow.is_none(),
            // The graph reader may count up to twice as much.
            growth: limits.growth / 2,
            depth: levels,
            most_depth: levels,
            pickle_depth: limits.depth,
            open: Vec::new(),
            ends: Ends::HERE,
            left_after: None,
        }
    }

    /// Takes over the memory of an earlier reader, for a message of that length.
    #[inline(always)]
    pub(super) fn take_scratch(&mut self, length: usize) {
        let memo = self.codes.memory();
        Scratch::take_into(length, memo, &mut self.keys, &mut self.table);
    }

    /// Leaves its memory to the next reader.
    #[inline(always)]
    pub(super) fn keep_scratch(&mut self, length: usize) {
        let memo = self.codes.memory();
        Scratch::keep_of(length, memo, &mut self.keys, &mut self.table);
    }

    /// Returned as it came, so that the value is not moved.
    #[inline(always)]
    pub(super) fn noted<R>(&mut self, result: Result<R>) -> Result<R> {
        if result.is_err() {
            self.codes.give_up();
        }
        result
    }

    /// Reads a value with a visitor that may ignore it.
    #[inline(always)]
    pub(super) fn within<R>(&mut self, read: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        let before = self.codes.left();
        let mut result = read(self);
        if result.is_err() || self.codes.left() == before {
            result = Err(self.codes.give_up());
        }
        result
    }

    /// Reads one level deeper: in a container, a variant, an option or a newtype.
    #[inline(always)]
    pub(super) fn enter<R>(&mut self, read: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        let Some(depth) = self.depth.checked_sub(1) else {
            return self.noted(Err(Fallback));
        };
        self.depth = depth;
        let result = read(self);
        self.depth += 1;
        self.noted(result)
    }

    /// Reads the inside of a container.
    #[inline(always)]
    pub(super) fn enter_container<R>(
        &mut self,
        ends: Ends,
        read: impl FnOnce(&mut Self) -> Result<R>,
    ) -> Result<R> {
        let around = std::mem::replace(&mut self.ends, ends);
        let result = self.enter(read);
        self.ends = around;
        result
    }

    /// Returns whether the outermost container is being read.
    #[inline(always)]
    pub(super) fn in_outermost(&self) -> bool {
        self.depth + 1 == self.most_depth
    }

    pub(super) fn wrapped<R>(&mut self, read: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        self.enter(|reader| reader.within(read))
    }

    /// Counts text or bytes that a GET fetched.
    #[inline(always)]
    pub(super) fn fetch(&mut self, code: u8) -> Result<Known<'de>> {
        let known = self.codes.get(code)?;
        let length = match known {
            Known::Text(text) => text.len(),
            Known::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        if length > FREE_TEXT {
            self.growth = self.growth.checked_sub(length as u64).ok_or(Fallback)?;
        }
        Ok(known)
    }

    /// Reads the text that begins with this opcode.
    #[inline(always)]
    pub(super) fn text(&mut self, code: u8) -> Result<&'de str> {
        match code {
            SHORT_BINUNICODE | BINUNICODE | BINUNICODE8 => self.codes.text(code),
            BINGET | LONG_BINGET => match self.fetch(code)? {
                Known::Text(text) => Ok(text),
                _ => Err(Fallback),
            },
            _ => Err(Fallback),
        }
    }

    /// Reads the next integer, in any form.
    #[inline(always)]
    pub(super) fn any_int(&mut self) -> Result<i64> {
        self.codes.int()
    }

    /// Reads the next text, in any form.
    #[inline(never)]
    pub(super) fn any_text(&mut self) -> Result<&'de str> {
        match self.codes.short_text() {
            Some(text) => Ok(text),
            None => self.rare_text(),
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn rare_text(&mut self) -> Result<&'de str> {
        let code = self.codes.next()?;
        self.text(code)
    }

    #[inline(always)]
    pub(super) fn visit_int<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        visitor.visit_i64(self.codes.int()?)
    }

    #[inline(always)]
    pub(super) fn visit_float<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        match self.codes.peek()? {
            BINFLOAT => {
                self.codes.skip();
                visitor.visit_f64(self.codes.float()?)
            }
            _ => self.visit_int(visitor),
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn rare_float<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        let result = self.visit_float(visitor);
        self.noted(result)
    }

    #[inline(always)]
    pub(super) fn visit_text<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        visitor.visit_borrowed_str(self.any_text()?)
    }

    /// Reads the next value where the type does not say which.
    pub(super) fn visit_any<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        let code = self.codes.peek()?;
        match code {
            EMPTY_LIST | EMPTY_TUPLE | MARK => return self.visit_row::<false, V>(visitor, None),
            EMPTY_DICT => return self.visit_dict::<false, V>(visitor),
            BININT1 | BININT2 | BININT | LONG1 => return self.visit_int(visitor),
            _ => self.codes.skip(),
        }
        match code {
            NONE => visitor.visit_unit(),
            NEWTRUE => visitor.visit_bool(true),
            NEWFALSE => visitor.visit_bool(false),
            BINFLOAT => visitor.visit_f64(self.codes.float()?),
            SHORT_BINUNICODE | BINUNICODE | BINUNICODE8 => {
                visitor.visit_borrowed_str(self.codes.text(code)?)
            }
            SHORT_BINBYTES | BINBYTES | BINBYTES8 | BYTEARRAY8 => {
                visitor.visit_borrowed_bytes(self.codes.bytes(code)?)
            }
            BINGET | LONG_BINGET => match self.fetch(code)? {
                Known::Text(text) => visitor.visit_borrowed_str(text),
                Known::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
                _ => Err(Fallback),
            },
            _ => Err(Fallback),
        }
    }

    pub(super) fn visit_unit<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        match self.codes.next()? {
            NONE | EMPTY_TUPLE => visitor.visit_unit(),
            _ => Err(Fallback),
        }
    }

    /// Reads a list or tuple in any form.
    pub(super) fn visit_seq<const FEW: bool, V: Visitor<'de>>(
        &mut self,
        visitor: V,
    ) -> Result<V::Value> {
        match self.codes.peek()? {
            EMPTY_LIST | EMPTY_TUPLE | MARK => self.visit_row::<FEW, V>(visitor, None),
            code @ (SHORT_BINBYTES | BINBYTES | BINBYTES8 | BYTEARRAY8) => {
                self.codes.skip();
                visit_each_byte(self.codes.bytes(code)?, visitor)
            }
            _ => self.visit_row::<FEW, V>(visitor, Some(End::Counted)),
        }
    }

    pub(super) fn visit_tuple<V: Visitor<'de>>(
        &mut self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value> {
        let counted = match self.codes.peek()? {
            EMPTY_TUPLE => false,
            code @ (SHORT_BINBYTES | BINBYTES | BINBYTES8 | BYTEARRAY8)
                if !(1..4).contains(&len) =>
            {
                self.codes.skip();
                return visit_bytes_as_tuple(self.codes.bytes(code)?, len, visitor);
            }
            EMPTY_LIST => (1..4).contains(&len) && self.codes.begins_tuple(),
            _ => (1..4).contains(&len),
        };
        match counted {
            true => self.visit_row::<true, V>(visitor, Some(End::Counted)),
            false => self.visit_seq::<true, V>(visitor),
        }
    }

    pub(super) fn visit_bool<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        match self.codes.next()? {
            NEWTRUE => visitor.visit_bool(true),
            NEWFALSE => visitor.visit_bool(false),
            _ => Err(Fallback),
        }
    }
}

fn visit_bytes_as_tuple<'de, V: Visitor<'de>>(
    bytes: &[u8],
    len: usize,
    visitor: V,
) -> Result<V::Value> {
    match bytes.len() == len {
        true => visit_each_byte(bytes, visitor),
        false => Err(Fallback),
    }
}

/// Fails if the visitor leaves some over.
fn visit_each_byte<'de, V: Visitor<'de>>(bytes: &[u8], visitor: V) -> Result<V::Value> {
    let mut items = SeqDeserializer::new(bytes.iter().copied());
    let value = visitor.visit_seq(&mut items)?;
    items.end()?;
    Ok(value)
}
