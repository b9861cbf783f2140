//! The fast path: types straight from the opcodes, without a graph in between.
//!
//! It knows the order of opcodes in which picklers write plain data and instances of classes with
//! attributes, and follows the type that is asked for. It never decides what a pickle means: it
//! reads each opcode where the stack machine would have it, so that a wrong guess meets an opcode
//! that cannot stand there. Then, and on every error, it gives up, and the graph is read instead,
//! which knows all opcodes and has the words for errors.
//!
//! ```text
//! value     NONE | NEWTRUE | BININT.. | BINFLOAT | text put? | bytes put? | GET of text or bytes
//!           EMPTY_LIST put? filling | EMPTY_DICT put? filling | EMPTY_TUPLE
//!           MARK value* TUPLE put? | value{1,2,3} TUPLE1..3 put?
//!           class arguments NEWOBJ put? (state BUILD)?
//! filling   (MARK value* APPENDS)* | value APPEND, and the same with SETITEMS, SETITEM
//! ```

mod access;
mod cursor;
mod deserializer;
mod guess;
mod instance;
mod item;
mod key;
mod memo;
mod next;
mod opcodes;
mod row;
mod scratch;
mod skip;

use std::fmt;

use serde::de::value::SeqDeserializer;
use serde::de::{Deserialize, Visitor};

use super::super::ReadOptions;
use super::super::opcode::*;
use super::depth::Levels;
use cursor::{End, Ends};
use memo::Known;
use opcodes::Opcodes;
use scratch::Scratch;
use skip::Open;

/// What a value was not read for does not matter: the graph will say.
#[derive(Debug)]
pub(super) struct GiveUp;

pub(super) type Result<T> = std::result::Result<T, GiveUp>;

impl fmt::Display for GiveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not plain data of the type that is asked for")
    }
}

impl std::error::Error for GiveUp {}

impl serde::de::Error for GiveUp {
    fn custom<T: fmt::Display>(_: T) -> Self {
        GiveUp
    }
}

/// Reads a pickle, or gives up.
pub(super) fn read<'de, T: Deserialize<'de>>(
    message: &'de [u8],
    options: &ReadOptions,
) -> Option<T> {
    let limits = &options.limits;
    // A value and an entry of the memo take a byte at least.
    let within = limits.values.min(limits.memo) >= message.len();
    if !within || limits.message < message.len() as u64 || !options.buffers.is_empty() {
        return None;
    }
    // Protocols 0 and 1 are rare, and written differently.
    let [PROTO, protocol @ 2..=5, rest @ ..] = message else {
        return None;
    };
    // The graph's reader knows how to go on where these are not enough.
    let levels = Levels::of(limits).unasked;
    // Made where it stays: to move it costs as much as a small message.
    let mut stream = Stream {
        codes: Opcodes::new(rest, *protocol),
        keys: Vec::new(),
        table: Vec::new(),
        names: options.allow.is_none(),
        // What the graph counts may be up to twice as much.
        growth: limits.growth / 2,
        depth: levels,
        most_depth: levels,
        pickle_depth: limits.depth,
        open: Vec::new(),
        ends: Ends::HERE,
        left_after: None,
    };
    let (memo, keys, table) = stream.memory();
    Scratch::take_into(message.len(), memo, keys, table);
    let value = stream.within(|stream| T::deserialize(stream)).ok()?;
    let whole = stream.codes.next().ok()? == STOP && stream.codes.counted_alike();
    let (memo, keys, table) = stream.memory();
    Scratch::keep_of(message.len(), memo, keys, table);
    whole.then_some(value)
}

/// The deserializer: at the beginning of a value.
pub(super) struct Stream<'de> {
    codes: Opcodes<'de>,
    /// Keys of the maps that are being read, structs aside.
    keys: Vec<key::Key<'de>>,
    /// To find keys that come twice.
    table: Vec<u32>,
    /// Whether classes may come.
    names: bool,
    /// How many bytes of shared text may still be handed out.
    growth: u64,
    /// How many levels may still follow, of containers and of what wraps values.
    depth: usize,
    /// How many could follow at first.
    most_depth: usize,
    /// How many containers of any kind may be in each other, also where they are skipped.
    pickle_depth: usize,
    /// Memory for skipping.
    open: Vec<Open>,
    /// What ends the container that is being read.
    ends: Ends,
    /// How many items of its tuple or batch were begun, once its visitor has left it.
    left_after: Option<usize>,
}

impl<'de> Stream<'de> {
    /// What one stream leaves to the next.
    #[inline(always)]
    fn memory(
        &mut self,
    ) -> (
        &mut Vec<Option<&'de str>>,
        &mut Vec<key::Key<'de>>,
        &mut Vec<u32>,
    ) {
        (self.codes.memory(), &mut self.keys, &mut self.table)
    }

    /// As it came, so that what was read stays in its place.
    #[inline(always)]
    fn noted<R>(&mut self, result: Result<R>) -> Result<R> {
        if result.is_err() {
            self.codes.give_up();
        }
        result
    }

    /// Reads a value by something that may leave it alone.
    #[inline(always)]
    fn within<R>(&mut self, read: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        let before = self.codes.left();
        let mut result = read(self);
        if result.is_err() || self.codes.left() == before {
            result = Err(self.codes.give_up());
        }
        result
    }

    /// Reads what is a level below: in a container, in the variant of an enum, or in the options
    /// and newtypes around a value.
    #[inline(always)]
    fn enter<R>(&mut self, read: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        let Some(depth) = self.depth.checked_sub(1) else {
            return self.noted(Err(GiveUp));
        };
        self.depth = depth;
        let result = read(self);
        self.depth += 1;
        self.noted(result)
    }

    /// Reads what is in a container.
    #[inline(always)]
    fn enter_container<R>(
        &mut self,
        ends: Ends,
        read: impl FnOnce(&mut Self) -> Result<R>,
    ) -> Result<R> {
        let around = std::mem::replace(&mut self.ends, ends);
        let result = self.enter(read);
        self.ends = around;
        result
    }

    /// Whether what is read now is in the container that is all of the pickle.
    #[inline(always)]
    fn in_outermost(&self) -> bool {
        self.depth + 1 == self.most_depth
    }

    fn wrapped<R>(&mut self, read: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        self.enter(|stream| stream.within(read))
    }

    /// Text or bytes that were read before.
    #[inline(always)]
    fn fetch(&mut self, code: u8) -> Result<Known<'de>> {
        let known = self.codes.get(code)?;
        let length = match known {
            Known::Text(text) => text.len(),
            Known::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        if length > super::context::FREE_TEXT {
            self.growth = self.growth.checked_sub(length as u64).ok_or(GiveUp)?;
        }
        Ok(known)
    }

    /// The text that begins with this opcode.
    #[inline(always)]
    fn text(&mut self, code: u8) -> Result<&'de str> {
        match code {
            SHORT_BINUNICODE | BINUNICODE | BINUNICODE8 => self.codes.text(code),
            BINGET | LONG_BINGET => match self.fetch(code)? {
                Known::Text(text) => Ok(text),
                _ => Err(GiveUp),
            },
            _ => Err(GiveUp),
        }
    }

    /// The integer that comes next, in any form.
    #[inline(always)]
    fn any_int(&mut self) -> Result<i64> {
        self.codes.int()
    }

    /// The text that comes next, in any form.
    #[inline(never)]
    fn any_text(&mut self) -> Result<&'de str> {
        match self.codes.short_text() {
            Some(text) => Ok(text),
            None => self.rare_text(),
        }
    }

    #[cold]
    #[inline(never)]
    fn rare_text(&mut self) -> Result<&'de str> {
        let code = self.codes.next()?;
        self.text(code)
    }

    #[inline(always)]
    fn visit_int<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        visitor.visit_i64(self.codes.int()?)
    }

    #[inline(always)]
    fn visit_float<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
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
    fn rare_float<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        let result = self.visit_float(visitor);
        self.noted(result)
    }

    #[inline(always)]
    fn visit_text<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        visitor.visit_borrowed_str(self.any_text()?)
    }

    /// Where the type says nothing.
    fn visit_any<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
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
                _ => Err(GiveUp),
            },
            _ => Err(GiveUp),
        }
    }

    fn visit_unit<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        match self.codes.next()? {
            NONE | EMPTY_TUPLE => visitor.visit_unit(),
            _ => Err(GiveUp),
        }
    }

    /// A row of items in any form.
    fn visit_seq<const FEW: bool, V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        match self.codes.peek()? {
            EMPTY_LIST | EMPTY_TUPLE | MARK => self.visit_row::<FEW, V>(visitor, None),
            code @ (SHORT_BINBYTES | BINBYTES | BINBYTES8 | BYTEARRAY8) => {
                self.codes.skip();
                visit_each_byte(self.codes.bytes(code)?, visitor)
            }
            _ => self.visit_row::<FEW, V>(visitor, Some(End::Counted)),
        }
    }

    fn visit_tuple<V: Visitor<'de>>(&mut self, len: usize, visitor: V) -> Result<V::Value> {
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

    fn visit_enum<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        match self.codes.peek()? {
            EMPTY_DICT => access::visit_variant(self, visitor),
            _ => {
                let name = self.any_text()?;
                visitor.visit_enum(serde::de::value::BorrowedStrDeserializer::new(name))
            }
        }
    }

    fn visit_bool<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        match self.codes.next()? {
            NEWTRUE => visitor.visit_bool(true),
            NEWFALSE => visitor.visit_bool(false),
            _ => Err(GiveUp),
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
        false => Err(GiveUp),
    }
}

/// All of them: it is an error to leave some over.
fn visit_each_byte<'de, V: Visitor<'de>>(bytes: &[u8], visitor: V) -> Result<V::Value> {
    let mut items = SeqDeserializer::new(bytes.iter().copied());
    let value = visitor.visit_seq(&mut items)?;
    items.end()?;
    Ok(value)
}
