//! Opcodes one by one, their arguments, and the memo.

use super::super::super::opcode::*;
use super::super::super::pytext::utf8;
use super::super::super::source::Source;
use super::guess::{self, Ahead};
use super::{GiveUp, Result};

/// What stands in the memo.
#[derive(Clone, Copy)]
pub(super) enum Known<'de> {
    Text(&'de str),
    Bytes(&'de [u8]),
    /// Its number among the classes.
    Class(usize),
    /// A container or instance, which cannot be read twice.
    Object,
    /// Python 2's pickler counts from 1.
    Nothing,
}

/// The opcodes that are left, at the beginning of one.
pub(super) struct Opcodes<'de> {
    rest: &'de [u8],
    memo: Vec<Known<'de>>,
    classes: Vec<(&'de str, &'de str)>,
    pub(super) protocol: u8,
    /// How many opcodes may still be looked at ahead of their turn.
    ahead: usize,
}

impl<'de> Opcodes<'de> {
    /// Protocols 0 and 1 are rare, and written differently.
    pub(super) fn new(message: &'de [u8], memory: Vec<Known<'de>>) -> Option<Self> {
        match message {
            [PROTO, protocol @ 2..=5, rest @ ..] => Some(Opcodes {
                rest,
                memo: memory,
                classes: Vec::new(),
                protocol: *protocol,
                ahead: message.len(),
            }),
            _ => None,
        }
    }

    /// The memory of the memo, for the next one.
    pub(super) fn into_memory(self) -> Vec<Known<'de>> {
        self.memo
    }

    /// How many bytes are left.
    #[inline]
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Which opcode comes next.
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
            let (length, rest) = rest.split_first_chunk().ok_or(GiveUp)?;
            if u64::from_le_bytes(*length) > rest.len() as u64 {
                return Err(GiveUp);
            }
            self.rest = rest;
        }
        self.rest.first().copied().ok_or(GiveUp)
    }

    /// Takes the opcode that was looked at.
    #[inline]
    pub(super) fn skip(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    #[inline(always)]
    pub(super) fn next(&mut self) -> Result<u8> {
        let code = self.peek()?;
        self.skip();
        Ok(code)
    }

    /// Takes an opcode that has to be this one.
    #[inline]
    pub(super) fn expect(&mut self, code: u8) -> Result<()> {
        match self.next()? == code {
            true => Ok(()),
            false => Err(GiveUp),
        }
    }

    /// Reads an argument.
    #[inline]
    fn argument<R>(
        &mut self,
        read: impl FnOnce(&mut Source<'de>) -> std::result::Result<R, super::super::super::Error>,
    ) -> Result<R> {
        let mut source = Source::new(self.rest);
        let argument = read(&mut source).map_err(|_| GiveUp)?;
        self.rest = source.rest();
        Ok(argument)
    }

    #[inline(always)]
    fn chunk<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (chunk, rest) = self.rest.split_first_chunk().ok_or(GiveUp)?;
        self.rest = rest;
        Ok(*chunk)
    }

    /// The integer that begins with this opcode, if one does.
    #[inline(always)]
    pub(super) fn int(&mut self, code: u8) -> Option<Result<i64>> {
        Some(match code {
            BININT1 => self.chunk().map(|bytes| u8::from_le_bytes(bytes).into()),
            BININT2 => self.chunk().map(|bytes| u16::from_le_bytes(bytes).into()),
            BININT => self.chunk().map(|bytes| i32::from_le_bytes(bytes).into()),
            LONG1 => self.long(),
            _ => return None,
        })
    }

    fn long(&mut self) -> Result<i64> {
        let bytes = self.argument(Source::bytes_u8)?;
        let mut value = match bytes.last() {
            Some(128..) => [u8::MAX; 8],
            _ => [0; 8],
        };
        value
            .get_mut(..bytes.len())
            .ok_or(GiveUp)?
            .copy_from_slice(bytes);
        Ok(i64::from_le_bytes(value))
    }

    #[inline]
    pub(super) fn float(&mut self) -> Result<f64> {
        self.chunk().map(f64::from_be_bytes)
    }

    /// The text that begins with this opcode, which goes into the memo where it is put there.
    #[inline]
    pub(super) fn text(&mut self, code: u8) -> Result<&'de str> {
        let bytes = match code {
            SHORT_BINUNICODE => self.argument(Source::bytes_u8),
            BINUNICODE => self.argument(Source::bytes_u32),
            _ => self.argument(Source::bytes_u64),
        }?;
        let text = utf8(bytes).ok_or(GiveUp)?;
        self.put(Known::Text(text))?;
        Ok(text)
    }

    /// The same with bytes.
    pub(super) fn bytes(&mut self, code: u8) -> Result<&'de [u8]> {
        let bytes = match code {
            SHORT_BINBYTES => self.argument(Source::bytes_u8),
            BINBYTES => self.argument(Source::bytes_u32),
            _ => self.argument(Source::bytes_u64),
        }?;
        // Unlike bytes, a bytearray has an identity that would be lost.
        self.put(match code {
            BYTEARRAY8 => Known::Object,
            _ => Known::Bytes(bytes),
        })?;
        Ok(bytes)
    }

    /// Stores what was just read, where the pickle says so.
    #[inline(always)]
    pub(super) fn put(&mut self, known: Known<'de>) -> Result<()> {
        match self.peek()? {
            MEMOIZE => self.skip(),
            BINPUT | LONG_BINPUT => self.check_number()?,
            _ => return Ok(()),
        }
        self.memo.push(known);
        Ok(())
    }

    /// Picklers count; other numbers are for the graph.
    #[cold]
    fn check_number(&mut self) -> Result<()> {
        let number = match self.next()? {
            BINPUT => self.argument(Source::u8)?.into(),
            _ => self.argument(Source::u32)?,
        };
        if number == 1 && self.memo.is_empty() && self.protocol < 4 {
            self.memo.push(Known::Nothing);
        }
        match self.memo.len() == number as usize {
            true => Ok(()),
            false => Err(GiveUp),
        }
    }

    /// What a GET fetches.
    #[inline(always)]
    pub(super) fn get(&mut self, code: u8) -> Result<Known<'de>> {
        let number = match code {
            BINGET => self.chunk().map(u8::from_le_bytes)?.into(),
            _ => self.chunk().map(u32::from_le_bytes)?,
        };
        self.memo.get(number as usize).copied().ok_or(GiveUp)
    }

    /// The names in the two lines of GLOBAL.
    pub(super) fn lines(&mut self) -> Result<(&'de str, &'de str)> {
        let module = str::from_utf8(self.argument(Source::line)?).map_err(|_| GiveUp)?;
        let name = str::from_utf8(self.argument(Source::line)?).map_err(|_| GiveUp)?;
        match module.is_empty() || name.is_empty() {
            true => Err(GiveUp),
            false => Ok((module, name)),
        }
    }

    /// Notes a class that was just named.
    pub(super) fn put_class(&mut self, class: (&'de str, &'de str)) -> Result<()> {
        self.classes.push(class);
        self.put(Known::Class(self.classes.len() - 1))
    }

    pub(super) fn class(&self, number: usize) -> Result<(&'de str, &'de str)> {
        self.classes.get(number).copied().ok_or(GiveUp)
    }

    /// Where a value stands, for [`again`](Self::again).
    pub(super) fn place(&mut self) -> Result<&'de [u8]> {
        self.peek()?;
        Ok(self.rest)
    }

    /// Reads once more what stands at a place.
    pub(super) fn again<R>(
        &mut self,
        place: &'de [u8],
        read: impl FnOnce(&mut Self) -> Result<R>,
    ) -> Result<R> {
        let rest = std::mem::replace(&mut self.rest, place);
        let known = self.memo.len();
        let result = read(self);
        self.memo.truncate(known);
        self.rest = rest;
        result
    }

    /// Whether the container that was just begun is filled with a single item, or a single pair.
    pub(super) fn begins_single(&mut self, pair: bool) -> bool {
        let wanted = if pair { Ahead::Pair } else { Ahead::Item };
        guess::follows(wanted, self.rest, &mut self.ahead)
    }

    /// Whether what comes next is the first item of a small tuple.
    pub(super) fn begins_tuple(&mut self) -> bool {
        guess::follows(Ahead::Tuple, self.rest, &mut self.ahead)
    }
}
