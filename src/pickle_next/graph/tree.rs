//! Graphs as serde's side looks at them.

use super::{ChangeNode, Content, InstanceNode, Items, Node, Pairs, Result, Slot, Value};
use crate::pickle_next::view::{Blob, InstanceView, Kind, Text, Tree, View};

impl<'g, 'a> Tree<'a> for Node<'g, 'a>
where
    'a: 'g,
{
    type Items = Items<'g, 'a>;
    type Pairs = Pairs<'g, 'a>;

    #[inline]
    fn view(self) -> View<'a, Self> {
        match self.slot {
            Slot::None { .. } => View::None,
            Slot::Bool { value, .. } => View::Bool(value),
            Slot::Int { value, .. } => View::Int(value),
            Slot::Float { value, .. } => View::Float(value),
            Slot::Str { text, .. } => View::Str(Text::Borrowed(text)),
            Slot::Bytes { bytes, .. } => View::Bytes(Blob::Borrowed(bytes)),
            Slot::Cell { id, .. } => self.view_of(&self.graph.cell(id).content),
        }
    }

    fn to_value(self) -> Result<Value> {
        Node::to_value(self)
    }

    fn offset(self) -> Option<usize> {
        Node::offset(self)
    }

    fn shared(self) -> Option<usize> {
        if !self.is_shared() {
            return None;
        }
        match self.slot {
            Slot::Cell { id, .. } => Some(id as usize),
            // Behind all cells.
            Slot::Str { id, .. } | Slot::Bytes { id, .. } => {
                Some(self.graph.cells.len() + id as usize)
            }
            _ => None,
        }
    }
}

impl<'g, 'a> Node<'g, 'a> {
    fn view_of(self, content: &'g Content<'a>) -> View<'a, Self> {
        let kind = match content {
            Content::Tuple(_) => Kind::Tuple,
            Content::List(_) => Kind::List,
            Content::Set(_) => Kind::Set,
            Content::FrozenSet(_) => Kind::FrozenSet,
            other => return self.view_of_other(other),
        };
        match self.items() {
            Some(items) => View::Items(kind, items),
            None => View::None,
        }
    }

    fn view_of_other(self, content: &'g Content<'a>) -> View<'a, Self> {
        match content {
            Content::BigInt(value) => View::BigInt(value.clone()),
            Content::Complex(parts) => View::Complex(parts.0, parts.1),
            Content::Str(text) => View::Str(Text::Shared(Clone::clone(text))),
            Content::SurrogateStr(text) => View::SurrogateStr(Clone::clone(text)),
            Content::Bytes(bytes) => View::Bytes(Blob::Shared(bytes.clone())),
            Content::ByteArray(bytes) => View::ByteArray(Blob::Borrowed(bytes)),
            Content::OwnByteArray(bytes) => View::ByteArray(Blob::Shared(bytes.clone())),
            Content::Buffer(buffer) => View::Buffer(Blob::Shared(buffer.bytes().clone())),
            Content::Class(class) => View::Class(class.clone()),
            Content::Instance(number) => View::Instance(self.graph.instance(*number).into()),
            _ => match (self.pairs(), self.persistent_id()) {
                (Some(pairs), _) => View::Dict(pairs),
                (None, Some(id)) => View::Persistent(id),
                // Items, which are not seen here.
                (None, None) => View::None,
            },
        }
    }
}

impl<'g, 'a> From<InstanceNode<'g, 'a>> for InstanceView<Node<'g, 'a>> {
    fn from(instance: InstanceNode<'g, 'a>) -> Self {
        let mut view = InstanceView {
            construction: instance.construction(),
            callable: instance.callable(),
            args: instance.args(),
            kwargs: instance.kwargs(),
            state: None,
            appended: Vec::new(),
            added: Vec::new(),
            pairs: Vec::new(),
        };
        for change in instance.changes() {
            match change {
                ChangeNode::State(state) => view.state = Some(state),
                ChangeNode::Append(item) => view.appended.push(item),
                ChangeNode::Add(item) => view.added.push(item),
                ChangeNode::SetItem(key, value) => view.pairs.push((key, value)),
                ChangeNode::Call(_) => {}
            }
        }
        view
    }
}
