//! The stack machine: one opcode after the other, objects onto a stack.

use super::graph::{Graph, Node, NodeId};
use super::memo::Memo;
use super::reduce::{instance, reduce};
use super::source::Source;
use super::{Limits, Result, text};
use crate::pickle::error::Error;
use crate::pickle::opcode::{self, *};
use crate::pickle::{BigInt, Value};

/// The newest protocol there is.
const NEWEST: u8 = 5;

pub(super) struct Machine<'a> {
    source: Source<'a>,
    graph: Graph,
    stack: Vec<NodeId>,
    /// The height of the stack at each open MARK.
    marks: Vec<usize>,
    memo: Memo,
}

impl<'a> Machine<'a> {
    /// Reads a whole pickle.
    pub(super) fn run(message: &'a [u8], limits: &Limits) -> Result<Value> {
        let mut machine = Machine {
            source: Source::new(message),
            graph: Graph::new(limits),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: Memo::default(),
        };
        loop {
            let offset = machine.source.offset();
            let code = machine.source.u8().map_err(|_| no_end(message, offset))?;
            if code == STOP {
                let root = machine.pop().map_err(|error| error.at(offset, "STOP"))?;
                return machine.graph.into_value(root);
            }
            machine
                .step(code)
                .map_err(|error| error.at(offset, opcode::name(code)))?;
        }
    }

    fn step(&mut self, code: u8) -> Result<()> {
        match code {
            PROTO => self.check_protocol(),
            FRAME => self.source.u64().map(drop),
            MARK => {
                self.marks.push(self.stack.len());
                Ok(())
            }
            POP | POP_MARK | DUP => self.shuffle(code),
            PUT | BINPUT | LONG_BINPUT | MEMOIZE => self.put(code),
            GET | BINGET | LONG_BINGET => self.get(code),
            EMPTY_TUPLE | EMPTY_LIST | EMPTY_DICT | EMPTY_SET => self.push_empty(code),
            TUPLE1 => self.push_tuple(1),
            TUPLE2 => self.push_tuple(2),
            TUPLE3 => self.push_tuple(3),
            TUPLE | LIST | DICT | FROZENSET => self.push_marked(code),
            APPEND | APPENDS | SETITEM | SETITEMS | ADDITEMS => self.extend(code),
            GLOBAL | STACK_GLOBAL => self.push_global(code),
            REDUCE => self.reduce(),
            NEWOBJ | NEWOBJ_EX | BUILD | INST | OBJ => Err(self.refuse_instance(code)),
            PERSID | BINPERSID => Err(Error::unsupported("persistent ids are not supported yet")),
            EXT1 | EXT2 | EXT4 => Err(Error::unsupported(
                "the extension registry (copyreg) is not supported yet",
            )),
            NEXT_BUFFER | READONLY_BUFFER => Err(Error::unsupported(
                "out-of-band buffers are not supported yet",
            )),
            _ => {
                let value = self.scalar(code)?;
                self.push(Node::Leaf(value))
            }
        }
    }

    /// Opcodes that push one object without parts.
    fn scalar(&mut self, code: u8) -> Result<Value> {
        let source = &mut self.source;
        match code {
            NONE => Ok(Value::None),
            NEWTRUE => Ok(Value::Bool(true)),
            NEWFALSE => Ok(Value::Bool(false)),
            BININT => source.i32().map(Value::from),
            BININT1 => source.u8().map(Value::from),
            BININT2 => source.u16().map(Value::from),
            LONG1 => source
                .bytes_u8()
                .map(|bytes| BigInt::from_signed_bytes_le(bytes).into()),
            LONG4 => source
                .bytes_i32()
                .map(|bytes| BigInt::from_signed_bytes_le(bytes).into()),
            INT => text::int(source.line()?),
            LONG => text::long(source.line()?),
            BINFLOAT => source.f64().map(Value::Float),
            FLOAT => text::float(source.line()?),
            SHORT_BINUNICODE => text::utf8(source.bytes_u8()?),
            BINUNICODE => text::utf8(source.bytes_u32()?),
            BINUNICODE8 => text::utf8(source.bytes_u64()?),
            UNICODE => text::unicode(source.line()?),
            SHORT_BINBYTES => source.bytes_u8().map(Value::from),
            BINBYTES => source.bytes_u32().map(Value::from),
            BINBYTES8 | BYTEARRAY8 => source.bytes_u64().map(Value::from),
            SHORT_BINSTRING => source.bytes_u8().map(text::python2),
            BINSTRING => source.bytes_i32().map(text::python2),
            STRING => text::string(source.line()?),
            _ => Err(Error::new(format!(
                "no opcode of pickles: 0x{code:02x}; is it a pickle?"
            ))),
        }
    }

    fn check_protocol(&mut self) -> Result<()> {
        match self.source.u8()? {
            0..=NEWEST => Ok(()),
            protocol => Err(Error::new(format!(
                "protocol {protocol}: up to {NEWEST} are known; have the peer write an older one"
            ))),
        }
    }

    fn push(&mut self, node: Node) -> Result<()> {
        let id = self.graph.add(node)?;
        self.stack.push(id);
        Ok(())
    }

    /// How much of the stack lies below the innermost MARK.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn top(&self) -> Result<NodeId> {
        let above = &self.stack[self.floor()..];
        above
            .last()
            .copied()
            .ok_or_else(|| Error::new("it takes an object off an empty stack"))
    }

    fn pop(&mut self) -> Result<NodeId> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    fn pop_mark(&mut self) -> Result<Vec<NodeId>> {
        match self.marks.pop() {
            Some(mark) => Ok(self.stack.split_off(mark)),
            None => Err(Error::new("it goes back to a MARK, and there is none")),
        }
    }

    fn shuffle(&mut self, code: u8) -> Result<()> {
        match code {
            DUP => {
                let top = self.top()?;
                self.graph.share(top);
                self.stack.push(top);
                Ok(())
            }
            // POP takes a MARK if that is on top.
            POP if self.marks.last() != Some(&self.stack.len()) => self.pop().map(drop),
            _ => self.pop_mark().map(drop),
        }
    }

    fn put(&mut self, code: u8) -> Result<()> {
        let index = match code {
            PUT => Some(text::index(self.source.line()?)?),
            BINPUT => Some(self.source.u8()?.into()),
            LONG_BINPUT => Some(self.source.u32()?),
            _ => None,
        };
        let top = self.top()?;
        match index {
            Some(index) => self.memo.put(index, top),
            None => self.memo.push(top),
        }
        Ok(())
    }

    fn get(&mut self, code: u8) -> Result<()> {
        let index = match code {
            GET => text::index(self.source.line()?)?,
            BINGET => self.source.u8()?.into(),
            _ => self.source.u32()?,
        };
        let found = self.memo.get(index);
        let id = found.ok_or_else(|| Error::new(format!("memo entry {index} was never stored")))?;
        self.graph.share(id);
        self.stack.push(id);
        Ok(())
    }

    fn push_empty(&mut self, code: u8) -> Result<()> {
        self.push(match code {
            EMPTY_TUPLE => Node::Tuple(Vec::new()),
            EMPTY_LIST => Node::List(Vec::new()),
            EMPTY_DICT => Node::Dict(Vec::new()),
            _ => Node::Set(Vec::new()),
        })
    }

    fn push_tuple(&mut self, count: usize) -> Result<()> {
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(self.pop()?);
        }
        items.reverse();
        self.push(Node::Tuple(items))
    }

    fn push_marked(&mut self, code: u8) -> Result<()> {
        let items = self.pop_mark()?;
        self.push(match code {
            TUPLE => Node::Tuple(items),
            LIST => Node::List(items),
            FROZENSET => Node::FrozenSet(items),
            _ => Node::Dict(in_pairs(items)?),
        })
    }

    /// Opcodes that add to the container below.
    fn extend(&mut self, code: u8) -> Result<()> {
        let items = match code {
            APPEND => vec![self.pop()?],
            SETITEM => {
                let value = self.pop()?;
                vec![self.pop()?, value]
            }
            _ => self.pop_mark()?,
        };
        let container = self.top()?;
        match (self.graph.node_mut(container), code) {
            (Node::List(list), APPEND | APPENDS) => list.extend(items),
            (Node::Set(set), ADDITEMS) => set.extend(items),
            (Node::Dict(dict), SETITEM | SETITEMS) => dict.extend(in_pairs(items)?),
            (other, _) => {
                let message = format!("it adds items to a {}, which takes none", other.kind());
                return Err(Error::new(message));
            }
        }
        Ok(())
    }

    fn push_global(&mut self, code: u8) -> Result<()> {
        let (module, name) = if code == GLOBAL {
            (
                text::utf8(self.source.line()?)?,
                text::utf8(self.source.line()?)?,
            )
        } else {
            let name = self.pop_leaf()?;
            (self.pop_leaf()?, name)
        };
        match (module, name) {
            (Value::Str(module), Value::Str(name)) => {
                self.push(Node::Global(format!("{module}.{name}")))
            }
            _ => Err(Error::new("a class or function whose name is not text")),
        }
    }

    fn pop_leaf(&mut self) -> Result<Value> {
        let id = self.pop()?;
        let Node::Leaf(value) = self.graph.node(id) else {
            return Ok(Value::None);
        };
        let value = value.clone();
        self.graph
            .charge_copy_of(id, value.as_str().map_or(0, str::len))?;
        Ok(value)
    }

    fn reduce(&mut self) -> Result<()> {
        let arguments = self.pop()?;
        let callable = self.pop()?;
        let Node::Tuple(arguments) = self.graph.node(arguments) else {
            return Err(Error::new("it calls with arguments that are no tuple"));
        };
        let Node::Global(callable) = self.graph.node(callable) else {
            return Err(Error::new("it calls what is no class or function"));
        };
        // More than two arguments only make an error, which looks at the first.
        let arguments = arguments[..arguments.len().min(3)].to_vec();
        let callable = callable.clone();
        let result = reduce(&mut self.graph, &callable, &arguments)?;
        self.push(result)
    }

    /// The error for an opcode that makes or changes an instance; names the class if it is there.
    fn refuse_instance(&mut self, code: u8) -> Error {
        if code == INST {
            return match self.push_global(GLOBAL).and_then(|()| self.pop()) {
                Ok(class) => self.refuse_object(Some(class)),
                Err(error) => error,
            };
        }
        let above = match code {
            OBJ => self.stack.get(self.floor()),
            NEWOBJ_EX => self.stack.iter().nth_back(2),
            _ => self.stack.iter().nth_back(1),
        };
        self.refuse_object(above.copied())
    }

    fn refuse_object(&self, class: Option<NodeId>) -> Error {
        match class.map(|class| self.graph.node(class)) {
            Some(Node::Global(name)) => instance(name),
            Some(other) => instance(other.kind()),
            None => Error::new("it takes an object off an empty stack"),
        }
    }
}

/// Holds keys and values against each other.
fn in_pairs(items: Vec<NodeId>) -> Result<Vec<NodeId>> {
    if items.len().is_multiple_of(2) {
        Ok(items)
    } else {
        Err(Error::new("a dict with a key that has no value"))
    }
}

fn no_end(message: &[u8], offset: usize) -> Error {
    if message.is_empty() {
        return Error::new("an empty message is no pickle: did the peer use send_bytes?");
    }
    Error::new("the pickle ends without STOP: it is cut off, or no pickle").at(offset, "end")
}
