//! Fragments of arguments, items and attributes.

use mpconn_escape::escaped;

use super::super::fragment::Fragment;
use crate::{Change, Instance, Value};

/// Formats `name(arg, arg)`.
pub(super) fn called<'a>(name: &'a str, args: &'a [Value]) -> Vec<Fragment<'a>> {
    let mut fragments = vec![Fragment::text(escaped(name)), Fragment::text("(")];
    list(args.iter(), &mut fragments);
    fragments.push(Fragment::text(")"));
    fragments
}

/// Formats values with commas between them.
pub(super) fn list<'a>(values: impl IntoIterator<Item = &'a Value>, out: &mut Vec<Fragment<'a>>) {
    for (at, value) in values.into_iter().enumerate() {
        out.extend((at > 0).then(|| Fragment::text(", ")));
        out.push(Fragment::Value(value));
    }
}

/// Formats `{key: value, key: value}`.
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

/// Formats `name=value, name=value` of pairs whose keys are text.
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

/// Returns the pairs set in an instance.
pub(super) fn set_items(instance: &Instance) -> impl Iterator<Item = (&Value, &Value)> {
    let changes = instance.parts().changes.iter();
    changes.filter_map(|change| match change {
        Change::SetItem(key, value) => Some((key, value)),
        _ => None,
    })
}
