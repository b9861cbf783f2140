//! A trait over values and graphs, so that both are read by the same code.

use crate::decode::view::{Blob, ContainerKind, InstanceView, Text, Tree, View};
use crate::{Class, PickleError};

pub(super) fn instance<'de, T: Tree<'de>>(node: T) -> Option<InstanceView<T>> {
    match node.view() {
        View::Instance(instance) => Some(*instance),
        _ => None,
    }
}

pub(super) fn class<'de, T: Tree<'de>>(node: T) -> Option<Class> {
    match node.view() {
        View::Class(class) => Some(class),
        _ => None,
    }
}

/// Returns text, which may be bytes in Python 2's pickles.
pub(super) fn text<'de, T: Tree<'de>>(node: T) -> Option<String> {
    match node.view() {
        View::Str(Text::Borrowed(text)) => Some(text.to_owned()),
        View::Str(Text::Shared(text)) => Some(text.as_str().to_owned()),
        View::Bytes(Blob::Borrowed(bytes)) => String::from_utf8(bytes.to_vec()).ok(),
        View::Bytes(Blob::Shared(bytes)) => String::from_utf8(bytes.to_vec()).ok(),
        _ => None,
    }
}

pub(super) fn int<'de, T: Tree<'de>>(node: T) -> Option<i64> {
    match node.view() {
        View::Int(number) => Some(number),
        View::Bool(flag) => Some(flag.into()),
        _ => None,
    }
}

/// Returns a length or an offset.
pub(super) fn size<'de, T: Tree<'de>>(node: T) -> Option<usize> {
    int(node)?.try_into().ok()
}

/// Returns the items of a tuple or list of at most `most` items.
pub(super) fn row<'de, T: Tree<'de>>(node: T, most: usize) -> Option<Vec<T>> {
    match node.view() {
        View::Items(ContainerKind::Tuple | ContainerKind::List, items) if items.len() <= most => {
            Some(items.collect())
        }
        _ => None,
    }
}

/// Returns the items of a short tuple or list, as states and arguments are.
pub(super) fn few<'de, T: Tree<'de>>(node: T) -> Option<Vec<T>> {
    row(node, 16)
}

/// More dimensions than any numpy supports.
const MOST_DIMENSIONS: usize = 64;

/// Returns a shape: a tuple of lengths, or a single length.
pub(super) fn shape<'de, T: Tree<'de>>(node: T) -> Option<Vec<usize>> {
    if let Some(length) = size(node) {
        return Some(vec![length]);
    }
    let items = row(node, MOST_DIMENSIONS)?;
    items.into_iter().map(size).collect()
}

/// Returns the number of elements; `None` if they cannot fit into memory.
pub(super) fn count(shape: &[usize]) -> Option<usize> {
    if shape.contains(&0) {
        return Some(0);
    }
    let counted = shape.iter();
    counted.copied().try_fold(1_usize, usize::checked_mul)
}

pub(super) fn refuse(what: &str) -> PickleError {
    PickleError::new(format!(
        "numpy: {what}; read it into a Value, which keeps anything as it came"
    ))
}
