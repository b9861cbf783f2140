//! The memo: what was written already, by identity and by name.

use std::collections::HashMap;

use super::address_map::Places;
use crate::value::Handle;
use crate::{Anchor, PickleError, Result, Value};

/// The numbers of memoized objects.
///
/// An object with a single handle is never met again, so its number is not stored. The exception are
/// objects in a tuple (or another object made after its items) that contains itself: it is written
/// twice, as by CPython, and the second time everything in it that has a number is fetched.
#[derive(Default)]
pub(super) struct Memo<'v> {
    places: Places,
    anchors: HashMap<usize, Anchored<'v>>,
    classes: HashMap<(&'v str, &'v str), u32>,
    modules: HashMap<&'v str, u32>,
    /// Number of open containers that are written twice.
    twice: usize,
}

/// A container that contains itself.
struct Anchored<'v> {
    container: &'v Value,
    number: Option<u32>,
    /// Number of entries when it was last begun.
    known: usize,
}

/// Where [`Memo::recursive`] finds the container.
pub(super) enum Found<'v> {
    Written(u32),
    /// It has to be written again within itself.
    Unfinished(&'v Value),
}

impl<'v> Memo<'v> {
    /// Returns whether an object with one handle has to be stored nevertheless.
    #[inline]
    pub(super) fn keeps_all(&self) -> bool {
        self.twice > 0
    }

    #[inline]
    pub(super) fn number(&self, address: usize) -> Option<u32> {
        self.places.get(address)
    }

    #[inline]
    pub(super) fn remember(&mut self, address: usize, number: u32) {
        self.places.insert(address, number);
    }

    /// Returns the number of a container, if it was written.
    #[inline]
    pub(super) fn written(&self, handle: Handle<'_>) -> Option<u32> {
        if handle.unique && !self.keeps_all() {
            return None;
        }
        self.places.get(handle.address)
    }

    /// Returns whether nothing has to be stored for it.
    #[inline]
    pub(super) fn forgets(&self, handle: Handle<'_>) -> bool {
        handle.unique && handle.anchor.is_none() && !self.keeps_all()
    }

    /// Notes a container that is empty first, then filled. It has its number from the beginning.
    #[inline]
    pub(super) fn opened(&mut self, container: &'v Value, handle: Handle<'v>, number: u32) {
        if !self.forgets(handle) {
            self.keep_opened(container, handle, number);
        }
    }

    #[inline(never)]
    fn keep_opened(&mut self, container: &'v Value, handle: Handle<'v>, number: u32) {
        if !handle.unique || self.keeps_all() {
            self.places.insert(handle.address, number);
        }
        if let Some(anchor) = handle.anchor {
            let anchored = Anchored {
                container,
                number: Some(number),
                known: 0,
            };
            self.anchors.insert(anchor.address(), anchored);
        }
    }

    /// Notes the beginning of a container that is made after its items.
    #[inline]
    pub(super) fn begun(&mut self, container: &'v Value, handle: Handle<'v>) {
        if let Some(anchor) = handle.anchor {
            self.begun_twice(container, anchor);
        }
    }

    #[cold]
    fn begun_twice(&mut self, container: &'v Value, anchor: &Anchor) {
        self.twice += 1;
        let known = self.known();
        let first = Anchored {
            container,
            number: None,
            known,
        };
        let anchored = self.anchors.entry(anchor.address()).or_insert(first);
        anchored.known = known;
    }

    /// Notes its end. If it was written within itself meanwhile, returns its number.
    #[inline]
    pub(super) fn ended(&mut self, handle: Handle<'_>) -> Option<u32> {
        let written = if self.keeps_all() {
            self.places.get(handle.address)
        } else {
            None
        };
        if handle.anchor.is_some() {
            self.twice -= 1;
        }
        written
    }

    /// Notes its number.
    #[inline]
    pub(super) fn completed(&mut self, handle: Handle<'_>, number: u32) {
        if !self.forgets(handle) {
            self.keep_completed(handle, number);
        }
    }

    #[inline(never)]
    fn keep_completed(&mut self, handle: Handle<'_>, number: u32) {
        self.places.insert(handle.address, number);
        if let Some(anchor) = handle.anchor
            && let Some(anchored) = self.anchors.get_mut(&anchor.address())
        {
            anchored.number = Some(number);
        }
    }

    /// Returns the container that an anchor stands for.
    pub(super) fn recursive(&self, anchor: &Anchor) -> Result<Found<'v>> {
        let Some(anchored) = self.anchors.get(&anchor.address()) else {
            return Err(PickleError::new(
                "a Value::Recursive that stands for no container around it: write the whole \
                 value, or put what it stands for (Anchor::resolve) in its place",
            ));
        };
        match anchored.number {
            Some(number) => Ok(Found::Written(number)),
            // Nothing since then exists before this one in Python.
            None if anchored.known == self.known() => Err(PickleError::new(format!(
                "a {} that contains itself with no list, dict or object in between, which \
                 Python cannot make either: put a list there",
                anchored.container.type_name()
            ))),
            None => Ok(Found::Unfinished(anchored.container)),
        }
    }

    fn known(&self) -> usize {
        self.places.len() + self.classes.len()
    }

    /// Returns the number of a class or function, by its name in Python 3.
    pub(super) fn class(&self, module: &str, qualname: &str) -> Option<u32> {
        self.classes.get(&(module, qualname)).copied()
    }

    pub(super) fn remember_class(&mut self, module: &'v str, qualname: &'v str, number: u32) {
        self.classes.insert((module, qualname), number);
    }

    /// Returns all classes and functions that were written, with their numbers.
    pub(super) fn classes(&self) -> impl Iterator<Item = (&'v str, &'v str, u32)> {
        let classes = self.classes.iter();
        classes.map(|((module, qualname), number)| (*module, *qualname, *number))
    }

    /// Returns the number of the name of a module: one object for all classes in it, as in Python.
    pub(super) fn module(&self, module: &str) -> Option<u32> {
        self.modules.get(module).copied()
    }

    pub(super) fn remember_module(&mut self, module: &'v str, number: u32) {
        self.modules.insert(module, number);
    }
}
