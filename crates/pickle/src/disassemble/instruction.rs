//! An instruction: one line of a disassembly.

use std::fmt::{self, Display, Formatter};

use super::Argument;
use crate::opcode::{self, Opcode};

/// An opcode with its argument and position, and its effect on marks and memo.
///
/// `Display` writes a line of `pickletools.dis`, without the line end, with any comments enabled.
#[derive(Debug, Clone)]
pub struct Instruction<'a> {
    pub(super) offset: usize,
    pub(super) opcode: &'static Opcode,
    pub(super) argument: Argument<'a>,
    pub(super) depth: usize,
    pub(super) indent: usize,
    pub(super) mark: Option<usize>,
    pub(super) memo: Option<u64>,
    pub(super) comment: Option<String>,
}

impl<'a> Instruction<'a> {
    /// Returns the offset of the opcode, from 0.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Returns the name of the opcode in `pickletools`.
    pub fn opcode(&self) -> &'static str {
        self.opcode.name
    }

    /// Returns the byte of the opcode.
    pub fn code(&self) -> u8 {
        self.opcode.code
    }

    /// Returns the first protocol that has this opcode.
    pub fn protocol(&self) -> u8 {
        self.opcode.protocol
    }

    /// Returns the argument, if the opcode has one.
    pub fn argument(&self) -> Option<&Argument<'a>> {
        (self.opcode.argument != opcode::Argument::Nothing).then_some(&self.argument)
    }

    /// Returns the number of marks open before it.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Returns the offset of the MARK that it pops.
    pub fn mark(&self) -> Option<usize> {
        self.mark
    }

    /// Returns the index of the memo entry that it writes or reads.
    pub fn memo(&self) -> Option<u64> {
        self.memo
    }

    /// Returns the comment without the `#`.
    pub fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }
}

impl Display for Instruction<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const INDENT: usize = 4;
        let Opcode { name, code, .. } = self.opcode;
        write!(f, "{:5}: ", self.offset)?;
        match code {
            0x80.. => write!(f, "\\x{code:02x}")?,
            _ => write!(f, "{:4}", char::from(*code))?,
        }
        f.write_str(" ")?;
        for _ in 0..self.indent {
            write!(f, "{:INDENT$}", "")?;
        }
        f.write_str(name)?;
        self.fmt_details(f)?;
        match &self.comment {
            Some(comment) => write!(f, "  # {comment}"),
            None => Ok(()),
        }
    }
}

impl Instruction<'_> {
    fn fmt_details(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const COLUMN: usize = 10;
        let memoized = self.memo.filter(|_| self.code() == opcode::MEMOIZE);
        if self.argument().is_none() && self.mark.is_none() && memoized.is_none() {
            return Ok(());
        }
        write!(
            f,
            "{:1$}",
            "",
            COLUMN.saturating_sub(self.opcode.name.len())
        )?;
        if let Some(argument) = self.argument() {
            write!(f, " {argument}")?;
        }
        if let Some(mark) = self.mark {
            write!(f, " (MARK at {mark})")?;
        }
        match memoized {
            Some(index) => write!(f, " (as {index})"),
            None => Ok(()),
        }
    }
}
