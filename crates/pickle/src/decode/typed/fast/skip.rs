//! Skips values without recursion: an ignored value may be as deep as the pickle allows.

use super::container_end::{End, Ends, Following, Open};
use super::fallback::{Fallback, Result};
use super::memo::Known;
use super::reader::Reader;
use crate::opcode::*;

impl Reader<'_> {
    /// Skips the next value.
    pub(super) fn skip_value(&mut self) -> Result<()> {
        let around = self.ends;
        let mut open = std::mem::take(&mut self.open);
        let result = self.skip_with(&mut open);
        open.clear();
        self.open = open;
        self.ends = around;
        result
    }

    fn skip_with(&mut self, open: &mut Vec<Open>) -> Result<()> {
        // Options and newtypes are counted, too: the graph reader counts fewer levels.
        let around = self.most_depth - self.depth;
        let room = self.pickle_depth.saturating_sub(around);
        loop {
            let key = open
                .last()
                .is_some_and(|open| open.pairs && !open.at_value());
            match self.skip_beginning()? {
                // Whether that can be a key is left to the graph reader.
                Some(_) if key || open.len() >= room => return Err(Fallback),
                Some(container) => open.push(container),
                None => self.count_skipped(open),
            }
            while let Some(last) = open.last_mut() {
                if !self.has_skipped(last)? {
                    break;
                }
                open.pop();
                self.count_skipped(open);
            }
            if open.is_empty() {
                return Ok(());
            }
        }
    }

    fn count_skipped(&self, open: &mut [Open]) {
        if let Some(around) = open.last_mut() {
            around.count += 1;
        }
    }

    /// Skips a value without parts, or the beginning of a container.
    fn skip_beginning(&mut self) -> Result<Option<Open>> {
        let code = self.codes.peek()?;
        if let BININT1 | BININT2 | BININT | LONG1 = code {
            return self.codes.int().map(|_| None);
        }
        self.codes.skip();
        match code {
            NONE | NEWTRUE | NEWFALSE | EMPTY_TUPLE => {}
            BINFLOAT => drop(self.codes.float()?),
            SHORT_BINUNICODE | BINUNICODE | BINUNICODE8 => drop(self.codes.text(code)?),
            SHORT_BINBYTES | BINBYTES | BINBYTES8 | BYTEARRAY8 => drop(self.codes.bytes(code)?),
            BINGET | LONG_BINGET => drop(self.codes.get(code)?),
            MARK => return Ok(Some(Open::new(End::Tuple, false))),
            EMPTY_LIST | EMPTY_DICT => {
                let pairs = code == EMPTY_DICT;
                self.codes.put(Known::Object)?;
                let end = self.filling(pairs)?;
                return Ok(Some(Open::new(end, pairs)));
            }
            _ => return Err(Fallback),
        }
        Ok(None)
    }

    /// Returns whether that container ends here, and takes the opcodes that end it.
    fn has_skipped(&mut self, open: &mut Open) -> Result<bool> {
        if open.at_value() {
            return Ok(false);
        }
        let place = match open.pairs {
            true => {
                self.ends = Ends::new(open.end, SETITEMS);
                self.dict_ends(open.count)?
            }
            false => {
                self.ends = Ends::new(open.end, APPENDS);
                self.row_ends(open.count)?
            }
        };
        if let Following::NextBatch = place {
            *open = Open::new(self.ends.end(), open.pairs);
        }
        Ok(matches!(place, Following::End))
    }
}
