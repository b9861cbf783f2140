//! Disassembles pickles: Python's `pickletools.dis`.

mod argument;
mod instruction;
mod machine;
#[cfg(test)]
mod tests;

use std::fmt::{self, Display, Formatter};
use std::iter::FusedIterator;

pub use argument::Argument;
pub use instruction::Instruction;

use super::decode::source::Source;
use super::error::PickleError;
use super::opcode::{self, Opcode};
use machine::Machine;

/// Longer arguments are cut by default.
const LONGEST_ARGUMENT: usize = 80;

/// Number of marks that are indented. Without a limit a million MARK opcodes would print terabytes
/// of blanks.
const DEEPEST_INDENT: usize = 64;

/// Disassembles a pickle, without building or importing anything: Python's `pickletools.dis`.
///
/// The result can be printed as a whole, or iterated one [`Instruction`] at a time, which needs no
/// memory for past lines. The lines are those of `pickletools.dis`, with comments added after a `#`
/// and long arguments cut; [`Disassembly::like_pickletools`] turns both off.
///
/// ```
/// use mpconn_pickle::disassemble;
///
/// let pickle = b"\x80\x02]q\0(X\x02\0\0\0hiq\x01h\x01K\x07e.";
/// assert_eq!(
///     disassemble(pickle).to_string(),
///     r"    0: \x80 PROTO      2
///     2: ]    EMPTY_LIST
///     3: q    BINPUT     0
///     5: (    MARK
///     6: X        BINUNICODE 'hi'
///    13: q        BINPUT     1
///    15: h        BINGET     1  # 'hi'
///    17: K        BININT1    7
///    19: e        APPENDS    (MARK at 5)
///    20: .    STOP
/// highest protocol among opcodes = 2
/// "
/// );
/// let text: Vec<_> = disassemble(pickle)
///     .filter_map(Result::ok)
///     .filter(|instruction| instruction.opcode() == "BINUNICODE")
///     .map(|instruction| instruction.offset())
///     .collect();
/// assert_eq!(text, [6]);
/// ```
pub fn disassemble(pickle: &[u8]) -> Disassembly<'_> {
    Disassembly {
        source: Source::new(pickle),
        machine: Machine::new(pickle),
        state: State::Running,
        highest_protocol: None,
        longest_argument: Some(LONGEST_ARGUMENT),
        comments: true,
        stack_shown: None,
        deepest_indent: DEEPEST_INDENT,
    }
}

/// The instructions of a pickle up to its STOP; made by [`disassemble`].
///
/// An error is returned after the instruction at which it was found, and ends the iteration. Errors
/// are everything that `pickletools.dis` reports (an empty stack, a missing MARK, a memo entry that
/// does not exist or exists already, objects left on the stack), arguments that Python cannot read,
/// and a MARK in place of an object. It uses up to eight bytes of memory per byte of the pickle.
#[derive(Debug, Clone)]
pub struct Disassembly<'a> {
    source: Source<'a>,
    machine: Machine<'a>,
    state: State,
    highest_protocol: Option<u8>,
    longest_argument: Option<usize>,
    comments: bool,
    stack_shown: Option<usize>,
    deepest_indent: usize,
}

#[derive(Debug, Clone)]
enum State {
    Running,
    /// The error is still to be returned.
    Failed(PickleError),
    Ended,
}

impl<'a> Disassembly<'a> {
    /// Prints exactly what `pickletools.dis` does: whole arguments, no comments, no stack, and all
    /// levels of marks indented (64 by default).
    ///
    /// An `int` beyond 4,300 digits is printed in hexadecimal; newer Pythons fail.
    #[must_use]
    pub fn like_pickletools(mut self) -> Self {
        self.deepest_indent = usize::MAX;
        self.longest_argument(None).without_comments().stack(None)
    }

    /// Sets the length in bytes at which arguments are cut, by default 80; `None` cuts none.
    #[must_use]
    pub fn longest_argument(mut self, bytes: Option<usize>) -> Self {
        self.longest_argument = bytes;
        self
    }

    /// Leaves out the comments that tell what a memo entry holds, what a name is and where a frame
    /// ends.
    #[must_use]
    pub fn without_comments(mut self) -> Self {
        self.comments = false;
        self
    }

    /// Shows the types of that many topmost objects of the stack after each instruction. `None`,
    /// the default, shows none.
    #[must_use]
    pub fn stack(mut self, shown: Option<usize>) -> Self {
        self.stack_shown = shown;
        self
    }

    /// Returns the highest protocol of the opcodes so far, which a Python needs to read the pickle.
    pub fn highest_protocol(&self) -> Option<u8> {
        self.highest_protocol
    }

    /// Returns whether the STOP has been reached.
    pub fn is_complete(&self) -> bool {
        self.machine.has_stopped()
    }

    /// Returns the number of bytes read: after the STOP, the end of the pickle.
    pub fn offset(&self) -> usize {
        self.source.offset()
    }

    /// Returns what has not been read: after the STOP, what follows the pickle.
    pub fn rest(&self) -> &'a [u8] {
        self.source.rest()
    }

    /// Goes on with the pickle that follows this one, if there is a byte after its STOP.
    ///
    /// Offsets count on. The stack and the memo are empty, as after calls of `pickle.dump`.
    pub fn next_pickle(&mut self) -> bool {
        self.go_on(false)
    }

    /// The same with the memo kept, as for several `dump` calls of one `Pickler`.
    pub fn next_pickle_with_memo(&mut self) -> bool {
        self.go_on(true)
    }

    fn go_on(&mut self, memo_kept: bool) -> bool {
        let more = self.is_complete() && !self.rest().is_empty();
        if more {
            self.machine.clear(memo_kept);
            self.state = State::Running;
            self.highest_protocol = None;
        }
        more
    }

    fn step(&mut self) -> Result<Instruction<'a>, PickleError> {
        let offset = self.source.offset();
        let opcode = self.opcode()?;
        self.highest_protocol = self.highest_protocol.max(Some(opcode.protocol));
        let depth = self.machine.depth();
        let (argument, read) = Argument::read(opcode.argument, &mut self.source);
        let effect = self.machine.apply(opcode, &argument, offset);
        let mut instruction = Instruction {
            offset,
            opcode,
            argument: argument.shortened(self.longest_argument),
            depth,
            indent: depth.min(self.deepest_indent),
            mark: effect.mark,
            memo: effect.memo,
            comment: None,
        };
        if self.comments {
            instruction.comment = self.machine.comment(&instruction, self.source.offset());
        }
        if let Some(shown) = self.stack_shown {
            let stack = self.machine.stack(shown);
            let before = instruction.comment.map(|text| text + "; ");
            instruction.comment = Some(before.unwrap_or_default() + &stack);
        }
        // An error of reading comes before one of the effect.
        self.state = match read.and(effect.outcome) {
            Err(error) => State::Failed(error.at(offset, opcode.name)),
            Ok(()) if self.is_complete() => State::Ended,
            Ok(()) => State::Running,
        };
        Ok(instruction)
    }

    fn opcode(&mut self) -> Result<&'static Opcode, PickleError> {
        let offset = self.source.offset();
        let Ok(code) = self.source.u8() else {
            let message = "the pickle is cut off: no STOP; is it a whole message of a pickling \
                           peer?";
            return Err(PickleError::cut_off(message).at(offset, "?"));
        };
        opcode::describe(code).ok_or_else(|| {
            let message = format!(
                "no opcode has the code {code:#04x}: the bytes before it are damaged, or it is \
                 no pickle"
            );
            PickleError::malformed(message).at(offset, "?")
        })
    }
}

impl<'a> Iterator for Disassembly<'a> {
    type Item = Result<Instruction<'a>, PickleError>;

    fn next(&mut self) -> Option<Self::Item> {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Running => Some(self.step()),
            State::Failed(error) => Some(Err(error)),
            State::Ended => None,
        }
    }
}

impl FusedIterator for Disassembly<'_> {}

/// Writes the remaining lines and the highest protocol; an error gets a line of its own.
impl Display for Disassembly<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut rest = self.clone();
        let mut failed = None;
        for instruction in &mut rest {
            match instruction {
                Ok(instruction) => writeln!(f, "{instruction}")?,
                Err(error) => failed = Some(error),
            }
        }
        if let (true, Some(protocol)) = (rest.is_complete(), rest.highest_protocol) {
            writeln!(f, "highest protocol among opcodes = {protocol}")?;
        }
        failed.map_or(Ok(()), |error| writeln!(f, "error: {error}"))
    }
}
