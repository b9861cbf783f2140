//! Writes instances: their construction, then their changes.

use super::writer::{Frame, Next, Writer};
use crate::opcode as op;
use crate::{
    Change, Class, Construction, Instance, InstanceParts, PickleError, Protocol, Result, Tuple,
    Value,
};

impl<'v> Writer<'v, '_> {
    /// Begins an instance: what is called, and with what.
    pub(super) fn instance(&mut self, value: &'v Value, instance: &'v Instance) -> Next<'v> {
        let parts = instance.parts();
        match parts.construction {
            Construction::Call => self.call(value, instance, op::REDUCE),
            Construction::New => self.call(value, instance, op::NEWOBJ),
            Construction::NewEx if self.encoder.protocol() < Protocol::V4 => {
                self.partial(value, instance)
            }
            Construction::NewEx => {
                let making = Frame::Make(value, instance, op::NEWOBJ_EX);
                self.stack.push(making);
                self.stack.push(Frame::Value(&parts.kwargs));
                self.stack.push(Frame::Value(&parts.args));
                Ok(Some(Frame::Value(&parts.callable)))
            }
            Construction::Old => {
                let arguments = tuple(&parts.args, "an old-style instance")?;
                self.encoder.begin();
                self.encoder.op(op::MARK);
                self.stack.push(Frame::Make(value, instance, op::OBJ));
                self.stack.push(Frame::Values(arguments.iter()));
                Ok(Some(Frame::Value(&parts.callable)))
            }
        }
    }

    fn call(&mut self, value: &'v Value, instance: &'v Instance, code: u8) -> Next<'v> {
        let parts = instance.parts();
        self.stack.push(Frame::Make(value, instance, code));
        // Nearly always a class, so the arguments can follow at once.
        if self.leaf(&parts.callable)? {
            return Ok(Some(Frame::Value(&parts.args)));
        }
        self.stack.push(Frame::Value(&parts.args));
        Ok(Some(Frame::Value(&parts.callable)))
    }

    /// Before protocol 4, `cls.__new__(cls, *args, **kwargs)` is a call of
    /// `functools.partial(cls.__new__, cls, *args, **kwargs)`, which is made from its state.
    fn partial(&mut self, value: &'v Value, instance: &'v Instance) -> Next<'v> {
        let (class, arguments, keywords) = new_parts(instance.parts())?;
        self.named("functools", "partial")?;
        self.named("builtins", "getattr")?;
        self.class(class)?;
        self.interned("__new__")?;
        self.encoder.op(op::TUPLE2);
        self.encoder.memoize();
        self.encoder.op(op::REDUCE);
        let new = self.encoder.memoize();
        self.encoder.op(op::TUPLE1);
        self.encoder.memoize();
        self.encoder.op(op::REDUCE);
        self.encoder.memoize();
        // The state: (cls.__new__, (cls, *args), kwargs, None)
        self.encoder.begin_tuple(4);
        self.encoder.again(new);
        self.encoder.begin_tuple(arguments.len() + 1);
        self.class(class)?;
        self.stack.push(Frame::PartialMake(value, instance));
        self.stack.push(Frame::Value(keywords));
        self.stack.push(Frame::PartialArgs(arguments.len() + 1));
        Ok(Some(Frame::Values(arguments.iter())))
    }

    /// Ends a partial: its state is complete, and it is called.
    pub(super) fn partial_make(&mut self, value: &'v Value, instance: &'v Instance) -> Next<'v> {
        self.encoder.none();
        self.encoder.end_tuple(4);
        self.encoder.memoize();
        self.encoder.op(op::BUILD);
        self.encoder.empty_tuple();
        Ok(self.make(value, instance, op::REDUCE))
    }

    /// Constructs it. Its changes come next.
    pub(super) fn make(
        &mut self,
        value: &'v Value,
        instance: &'v Instance,
        code: u8,
    ) -> Option<Frame<'v>> {
        let new = self.reduced(super::write_value::handle(value), code);
        // If it was written within its own arguments, it has its state already.
        (new && !instance.parts().changes.is_empty()).then_some(Frame::Changes(instance, 0))
    }

    /// Writes the changes from `at` on, up to one that holds containers.
    pub(super) fn changes(&mut self, instance: &'v Instance, at: usize) -> Next<'v> {
        let changes = &instance.parts().changes;
        let Some(first) = changes.get(at) else {
            return Ok(None);
        };
        match first {
            Change::State(state) => {
                self.stack.push(Frame::Changes(instance, at + 1));
                self.stack.push(Frame::Op(op::BUILD));
                Ok(Some(Frame::Value(state)))
            }
            Change::Call(call) => {
                self.stack.push(Frame::Changes(instance, at + 1));
                self.stack.push(Frame::Op(op::POP));
                self.call_for_effect(call)
            }
            Change::Append(_) | Change::SetItem(..) | Change::Add(_) => {
                let same = changes[at..]
                    .iter()
                    .take(op::BATCH_SIZE.into())
                    .take_while(|change| same_kind(change, first))
                    .count();
                let code = self.batch_code(first, same)?;
                self.stack.push(Frame::Changes(instance, at + same));
                self.stack.push(Frame::Op(code));
                Ok(Some(Frame::Changed(changes[at..at + same].iter())))
            }
        }
    }

    /// Returns the opcode that ends that many changes of one kind. A MARK goes before several.
    fn batch_code(&mut self, change: &Change, count: usize) -> Result<u8> {
        let (one, several) = match change {
            Change::SetItem(..) => (op::SETITEM, op::SETITEMS),
            Change::Add(_) if self.encoder.protocol() < Protocol::V4 => {
                return Err(PickleError::unsupported(format!(
                    "an object to which items are added as to a set, with protocol {}: write \
                     protocol 4",
                    self.encoder.protocol().number()
                )));
            }
            // A single item has no opcode of its own.
            Change::Add(_) => {
                self.encoder.op(op::MARK);
                return Ok(op::ADDITEMS);
            }
            _ => (op::APPEND, op::APPENDS),
        };
        if count == 1 {
            return Ok(one);
        }
        self.encoder.op(op::MARK);
        Ok(several)
    }

    /// Returns the values of the changes of one batch.
    pub(super) fn changed(&mut self, mut rest: std::slice::Iter<'v, Change>) -> Next<'v> {
        let Some(change) = rest.next() else {
            return Ok(None);
        };
        self.stack.push(Frame::Changed(rest));
        match change {
            Change::SetItem(key, value) => {
                self.stack.push(Frame::Value(value));
                Ok(Some(Frame::Value(key)))
            }
            Change::Append(item) | Change::Add(item) => Ok(Some(Frame::Value(item))),
            Change::State(_) | Change::Call(_) => Ok(None),
        }
    }

    /// Writes a `state_setter(x, state)`, of which CPython memoizes neither arguments nor result; any other
    /// call as a value.
    fn call_for_effect(&mut self, call: &'v Value) -> Next<'v> {
        if let Value::Instance(setter) = call
            && setter.is_unique()
            && setter.anchor().is_none()
            && let parts = setter.parts()
            && parts.construction == Construction::Call
            && parts.changes.is_empty()
            && let Value::Tuple(arguments) = &parts.args
            && arguments.is_unique()
            && arguments.len() == 2
        {
            self.stack.push(Frame::Op(op::REDUCE));
            self.stack.push(Frame::Op(op::TUPLE2));
            self.stack.push(Frame::Values(arguments.iter()));
            return Ok(Some(Frame::Value(&parts.callable)));
        }
        Ok(Some(Frame::Value(call)))
    }
}

fn same_kind(change: &Change, other: &Change) -> bool {
    std::mem::discriminant(change) == std::mem::discriminant(other)
}

fn tuple<'v>(arguments: &'v Value, of: &str) -> Result<&'v Tuple> {
    match arguments {
        Value::Tuple(arguments) => Ok(arguments),
        _ => Err(PickleError::unsupported(format!(
            "{of} whose arguments are a {}: make them a tuple",
            arguments.type_name()
        ))),
    }
}

/// Returns class, arguments and keyword arguments. Fails if protocols 2 and 3 cannot hold them.
fn new_parts(parts: &InstanceParts) -> Result<(&Class, &Tuple, &Value)> {
    let of = "an instance with keyword arguments (NEWOBJ_EX) before protocol 4";
    let Value::Class(class) = &parts.callable else {
        return Err(PickleError::unsupported(format!(
            "{of} that is of no named class: write protocol 4"
        )));
    };
    let Value::Dict(_) = &parts.kwargs else {
        return Err(PickleError::unsupported(format!(
            "{of} whose keyword arguments are a {}: make them a dict",
            parts.kwargs.type_name()
        )));
    };
    Ok((class, tuple(&parts.args, of)?, &parts.kwargs))
}
