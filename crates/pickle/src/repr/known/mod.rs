//! Instances of well-known classes as Python prints them.
//!
//! Where Pythons differ, as the newest one: `OrderedDict({'a': 1})` (3.12), `timedelta(days=1)`
//! and `ValueError('x')` (3.7).

mod collections;
mod exceptions;
mod leaves;

use mpconn_escape::escaped;

use super::part::Part;
use crate::{Change, Class, Instance, Value};

/// Whether it is of a class that may be known here, as far as its module tells.
pub(super) fn may_know(instance: &Instance) -> bool {
    // A class method that was got from its class makes time zones.
    let Some(class) = instance.class() else {
        return matches!(instance.parts().callable, Value::Instance(_));
    };
    matches!(
        class.module().as_str(),
        "array"
            | "builtins"
            | "collections"
            | "datetime"
            | "decimal"
            | "fractions"
            | "functools"
            | "ipaddress"
            | "multiprocessing"
            | "multiprocessing.context"
            | "multiprocessing.managers"
            | "multiprocessing.process"
            | "pathlib"
            | "pathlib._local"
            | "queue"
            | "_queue"
            | "types"
            | "uuid"
            | "zoneinfo"
    )
}

/// The parts of what Python prints, of a class that is known here; `None` of any other, and of an
/// instance that Python would not have pickled so.
pub(super) fn parts(instance: &Instance) -> Option<Vec<Part<'_>>> {
    let Some(class) = instance.class() else {
        return leaves::without_class(instance);
    };
    match class.module().as_str() {
        "builtins" => builtin(class, instance),
        "collections" => collections::parts(class.qualname(), instance),
        "types" | "multiprocessing.managers" | "functools" => {
            leaves::with_values(class, instance).or_else(|| exceptions::parts(class, instance))
        }
        "datetime" => leaves::date_or_time(class.qualname(), instance),
        _ => leaves::text(class, instance).or_else(|| exceptions::parts(class, instance)),
    }
}

/// What Python prints for such an instance inside of itself; `None` for classes that are not known
/// here, and those whose `repr` never ends.
pub(super) fn abridged(instance: &Instance) -> Option<&'static str> {
    let class = instance.class()?;
    match (class.module().as_str(), class.qualname().as_str()) {
        ("collections", "deque") => Some("[...]"),
        ("collections", "OrderedDict") | ("functools", "partial") => Some("..."),
        ("collections", "UserDict") => Some("{...}"),
        ("types", "SimpleNamespace") => Some("namespace(...)"),
        _ => None,
    }
}

fn builtin<'a>(class: &'a Class, instance: &'a Instance) -> Option<Vec<Part<'a>>> {
    if !instance.parts().changes.is_empty() {
        return exceptions::parts(class, instance);
    }
    match (class.qualname().as_str(), instance.args()) {
        // The type of None, of Ellipsis and of NotImplemented.
        ("type", args) => type_of(args),
        // A step of one is left out.
        ("range", [args @ .., Value::Int(1)]) if args.len() == 2 => Some(called("range", args)),
        ("range", args) => Some(called("range", args)),
        ("slice", args) => Some(called("slice", args)),
        _ => exceptions::parts(class, instance),
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
    let mut parts = vec![Part::text(escaped(name)), Part::text("(")];
    list(args.iter(), &mut parts);
    parts.push(Part::text(")"));
    parts
}

/// Values with commas between them.
pub(super) fn list<'a>(values: impl IntoIterator<Item = &'a Value>, out: &mut Vec<Part<'a>>) {
    for (at, value) in values.into_iter().enumerate() {
        out.extend((at > 0).then(|| Part::text(", ")));
        out.push(Part::Value(value));
    }
}

/// `{key: value, key: value}`
fn dict<'a>(pairs: impl IntoIterator<Item = (&'a Value, &'a Value)>, out: &mut Vec<Part<'a>>) {
    out.push(Part::text("{"));
    for (at, (key, value)) in pairs.into_iter().enumerate() {
        out.extend((at > 0).then(|| Part::text(", ")));
        out.extend([Part::Value(key), Part::text(": "), Part::Value(value)]);
    }
    out.push(Part::text("}"));
}

/// `name=value, name=value`, of what is called by text.
fn attributes<'a>(
    pairs: impl IntoIterator<Item = &'a (Value, Value)>,
    mut comma: &'static str,
    out: &mut Vec<Part<'a>>,
) -> Option<()> {
    for (name, value) in pairs {
        name.as_str()?;
        out.extend([
            Part::text(comma),
            Part::Name(name),
            Part::text("="),
            Part::Value(value),
        ]);
        comma = ", ";
    }
    Some(())
}

/// The pairs that are stored in an instance.
fn set_items(instance: &Instance) -> impl Iterator<Item = (&Value, &Value)> {
    let changes = instance.parts().changes.iter();
    changes.filter_map(|change| match change {
        Change::SetItem(key, value) => Some((key, value)),
        _ => None,
    })
}
