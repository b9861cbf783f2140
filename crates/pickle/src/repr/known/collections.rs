//! `collections`.

use std::cmp::Ordering;

use super::super::fragment::Fragment;
use super::lists::{called, dict, list, set_items};
use crate::{Change, Instance, Value};

pub(super) fn fragments<'a>(name: &'a str, instance: &'a Instance) -> Option<Vec<Fragment<'a>>> {
    match name {
        "OrderedDict" => ordered_dict(instance),
        "defaultdict" => {
            let factory = instance.args().first().unwrap_or(&Value::None);
            let mut out = vec![
                Fragment::text("defaultdict("),
                Fragment::Value(factory),
                Fragment::text(", "),
            ];
            dict(set_items(instance), &mut out);
            out.push(Fragment::text(")"));
            Some(out)
        }
        "Counter" => counter(instance.args().first()?),
        "deque" => deque(instance),
        "ChainMap" => Some(called("ChainMap", instance.attribute("maps")?.items()?)),
        "UserDict" | "UserList" | "UserString" => {
            Some(vec![Fragment::Value(instance.attribute("data")?)])
        }
        _ => None,
    }
}

fn ordered_dict(instance: &Instance) -> Option<Vec<Fragment<'_>>> {
    let mut pairs = Vec::new();
    // Python 2 pickles a list of pairs.
    for pair in instance
        .args()
        .first()
        .and_then(Value::items)
        .unwrap_or_default()
    {
        match pair.items()? {
            [key, value] => pairs.push((key, value)),
            _ => return None,
        }
    }
    pairs.extend(set_items(instance));
    Some(of_pairs("OrderedDict", pairs))
}

/// Formats `Name({key: value})`, and `Name()` if it is empty.
fn of_pairs<'a>(name: &'static str, pairs: Vec<(&'a Value, &'a Value)>) -> Vec<Fragment<'a>> {
    let mut out = vec![Fragment::text(name), Fragment::text("(")];
    if !pairs.is_empty() {
        dict(pairs, &mut out);
    }
    out.push(Fragment::text(")"));
    out
}

/// Sorts the most common first. Counts of a thousand bytes stay in place: each comparison would
/// read them.
fn counter(counts: &Value) -> Option<Vec<Fragment<'_>>> {
    let pairs = counts.as_dict()?.pairs().iter();
    let mut pairs: Vec<_> = pairs.map(|(key, count)| (key, count)).collect();
    if pairs.iter().all(|(_, count)| is_number(count)) {
        pairs.sort_by(|(_, one), (_, other)| compare(other, one));
    }
    Some(of_pairs("Counter", pairs))
}

fn is_number(value: &Value) -> bool {
    match value {
        Value::Float(number) => !number.is_nan(),
        Value::BigInt(number) => number.inner().bits() < 8_000,
        Value::Int(_) | Value::Bool(_) => true,
        _ => false,
    }
}

/// Compares floats as numbers, integers exactly.
fn compare(one: &Value, other: &Value) -> Ordering {
    use num_traits::ToPrimitive;
    let small = |value: &Value| match value {
        Value::Bool(flag) => Some(i64::from(*flag)),
        Value::Int(number) => Some(*number),
        _ => None,
    };
    if let (Some(one), Some(other)) = (small(one), small(other)) {
        return one.cmp(&other);
    }
    let big = |value: &Value| match value {
        Value::Bool(flag) => Some(i64::from(*flag).into()),
        Value::Int(number) => Some((*number).into()),
        Value::BigInt(number) => Some(number.clone()),
        _ => None,
    };
    match (big(one), big(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        (first, second) => {
            let float = |big: Option<crate::BigInt>, value: &Value| match big {
                Some(big) => big.inner().to_f64().unwrap_or_default(),
                None => value.as_f64().unwrap_or_default(),
            };
            float(first, one).total_cmp(&float(second, other))
        }
    }
}

fn deque(instance: &Instance) -> Option<Vec<Fragment<'_>>> {
    let (items, maxlen) = match instance.args() {
        [] => (&[][..], None),
        [items] => (items.items()?, None),
        [items, maxlen] => (
            items.items()?,
            Some(maxlen).filter(|maxlen| !maxlen.is_none()),
        ),
        _ => return None,
    };
    let appended = instance.parts().changes.iter();
    let appended = appended.filter_map(|change| match change {
        Change::Append(item) => Some(item),
        _ => None,
    });
    let mut out = vec![Fragment::text("deque([")];
    list(items.iter().chain(appended), &mut out);
    out.push(Fragment::text("]"));
    if let Some(maxlen) = maxlen {
        out.extend([Fragment::text(", maxlen="), Fragment::Value(maxlen)]);
    }
    out.push(Fragment::text(")"));
    Some(out)
}
