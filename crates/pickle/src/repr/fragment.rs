//! What an instance is printed as: text as it is, and values.

use std::borrow::Cow;

use crate::{Change, Value};

pub(super) enum Fragment<'a> {
    Text(Cow<'a, str>),
    Value(&'a Value),
    /// The name of an attribute or argument: text without quotes.
    Name(&'a Value),
    /// What is called: a class by its name alone.
    Callable(&'a Value),
    /// Positional arguments, without the parentheses.
    Arguments(&'a Value),
    /// Keyword arguments, after this comma.
    Keywords(&'a Value, &'static str),
    Changes(&'a [Change]),
}

impl<'a> Fragment<'a> {
    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Fragment::Text(text.into())
    }
}
