//! Values in the words of errors.

use super::super::view::{Kind, Text, Tree, View};

/// A key as Python would write it.
#[cold]
pub(super) fn key<'de>(key: impl Tree<'de>) -> String {
    match key.to_value(&mut None) {
        Ok(value) => value.to_string(),
        Err(_) => kind(&key.view()),
    }
}

/// The name of an attribute.
#[cold]
pub(super) fn name<'de>(name: impl Tree<'de>) -> String {
    match name.view() {
        View::Str(Text::Borrowed(text)) => text.into(),
        View::Str(Text::Shared(text)) => text.as_str().into(),
        _ => key(name),
    }
}

/// The type of a value.
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
        View::Items(Kind::Tuple, _) => "tuple",
        View::Items(Kind::List, _) => "list",
        View::Items(Kind::Set, _) => "set",
        View::Items(Kind::FrozenSet, _) => "frozenset",
        View::Dict(_) => "dict",
        View::Class(class) => return format!("class {class}"),
        View::Instance(instance) => {
            return match instance.callable.view() {
                View::Class(class) => format!("instance of {class}"),
                _ => "instance of an unnamed class".into(),
            };
        }
        View::Persistent(_) => "persistent id",
        View::Recursive => "value that contains itself",
    };
    name.into()
}
