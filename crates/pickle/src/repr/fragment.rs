//! The pieces from which an instance is printed: text and values.

use std::borrow::Cow;

use crate::{Change, Value};

pub(super) enum Fragment<'a> {
    Text(Cow<'a, str>),
    Value(&'a Value),
    /// Name of an attribute or argument: text without quotes.
    Name(&'a Value),
    /// The callable: a class is printed by name alone.
    Callable(&'a Value),
    /// Positional arguments, without parentheses.
    Arguments(&'a Value),
    /// Keyword arguments, after this separator.
    Keywords(&'a Value, &'static str),
    Changes(&'a [Change]),
}

impl<'a> Fragment<'a> {
    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Fragment::Text(text.into())
    }
}
