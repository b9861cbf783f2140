//! What one reading keeps count of: depth, and how often shared objects are expanded.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::super::key::{self, Prints};
use super::super::view::Tree;
use super::super::{Error, Limits, MAX_DEPTH, Result, Value};
use super::place::Place;

/// Shared text up to this long is free: its copies take little more than what refers to it.
pub(super) const FREE_TEXT: usize = 64;

/// What a copy of one value takes, its content aside.
const VALUE: u64 = 24;

/// How often newtypes and options may stand around one value: a type that contains itself in
/// them has no end.
const MOST_WRAPS: u8 = 32;

/// Lives as long as one reading.
pub(super) struct Context<'de, T: Tree<'de>> {
    growth: u64,
    depth: usize,
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
            depth: limits.depth.min(MAX_DEPTH),
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
            None => Err(Error::limit(format!(
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
        match self.wraps > MOST_WRAPS {
            true => Err(Error::limit(format!(
                "more than {MOST_WRAPS} options and newtypes around one value: does the Rust type \
                 contain itself?"
            ))),
            false => Ok(self),
        }
    }

    /// Reads what is in a container.
    pub(super) fn enter<R>(self, node: T, read: impl FnOnce(Self) -> Result<R>) -> Result<R> {
        if self.depth >= self.context.depth {
            return Err(too_deep(self.context.depth));
        }
        let id = node.shared();
        let again = match id {
            Some(id) => self.context.open(id)?,
            None => false,
        };
        let result = read(Inside {
            depth: self.depth + 1,
            wraps: 0,
            copied: self.copied || again,
            ..self
        });
        if let Some(id) = id {
            self.context.close(id);
        }
        result
    }
}

#[cold]
fn too_deep(depth: usize) -> Error {
    Error::limit(match depth {
        MAX_DEPTH => format!(
            "nested deeper than {MAX_DEPTH} levels, where types of Rust's end: read this part \
             into a Value, which may be as deep as one likes"
        ),
        depth => format!("nested deeper than {depth} levels: raise Limits::depth"),
    })
}

/// Also of a value that stands for the container around it.
#[cold]
pub(super) fn contains_itself() -> Error {
    Error::unsupported(
        "the value contains itself, which types of Rust's cannot: read this part into a Value",
    )
}
