//! What one reading keeps count of: depth, and how often shared objects are expanded.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::super::view::Tree;
use super::super::{Error, MAX_DEPTH, Result};
use super::place::Place;

/// Shared text up to this long is free: its copies take little more than what refers to it.
pub(super) const FREE_TEXT: usize = 64;

/// What a copy of one value takes, its content aside.
const VALUE: u64 = 24;

/// How often newtypes and options may stand around one value: a type that contains itself in
/// them has no end.
const MOST_WRAPS: u8 = 32;

/// Lives as long as one reading.
pub(super) struct Context {
    growth: u64,
    left: Cell<u64>,
    /// The shared containers met so far; whether they are being read right now.
    met: RefCell<HashMap<usize, bool>>,
}

impl Context {
    pub(super) fn new(growth: u64) -> Self {
        Context {
            growth,
            left: Cell::new(growth),
            met: RefCell::default(),
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
#[derive(Clone, Copy)]
pub(super) struct Inside<'c> {
    context: &'c Context,
    depth: usize,
    wraps: u8,
    /// Whether all of this was read before, in another place.
    copied: bool,
}

impl<'c> Inside<'c> {
    pub(super) fn new(context: &'c Context) -> Self {
        Inside {
            context,
            depth: 0,
            wraps: 0,
            copied: false,
        }
    }

    /// Something in it.
    #[inline]
    pub(super) fn place<T>(self, node: T) -> Result<Place<'c, T>> {
        if self.copied {
            self.context.grow(VALUE)?;
        }
        Ok(Place { node, around: self })
    }

    /// Counts text or bytes that may be copied.
    #[inline]
    pub(super) fn count<'de>(self, node: impl Tree<'de>, length: usize) -> Result<()> {
        if length > FREE_TEXT && (self.copied || node.shared().is_some()) {
            self.context.grow(length as u64)?;
        }
        Ok(())
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
    pub(super) fn enter<'de, R>(
        self,
        node: impl Tree<'de>,
        read: impl FnOnce(Self) -> Result<R>,
    ) -> Result<R> {
        if self.depth >= MAX_DEPTH {
            return Err(too_deep());
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
fn too_deep() -> Error {
    Error::limit(format!(
        "nested deeper than {MAX_DEPTH} levels, where types of Rust's end: read this part into a \
         Value, which may be as deep as one likes"
    ))
}

/// Also of a value that stands for the container around it.
#[cold]
pub(super) fn contains_itself() -> Error {
    Error::unsupported(
        "the value contains itself, which types of Rust's cannot: read this part into a Value",
    )
}
