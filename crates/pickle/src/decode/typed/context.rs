//! What one reading keeps count of: depth, and how often shared objects are expanded.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::super::view::Tree;
use super::depth::{Levels, with_stack};
use crate::key::{self, Prints};
use crate::{Limits, PickleError, Result, Value};

/// Shared text up to this long is free: its copies take little more than what refers to it.
pub(super) const FREE_TEXT: usize = 64;

/// What a copy of one value takes, its content aside.
const VALUE: u64 = 24;

/// How often newtypes and options may stand around one value: a type that contains itself in
/// them has no end.
pub(super) const MOST_WRAPS: u8 = 32;

/// Lives as long as one reading.
pub(super) struct Context<'de, T: Tree<'de>> {
    growth: u64,
    levels: Levels,
    left: Cell<u64>,
    /// The shared containers met so far; whether they are being read right now.
    met: RefCell<HashMap<usize, bool>>,
    kept: RefCell<Option<T::Kept>>,
    /// Of keys, which many containers may share.
    prints: RefCell<Prints>,
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

    /// Counts a copy of what is shared.
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

    /// Whether that object was read before.
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

/// The inside of a container: places come from here.
pub(super) struct Inside<'c, 'de, T: Tree<'de>> {
    context: &'c Context<'de, T>,
    depth: usize,
    /// Containers, options and newtypes around it.
    steps: usize,
    wraps: u8,
    /// Whether all of this was read before, in another place.
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

    /// Something in it.
    #[inline]
    pub(super) fn place(self, node: T) -> Result<Place<'c, 'de, T>> {
        if self.copied {
            self.context.grow(VALUE)?;
        }
        Ok(Place { node, around: self })
    }

    /// Counts text or bytes that may be copied.
    #[inline]
    pub(super) fn count(self, node: T, length: usize) -> Result<()> {
        if length > FREE_TEXT && (self.copied || node.shared().is_some()) {
            self.context.grow(length as u64)?;
        }
        Ok(())
    }

    /// As a value, with what is shared among all such values still shared.
    pub(super) fn to_value(self, node: T) -> Result<Value> {
        node.to_value(&mut self.context.kept.borrow_mut())
    }

    /// For each key where its first equal stands, `None` if all differ.
    pub(super) fn first_positions(self, keys: &[Value]) -> Option<Vec<usize>> {
        key::first_positions(keys.iter(), &mut self.context.prints.borrow_mut())
    }

    /// The same place, behind one more newtype or option.
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

    /// Fails if a container there would be deeper than serde's own buffers may be.
    #[inline]
    pub(super) fn buffered(self) -> Result<()> {
        match self.depth >= self.context.levels.buffered {
            true => Err(self.context.levels.buffered_exceeded()),
            false => Ok(()),
        }
    }

    /// Reads what is in a container.
    pub(super) fn enter<R>(self, node: T, read: impl FnOnce(Self) -> Result<R>) -> Result<R> {
        let levels = &self.context.levels;
        if self.depth >= levels.most {
            return Err(levels.exceeded());
        }
        // The other branch must not take stack where it is never taken.
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

/// A value, and what is known of its surroundings.
pub(super) struct Place<'c, 'de, T: Tree<'de>> {
    pub(super) node: T,
    pub(super) around: Inside<'c, 'de, T>,
}

impl<'de, T: Tree<'de>> Clone for Place<'_, 'de, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<'de, T: Tree<'de>> Copy for Place<'_, 'de, T> {}

/// Also of a value that stands for the container around it.
#[cold]
pub(super) fn contains_itself() -> PickleError {
    PickleError::unsupported(
        "the value contains itself, which types of Rust's cannot: read this part into a Value",
    )
}
