//! Prints values, with an explicit stack.

use std::collections::HashMap;
use std::fmt::{self, Write};

use mpconn_escape::write_escaped_text;

use super::cost::Costs;
use super::cut::{abridged, write_cut, write_name};
use super::fragment::Fragment;
use super::frame::{Frame, Step};
use super::instance;
use super::known;
use super::limited_output::LimitedOutput;
use crate::growth::{ByAddress, Meeting, Names, Opened, shared_leaf, shared_text};
use crate::pytext::{write_bytearray, write_bytes, write_float, write_str, write_surrogate_str};
use crate::{Anchor, Class, Dict, Instance, Str, Value};

/// A container being printed, and the shared object that ends with it.
struct Level<'a> {
    frame: Frame<'a>,
    shared: Option<Opened>,
}

pub(super) struct Printer<'a, 'm, 'o, W: Write + ?Sized> {
    out: &'m mut LimitedOutput<'o, W>,
    open: Vec<Level<'a>>,
    /// Containers by the address of their anchor.
    anchors: HashMap<usize, &'a Value, ByAddress>,
    costs: Costs,
    names: Names<'a>,
    /// Whether the keys of shared dicts are names of arguments, by address.
    keywords: HashMap<usize, bool, ByAddress>,
}

impl<'a, 'm, 'o, W: Write + ?Sized> Printer<'a, 'm, 'o, W> {
    pub(super) fn new(out: &'m mut LimitedOutput<'o, W>) -> Self {
        Printer {
            out,
            open: Vec::new(),
            anchors: HashMap::default(),
            costs: Costs::default(),
            names: Names::default(),
            keywords: HashMap::default(),
        }
    }

    pub(super) fn print(&mut self, value: &'a Value) -> fmt::Result {
        self.value(value)?;
        while let Some(level) = self.open.last_mut() {
            match level.frame.step(self.out)? {
                Step::Value(value) => self.value(value)?,
                Step::Fragment(fragment) => self.fragment(fragment)?,
                Step::Again => {}
                Step::Done => {
                    if let Some(Level {
                        shared: Some(shared),
                        ..
                    }) = self.open.pop()
                    {
                        self.out.growth.close(shared);
                    }
                }
            }
        }
        Ok(())
    }

    fn fragment(&mut self, fragment: Fragment<'a>) -> fmt::Result {
        match fragment {
            Fragment::Text(text) => self.out.write_str(&text),
            Fragment::Value(value) => self.value(value),
            Fragment::Name(value) => self.name(value),
            Fragment::Callable(value) => self.callable(value),
            Fragment::Arguments(args @ Value::Tuple(items)) => {
                self.row(args, Frame::items(items, ""))
            }
            Fragment::Arguments(other) => {
                self.out.write_str("*")?;
                self.value(other)
            }
            Fragment::Keywords(kwargs, comma) => self.keywords(kwargs, comma),
            Fragment::Changes(changes) => {
                self.push(Frame::changes(changes), None);
                Ok(())
            }
        }
    }

    /// Prints a leaf, or pushes a container or instance.
    fn value(&mut self, value: &'a Value) -> fmt::Result {
        self.out.node()?;
        let Some(handle) = value.handle() else {
            return self.leaf(value);
        };
        if let Some(anchor) = handle.anchor {
            self.anchors.insert(anchor.address(), value);
        }
        match self.meet((!handle.unique).then_some(handle.address)) {
            Some(shared) => {
                let frame = self.open(value)?;
                self.push(frame, shared);
                Ok(())
            }
            None => write_cut(self.out, value),
        }
    }

    /// Begins an object that may be shared; `None` if it must be cut.
    fn meet(&mut self, address: Option<usize>) -> Option<Option<Opened>> {
        let Some(address) = address else {
            return Some(None);
        };
        match self.out.growth.open(address) {
            Meeting::Show(opened) => Some(Some(opened)),
            Meeting::Cut => None,
        }
    }

    fn push(&mut self, frame: Frame<'a>, shared: Option<Opened>) {
        self.open.push(Level { frame, shared });
    }

    /// Prints the opening of a container.
    fn open(&mut self, value: &'a Value) -> Result<Frame<'a>, fmt::Error> {
        let (begin, items, end) = match value {
            Value::Tuple(items) if items.len() == 1 => ("(", &items[..], ",)"),
            Value::Tuple(items) => ("(", &items[..], ")"),
            Value::List(items) => ("[", &items[..], "]"),
            Value::Set(items) if items.is_empty() => ("set(", &items[..], ")"),
            Value::Set(items) => ("{", &items[..], "}"),
            Value::FrozenSet(items) if items.is_empty() => ("frozenset(", &items[..], ")"),
            Value::FrozenSet(items) => ("frozenset({", &items[..], "})"),
            Value::Persistent(id) => ("<persistent id ", std::slice::from_ref(id.id()), ">"),
            Value::Dict(dict) => {
                self.out.write_str("{")?;
                return Ok(Frame::pairs(dict.pairs()));
            }
            Value::Instance(instance) => return Ok(Frame::fragments(self.fragments(instance))),
            _ => ("", &[][..], ""),
        };
        self.out.write_str(begin)?;
        Ok(Frame::items(items, end))
    }

    fn fragments(&mut self, instance: &'a Instance) -> Vec<Fragment<'a>> {
        let known = match known::may_know(instance) && self.costs.admit(instance, self.out) {
            true => known::fragments(instance),
            false => None,
        };
        known.unwrap_or_else(|| instance::unknown(instance.parts()))
    }

    /// Prints the content of a container within another construct.
    fn row(&mut self, container: &'a Value, frame: Frame<'a>) -> fmt::Result {
        let handle = container.handle().filter(|handle| !handle.unique);
        match self.meet(handle.map(|handle| handle.address)) {
            Some(shared) => {
                self.push(frame, shared);
                Ok(())
            }
            None => {
                self.out.write_str("*")?;
                write_cut(self.out, container)
            }
        }
    }

    fn keywords(&mut self, kwargs: &'a Value, comma: &'static str) -> fmt::Result {
        if let Value::Dict(pairs) = kwargs
            && self.are_keywords(pairs)
        {
            return self.row(kwargs, Frame::keywords(pairs.pairs(), comma));
        }
        self.out.write_str(comma)?;
        self.out.write_str("**")?;
        self.value(kwargs)
    }

    /// Checks shared keys once.
    fn are_keywords(&mut self, kwargs: &Dict) -> bool {
        let look = || instance::are_identifiers(kwargs.pairs());
        match kwargs.is_unique() {
            true => look(),
            false => *self.keywords.entry(kwargs.address()).or_insert_with(look),
        }
    }

    fn leaf(&mut self, value: &'a Value) -> fmt::Result {
        let Some(shared) = self.meet(shared_leaf(value)) else {
            return write_cut(self.out, value);
        };
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
            Value::Class(class) => self.quoted_class(class),
            Value::Recursive(anchor) => self.recursive(anchor),
            // Containers have a handle.
            _ => Ok(()),
        }?;
        self.close(shared);
        Ok(())
    }

    fn close(&mut self, shared: Option<Opened>) {
        if let Some(shared) = shared {
            self.out.growth.close(shared);
        }
    }

    /// Prints the two constants that are pickled by name as that name.
    fn quoted_class(&mut self, class: &'a Class) -> fmt::Result {
        let name = class.qualname();
        if class.module().as_str() != "builtins" {
            self.out.write_str("<class '")?;
            self.class(class)?;
        } else if matches!(name.as_str(), "Ellipsis" | "NotImplemented") {
            return self.out.write_str(name);
        } else {
            self.out.write_str("<class '")?;
            self.name_of_class(name)?;
        }
        self.out.write_str("'>")
    }

    /// Prints a callable: `module.qualname`.
    fn callable(&mut self, value: &'a Value) -> fmt::Result {
        let Value::Class(class) = value else {
            return self.value(value);
        };
        let Some(shared) = self.meet(shared_leaf(value)) else {
            return write_name(self.out, class);
        };
        self.class(class)?;
        self.close(shared);
        Ok(())
    }

    fn class(&mut self, class: &'a Class) -> fmt::Result {
        self.name_of_class(class.module())?;
        self.out.write_str(".")?;
        self.name_of_class(class.qualname())
    }

    fn name_of_class(&mut self, name: &'a Str) -> fmt::Result {
        let address = self.names.shared(name);
        self.text(name, address)
    }

    /// Prints text without quotes.
    fn text(&mut self, text: &Str, address: Option<usize>) -> fmt::Result {
        let Some(shared) = self.meet(address) else {
            return write!(self.out, "<str of {} bytes ...>", text.len());
        };
        write_escaped_text(self.out, text)?;
        self.close(shared);
        Ok(())
    }

    /// Prints the name of an attribute or argument.
    fn name(&mut self, value: &'a Value) -> fmt::Result {
        self.out.node()?;
        match value {
            Value::Str(text) => self.text(text, shared_text(text)),
            other => self.value(other),
        }
    }

    /// Prints the placeholder of an enclosing container; outside it, one for its type.
    fn recursive(&mut self, anchor: &Anchor) -> fmt::Result {
        match self.anchors.get(&anchor.address()) {
            Some(container) => abridged(self.out, container),
            None => match anchor.resolve() {
                Some(container) => abridged(self.out, &container),
                None => self.out.write_str("..."),
            },
        }
    }
}

/// Prints `(1+2j)`, or `2j` if the real part is zero but not minus zero.
fn write_complex(out: &mut (impl Write + ?Sized), real: f64, imaginary: f64) -> fmt::Result {
    let part = |value: f64| {
        let mut text = String::new();
        // Writing to a String never fails.
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
