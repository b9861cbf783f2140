//! Reads opcodes and their arguments one by one.

use std::cell::Cell;

use super::fallback::{Fallback, Result};
use super::lookahead::{self, Ahead, Count};
use super::memo::{Known, Memo};
use super::peek::{self, short_int};
use crate::decode::source::Source;
use crate::opcode::*;
use crate::pytext::utf8;

/// A position to return to: an opcode, and the length of the memo there.
pub(super) struct Bookmark<'de> {
    rest: &'de [u8],
    known: usize,
    numbered: usize,
}

/// The remaining opcodes, at the beginning of one.
pub(super) struct Opcodes<'de> {
    rest: &'de [u8],
    memo: Memo<'de>,
    classes: Vec<(&'de str, &'de str)>,
    pub(super) protocol: u8,
    /// Whether the numbers of the memo begin with 1.
    from_one: bool,
    /// Number of entries that were memoized with a number.
    numbered: usize,
    /// Number of opcodes that lookahead may still look at.
    ahead: usize,
    counted: Cell<usize>,
}

impl<'de> Opcodes<'de> {
    /// Starts after the PROTO opcode.
    #[inline(always)]
    pub(super) fn new(rest: &'de [u8], protocol: u8) -> Self {
        Opcodes {
            rest,
            memo: Memo::new(),
            classes: Vec::new(),
            protocol,
            from_one: false,
            numbered: 0,
            ahead: rest.len(),
            counted: Cell::new(rest.len()),
        }
    }

    /// The memory of the memo.
    #[inline(always)]
    pub(super) fn memory(&mut self) -> &mut Vec<Option<&'de str>> {
        self.memo.memory()
    }

    /// Drops the remaining opcodes, so that a visitor that goes on after an error meets the end.
    #[cold]
    #[inline(never)]
    pub(super) fn give_up(&mut self) -> Fallback {
        self.rest = &[];
        Fallback
    }

    #[inline]
    pub(super) fn rest(&self) -> &'de [u8] {
        self.rest
    }

    /// Goes on where another has stopped reading.
    #[inline]
    pub(super) fn go_on_at(&mut self, rest: &'de [u8]) {
        self.rest = rest;
    }

    /// Returns how many bytes are left.
    #[inline]
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Returns the next opcode, and leaves it there.
    #[inline(always)]
    pub(super) fn peek(&mut self) -> Result<u8> {
        match self.rest.first() {
            Some(code) if *code != FRAME => Ok(*code),
            _ => self.peek_in_frame(),
        }
    }

    #[cold]
    fn peek_in_frame(&mut self) -> Result<u8> {
        while let [FRAME, rest @ ..] = self.rest {
            let (length, rest) = rest.split_first_chunk().ok_or(Fallback)?;
            if u64::from_le_bytes(*length) > rest.len() as u64 {
                return Err(Fallback);
            }
            self.rest = rest;
        }
        self.rest.first().copied().ok_or(Fallback)
    }

    /// Takes the opcode that was peeked at.
    #[inline]
    pub(super) fn skip(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    #[inline(always)]
    pub(super) fn next(&mut self) -> Result<u8> {
        match self.rest {
            [code, rest @ ..] if *code != FRAME => {
                self.rest = rest;
                Ok(*code)
            }
            _ => self.next_in_frame(),
        }
    }

    #[cold]
    fn next_in_frame(&mut self) -> Result<u8> {
        let code = self.peek_in_frame()?;
        self.skip();
        Ok(code)
    }

    /// Takes the next opcode if it is this one.
    #[inline(always)]
    pub(super) fn takes(&mut self, code: u8) -> bool {
        match self.rest {
            [first, rest @ ..] if *first == code => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes the next opcode, which has to be this one.
    #[inline]
    pub(super) fn expect(&mut self, code: u8) -> Result<()> {
        match self.next()? == code {
            true => Ok(()),
            false => Err(Fallback),
        }
    }

    /// Reads an argument.
    #[inline]
    fn argument<R>(
        &mut self,
        read: impl FnOnce(&mut Source<'de>) -> std::result::Result<R, crate::PickleError>,
    ) -> Result<R> {
        let mut source = Source::new(self.rest);
        let argument = read(&mut source).map_err(|_| Fallback)?;
        self.rest = source.rest();
        Ok(argument)
    }

    #[inline(always)]
    fn chunk<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (chunk, rest) = self.rest.split_first_chunk().ok_or(Fallback)?;
        self.rest = rest;
        Ok(*chunk)
    }

    /// Reads the next integer.
    #[inline(always)]
    pub(super) fn int(&mut self) -> Result<i64> {
        match short_int(self.rest) {
            Some((value, rest)) => {
                self.rest = rest;
                Ok(value)
            }
            None => self.rare_int(),
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn rare_int(&mut self) -> Result<i64> {
        let before = self.left();
        match self.peek()? {
            LONG1 => {
                self.skip();
                self.long()
            }
            _ if self.left() < before => self.int(),
            _ => Err(Fallback),
        }
    }

    fn long(&mut self) -> Result<i64> {
        let bytes = self.short()?;
        let mut value = match bytes.last() {
            Some(128..) => [u8::MAX; 8],
            _ => [0; 8],
        };
        value
            .get_mut(..bytes.len())
            .ok_or(Fallback)?
            .copy_from_slice(bytes);
        Ok(i64::from_le_bytes(value))
    }

    #[inline]
    pub(super) fn float(&mut self) -> Result<f64> {
        self.chunk().map(f64::from_be_bytes)
    }

    /// Reads the text that begins with this opcode, and memoizes it if an opcode says so.
    pub(super) fn text(&mut self, code: u8) -> Result<&'de str> {
        let bytes = match code {
            SHORT_BINUNICODE => self.short()?,
            _ => self.long_bytes(code)?,
        };
        let text = utf8(bytes).ok_or(Fallback)?;
        self.put(Known::Text(text))?;
        Ok(text)
    }

    /// Reads bytes after a length of one byte.
    #[inline(always)]
    fn short(&mut self) -> Result<&'de [u8]> {
        let (length, rest) = self.rest.split_first().ok_or(Fallback)?;
        let (bytes, rest) = rest
            .split_at_checked(usize::from(*length))
            .ok_or(Fallback)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// The same after a longer length.
    #[inline(never)]
    fn long_bytes(&mut self, code: u8) -> Result<&'de [u8]> {
        match code {
            BINUNICODE | BINBYTES => self.argument(Source::bytes_u32),
            _ => self.argument(Source::bytes_u64),
        }
    }

    /// Reads the bytes that begin with this opcode, likewise.
    pub(super) fn bytes(&mut self, code: u8) -> Result<&'de [u8]> {
        let bytes = match code {
            SHORT_BINBYTES => self.short()?,
            _ => self.long_bytes(code)?,
        };
        // A bytearray has an identity, unlike bytes, that would be lost.
        self.put(match code {
            BYTEARRAY8 => Known::Object,
            _ => Known::Bytes(bytes),
        })?;
        Ok(bytes)
    }

    /// Memoizes what was just read, if the next opcode says so.
    #[inline(always)]
    pub(super) fn put(&mut self, known: Known<'de>) -> Result<()> {
        let puts = match self.rest {
            [MEMOIZE, rest @ ..] => {
                self.rest = rest;
                true
            }
            _ => self.puts_rarely()?,
        };
        if puts {
            self.memo.put(known);
        }
        Ok(())
    }

    /// The same after a FRAME, or with a number.
    #[cold]
    #[inline(never)]
    fn puts_rarely(&mut self) -> Result<bool> {
        match self.peek()? {
            MEMOIZE => self.skip(),
            BINPUT | LONG_BINPUT => self.check_number()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Picklers number in order; other numbers are left to the graph reader.
    fn check_number(&mut self) -> Result<()> {
        let number = match self.next()? {
            BINPUT => self.argument(Source::u8)?.into(),
            _ => self.argument(Source::u32)?,
        };
        // Python 2's pickler counts from 1.
        if number == 1 && self.memo.len() == 0 && self.protocol < 4 {
            self.memo.put(Known::Object);
            self.from_one = true;
        }
        self.numbered += 1;
        match self.memo.len() == number as usize {
            true => Ok(()),
            false => Err(Fallback),
        }
    }

    /// Returns whether all entries have the numbers that this memo gave them: MEMOIZE counts from 0, even
    /// where other opcodes count from 1.
    pub(super) fn counted_alike(&self) -> bool {
        !self.from_one || self.memo.len() == self.numbered + 1
    }

    /// Returns the entry that a GET fetches.
    #[inline(always)]
    pub(super) fn get(&mut self, code: u8) -> Result<Known<'de>> {
        let number = match code {
            BINGET => self.chunk().map(u8::from_le_bytes)?.into(),
            _ => self.chunk().map(u32::from_le_bytes)?,
        };
        self.memo.get(number as usize).ok_or(Fallback)
    }

    /// Returns the text of that number, if it is a short one.
    #[inline(always)]
    pub(super) fn short_known(&self, number: u8) -> Option<&'de str> {
        self.memo.short_text(number)
    }

    /// Reads the next text, if it is in one of the two most common forms.
    #[inline(always)]
    pub(super) fn short_text(&mut self) -> Option<&'de str> {
        match self.rest {
            [BINGET, number, rest @ ..] => {
                let text = self.short_known(*number)?;
                self.rest = rest;
                Some(text)
            }
            [SHORT_BINUNICODE, length, rest @ ..] => self.short_new_text(*length, rest),
            _ => None,
        }
    }

    #[inline(never)]
    fn short_new_text(&mut self, length: u8, rest: &'de [u8]) -> Option<&'de str> {
        let (bytes, rest) = peek::memoized(length, rest)?;
        let text = utf8(bytes)?;
        self.rest = rest;
        self.memo.put(Known::Text(text));
        Some(text)
    }

    /// Returns where the items of the next container are, if it is memoized and they follow a MARK.
    #[inline(always)]
    pub(super) fn begin_batch(&mut self, code: u8) -> Option<&'de [u8]> {
        match self.rest {
            [first, MEMOIZE, MARK, rest @ ..] if *first == code => {
                self.memo.put(Known::Object);
                Some(rest)
            }
            _ => None,
        }
    }

    /// Reads the two lines of GLOBAL.
    pub(super) fn lines(&mut self) -> Result<(&'de str, &'de str)> {
        let module = str::from_utf8(self.argument(Source::line)?).map_err(|_| Fallback)?;
        let name = str::from_utf8(self.argument(Source::line)?).map_err(|_| Fallback)?;
        Ok((module, name))
    }

    /// Notes a class that was just named.
    pub(super) fn put_class(&mut self, class: (&'de str, &'de str)) -> Result<()> {
        if class.0.is_empty() || class.1.is_empty() {
            return Err(Fallback);
        }
        self.classes.push(class);
        self.put(Known::Class(self.classes.len() - 1))
    }

    pub(super) fn class(&self, number: usize) -> Result<(&'de str, &'de str)> {
        self.classes.get(number).copied().ok_or(Fallback)
    }

    /// Returns the position of the next value, to go back to.
    #[inline(always)]
    pub(super) fn place(&mut self) -> Result<Bookmark<'de>> {
        self.peek()?;
        Ok(Bookmark {
            rest: self.rest,
            known: self.memo.len(),
            numbered: self.numbered,
        })
    }

    /// Goes back to a position, and forgets what was read since.
    pub(super) fn go_back(&mut self, place: &Bookmark<'de>) {
        self.rest = place.rest;
        self.numbered = place.numbered;
        self.memo.truncate(place.known);
    }

    /// Returns whether the container that was just begun gets a single item or pair.
    pub(super) fn begins_single(&mut self, pair: bool) -> bool {
        let wanted = if pair { Ahead::Pair } else { Ahead::Item };
        lookahead::follows(wanted, self.rest, &mut self.ahead)
    }

    /// Counts the values from there on before the opcode that ends them.
    #[inline]
    pub(super) fn count(&self, end: u8, rest: &[u8]) -> Count {
        let mut left = self.counted.get();
        let count = lookahead::count(end, rest, &mut left);
        self.counted.set(left);
        count
    }

    /// Returns whether the next value is the first item of a small tuple.
    pub(super) fn begins_tuple(&mut self) -> bool {
        lookahead::follows(Ahead::Tuple, self.rest, &mut self.ahead)
    }
}
