//! The nodes of a graph as a [`Tree`], from which types are deserialized.

use super::cells::Content;
use super::instance::ChangeNode;
use super::keys;
use super::node::{InstanceNode, Items, Node, Pairs};
use super::slot::Slot;
use crate::decode::graph::Converter;
use crate::decode::view::{Blob, ContainerKind, InstanceView, Text, Tree, View};
use crate::opcode::{Layout, describe};
use crate::{Result, Value};

impl<'g, 'a> Tree<'a> for Node<'g, 'a>
where
    'a: 'g,
{
    type Items = Items<'g, 'a>;
    type Pairs = Pairs<'g, 'a>;
    type Kept = Converter<'g, 'a>;

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

    fn to_value(self, kept: &mut Option<Self::Kept>) -> Result<Value> {
        let converter = kept.get_or_insert_with(|| Converter::new(self.graph, None));
        converter.convert(self.slot)
    }

    fn differ(self) -> bool {
        match self.content() {
            Some(Content::Dict(row)) => keys::differ(self.graph, self.graph.row(*row), 2),
            Some(Content::Set(row) | Content::FrozenSet(row)) => {
                keys::differ(self.graph, self.graph.row(*row), 1)
            }
            _ => true,
        }
    }

    fn offset(self) -> Option<usize> {
        match self.slot {
            Slot::Str { text, .. } => opcode_of(self.graph.message, text.as_bytes()),
            Slot::Bytes { bytes, .. } => opcode_of(self.graph.message, bytes),
            _ => Node::offset(self),
        }
    }

    fn shared(self) -> Option<usize> {
        match self.slot {
            Slot::Cell { id, .. } if self.graph.cell(id).shared != 0 => Some(id as usize),
            Slot::Str { id, .. } | Slot::Bytes { id, .. } if self.is_shared() => {
                // Cells count up from 0.
                Some(usize::MAX - id as usize)
            }
            _ => None,
        }
    }
}

/// Returns the offset of the opcode whose argument these bytes of the message are.
fn opcode_of(message: &[u8], content: &[u8]) -> Option<usize> {
    let start = content
        .as_ptr()
        .addr()
        .checked_sub(message.as_ptr().addr())?;
    let before = message.get(..start)?;
    let length = (content.len() as u64).to_le_bytes();
    // The opcode, and the width of its length.
    let found = [1, 4, 8, 0].into_iter().find(|width| {
        let split = before.len().checked_sub(*width);
        let Some((before, counted)) = split.and_then(|at| before.split_at_checked(at)) else {
            return false;
        };
        let opcode = before.last().and_then(|code| describe(*code));
        let fits = opcode.is_some_and(|opcode| match opcode.argument.layout() {
            Layout::Counted(length) => usize::from(length) == *width,
            Layout::SignedCounted => *width == 4,
            Layout::Lines(_) => *width == 0,
            Layout::Fixed(_) => false,
        });
        fits && *counted == length[..*width]
    });
    Some(start - found? - 1)
}

impl<'g, 'a> Node<'g, 'a> {
    fn view_of(self, content: &'g Content<'a>) -> View<'a, Self> {
        let kind = match content {
            Content::Tuple(_) => ContainerKind::Tuple,
            Content::List(_) => ContainerKind::List,
            Content::Set(_) => ContainerKind::Set,
            Content::FrozenSet(_) => ContainerKind::FrozenSet,
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
            Content::Instance(number) => {
                View::Instance(Box::new(self.graph.instance(*number).into()))
            }
            _ => match (self.pairs(), self.persistent_id()) {
                (Some(pairs), _) => View::Dict(pairs),
                (None, Some(id)) => View::Persistent(id),
                // Items, which do not count as attributes.
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
