//! Instances: well-known ones as Python prints them, others by what the pickle tells.

use super::known::{self, list};
use super::printer::Part;
use crate::pickle::{Change, Instance, InstanceParts, Value};

/// What is printed for an instance.
pub(super) fn parts(instance: &Instance) -> Vec<Part<'_>> {
    known::parts(instance).unwrap_or_else(|| unknown(instance.parts()))
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
