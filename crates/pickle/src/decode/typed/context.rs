//! The state of one call: depth, and the size of copies of shared objects.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::super::view::Tree;
use super::depth::{Levels, with_stack};
use crate::key::{self, Fingerprints};
use crate::{Limits, PickleError, Result, Value};

/// Shared text up to this length is not counted: its copies are about as small as references.
pub(super) const FREE_TEXT: usize = 64;

/// Size of a copied value without its content.
const VALUE: u64 = 24;

/// Most newtypes and options around one value: a type that contains itself in them never ends.
pub(super) const MOST_WRAPS: u8 = 32;

/// Lives as long as one call.
pub(super) struct Context<'de, T: Tree<'de>> {
    growth: u64,
    levels: Levels,
    left: Cell<u64>,
    /// Shared containers met so far, and whether each is being read right now.
    met: RefCell<HashMap<usize, bool>>,
    kept: RefCell<Option<T::Kept>>,
    /// Fingerprints of keys that many containers may share.
    prints: RefCell<Fingerprints>,
}

impl<'de, T: Tree<'de>> Context<'de, T> {
    pub(super) fn new(limits: &Limits) -> Self {
        Context {
            growth: limits.growth,
            levels: Levels::of(limits),
            left: Cell::new(limits.growth),
            met: RefCell::default(),
            kept: RefCell::new(None),
            prints: RefCell::default(),
        }
    }

    /// Counts a copy of a shared object.
    pub(super) fn grow(&self, bytes: u64) -> Result<()> {
        match self.left.get().checked_sub(bytes) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(PickleError::limit(format!(
                "shared references would expand to more than {} bytes: raise Limits::growth, or \
                 read into a Value, which keeps them shared",
                self.growth
            ))),
        }
    }

    /// Returns whether that object was read before.
    fn open(&self, id: usize) -> Result<bool> {
        match self.met.borrow_mut().insert(id, true) {
            Some(true) => Err(contains_itself()),
            before => Ok(before.is_some()),
        }
    }

    fn close(&self, id: usize) {
        self.met.borrow_mut().insert(id, false);
    }
}

/// The inside of a container, which makes the deserializers of its parts.
pub(super) struct Inside<'c, 'de, T: Tree<'de>> {
    context: &'c Context<'de, T>,
    depth: usize,
    /// Number of containers, options and newtypes around it.
    steps: usize,
    wraps: u8,
    /// Whether all of it was read before, through another reference.
    copied: bool,
}

impl<'de, T: Tree<'de>> Clone for Inside<'_, 'de, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<'de, T: Tree<'de>> Copy for Inside<'_, 'de, T> {}

impl<'c, 'de, T: Tree<'de>> Inside<'c, 'de, T> {
    pub(super) fn new(context: &'c Context<'de, T>) -> Self {
        Inside {
            context,
            depth: 0,
            steps: 0,
            wraps: 0,
            copied: false,
        }
    }

    /// Returns the deserializer of a node in it.
    #[inline]
    pub(super) fn place(self, node: T) -> Result<NodeDeserializer<'c, 'de, T>> {
        if self.copied {
            self.context.grow(VALUE)?;
        }
        Ok(NodeDeserializer { node, around: self })
    }

    /// Counts text or bytes that may be a copy.
    #[inline]
    pub(super) fn count(self, node: T, length: usize) -> Result<()> {
        if length > FREE_TEXT && (self.copied || node.shared().is_some()) {
            self.context.grow(length as u64)?;
        }
        Ok(())
    }

    /// Returns a node as a value. What such values share stays shared.
    pub(super) fn to_value(self, node: T) -> Result<Value> {
        node.to_value(&mut self.context.kept.borrow_mut())
    }

    /// Returns for each key the index of the first equal one, or `None` if all differ.
    pub(super) fn first_positions(self, keys: &[Value]) -> Option<Vec<usize>> {
        key::first_positions(keys.iter(), &mut self.context.prints.borrow_mut())
    }

    /// Returns the same, in one more newtype or option.
    pub(super) fn wrapped(mut self) -> Result<Self> {
        self.wraps += 1;
        if self.wraps > MOST_WRAPS {
            return Err(PickleError::limit(format!(
                "more than {MOST_WRAPS} options and newtypes around one value: does the Rust type \
                 contain itself?"
            )));
        }
        self.step()
    }

    fn step(mut self) -> Result<Self> {
        self.steps += 1;
        match self.steps > self.context.levels.steps {
            true => Err(self.context.levels.steps_exceeded()),
            false => Ok(self),
        }
    }

    /// Fails if a container there would be deeper than serde's buffers may be.
    #[inline]
    pub(super) fn buffered(self) -> Result<()> {
        match self.depth >= self.context.levels.buffered {
            true => Err(self.context.levels.buffered_exceeded()),
            false => Ok(()),
        }
    }

    /// Reads the inside of a container.
    pub(super) fn enter<R>(self, node: T, read: impl FnOnce(Self) -> Result<R>) -> Result<R> {
        let levels = &self.context.levels;
        if self.depth >= levels.most {
            return Err(levels.exceeded());
        }
        // Separate, so that it takes no stack when it is not called.
        match cfg!(feature = "stacker") && self.depth >= levels.unasked {
            true => with_stack(|| self.enter_here(node, read)),
            false => self.enter_here(node, read),
        }
    }

    #[inline(always)]
    fn enter_here<R>(self, node: T, read: impl FnOnce(Self) -> Result<R>) -> Result<R> {
        let stepped = self.step()?;
        let id = node.shared();
        let again = match id {
            Some(id) => self.context.open(id)?,
            None => false,
        };
        let result = read(Inside {
            depth: self.depth + 1,
            wraps: 0,
            copied: self.copied || again,
            ..stepped
        });
        if let Some(id) = id {
            self.context.close(id);
        }
        result
    }
}

/// The deserializer of one node, with what is around it.
pub(super) struct NodeDeserializer<'c, 'de, T: Tree<'de>> {
    pub(super) node: T,
    pub(super) around: Inside<'c, 'de, T>,
}

impl<'de, T: Tree<'de>> Clone for NodeDeserializer<'_, 'de, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<'de, T: Tree<'de>> Copy for NodeDeserializer<'_, 'de, T> {}

/// Also for a value that stands for the container around it.
#[cold]
pub(super) fn contains_itself() -> PickleError {
    PickleError::unsupported(
        "the value contains itself, which types of Rust's cannot: read this part into a Value",
    )
}
