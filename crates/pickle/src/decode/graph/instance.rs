//! Instances in a graph.

use super::arena::Graph;
use super::changes::ObjectChange;
use super::node::{InstanceNode, Node};
use crate::{Class, Construction};

/// A change of an instance after its construction, in a [`Graph`]: see [`Change`](crate::Change).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ChangeNode<'g, 'a> {
    /// BUILD
    State(Node<'g, 'a>),
    /// APPEND, APPENDS
    Append(Node<'g, 'a>),
    /// SETITEM, SETITEMS
    SetItem(Node<'g, 'a>, Node<'g, 'a>),
    /// ADDITEMS
    Add(Node<'g, 'a>),
    /// A call whose result is discarded
    Call(Node<'g, 'a>),
}

impl<'g, 'a> InstanceNode<'g, 'a> {
    pub(super) fn new(graph: &'g Graph<'a>, number: u32) -> Self {
        InstanceNode {
            graph,
            object: graph.object(number),
        }
    }

    /// Returns the class or function that is called, if it is called by name. Objects that reduce to
    /// `copyreg._reconstructor(cls, base, state)` are of class `cls`.
    pub fn class(self) -> Option<&'g Class> {
        let class = self.callable().as_class()?;
        if class.is_reconstructor()
            && let Some(made) = self
                .args()
                .items()
                .and_then(|mut args| args.next()?.as_class())
        {
            return Some(made);
        }
        Some(class)
    }

    /// Returns whether it is constructed by that class or function.
    pub fn is(self, module: &str, qualname: &str) -> bool {
        self.class().is_some_and(|class| class.is(module, qualname))
    }

    /// Returns how Python constructs it.
    pub fn construction(self) -> Construction {
        self.object.construction
    }

    /// Returns what is called: nearly always a class or function.
    pub fn callable(self) -> Node<'g, 'a> {
        self.graph.node(self.object.callable)
    }

    /// Returns the positional arguments: a tuple.
    pub fn args(self) -> Node<'g, 'a> {
        self.graph.node(self.object.args)
    }

    /// Returns the keyword arguments: a dict, for [`Construction::NewEx`].
    pub fn kwargs(self) -> Option<Node<'g, 'a>> {
        self.object.kwargs.map(|kwargs| self.graph.node(kwargs))
    }

    /// Returns the changes that follow, in order.
    pub fn changes(
        self,
    ) -> impl ExactSizeIterator<Item = ChangeNode<'g, 'a>> + DoubleEndedIterator + use<'g, 'a> {
        let graph = self.graph;
        self.object.changes.iter().map(move |change| match *change {
            ObjectChange::State(state) => ChangeNode::State(graph.node(state)),
            ObjectChange::Append(item) => ChangeNode::Append(graph.node(item)),
            ObjectChange::SetItem(key, value) => {
                ChangeNode::SetItem(graph.node(key), graph.node(value))
            }
            ObjectChange::Add(item) => ChangeNode::Add(graph.node(item)),
            ObjectChange::Call(call) => ChangeNode::Call(graph.node(call)),
        })
    }

    /// Returns the last state that it is given: usually its `__dict__`, or with slots a pair of dicts.
    pub fn state(self) -> Option<Node<'g, 'a>> {
        self.changes().rev().find_map(|change| match change {
            ChangeNode::State(state) => Some(state),
            _ => None,
        })
    }

    /// Returns an attribute from its state: from `__dict__` or from slots.
    pub fn attribute(self, name: &str) -> Option<Node<'g, 'a>> {
        let state = self.state()?;
        if state.pairs().is_some() {
            return state.get(name);
        }
        // (__dict__ or None, slots)
        let both = state.items().filter(|both| both.len() == 2)?;
        both.filter(|part| part.pairs().is_some())
            .find_map(|part| part.get(name))
    }
}

impl std::fmt::Debug for InstanceNode<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InstanceNode")
            .field("class", &self.class())
            .field("construction", &self.object.construction)
            .finish_non_exhaustive()
    }
}
