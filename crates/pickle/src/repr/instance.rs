//! Instances of unknown classes, as their pickle describes them.

use super::fragment::Fragment;
use crate::{InstanceParts, Value};

/// Formats `<shop.Order(1, name='x') {'id': 1}>`.
pub(super) fn unknown(parts: &InstanceParts) -> Vec<Fragment<'_>> {
    let mut out = vec![
        Fragment::text("<"),
        Fragment::Callable(&parts.callable),
        Fragment::text("("),
        Fragment::Arguments(&parts.args),
    ];
    if !parts.kwargs.is_none() {
        let before = parts.args.items().is_none_or(|args| !args.is_empty());
        out.push(Fragment::Keywords(
            &parts.kwargs,
            if before { ", " } else { "" },
        ));
    }
    out.push(Fragment::text(")"));
    if !parts.changes.is_empty() {
        out.push(Fragment::Changes(&parts.changes));
    }
    out.push(Fragment::text(">"));
    out
}

/// Returns whether all keys can be names of arguments. Gives up on many or long names: the output
/// limit does not cover the time of checking them.
pub(super) fn are_identifiers(pairs: &[(Value, Value)]) -> bool {
    const MOST: usize = 255;
    pairs.len() <= MOST && pairs.iter().all(|(name, _)| is_identifier(name))
}

fn is_identifier(name: &Value) -> bool {
    const LONGEST: usize = 255;
    let letter = |c: char| c == '_' || c.is_alphabetic();
    name.as_str().is_some_and(|name| {
        name.len() <= LONGEST
            && name.starts_with(letter)
            && name.chars().all(|c| letter(c) || c.is_numeric())
    })
}
