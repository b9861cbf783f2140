//! Describes a value completely as text: types, bits, order, identity, cycles.

use std::collections::HashMap;
use std::fmt::Write as _;

use mpconn::Value;
use mpconn::pickle::Change;

/// Returns the description of a value; each shared object is described once.
pub fn describe(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, &mut Seen::default());
    out
}

/// Numbers of the objects described, by identity.
#[derive(Default)]
struct Seen {
    places: HashMap<usize, usize>,
    count: usize,
}

fn write(out: &mut String, value: &Value, seen: &mut Seen) {
    seen.count += 1;
    if let Value::Class(class) = value {
        let _ = write!(out, "type <class '{class}'> ");
        return;
    }
    if let Some(name) = inner_class(value) {
        let _ = write!(out, "type <class '{name}'> ");
        return;
    }
    // Text without identity is described again; shared text by its number.
    if has_identity(value)
        && let Some(id) = value.id()
    {
        if let Some(number) = seen.places.get(&id) {
            let _ = write!(out, "@{number} ");
            return;
        }
        seen.places.insert(id, seen.count);
    }
    // The class of an instance is in its callable.
    let name = match value {
        Value::Instance(_) => "instance",
        other => other.type_name(),
    };
    let _ = write!(out, "{name} ");
    match value {
        Value::Float(value) => write_bits(out, *value),
        Value::Complex(real, imag) => {
            write_bits(out, *real);
            write_bits(out, *imag);
        }
        Value::Dict(dict) => {
            let pairs = dict.pairs().iter();
            row(out, pairs.flat_map(|(key, value)| [key, value]), seen);
        }
        Value::Instance(instance) => {
            let parts = instance.parts();
            let _ = write!(out, "{:?} ", parts.construction);
            row(out, [&parts.callable, &parts.args, &parts.kwargs], seen);
            for change in &parts.changes {
                write_change(out, change, seen);
            }
        }
        Value::Persistent(id) => row(out, [id.id()], seen),
        Value::Recursive(_) => out.push_str("to nowhere "),
        _ => match value.items() {
            Some(items) => row(out, items, seen),
            None => {
                let _ = write!(out, "{value} ");
            }
        },
    }
}

/// Returns the name of a nested class: protocols before 4 write `getattr(outer, 'name')`.
fn inner_class(value: &Value) -> Option<String> {
    let instance = value.as_instance()?;
    let outer = match instance.args() {
        [outer, Value::Str(_)] if instance.is("builtins", "getattr") => outer,
        _ => return None,
    };
    let outer = match outer {
        Value::Class(class) => class.to_string(),
        other => inner_class(other)?,
    };
    Some(format!("{outer}.{}", instance.args()[1].as_str()?))
}

fn write_change(out: &mut String, change: &Change, seen: &mut Seen) {
    match change {
        Change::State(value) => write_named(out, "state", [value], seen),
        Change::Append(value) => write_named(out, "append", [value], seen),
        Change::Add(value) => write_named(out, "add", [value], seen),
        Change::Call(value) => write_named(out, "call", [value], seen),
        Change::SetItem(key, value) => write_named(out, "item", [key, value], seen),
        other => panic!("a change that is new here: {other:?}"),
    }
}

fn write_named<const N: usize>(out: &mut String, name: &str, values: [&Value; N], seen: &mut Seen) {
    out.push_str(name);
    row(out, values, seen);
}

fn row<'a>(out: &mut String, values: impl IntoIterator<Item = &'a Value>, seen: &mut Seen) {
    out.push('[');
    values.into_iter().for_each(|value| write(out, value, seen));
    out.push(']');
}

fn write_bits(out: &mut String, value: f64) {
    let _ = write!(out, "{:016x} ", value.to_bits());
}

/// Returns whether identity counts. In CPython text and bytes of one character, the empty tuple and
/// classes are the same object everywhere.
fn has_identity(value: &Value) -> bool {
    match value {
        Value::Str(text) => text.len() > 1,
        Value::Bytes(bytes) => bytes.len() > 1,
        Value::Tuple(items) => !items.is_empty(),
        Value::FrozenSet(items) => !items.is_empty(),
        Value::Class(_) | Value::Buffer(_) => false,
        _ => true,
    }
}
