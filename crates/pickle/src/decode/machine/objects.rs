//! Opcodes that name classes, make instances and change them.

use super::errors::{too_many, underflow};
use super::execute::Machine;
use super::{find_class, text};
use crate::decode::graph::{Changes, Content, NO_TEXT, Object, ObjectChange, Row, Slot};
use crate::opcode::*;
use crate::{Buffer, Class, Construction, PickleError, Result};

/// Names of classes longer than this count as copies.
const LONG_NAME: usize = 256;

impl<'a> Machine<'a, '_> {
    #[inline(never)]
    pub(super) fn object(&mut self, code: u8, at: u32) -> Result<()> {
        match code {
            GLOBAL => {
                let class = self.named_in_lines(str::from_utf8)?;
                self.push_cell(Content::Class(class), at)
            }
            STACK_GLOBAL => self.push_stack_global(at),
            REDUCE => self.reduce(at),
            NEWOBJ => {
                let args = self.pop()?;
                self.push_new(Construction::New, args, None, at)
            }
            NEWOBJ_EX => {
                let kwargs = self.pop()?;
                let args = self.pop()?;
                if !self.is(kwargs, |content| matches!(content, Content::Dict(_))) {
                    return Err(wrong_part("keyword arguments that are no dict"));
                }
                self.push_new(Construction::NewEx, args, Some(kwargs), at)
            }
            INST => {
                let mark = self.pop_mark()?;
                let class = self.named_in_lines(ascii)?;
                let callable = self.cell(Content::Class(class), at)?;
                self.push_old(mark, callable, at)
            }
            OBJ => {
                let mark = self.pop_mark()?;
                match self.stack.get(mark).copied() {
                    Some(callable) => {
                        self.push_old(mark + 1, callable, at)?;
                        // Returns the class below the new object.
                        self.stack.swap_remove(mark);
                        Ok(())
                    }
                    None => Err(underflow()),
                }
            }
            _ => self.build(),
        }
    }

    pub(super) fn is(&self, slot: Slot<'a>, question: impl Fn(&Content<'a>) -> bool) -> bool {
        matches!(slot, Slot::Cell { id, .. } if question(&self.graph.cell(id).content))
    }

    /// Reads the class of GLOBAL and INST.
    fn named_in_lines(
        &mut self,
        decode: fn(&[u8]) -> std::result::Result<&str, std::str::Utf8Error>,
    ) -> Result<Class> {
        let module = self.source.line()?;
        let name = self.source.line()?;
        match (decode(module), decode(name)) {
            (Ok(module), Ok(name)) => {
                find_class::class(module, name, self.graph.protocol, self.options)
            }
            _ => Err(PickleError::malformed(format!(
                "no name of a class or function: {} {}",
                text::shown(module),
                text::shown(name)
            ))),
        }
    }

    fn push_stack_global(&mut self, at: u32) -> Result<()> {
        let name = self.pop()?;
        let module = self.pop()?;
        let (Some(module), Some(name)) = (self.graph.text(module), self.graph.text(name)) else {
            return Err(PickleError::malformed(
                "a class or function whose module or name is not text",
            ));
        };
        let length = module.len() + name.len();
        let class = find_class::class(module, name, self.graph.protocol, self.options)?;
        // One text can name any number of classes.
        if length > LONG_NAME {
            self.charge(length)?;
        }
        self.push_cell(Content::Class(class), at)
    }

    pub(super) fn push_extension(&mut self, code: u8, at: u32) -> Result<()> {
        let number = match code {
            EXT1 => self.source.u8()?.into(),
            EXT2 => self.source.u16()?.into(),
            _ => self.source.i32()?,
        };
        let number = u32::try_from(number).unwrap_or(0);
        if number == 0 {
            return Err(PickleError::malformed("an extension code below 1"));
        }
        let Some(class) = self.options.extensions.get(&number) else {
            return Err(PickleError::unsupported(format!(
                "extension code {number} is not registered: say with ReadOptions::extension what \
                 it stands for, as the peer's copyreg.add_extension does"
            )));
        };
        find_class::ask(class.module(), class.qualname(), self.options)?;
        self.push_cell(Content::Class(class.clone()), at)
    }

    pub(super) fn push_persistent(&mut self, code: u8, at: u32) -> Result<()> {
        if code == PERSID {
            let line = self.source.line()?;
            let Ok(text) = ascii(line) else {
                return Err(PickleError::malformed(
                    "a persistent id in protocol 0 that is not ASCII",
                ));
            };
            self.stack.push(Slot::Str { id: NO_TEXT, text });
        } else {
            self.top()?;
        }
        let row = self.take_row(self.stack.len() - 1)?;
        self.push_cell(Content::Persistent(row), at)
    }

    pub(super) fn push_buffer(&mut self, at: u32) -> Result<()> {
        let Some(bytes) = self.options.buffers.get(self.buffers_taken) else {
            return Err(PickleError::malformed(format!(
                "a buffer beside the pickle, number {} from 0, which was not given: hand all \
                 buffers to ReadOptions::buffers",
                self.buffers_taken
            )));
        };
        self.buffers_taken += 1;
        let buffer = Buffer::writable(bytes.clone());
        self.push_cell(Content::Buffer(Box::new(buffer)), at)
    }

    pub(super) fn make_readonly(&mut self, at: u32) -> Result<()> {
        let top = self.top()?;
        let content = match top {
            Slot::Cell { id, .. } => match &self.graph.cell(id).content {
                Content::Buffer(buffer) => {
                    let buffer = Buffer::readonly(buffer.bytes().clone());
                    Some(Content::Buffer(Box::new(buffer)))
                }
                _ => None,
            },
            // Bytes are read-only already.
            Slot::Bytes { .. } => return Ok(()),
            _ => None,
        };
        let Some(content) = content else {
            return Err(PickleError::malformed(
                "it makes something read-only that is no buffer",
            ));
        };
        self.pop()?;
        self.push_cell(content, at)
    }

    /// Executes INST and OBJ, whose arguments are above the MARK.
    fn push_old(&mut self, first: usize, callable: Slot<'a>, at: u32) -> Result<()> {
        self.check_called(callable)?;
        let row = self.take_row(first)?;
        let args = self.cell(Content::Tuple(row), at)?;
        self.push_object(
            Object {
                construction: Construction::Old,
                callable,
                args,
                kwargs: None,
                changes: Changes::NONE,
            },
            at,
        )
    }

    fn push_new(
        &mut self,
        construction: Construction,
        args: Slot<'a>,
        kwargs: Option<Slot<'a>>,
        at: u32,
    ) -> Result<()> {
        let callable = self.pop()?;
        if !self.is(args, |content| matches!(content, Content::Tuple(_))) {
            return Err(wrong_part("arguments that are no tuple"));
        }
        self.check_called(callable)?;
        self.push_object(
            Object {
                construction,
                callable,
                args,
                kwargs,
                changes: Changes::NONE,
            },
            at,
        )
    }

    /// Only what may be a class or function can be called. The allow-list is asked about some only here.
    pub(super) fn check_called(&self, callable: Slot<'a>) -> Result<()> {
        let Slot::Cell { id, .. } = callable else {
            return Err(self.not_callable(callable));
        };
        match &self.graph.cell(id).content {
            Content::Class(class) => {
                match find_class::for_plain_values(class.module(), class.qualname()) {
                    true => find_class::ask(class.module(), class.qualname(), self.options),
                    false => Ok(()),
                }
            }
            // For example `getattr(module, "name")`.
            Content::Instance(_) | Content::Persistent(_) => Ok(()),
            _ => Err(self.not_callable(callable)),
        }
    }

    #[cold]
    fn not_callable(&self, callable: Slot<'a>) -> PickleError {
        PickleError::malformed(format!(
            "it calls a {}, which is no class or function",
            self.graph.type_name(callable)
        ))
    }

    pub(super) fn push_object(&mut self, object: Object<'a>, at: u32) -> Result<()> {
        let number = u32::try_from(self.graph.objects.len()).map_err(|_| too_many())?;
        self.graph.objects.push(object);
        self.push_cell(Content::Instance(number), at)
    }

    fn build(&mut self) -> Result<()> {
        let state = self.pop()?;
        let target = self.top()?;
        match self.instance_number(target) {
            Some(number) => {
                let changes = &mut self.graph.objects[number as usize].changes;
                changes.push(ObjectChange::State(state));
                Ok(())
            }
            // Python ignores a `None` state on any object.
            None if matches!(state, Slot::None { .. }) => Ok(()),
            None => Err(PickleError::malformed(format!(
                "it sets the state of a {}, which is no instance",
                self.graph.type_name(target)
            ))),
        }
    }

    pub(super) fn instance_number(&self, slot: Slot<'a>) -> Option<u32> {
        match slot {
            Slot::Cell { id, .. } => match self.graph.cell(id).content {
                Content::Instance(number) => Some(number),
                _ => None,
            },
            _ => None,
        }
    }

    /// Executes POP, which removes a MARK if that is on top.
    pub(super) fn discard(&mut self) -> Result<()> {
        if self.marks.last() == Some(&self.stack.len()) {
            return self.pop_mark().map(drop);
        }
        let dropped = self.pop()?;
        // After the opcode, which is one byte.
        if self.reduced_at + 1 == self.source.offset() {
            self.note_call(dropped);
        }
        Ok(())
    }

    /// A call whose result is discarded is a change of its first argument, if that is the instance below
    /// it: the `state_setter` of `__reduce__`. An instance that was made inside its own arguments is
    /// discarded, too.
    pub(super) fn note_call(&mut self, call: Slot<'a>) {
        let Some(number) = self.instance_number(call) else {
            return;
        };
        let Slot::Cell { id, .. } = self.graph.object(number).args else {
            return;
        };
        let Content::Tuple(row) = self.graph.cell(id).content else {
            return;
        };
        let changed = self.graph.row(row).first().copied();
        let changed = changed.and_then(|first| self.instance_number(first));
        let below = self
            .stack
            .last()
            .and_then(|below| self.instance_number(*below));
        if let Some(changed) = changed.filter(|_| changed == below) {
            let changes = &mut self.graph.objects[changed as usize].changes;
            changes.push(ObjectChange::Call(call));
        }
    }

    /// Returns the items of a tuple.
    pub(super) fn arguments(&self, slot: Slot<'a>) -> Result<Row> {
        if let Slot::Cell { id, .. } = slot
            && let Content::Tuple(row) = self.graph.cell(id).content
        {
            return Ok(row);
        }
        Err(wrong_part("arguments that are no tuple"))
    }
}

#[cold]
fn wrong_part(what: &str) -> PickleError {
    PickleError::malformed(format!("it makes an instance with {what}"))
}

fn ascii(line: &[u8]) -> std::result::Result<&str, std::str::Utf8Error> {
    let valid = line.iter().position(|byte| !byte.is_ascii());
    // A lone byte that is not ASCII is not UTF-8.
    std::str::from_utf8(valid.map_or(line, |at| &line[at..=at]))
}
