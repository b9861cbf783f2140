//! How values are named in error messages.

use mpconn_escape::beginning;

use super::super::view::{ContainerKind, Text, Tree, View};
use crate::Value;

/// Most characters of a text, and most items, that are shown.
const LONGEST: usize = 1000;
const MOST: usize = 16;

/// Returns a key as Python writes it. Errors are made at each level, so a large or deep key is only
/// named.
#[cold]
pub(super) fn key<'de>(key: impl Tree<'de>) -> String {
    let small = match key.view() {
        View::Str(Text::Borrowed(text)) if text.len() > LONGEST => return cut(text),
        View::Str(Text::Shared(text)) if text.len() > LONGEST => return cut(&text),
        View::Items(_, mut items) => {
            items.len() <= MOST && items.all(|item| is_small(&item.view()))
        }
        view => is_small(&view),
    };
    match small.then(|| key.to_value(&mut None)) {
        Some(Ok(value)) => value.to_string(),
        _ => format!("<{}>", kind(&key.view())),
    }
}

/// Returns the beginning of a text.
fn cut(text: &str) -> String {
    Value::from(beginning(text, LONGEST)).to_string() + "..."
}

/// Returns whether it is short enough to print.
fn is_small<'de, T: Tree<'de>>(view: &View<'de, T>) -> bool {
    match view {
        View::Str(Text::Borrowed(text)) => text.len() <= LONGEST,
        View::Str(Text::Shared(text)) => text.len() <= LONGEST,
        View::SurrogateStr(text) => text.as_bytes().len() <= LONGEST,
        View::Bytes(bytes) | View::ByteArray(bytes) | View::Buffer(bytes) => bytes.len() <= LONGEST,
        View::BigInt(value) => value.prints_in_decimal(),
        View::Items(_, items) => items.len() == 0,
        View::Dict(_) | View::Instance(_) | View::Persistent(_) => false,
        _ => true,
    }
}

/// Returns the name of an attribute.
#[cold]
pub(super) fn name<'de>(name: impl Tree<'de>) -> String {
    match name.view() {
        View::Str(Text::Borrowed(text)) => text.into(),
        View::Str(Text::Shared(text)) => text.as_str().into(),
        _ => key(name),
    }
}

/// Returns the type of a value with its article: "an int".
#[cold]
pub(super) fn a_kind<'de, T: Tree<'de>>(view: &View<'de, T>) -> String {
    with_article(&kind(view))
}

/// Returns a noun with "a" or "an".
pub(super) fn with_article(kind: &str) -> String {
    let article = match kind.starts_with(['a', 'e', 'i', 'o', 'u']) {
        true => "an",
        false => "a",
    };
    format!("{article} {kind}")
}

/// Returns the type of a value.
#[cold]
pub(super) fn kind<'de, T: Tree<'de>>(view: &View<'de, T>) -> String {
    let name = match view {
        View::None => "None",
        View::Bool(_) => "bool",
        View::Int(_) | View::BigInt(_) => "int",
        View::Float(_) => "float",
        View::Complex(..) => "complex",
        View::Str(_) | View::SurrogateStr(_) => "str",
        View::Bytes(_) => "bytes",
        View::ByteArray(_) => "bytearray",
        View::Buffer(_) => "buffer",
        View::Items(ContainerKind::Tuple, _) => "tuple",
        View::Items(ContainerKind::List, _) => "list",
        View::Items(ContainerKind::Set, _) => "set",
        View::Items(ContainerKind::FrozenSet, _) => "frozenset",
        View::Dict(_) => "dict",
        View::Class(class) => return format!("class {}", class.brief()),
        View::Instance(instance) => {
            return match instance.callable.view() {
                View::Class(class) => format!("instance of {}", class.brief()),
                _ => "instance of an unnamed class".into(),
            };
        }
        View::Persistent(_) => "persistent id",
        View::Recursive => "value that contains itself",
    };
    name.into()
}
