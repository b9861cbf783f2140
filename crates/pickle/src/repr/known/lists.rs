//! Arguments, items and attributes, as parts.

use mpconn_escape::escaped;

use super::super::fragment::Fragment;
use crate::{Change, Instance, Value};

/// `name(arg, arg)`
pub(super) fn called<'a>(name: &'a str, args: &'a [Value]) -> Vec<Fragment<'a>> {
    let mut fragments = vec![Fragment::text(escaped(name)), Fragment::text("(")];
    list(args.iter(), &mut fragments);
    fragments.push(Fragment::text(")"));
    fragments
}

/// Values with commas between them.
pub(super) fn list<'a>(values: impl IntoIterator<Item = &'a Value>, out: &mut Vec<Fragment<'a>>) {
    for (at, value) in values.into_iter().enumerate() {
        out.extend((at > 0).then(|| Fragment::text(", ")));
        out.push(Fragment::Value(value));
    }
}

/// `{key: value, key: value}`
pub(super) fn dict<'a>(
    pairs: impl IntoIterator<Item = (&'a Value, &'a Value)>,
    out: &mut Vec<Fragment<'a>>,
) {
    out.push(Fragment::text("{"));
    for (at, (key, value)) in pairs.into_iter().enumerate() {
        out.extend((at > 0).then(|| Fragment::text(", ")));
        out.extend([
            Fragment::Value(key),
            Fragment::text(": "),
            Fragment::Value(value),
        ]);
    }
    out.push(Fragment::text("}"));
}

/// `name=value, name=value`, of what is called by text.
pub(super) fn attributes<'a>(
    pairs: impl IntoIterator<Item = &'a (Value, Value)>,
    mut comma: &'static str,
    out: &mut Vec<Fragment<'a>>,
) -> Option<()> {
    for (name, value) in pairs {
        name.as_str()?;
        out.extend([
            Fragment::text(comma),
            Fragment::Name(name),
            Fragment::text("="),
            Fragment::Value(value),
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
