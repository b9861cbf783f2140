//! Placeholders for objects that are not printed in full.

use std::fmt::{self, Write};

use mpconn_escape::{self as escape, write_escaped_text};

use super::known;
use crate::{Class, Value};

/// Prints Python's placeholder for a container inside itself.
pub(super) fn abridged(out: &mut (impl Write + ?Sized), container: &Value) -> fmt::Result {
    match container {
        Value::Tuple(_) => out.write_str("(...)"),
        Value::List(_) => out.write_str("[...]"),
        Value::Dict(_) => out.write_str("{...}"),
        Value::Set(_) => out.write_str("set(...)"),
        Value::FrozenSet(_) => out.write_str("frozenset(...)"),
        Value::Instance(instance) => match known::abridged(instance) {
            Some(known) => out.write_str(known),
            None => write_cut(out, container),
        },
        Value::Persistent(_) => write_cut(out, container),
        _ => out.write_str("..."),
    }
}

/// Prints the placeholder for a repeated object beyond the growth limit. It is in angle brackets
/// for all types: `[...]` would be a list inside itself, and to `ast.literal_eval` a list of
/// Ellipsis.
#[cold]
pub(super) fn write_cut(out: &mut (impl Write + ?Sized), value: &Value) -> fmt::Result {
    let (size, unit) = match value {
        Value::Tuple(items) => (items.len(), "items"),
        Value::List(items) => (items.len(), "items"),
        Value::Set(items) => (items.len(), "items"),
        Value::FrozenSet(items) => (items.len(), "items"),
        Value::Dict(dict) => (dict.len(), "items"),
        Value::Str(text) => (text.len(), "bytes"),
        Value::SurrogateStr(text) => (text.as_bytes().len(), "bytes"),
        Value::Bytes(bytes) => (bytes.len(), "bytes"),
        Value::ByteArray(bytes) => (bytes.len(), "bytes"),
        Value::Buffer(bytes) => (bytes.len(), "bytes"),
        Value::BigInt(number) => {
            let bits = number.inner().bits();
            return write!(out, "<int of {bits} bits ...>");
        }
        Value::Class(class) => {
            out.write_str("<class '")?;
            write_name(out, class)?;
            return out.write_str("' ...>");
        }
        Value::Instance(instance) => {
            let Some(class) = instance.class() else {
                return out.write_str("<...>");
            };
            out.write_str("<")?;
            write_name(out, class)?;
            return out.write_str(" ...>");
        }
        Value::Persistent(_) => return out.write_str("<persistent id ...>"),
        _ => return out.write_str("<...>"),
    };
    let unit = if size == 1 {
        &unit[..unit.len() - 1]
    } else {
        unit
    };
    write!(out, "<{} of {size} {unit} ...>", value.type_name())
}

/// Prints `module.qualname`; long names are cut.
pub(super) fn write_name(out: &mut (impl Write + ?Sized), class: &Class) -> fmt::Result {
    beginning(out, class.module())?;
    out.write_str(".")?;
    beginning(out, class.qualname())
}

fn beginning(out: &mut (impl Write + ?Sized), text: &str) -> fmt::Result {
    const LONGEST: usize = 64;
    if text.len() <= LONGEST {
        return write_escaped_text(out, text);
    }
    write_escaped_text(out, escape::beginning(text, LONGEST))?;
    out.write_str("...")
}
