//! What the machine builds, and how it becomes a tree.

use std::collections::HashMap;
use std::vec;

use super::{Limits, Result};
use crate::pickle::error::Error;
use crate::pickle::{Dict, MAX_DEPTH, Value, key};

/// Which node of a [`Graph`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct NodeId(u32);

impl NodeId {
    pub(super) fn from_index(index: usize) -> Option<Self> {
        u32::try_from(index).ok().map(NodeId)
    }

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// An object. Containers name their items, so that they can be shared and changed.
pub(super) enum Node {
    Leaf(Value),
    Tuple(Vec<NodeId>),
    List(Vec<NodeId>),
    Set(Vec<NodeId>),
    FrozenSet(Vec<NodeId>),
    /// A set of the items of another object.
    SetOf(NodeId),
    FrozenSetOf(NodeId),
    /// Key, value, key, value...
    Dict(Vec<NodeId>),
    /// A class or function: module and name with a dot between.
    Global(String),
    /// Is being built into a value, or has been.
    Taken,
}

impl Node {
    /// For messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Node::Leaf(value) => value.type_name(),
            Node::Tuple(_) => "tuple",
            Node::List(_) => "list",
            Node::Set(_) | Node::SetOf(_) => "set",
            Node::FrozenSet(_) | Node::FrozenSetOf(_) => "frozenset",
            Node::Dict(_) => "dict",
            Node::Global(_) => "class or function",
            Node::Taken => "object",
        }
    }
}

/// All objects of a pickle.
#[derive(Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    /// How often each may appear beyond the first time.
    extra: Vec<u32>,
    /// Bytes of copies so far.
    growth: u64,
    limits: Limits,
}

/// What a value takes where it stands, without text and bytes.
const INLINE: u64 = size_of::<Value>() as u64;

impl Graph {
    pub(super) fn new(limits: &Limits) -> Self {
        Graph {
            limits: limits.clone(),
            ..Graph::default()
        }
    }

    pub(super) fn add(&mut self, node: Node) -> Result<NodeId> {
        let id = NodeId::from_index(self.nodes.len());
        let id = id.ok_or_else(|| Error::new("more than 2^32 objects in one pickle: split it"))?;
        self.nodes.push(node);
        self.extra.push(0);
        Ok(id)
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.index()]
    }

    /// Notes that an object appears once more.
    pub(super) fn share(&mut self, id: NodeId) {
        let extra = &mut self.extra[id.index()];
        *extra = extra.saturating_add(1);
    }

    /// Accounts for bytes that a copy takes, if this object is one that can be copied again.
    pub(super) fn charge_copy_of(&mut self, id: NodeId, bytes: usize) -> Result<()> {
        if self.extra[id.index()] > 0 {
            self.charge(bytes as u64)
        } else {
            Ok(())
        }
    }

    fn charge(&mut self, bytes: u64) -> Result<()> {
        self.growth = self.growth.saturating_add(bytes);
        if self.growth <= self.limits.growth {
            return Ok(());
        }
        Err(Error::new(format!(
            "objects that appear many times would take more than {} bytes as copies: raise \
             Limits::growth if the peer is to be trusted",
            self.limits.growth
        )))
    }

    /// Turns the object and all that it holds into a value.
    pub(super) fn into_value(self, root: NodeId) -> Result<Value> {
        Builder {
            graph: self,
            open: Vec::new(),
            shared: HashMap::new(),
        }
        .run(root)
    }
}

/// A finished value with what is needed to account for it.
struct Built {
    value: Value,
    /// How many levels of containers.
    height: usize,
    /// Bytes of memory.
    weight: u64,
}

/// Makes a container of its items.
type Make = fn(Vec<Value>) -> Result<Value>;

/// A container of which some items are still to come.
struct Open {
    id: NodeId,
    make: Make,
    items: vec::IntoIter<NodeId>,
    done: Vec<Value>,
    height: usize,
    weight: u64,
}

struct Builder {
    graph: Graph,
    open: Vec<Open>,
    /// Finished values that will be needed again.
    shared: HashMap<NodeId, Built>,
}

impl Builder {
    fn run(mut self, root: NodeId) -> Result<Value> {
        let mut finished = self.visit(root)?;
        loop {
            match (self.open.last_mut(), finished.take()) {
                (None, Some(built)) => return Ok(built.value),
                // Not reached: what is not finished is open.
                (None, None) => return Ok(Value::None),
                (Some(open), built) => {
                    if let Some(built) = built {
                        open.height = open.height.max(built.height + 1);
                        open.weight = open.weight.saturating_add(built.weight);
                        open.done.push(built.value);
                    }
                    finished = match open.items.next() {
                        Some(next) => self.visit(next)?,
                        None => self.close()?,
                    };
                }
            }
        }
    }

    /// The value of an object, or `None` if it has been opened.
    fn visit(&mut self, id: NodeId) -> Result<Option<Built>> {
        if self.shared.contains_key(&id) {
            return self.reuse(id).map(Some);
        }
        let (make, items): (Make, Vec<NodeId>) =
            match std::mem::replace(self.graph.node_mut(id), Node::Taken) {
                Node::Leaf(value) => {
                    let weight = INLINE + payload(&value);
                    return self
                        .finish(
                            id,
                            Built {
                                value,
                                height: 0,
                                weight,
                            },
                        )
                        .map(Some);
                }
                Node::Tuple(items) => (|items| Ok(Value::Tuple(items)), items),
                Node::List(items) => (|items| Ok(Value::List(items)), items),
                Node::Set(items) => (|items| unique(items).map(Value::Set), items),
                Node::FrozenSet(items) => (|items| unique(items).map(Value::FrozenSet), items),
                Node::SetOf(list) => (|lists| set_of(lists).map(Value::Set), vec![list]),
                Node::FrozenSetOf(list) => {
                    (|lists| set_of(lists).map(Value::FrozenSet), vec![list])
                }
                Node::Dict(items) => (dict, items),
                Node::Global(name) => return Err(global_as_value(&name)),
                Node::Taken => return Err(Error::unsupported(CYCLE)),
            };
        self.check_depth(1)?;
        let done = Vec::with_capacity(items.len());
        self.open.push(Open {
            id,
            make,
            items: items.into_iter(),
            done,
            height: 1,
            weight: INLINE,
        });
        Ok(None)
    }

    fn check_depth(&self, more: usize) -> Result<()> {
        let depth = self.graph.limits.depth;
        if self.open.len() + more <= depth {
            return Ok(());
        }
        let or = match depth < MAX_DEPTH {
            true => ", or raise Limits::depth",
            false => "",
        };
        Err(Error::new(format!(
            "nested deeper than {depth} levels: have the peer flatten it{or}"
        )))
    }

    /// Closes the innermost container.
    fn close(&mut self) -> Result<Option<Built>> {
        let Some(open) = self.open.pop() else {
            return Ok(None);
        };
        let built = Built {
            value: (open.make)(open.done)?,
            height: open.height,
            weight: open.weight,
        };
        self.finish(open.id, built).map(Some)
    }

    /// Keeps a finished value if it is needed again.
    fn finish(&mut self, id: NodeId, built: Built) -> Result<Built> {
        if self.graph.extra[id.index()] == 0 {
            return Ok(built);
        }
        self.shared.insert(id, built);
        self.reuse(id)
    }

    /// Copies a shared value, or takes it when this is its last use.
    fn reuse(&mut self, id: NodeId) -> Result<Built> {
        let left = self.graph.extra[id.index()];
        if left == 0
            && let Some(built) = self.shared.remove(&id)
        {
            self.check_depth(built.height)?;
            return Ok(built);
        }
        self.graph.extra[id.index()] = left.saturating_sub(1);
        let Some(built) = self.shared.get(&id) else {
            return Err(Error::unsupported(CYCLE));
        };
        let (height, weight) = (built.height, built.weight);
        self.check_depth(height)?;
        self.graph.charge(weight)?;
        let value = self.shared[&id].value.clone();
        Ok(Built {
            value,
            height,
            weight,
        })
    }
}

const CYCLE: &str =
    "an object that holds itself is not supported yet: have the peer break the cycle";

fn payload(value: &Value) -> u64 {
    let bytes = match value {
        Value::Str(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::BigInt(value) => usize::try_from(value.0.bits() / 8).unwrap_or(usize::MAX),
        _ => 0,
    };
    bytes as u64
}

fn global_as_value(name: &str) -> Error {
    Error::unsupported(format!(
        "classes and functions as values are not supported yet: {name}; send its name as text"
    ))
}

fn unique(mut items: Vec<Value>) -> Result<Vec<Value>> {
    for item in &items {
        check_hashable(item, "a set item")?;
    }
    key::dedupe(&mut items);
    Ok(items)
}

/// Of one argument.
fn set_of(mut arguments: Vec<Value>) -> Result<Vec<Value>> {
    match arguments.pop() {
        Some(
            Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items),
        ) => unique(items),
        _ => Err(Error::new(
            "a set of something that has no items: no Python writes that",
        )),
    }
}

/// Of key, value, key, value; the machine has seen to it that they come in pairs.
fn dict(items: Vec<Value>) -> Result<Value> {
    let mut pairs = Vec::with_capacity(items.len() / 2);
    let mut items = items.into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        check_hashable(&key, "a dict key")?;
        pairs.push((key, value));
    }
    Ok(Value::Dict(Dict::from_pairs(pairs)))
}

fn check_hashable(value: &Value, role: &str) -> Result<()> {
    match key::unhashable(value) {
        None => Ok(()),
        Some(kind) => Err(Error::new(format!(
            "a {kind} as {role}: no Python writes that"
        ))),
    }
}
