//! Instances of well-known classes as Python prints them.
//!
//! Where Pythons differ, as the newest one: `OrderedDict({'a': 1})` (3.12), `timedelta(days=1)`
//! and `ValueError('x')` (3.7).

mod collections;
mod exceptions;
mod leaves;
mod lists;

use super::part::Part;
use crate::{Class, Instance, Value, python_names};
use lists::called;

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

/// The parts of what Python prints, of a class that is known here; `None` of any other, and of an
/// instance that Python would not have pickled so.
pub(super) fn parts(instance: &Instance) -> Option<Vec<Part<'_>>> {
    let Some(class) = instance.class() else {
        return leaves::without_class(instance);
    };
    match class.module().as_str() {
        "builtins" => builtin(class, instance),
        "collections" => collections::parts(class.qualname(), instance),
        "types" | python_names::MANAGERS | "functools" => {
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
