//! Instances: well-known ones as Python prints them, others by what the pickle tells.

use super::printer::Part;
use crate::pickle_next::{Change, Instance, InstanceParts, Value};

/// What is printed for an instance.
pub(super) fn parts(instance: &Instance) -> Vec<Part<'_>> {
    known_repr(instance).unwrap_or_else(|| unknown(instance.parts()))
}

/// As Python prints instances of the classes that are known here; `None` for others.
fn known_repr(instance: &Instance) -> Option<Vec<Part<'_>>> {
    let class = instance.class()?;
    let parts = instance.parts();
    match (class.module().as_str(), class.qualname().as_str()) {
        // The type of None, of Ellipsis and of NotImplemented.
        ("builtins", "type") => type_of(instance.args()),
        ("builtins", "range") if parts.changes.is_empty() => match instance.args() {
            // A step of one is left out.
            [args @ .., Value::Int(1)] if args.len() == 2 => Some(called("range", args)),
            args => Some(called("range", args)),
        },
        ("builtins", "slice") if parts.changes.is_empty() => Some(called("slice", instance.args())),
        _ => None,
    }
}

fn type_of(args: &[Value]) -> Option<Vec<Part<'_>>> {
    let name = match args {
        [Value::None] => "NoneType",
        [Value::Class(class)] if class.is("builtins", "Ellipsis") => "ellipsis",
        [Value::Class(class)] if class.is("builtins", "NotImplemented") => "NotImplementedType",
        _ => return None,
    };
    Some(vec![Part::text(format!("<class '{name}'>"))])
}

/// `name(arg, arg)`
fn called<'a>(name: &'a str, args: &'a [Value]) -> Vec<Part<'a>> {
    let mut parts = vec![Part::text(name), Part::text("(")];
    list(args.iter(), &mut parts);
    parts.push(Part::text(")"));
    parts
}

/// Values with commas between them.
fn list<'a>(values: impl IntoIterator<Item = &'a Value>, out: &mut Vec<Part<'a>>) {
    for (at, value) in values.into_iter().enumerate() {
        out.extend((at > 0).then(|| Part::text(", ")));
        out.push(Part::Value(value));
    }
}

fn unknown(parts: &InstanceParts) -> Vec<Part<'_>> {
    let mut out = vec![Part::text("<")];
    out.push(match &parts.callable {
        Value::Class(class) => Part::text(class.to_string()),
        other => Part::Value(other),
    });
    out.push(Part::text("("));
    arguments(parts, &mut out);
    out.push(Part::text(")"));
    let mut rest = &parts.changes[..];
    while let Some(first) = rest.first() {
        let kind = std::mem::discriminant(first);
        let alike = |change: &Change| std::mem::discriminant(change) == kind;
        let count = rest.iter().take_while(|change| alike(change)).count();
        let (run, after) = rest.split_at(count);
        changes(run, &mut out);
        rest = after;
    }
    out.push(Part::text(">"));
    out
}

fn arguments<'a>(parts: &'a InstanceParts, out: &mut Vec<Part<'a>>) {
    match &parts.args {
        Value::Tuple(args) => list(args, out),
        other => out.extend([Part::text("*"), Part::Value(other)]),
    }
    let before = parts.args.items().is_none_or(|args| !args.is_empty());
    let mut comma = if before { ", " } else { "" };
    match &parts.kwargs {
        Value::None => {}
        Value::Dict(kwargs) if kwargs.into_iter().all(|(name, _)| is_identifier(name)) => {
            for (name, value) in kwargs {
                let name = name.as_str().unwrap_or_default();
                out.extend([Part::text(format!("{comma}{name}=")), Part::Value(value)]);
                comma = ", ";
            }
        }
        other => out.extend([Part::text(format!("{comma}**")), Part::Value(other)]),
    }
}

fn is_identifier(name: &Value) -> bool {
    let letter = |c: char| c == '_' || c.is_alphabetic();
    name.as_str().is_some_and(|name| {
        name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_numeric())
    })
}

/// Changes of one kind, one after the other.
fn changes<'a>(run: &'a [Change], out: &mut Vec<Part<'a>>) {
    let (open, close) = match run {
        [Change::Append(_), ..] => (" items=[", "]"),
        [Change::SetItem(..), ..] => (" pairs={", "}"),
        [Change::Add(_), ..] => (" added={", "}"),
        _ => ("", ""),
    };
    out.push(Part::text(open));
    for (at, change) in run.iter().enumerate() {
        let comma = if at > 0 { ", " } else { "" };
        match change {
            Change::State(state @ Value::Dict(_)) => {
                out.extend([Part::text(" "), Part::Value(state)]);
            }
            Change::State(state) => out.extend([Part::text(" state="), Part::Value(state)]),
            Change::Call(call) => out.extend([Part::text(" then="), Part::Value(call)]),
            Change::Append(item) | Change::Add(item) => {
                out.extend([Part::text(comma), Part::Value(item)]);
            }
            Change::SetItem(key, value) => out.extend([
                Part::text(comma),
                Part::Value(key),
                Part::text(": "),
                Part::Value(value),
            ]),
        }
    }
    out.push(Part::text(close));
}
