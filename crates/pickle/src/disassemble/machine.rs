//! Tracks stack, marks and memo without running the instructions.

use std::collections::HashMap;

use super::argument::{self, Argument};
use super::instruction::Instruction;
use crate::error::PickleError;
use crate::opcode::{self, Layout, Opcode, StackItem};

/// Longer names are not repeated in comments.
const LONGEST_NAME: usize = 200;

/// The stack and memo. An object is represented by the offset of the opcode that made it.
#[derive(Debug, Clone)]
pub(super) struct Machine<'a> {
    pickle: &'a [u8],
    stack: Vec<usize>,
    marks: Vec<usize>,
    memo: Memo,
    /// Module and name of each STACK_GLOBAL.
    names: HashMap<usize, (usize, usize)>,
    stopped: bool,
}

/// The effect of an instruction, and its error.
pub(super) struct Effect {
    pub(super) mark: Option<usize>,
    pub(super) memo: Option<u64>,
    pub(super) outcome: Result<(), PickleError>,
}

impl<'a> Machine<'a> {
    pub(super) fn new(pickle: &'a [u8]) -> Self {
        Machine {
            pickle,
            stack: Vec::new(),
            marks: Vec::new(),
            memo: Memo::default(),
            names: HashMap::new(),
            stopped: false,
        }
    }

    pub(super) fn clear(&mut self, memo_kept: bool) {
        self.stack.clear();
        self.marks.clear();
        self.stopped = false;
        if !memo_kept {
            self.memo = Memo::default();
            self.names.clear();
        }
    }

    /// Returns the number of open marks.
    pub(super) fn depth(&self) -> usize {
        self.marks.len()
    }

    /// Returns whether a STOP found its object, so that the error is about leftovers.
    pub(super) fn has_stopped(&self) -> bool {
        self.stopped
    }

    pub(super) fn apply(
        &mut self,
        opcode: &'static Opcode,
        argument: &Argument<'_>,
        offset: usize,
    ) -> Effect {
        let mut effect = Effect {
            mark: None,
            memo: None,
            outcome: Ok(()),
        };
        effect.outcome = self.run(opcode, argument, offset, &mut effect);
        effect
    }

    fn run(
        &mut self,
        opcode: &'static Opcode,
        argument: &Argument<'_>,
        offset: usize,
        effect: &mut Effect,
    ) -> Result<(), PickleError> {
        let mut wanted = opcode.takes.len();
        let pops_mark = opcode.code == opcode::POP && self.top_is_mark();
        let mark = opcode
            .takes
            .iter()
            .position(|item| *item == StackItem::Mark);
        if pops_mark || mark.is_some() {
            self.take_mark(effect)?;
            wanted = mark.unwrap_or(0);
        }
        match opcode.code {
            opcode::PUT | opcode::BINPUT | opcode::LONG_BINPUT => {
                self.put(argument.index(), effect)?;
            }
            opcode::MEMOIZE => self.put(Some(self.memo.length), effect)?,
            _ => {}
        }
        self.check(wanted)?;
        match opcode.code {
            opcode::GET | opcode::BINGET | opcode::LONG_BINGET => {
                let made = self.get(argument.index(), effect)?;
                self.stack.push(made);
            }
            opcode::DUP => self.stack.extend(self.stack.last().copied()),
            _ if keeps_lowest(opcode) => self.stack.truncate(self.stack.len() - wanted + 1),
            _ => self.replace(opcode, wanted, offset),
        }
        self.stop(opcode)
    }

    /// Pops everything down to and including the topmost mark.
    fn take_mark(&mut self, effect: &mut Effect) -> Result<(), PickleError> {
        effect.mark = self.marks.pop();
        let place = self.stack.iter().rposition(|made| self.is_mark(*made));
        match place {
            Some(place) => self.stack.truncate(place),
            None => return Err(PickleError::malformed("no MARK is on the stack")),
        }
        Ok(())
    }

    /// Checks that that many objects can be popped.
    fn check(&self, wanted: usize) -> Result<(), PickleError> {
        let length = self.stack.len();
        let Some(below) = length.checked_sub(wanted) else {
            return Err(PickleError::malformed(format!(
                "takes {wanted} from the stack, which holds {length}"
            )));
        };
        match self.stack[below..]
            .iter()
            .rposition(|made| self.is_mark(*made))
        {
            Some(at) => Err(PickleError::malformed(format!(
                "takes {wanted} from the stack, which holds {} above the MARK at {}",
                wanted - at - 1,
                self.stack[below + at]
            ))),
            None => Ok(()),
        }
    }

    fn replace(&mut self, opcode: &'static Opcode, wanted: usize, offset: usize) {
        let below = self.stack.len() - wanted;
        if let (opcode::STACK_GLOBAL, [module, name]) = (opcode.code, &self.stack[below..]) {
            self.names.insert(offset, (*module, *name));
        }
        self.stack.truncate(below);
        self.stack.extend(opcode.leaves.iter().map(|_| offset));
        if opcode.code == opcode::MARK {
            self.marks.push(offset);
        }
    }

    fn put(&mut self, index: Option<u64>, effect: &mut Effect) -> Result<(), PickleError> {
        effect.memo = index;
        let index = index.ok_or_else(|| PickleError::malformed("not the index of a memo entry"))?;
        let Some(top) = self.stack.last().copied() else {
            return Err(PickleError::malformed(
                "the stack is empty: nothing to store in the memo",
            ));
        };
        if self.is_mark(top) {
            return Err(PickleError::malformed(
                "a MARK cannot be stored in the memo",
            ));
        }
        match self.memo.insert(index, top) {
            true => Ok(()),
            false => Err(PickleError::malformed(format!(
                "memo entry {index} is there already"
            ))),
        }
    }

    fn get(&self, index: Option<u64>, effect: &mut Effect) -> Result<usize, PickleError> {
        effect.memo = index;
        let index = index.ok_or_else(|| PickleError::malformed("not the index of a memo entry"))?;
        self.memo.get(index).ok_or_else(|| {
            PickleError::malformed(format!("memo entry {index} has never been stored"))
        })
    }

    fn stop(&mut self, opcode: &'static Opcode) -> Result<(), PickleError> {
        self.stopped = opcode.code == opcode::STOP;
        match self.stack.len() {
            left @ 1.. if self.stopped => Err(PickleError::malformed(format!(
                "left on the stack after STOP: {left}, {}; Python ignores them",
                self.stack(8)
            ))),
            _ => Ok(()),
        }
    }

    fn top_is_mark(&self) -> bool {
        self.stack.last().is_some_and(|made| self.is_mark(*made))
    }

    fn is_mark(&self, made: usize) -> bool {
        self.pickle.get(made) == Some(&opcode::MARK)
    }

    /// Formats the types of the topmost objects, the top last: `stack [list, MARK, str, int]`.
    pub(super) fn stack(&self, shown: usize) -> String {
        let hidden = self.stack.len().saturating_sub(shown);
        let mut names = Vec::new();
        if hidden > 0 {
            names.push(format!("{hidden} more"));
        }
        let top = &self.stack[hidden..];
        names.extend(top.iter().map(|made| self.type_name(*made).to_owned()));
        format!("stack [{}]", names.join(", "))
    }

    fn maker(&self, made: usize) -> Option<&'static Opcode> {
        opcode::describe(*self.pickle.get(made)?)
    }

    fn type_name(&self, made: usize) -> &'static str {
        use opcode::*;
        let maker = self.maker(made);
        match maker.map(|opcode| opcode.code) {
            Some(MARK) => "MARK",
            Some(GLOBAL | STACK_GLOBAL | EXT1 | EXT2 | EXT4) => "global",
            Some(NEWOBJ | NEWOBJ_EX | OBJ | INST) => "instance",
            Some(PERSID | BINPERSID) => "persistent",
            _ => match maker.and_then(|opcode| opcode.leaves.first()) {
                Some(item) => item.name(),
                None => "any",
            },
        }
    }

    /// Returns a comment with what the instruction alone does not show.
    pub(super) fn comment(&self, instruction: &Instruction<'_>, after: usize) -> Option<String> {
        match instruction.code() {
            opcode::GET | opcode::BINGET | opcode::LONG_BINGET => {
                let made = self.memo.get(instruction.memo?)?;
                Some(self.describe(made))
            }
            opcode::STACK_GLOBAL => self.qualified(instruction.offset()),
            opcode::FRAME => Some(self.frame(instruction.argument.index()?, after)),
            _ => None,
        }
    }

    fn frame(&self, length: u64, after: usize) -> String {
        let left = self.pickle.len() - after;
        match usize::try_from(length) {
            Ok(length) if length <= left => format!("up to byte {}", after + length),
            _ => format!("cut off: {left} bytes are left"),
        }
    }

    /// Describes an object in a few words.
    fn describe(&self, made: usize) -> String {
        use opcode::Argument::{Line, Nothing};
        let Some(maker) = self.maker(made) else {
            return "any".into();
        };
        let place = || match maker.leaves {
            [StackItem::Any, ..] => format!("{} at {made}", maker.name),
            _ => format!("{} at {made}", self.type_name(made)),
        };
        match (maker.code, maker.argument) {
            (opcode::NONE, _) => "None".into(),
            (opcode::NEWTRUE, _) => "True".into(),
            (opcode::NEWFALSE, _) => "False".into(),
            (opcode::STACK_GLOBAL, _) => self.qualified(made).unwrap_or_else(place),
            (opcode::GLOBAL, _) => self.global(made).unwrap_or_else(place),
            (opcode::INST | opcode::EXT1 | opcode::EXT2 | opcode::EXT4, _)
            | (_, Nothing | Line) => place(),
            (_, kind) => {
                let argument = argument::brief(kind, self.after(kind, made));
                argument.map_or_else(place, |argument| argument.to_string())
            }
        }
    }

    /// Returns the bytes of an opcode's argument. The end of a line is searched in the first few
    /// bytes only: each reference to the object has a comment.
    fn after(&self, kind: opcode::Argument, made: usize) -> &'a [u8] {
        const LONGEST_LINE: usize = 400;
        let rest = self.pickle.get(made + 1..).unwrap_or_default();
        match kind.layout() {
            Layout::Lines(_) => &rest[..rest.len().min(LONGEST_LINE)],
            _ => rest,
        }
    }

    fn global(&self, made: usize) -> Option<String> {
        let kind = opcode::Argument::TwoLines;
        let argument = argument::brief(kind, self.after(kind, made))?;
        let name = std::str::from_utf8(argument.bytes()).ok()?;
        (name.len() <= LONGEST_NAME && is_plain(&name.replacen('\n', "", 1)))
            .then(|| name.replacen('\n', ".", 1))
    }

    fn qualified(&self, made: usize) -> Option<String> {
        let (module, name) = self.names.get(&made)?;
        Some(format!("{}.{}", self.plain(*module)?, self.plain(*name)?))
    }

    /// Returns short text without characters that would need escapes.
    fn plain(&self, made: usize) -> Option<&'a str> {
        let kind = self.maker(made)?.argument;
        let argument = argument::brief(kind, self.after(kind, made))?;
        let short = Some(argument.bytes()).filter(|bytes| bytes.len() <= LONGEST_NAME)?;
        let text = std::str::from_utf8(short).ok()?;
        is_plain(text).then_some(text)
    }
}

fn is_plain(name: &str) -> bool {
    let fine = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '<' | '>');
    name.chars().all(fine)
}

/// Returns whether the lowest object that it pops is pushed again.
fn keeps_lowest(opcode: &Opcode) -> bool {
    use opcode::*;
    matches!(
        opcode.code,
        APPEND | APPENDS | SETITEM | SETITEMS | ADDITEMS | BUILD | MEMOIZE | READONLY_BUFFER
    )
}

/// The offset at which each entry was made. Picklers count from 0 or 1, without gaps.
#[derive(Debug, Clone, Default)]
struct Memo {
    dense: Vec<Option<std::num::NonZeroUsize>>,
    sparse: HashMap<u64, usize>,
    length: u64,
}

impl Memo {
    fn get(&self, index: u64) -> Option<usize> {
        let dense = usize::try_from(index)
            .ok()
            .and_then(|at| self.dense.get(at));
        match dense {
            Some(Some(made)) => Some(made.get() - 1),
            _ => self.sparse.get(&index).copied(),
        }
    }

    /// Returns `false` if the entry exists already.
    fn insert(&mut self, index: u64, made: usize) -> bool {
        const GAP: usize = 1;
        if self.get(index).is_some() {
            return false;
        }
        self.length += 1;
        match usize::try_from(index) {
            Ok(at) if at <= self.dense.len() + GAP => {
                if at >= self.dense.len() {
                    self.dense.resize(at + 1, None);
                }
                self.dense[at] = std::num::NonZeroUsize::new(made + 1);
            }
            _ => {
                self.sparse.insert(index, made);
            }
        }
        true
    }
}
