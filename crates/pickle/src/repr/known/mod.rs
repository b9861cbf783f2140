//! Prints instances of well-known classes as Python does.
//!
//! If Python versions differ, the newest one counts: `OrderedDict({'a': 1})` (3.12),
//! `timedelta(days=1)` and `ValueError('x')` (3.7).

mod collections;
mod exceptions;
mod leaves;
mod lists;

use super::fragment::Fragment;
use crate::{Class, Instance, Value, python_names};
use lists::called;

/// Returns whether the class may be a known one, judging by its module.
pub(super) fn may_know(instance: &Instance) -> bool {
    // A class method fetched from its class makes time zones.
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
            | python_names::CONTEXT
            | python_names::MANAGERS
            | python_names::PROCESS
            | "pathlib"
            | "pathlib._local"
            | "queue"
            | "_queue"
            | "types"
            | "uuid"
            | "zoneinfo"
    )
}

/// Returns the output for an instance of a known class; `None` for others, and for an instance that
/// Python would not have pickled that way.
pub(super) fn fragments(instance: &Instance) -> Option<Vec<Fragment<'_>>> {
    let Some(class) = instance.class() else {
        return leaves::without_class(instance);
    };
    match class.module().as_str() {
        "builtins" => builtin(class, instance),
        "collections" => collections::fragments(class.qualname(), instance),
        "types" | python_names::MANAGERS | "functools" => {
            leaves::with_values(class, instance).or_else(|| exceptions::fragments(class, instance))
        }
        "datetime" => leaves::date_or_time(class.qualname(), instance),
        _ => leaves::text(class, instance).or_else(|| exceptions::fragments(class, instance)),
    }
}

/// Returns Python's placeholder for such an instance inside itself; `None` for unknown classes, and
/// for those whose `repr` recurses without end.
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

fn builtin<'a>(class: &'a Class, instance: &'a Instance) -> Option<Vec<Fragment<'a>>> {
    if !instance.parts().changes.is_empty() {
        return exceptions::fragments(class, instance);
    }
    match (class.qualname().as_str(), instance.args()) {
        // The type of None, Ellipsis or NotImplemented.
        ("type", args) => type_of(args),
        // A step of one is not printed.
        ("range", [args @ .., Value::Int(1)]) if args.len() == 2 => Some(called("range", args)),
        ("range", args) => Some(called("range", args)),
        ("slice", args) => Some(called("slice", args)),
        _ => exceptions::fragments(class, instance),
    }
}

fn type_of(args: &[Value]) -> Option<Vec<Fragment<'_>>> {
    let name = match args {
        [Value::None] => "NoneType",
        [Value::Class(class)] if class.is("builtins", "Ellipsis") => "ellipsis",
        [Value::Class(class)] if class.is("builtins", "NotImplemented") => "NotImplementedType",
        _ => return None,
    };
    Some(vec![Fragment::text(format!("<class '{name}'>"))])
}
