//! The sink that builds a [`Value`].

use serde::Serialize;

use super::name_cache::{Names, Seen, one, two};
use super::position::Ser;
use super::sink::{Row, Sink};
use crate::{
    BigInt, Change, Class, Construction, Dict, FrozenSet, Instance, InstanceParts, Limits,
    PickleError, Result, Set, Str, Value, class_name,
};

/// Converts anything that serde can serialize to a Python value. See the table in [the crate](crate).
///
/// ```
/// use mpconn_pickle::to_value;
///
/// #[derive(serde::Serialize)]
/// struct Task<'a> {
///     name: &'a str,
///     retries: Option<u8>,
/// }
///
/// let value = to_value(&Task { name: "sweep", retries: None })?;
/// assert_eq!(value.get("name").and_then(|name| name.as_str()), Some("sweep"));
/// assert!(value.get("retries").is_some_and(|retries| retries.is_none()));
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
///
/// # Errors
/// Fails for types nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH); for a dict or set as a key; for a
/// key of more than 1,048,576 values, or more than 64 MiB of lists that keys share, each of which
/// becomes a tuple; and if a type's own `Serialize` fails.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value> {
    let mut tree = Tree::new();
    value.serialize(Ser::new(&mut tree))?;
    // Each success leaves one value.
    Ok(tree.pop())
}

/// Works as the stack machine does: values are pushed, containers collect them.
struct Tree {
    stack: Vec<Value>,
    names: Names<2, Str>,
    seen: Seen,
    classes: Names<2, Class>,
    members: Names<4, Value>,
    /// Bytes of copies that keys may still add.
    copies: u64,
}

/// An open container: where its items begin.
pub(super) struct Start {
    at: usize,
    kind: ContainerKind,
}

#[derive(Clone, Copy)]
enum ContainerKind {
    Tuple,
    List,
    Set,
    FrozenSet,
    Dict,
}

impl Tree {
    fn new() -> Self {
        Tree {
            stack: Vec::new(),
            names: Names::new(),
            seen: Seen::new(),
            classes: Names::new(),
            members: Names::new(),
            copies: Limits::DEFAULT.repeated,
        }
    }

    fn push(&mut self, value: impl Into<Value>) {
        self.stack.push(value.into());
    }

    fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or_default()
    }

    /// Makes an instance of the class and the arguments on the stack.
    fn instance(&mut self, construction: Construction) {
        let (args, callable) = (self.pop(), self.pop());
        let parts = InstanceParts {
            construction,
            callable,
            args,
            ..InstanceParts::default()
        };
        self.push(Instance::from(parts));
    }

    fn start(&self, kind: ContainerKind) -> Start {
        let at = self.stack.len();
        Start { at, kind }
    }

    /// A vector of exact size, as it lives on in the value.
    fn items(&mut self, from: usize) -> Vec<Value> {
        self.stack.drain(from..).collect()
    }

    fn shared_name(&mut self, name: &'static str) -> Str {
        if let Some(known) = self.names.get(&one(name)) {
            return known.clone();
        }
        let text = Str::from(name);
        self.names.insert(one(name), text.clone());
        text
    }
}

impl Sink for Tree {
    type Open = Start;

    fn none(&mut self) {
        self.push(Value::None);
    }

    fn bool(&mut self, value: bool) {
        self.push(value);
    }

    #[inline]
    fn int(&mut self, value: i64) {
        self.push(value);
    }

    fn big_int(&mut self, value: &BigInt) -> Result<()> {
        self.push(value.clone());
        Ok(())
    }

    #[inline]
    fn float(&mut self, value: f64) {
        self.push(value);
    }

    fn text(&mut self, text: &str) -> Result<()> {
        self.push(text);
        Ok(())
    }

    fn name(&mut self, name: &'static str) -> Result<()> {
        let name = self.shared_name(name);
        self.push(name);
        Ok(())
    }

    fn field(&mut self, name: &'static str, _place: usize) -> Result<()> {
        self.name(name)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.push(bytes);
        Ok(())
    }

    fn byte_array(&mut self, bytes: &[u8]) -> Result<()> {
        self.push(Value::ByteArray(bytes.into()));
        Ok(())
    }

    fn value(&mut self, value: Value) -> Result<()> {
        self.push(value);
        Ok(())
    }

    fn key(&mut self, key: Value, _: Value) -> Result<()> {
        self.value(key)
    }

    fn copied(&mut self, bytes: usize) -> Result<()> {
        let left = self.copies.checked_sub(bytes as u64);
        self.copies = left.ok_or_else(|| {
            PickleError::limit(
                "lists that keys share, and that become a tuple in each, take more than 64 MiB: \
                 make the keys smaller",
            )
        })?;
        Ok(())
    }

    fn seen(&mut self) -> &mut Seen {
        &mut self.seen
    }

    fn class(&mut self, name: &'static str) -> Result<()> {
        let class = match self.classes.get(&one(name)) {
            Some(known) => known.clone(),
            None => {
                let (module, qualname) = class_name::split(name).unwrap_or_default();
                let class = Class::new(module, qualname);
                self.classes.insert(one(name), class.clone());
                class
            }
        };
        self.push(class);
        Ok(())
    }

    fn known_member(&mut self, class: &'static str, variant: &'static str) -> bool {
        let known = self.members.get(&two(class, variant)).cloned();
        let found = known.is_some();
        self.stack.extend(known);
        found
    }

    fn keep_member(&mut self, class: &'static str, variant: &'static str) {
        if let Some(member) = self.stack.last() {
            self.members.insert(two(class, variant), member.clone());
        }
    }

    fn open(&mut self, row: Row) -> Result<Start> {
        Ok(self.start(match row {
            Row::Tuple(_) => ContainerKind::Tuple,
            Row::List(_) => ContainerKind::List,
            Row::Set => ContainerKind::Set,
            Row::FrozenSet => ContainerKind::FrozenSet,
        }))
    }

    #[inline]
    fn next(&mut self, _: &mut Start) {}

    fn close(&mut self, open: &Start, given: usize) -> Result<()> {
        let items = self.items(open.at);
        let value = match open.kind {
            ContainerKind::Tuple => Value::Tuple(items.into()),
            ContainerKind::List => Value::List(items.into()),
            ContainerKind::Set => Value::Set(Set::from(items)),
            ContainerKind::FrozenSet => Value::FrozenSet(FrozenSet::from(items)),
            ContainerKind::Dict => return self.close_dict(open, given),
        };
        self.push(value);
        Ok(())
    }

    fn open_dict(&mut self, _: Option<usize>) -> Start {
        self.start(ContainerKind::Dict)
    }

    fn open_fields(&mut self, _: usize) -> Start {
        self.start(ContainerKind::Dict)
    }

    #[inline]
    fn next_pair(&mut self, _: &mut Start) {}

    fn close_dict(&mut self, open: &Start, _: usize) -> Result<()> {
        let mut pairs = Vec::with_capacity((self.stack.len() - open.at) / 2);
        let mut items = self.stack.drain(open.at..);
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            pairs.push((key, value));
        }
        drop(items);
        self.push(Dict::from_pairs(pairs));
        Ok(())
    }

    fn pair(&mut self) {
        let (right, left) = (self.pop(), self.pop());
        self.push(Value::tuple([left, right]));
    }

    fn new_object(&mut self) {
        self.instance(Construction::New);
    }

    fn call(&mut self) {
        self.instance(Construction::Call);
    }

    fn build(&mut self) {
        let state = self.pop();
        if let Some(Value::Instance(instance)) = self.stack.last_mut() {
            instance.make_mut().changes.push(Change::State(state));
        }
    }
}
