//! Containers being printed, one value at a time.

use std::fmt::{self, Write};
use std::mem;

use super::fragment::Fragment;
use crate::{Change, Value};

pub(super) enum Frame<'a> {
    Items {
        items: std::slice::Iter<'a, Value>,
        separator: &'static str,
        close: &'static str,
    },
    Pairs {
        pairs: std::slice::Iter<'a, (Value, Value)>,
        /// Value of the last key printed.
        value: Option<&'a Value>,
        separator: &'static str,
        form: Form,
    },
    Changes {
        changes: std::slice::Iter<'a, Change>,
        /// The last change: consecutive changes of one kind share brackets.
        last: Option<&'a Change>,
        /// Value of the last key printed.
        value: Option<&'a Value>,
    },
    Fragments(std::vec::IntoIter<Fragment<'a>>),
}

/// Notation of pairs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `{key: value}`.
    Dict,
    /// `name=value`.
    Keywords,
}

/// The next step of the printer.
pub(super) enum Step<'a> {
    Value(&'a Value),
    Fragment(Fragment<'a>),
    Again,
    Done,
}

impl<'a> Frame<'a> {
    pub(super) fn items(items: &'a [Value], close: &'static str) -> Self {
        Frame::Items {
            items: items.iter(),
            separator: "",
            close,
        }
    }

    pub(super) fn pairs(pairs: &'a [(Value, Value)]) -> Self {
        Frame::Pairs {
            pairs: pairs.iter(),
            value: None,
            separator: "",
            form: Form::Dict,
        }
    }

    pub(super) fn keywords(pairs: &'a [(Value, Value)], separator: &'static str) -> Self {
        Frame::Pairs {
            pairs: pairs.iter(),
            value: None,
            separator,
            form: Form::Keywords,
        }
    }

    pub(super) fn changes(changes: &'a [Change]) -> Self {
        Frame::Changes {
            changes: changes.iter(),
            last: None,
            value: None,
        }
    }

    pub(super) fn fragments(fragments: Vec<Fragment<'a>>) -> Self {
        Frame::Fragments(fragments.into_iter())
    }

    /// Prints what precedes the next value.
    pub(super) fn step(&mut self, out: &mut (impl Write + ?Sized)) -> Result<Step<'a>, fmt::Error> {
        match self {
            Frame::Items {
                items,
                separator,
                close,
            } => {
                let Some(item) = items.next() else {
                    out.write_str(close)?;
                    return Ok(Step::Done);
                };
                out.write_str(mem::replace(separator, ", "))?;
                Ok(Step::Value(item))
            }
            Frame::Pairs {
                pairs,
                value,
                separator,
                form,
            } => {
                let [middle, close] = match form {
                    Form::Dict => [": ", "}"],
                    Form::Keywords => ["=", ""],
                };
                if let Some(value) = value.take() {
                    out.write_str(middle)?;
                    return Ok(Step::Value(value));
                }
                let Some((key, its_value)) = pairs.next() else {
                    out.write_str(close)?;
                    return Ok(Step::Done);
                };
                *value = Some(its_value);
                out.write_str(mem::replace(separator, ", "))?;
                Ok(match form {
                    Form::Dict => Step::Value(key),
                    Form::Keywords => Step::Fragment(Fragment::Name(key)),
                })
            }
            Frame::Changes {
                changes,
                last,
                value,
            } => {
                if let Some(value) = value.take() {
                    out.write_str(": ")?;
                    return Ok(Step::Value(value));
                }
                let next = changes.next();
                for text in between(*last, next) {
                    out.write_str(text)?;
                }
                *last = next;
                Ok(match next {
                    None => Step::Done,
                    Some(Change::SetItem(key, its_value)) => {
                        *value = Some(its_value);
                        Step::Value(key)
                    }
                    Some(
                        Change::State(value)
                        | Change::Append(value)
                        | Change::Add(value)
                        | Change::Call(value),
                    ) => Step::Value(value),
                })
            }
            Frame::Fragments(fragments) => Ok(match fragments.next() {
                Some(Fragment::Text(text)) => {
                    out.write_str(&text)?;
                    Step::Again
                }
                Some(fragment) => Step::Fragment(fragment),
                None => Step::Done,
            }),
        }
    }
}

/// Returns the text between two changes, before the first and after the last. Changes of one kind
/// share brackets.
fn between(last: Option<&Change>, next: Option<&Change>) -> [&'static str; 2] {
    match (last, next) {
        (Some(Change::Append(_)), Some(Change::Append(_)))
        | (Some(Change::SetItem(..)), Some(Change::SetItem(..)))
        | (Some(Change::Add(_)), Some(Change::Add(_))) => ["", ", "],
        _ => [last.map_or("", closing), next.map_or("", opening)],
    }
}

fn opening(change: &Change) -> &'static str {
    match change {
        Change::State(Value::Dict(_)) => " ",
        Change::State(_) => " state=",
        Change::Append(_) => " items=[",
        Change::SetItem(..) => " pairs={",
        Change::Add(_) => " added={",
        Change::Call(_) => " then=",
    }
}

fn closing(change: &Change) -> &'static str {
    match change {
        Change::Append(_) => "]",
        Change::SetItem(..) | Change::Add(_) => "}",
        Change::State(_) | Change::Call(_) => "",
    }
}
