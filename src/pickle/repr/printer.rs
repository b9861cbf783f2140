//! Prints values with a stack of its own.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::{self, Write};

use super::{instance, known};
use crate::pickle::pytext::{
    write_bytearray, write_bytes, write_float, write_str, write_surrogate_str,
};
use crate::pickle::{Anchor, Class, Value};

/// What is printed one after the other: text as it is, and values.
pub(crate) enum Part<'a> {
    Text(Cow<'a, str>),
    Value(&'a Value),
}

impl<'a> Part<'a> {
    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Part::Text(text.into())
    }
}

/// A container that is being printed.
enum Open<'a> {
    Items {
        items: std::slice::Iter<'a, Value>,
        separator: &'static str,
        close: &'static str,
    },
    Pairs {
        pairs: std::slice::Iter<'a, (Value, Value)>,
        /// Of the key that was printed last.
        value: Option<&'a Value>,
        separator: &'static str,
    },
    Parts(std::vec::IntoIter<Part<'a>>),
}

pub(super) struct Printer<'a, 'o, W: Write + ?Sized> {
    out: &'o mut W,
    open: Vec<Open<'a>>,
    /// What is printed for each anchor, by address.
    anchors: HashMap<usize, String>,
}

impl<'a, 'o, W: Write + ?Sized> Printer<'a, 'o, W> {
    pub(super) fn new(out: &'o mut W) -> Self {
        Printer {
            out,
            open: Vec::new(),
            anchors: HashMap::new(),
        }
    }

    pub(super) fn print(&mut self, value: &'a Value) -> fmt::Result {
        self.begin(value)?;
        while let Some(open) = self.open.last_mut() {
            match open.step(self.out)? {
                Step::Into(value) => self.begin(value)?,
                Step::Again => {}
                Step::Done => {
                    self.open.pop();
                }
            }
        }
        Ok(())
    }

    /// Prints a value, of a container the beginning.
    fn begin(&mut self, value: &'a Value) -> fmt::Result {
        if let Some(anchor) = value.handle().and_then(|handle| handle.anchor) {
            self.anchors.insert(anchor.address(), abridged(value));
        }
        let out = &mut *self.out;
        match value {
            Value::None => out.write_str("None"),
            Value::Bool(true) => out.write_str("True"),
            Value::Bool(false) => out.write_str("False"),
            Value::Int(value) => write!(out, "{value}"),
            Value::BigInt(value) => write!(out, "{value}"),
            Value::Float(value) => write_float(out, *value),
            Value::Complex(real, imaginary) => write_complex(out, *real, *imaginary),
            Value::Str(value) => write_str(out, value),
            Value::SurrogateStr(value) => write_surrogate_str(out, value.as_bytes()),
            Value::Bytes(value) => write_bytes(out, value),
            Value::ByteArray(value) => write_bytearray(out, value),
            Value::Buffer(value) => {
                out.write_str("PickleBuffer(")?;
                match value.is_readonly() {
                    true => write_bytes(out, value)?,
                    false => write_bytearray(out, value)?,
                }
                out.write_char(')')
            }
            Value::Tuple(items) => {
                self.items("(", items, if items.len() == 1 { ",)" } else { ")" })
            }
            Value::List(items) => self.items("[", items, "]"),
            Value::Set(items) if items.is_empty() => out.write_str("set()"),
            Value::Set(items) => self.items("{", items, "}"),
            Value::FrozenSet(items) if items.is_empty() => out.write_str("frozenset()"),
            Value::FrozenSet(items) => self.items("frozenset({", items, "})"),
            Value::Dict(dict) => {
                out.write_char('{')?;
                self.open.push(Open::Pairs {
                    pairs: dict.pairs().iter(),
                    value: None,
                    separator: "",
                });
                Ok(())
            }
            Value::Class(class) => write_class(out, class),
            Value::Instance(instance) => self.parts(instance::parts(instance)),
            Value::Persistent(id) => self.parts(vec![
                Part::text("<persistent id "),
                Part::Value(id.id()),
                Part::text(">"),
            ]),
            Value::Recursive(anchor) => self.recursive(anchor),
        }
    }

    fn items(&mut self, open: &str, items: &'a [Value], close: &'static str) -> fmt::Result {
        self.open.push(Open::Items {
            items: items.iter(),
            separator: "",
            close,
        });
        self.out.write_str(open)
    }

    fn parts(&mut self, parts: Vec<Part<'a>>) -> fmt::Result {
        self.open.push(Open::Parts(parts.into_iter()));
        Ok(())
    }

    /// A container around this place; of one that is not being printed, only what kind it is.
    fn recursive(&mut self, anchor: &Anchor) -> fmt::Result {
        match self.anchors.get(&anchor.address()) {
            Some(abridged) => self.out.write_str(abridged),
            None => {
                let container = anchor.resolve();
                let abridged = container.as_ref().map_or("...".into(), abridged);
                self.out.write_str(&abridged)
            }
        }
    }
}

enum Step<'a> {
    Into(&'a Value),
    Again,
    Done,
}

impl<'a> Open<'a> {
    /// Prints what stands before the next value.
    fn step(&mut self, out: &mut (impl Write + ?Sized)) -> Result<Step<'a>, fmt::Error> {
        match self {
            Open::Items {
                items,
                separator,
                close,
            } => {
                let Some(item) = items.next() else {
                    out.write_str(close)?;
                    return Ok(Step::Done);
                };
                out.write_str(std::mem::replace(separator, ", "))?;
                Ok(Step::Into(item))
            }
            Open::Pairs {
                pairs,
                value,
                separator,
            } => {
                if let Some(value) = value.take() {
                    out.write_str(": ")?;
                    return Ok(Step::Into(value));
                }
                let Some((key, its_value)) = pairs.next() else {
                    out.write_char('}')?;
                    return Ok(Step::Done);
                };
                *value = Some(its_value);
                out.write_str(std::mem::replace(separator, ", "))?;
                Ok(Step::Into(key))
            }
            Open::Parts(parts) => match parts.next() {
                Some(Part::Text(text)) => out.write_str(&text).map(|()| Step::Again),
                Some(Part::Value(value)) => Ok(Step::Into(value)),
                None => Ok(Step::Done),
            },
        }
    }
}

/// What Python prints for a container inside of itself.
fn abridged(container: &Value) -> String {
    match container {
        Value::Tuple(_) => "(...)".into(),
        Value::List(_) => "[...]".into(),
        Value::Dict(_) => "{...}".into(),
        Value::Set(_) => "set(...)".into(),
        Value::FrozenSet(_) => "frozenset(...)".into(),
        Value::Persistent(_) => "<persistent id ...>".into(),
        Value::Instance(instance) => match (known::abridged(instance), instance.class()) {
            (Some(known), _) => known.into(),
            (None, Some(class)) => format!("<{class} ...>"),
            (None, None) => "<...>".into(),
        },
        _ => "...".into(),
    }
}

/// `(1+2j)`, or `2j` without a real part; a real part of minus zero is one.
fn write_complex(out: &mut (impl Write + ?Sized), real: f64, imaginary: f64) -> fmt::Result {
    let part = |value: f64| {
        let mut text = String::new();
        // A String takes everything.
        let _ = write_float(&mut text, value);
        text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
    };
    let imaginary = part(imaginary);
    if real == 0.0 && real.is_sign_positive() {
        return write!(out, "{imaginary}j");
    }
    let plus = if imaginary.starts_with('-') { "" } else { "+" };
    write!(out, "({}{plus}{imaginary}j)", part(real))
}

/// The two constants that are pickled by name are printed by name.
fn write_class(out: &mut (impl Write + ?Sized), class: &Class) -> fmt::Result {
    let name = class.qualname();
    match class.module().as_str() {
        "builtins" if matches!(name.as_str(), "Ellipsis" | "NotImplemented") => out.write_str(name),
        "builtins" => write!(out, "<class '{name}'>"),
        _ => write!(out, "<class '{class}'>"),
    }
}
