//! Arguments, items and attributes, as parts.

use mpconn_escape::escaped;

use super::super::part::Part;
use crate::{Change, Instance, Value};

/// `name(arg, arg)`
pub(super) fn called<'a>(name: &'a str, args: &'a [Value]) -> Vec<Part<'a>> {
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
pub(super) fn dict<'a>(
    pairs: impl IntoIterator<Item = (&'a Value, &'a Value)>,
    out: &mut Vec<Part<'a>>,
) {
    out.push(Part::text("{"));
    for (at, (key, value)) in pairs.into_iter().enumerate() {
        out.extend((at > 0).then(|| Part::text(", ")));
        out.extend([Part::Value(key), Part::text(": "), Part::Value(value)]);
    }
    out.push(Part::text("}"));
}

/// `name=value, name=value`, of what is called by text.
pub(super) fn attributes<'a>(
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
pub(super) fn set_items(instance: &Instance) -> impl Iterator<Item = (&Value, &Value)> {
    let changes = instance.parts().changes.iter();
    changes.filter_map(|change| match change {
        Change::SetItem(key, value) => Some((key, value)),
        _ => None,
    })
}
