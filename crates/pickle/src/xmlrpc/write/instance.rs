//! Finds what Python's marshaller would write for an object: its `__dict__`.

use super::super::{Result, XmlRpcError};
use crate::types::DateTime;
use crate::{self as pickle, Change, Class, Construction, Instance, Value};

/// The form in which an instance is written.
pub(super) enum Form<'a> {
    Attributes(&'a [(Value, Value)]),
    /// Bytes, or Python 2's ASCII bytes, which were read as text.
    Bytes(&'a Value),
    Time(DateTime),
    TimeText(&'a Value),
}

/// The module of Python's wrappers for types of XML-RPC.
const WRAPPERS: &str = "xmlrpc.client";

pub(super) fn form(instance: &Instance) -> Result<Form<'_>> {
    if instance.is("datetime", "datetime") {
        return naive(instance).map(Form::Time).map_err(XmlRpcError::from);
    }
    let wrapped = |name| instance.attribute(name).ok_or_else(|| refuse(instance));
    if instance.is(WRAPPERS, "Binary") {
        return wrapped("data").map(Form::Bytes);
    }
    if instance.is(WRAPPERS, "DateTime") {
        return wrapped("value").map(Form::TimeText);
    }
    match has_attributes(instance) {
        true => state(instance).map(Form::Attributes),
        false => None,
    }
    .ok_or_else(|| refuse(instance))
}

/// Returns the time without its zone, which may be of any class.
fn naive(instance: &Instance) -> std::result::Result<DateTime, pickle::PickleError> {
    let digits = instance.args().iter().take(1).cloned();
    let class = Class::new("datetime", "datetime");
    let naive = Instance::call(class, digits.collect::<Vec<_>>());
    DateTime::try_from(&Value::from(naive))
}

/// Returns whether the object certainly has a `__dict__` and is not of a type that Python refuses:
/// a subclass of `list`, `dict`, `str` and so on.
fn has_attributes(instance: &Instance) -> bool {
    let parts = instance.parts();
    let state_only = |change: &Change| matches!(change, Change::State(_));
    if !parts.changes.iter().all(state_only) {
        return false;
    }
    let class = parts.callable.as_class();
    let args = instance.args();
    match parts.construction {
        Construction::New | Construction::NewEx => {
            let plain_object = class.is_some_and(|class| *class.module() == *"builtins");
            args.is_empty() && parts.kwargs.is_none() && !plain_object
        }
        Construction::Old => true,
        Construction::Call if class.is_some_and(|class| class.is("copyreg", "_reconstructor")) => {
            let base = args.get(1).and_then(Value::as_class);
            base.is_some_and(|base| base.is("builtins", "object"))
        }
        Construction::Call => {
            matches!(instance.state(), Some(Value::Dict(_))) || class.is_some_and(is_exception)
        }
    }
}

/// Returns whether it is a built-in exception: no other class of that module has a capital initial.
fn is_exception(class: &Class) -> bool {
    *class.module() == *"builtins" && class.name().starts_with(|c: char| c.is_ascii_uppercase())
}

/// Returns its `__dict__`, which with slots is the first of a pair.
fn state(instance: &Instance) -> Option<&[(Value, Value)]> {
    match instance.state() {
        None => Some(&[]),
        Some(Value::Dict(state)) => Some(state.pairs()),
        Some(Value::Tuple(both)) => match &both[..] {
            [Value::Dict(state), _] => Some(state.pairs()),
            _ => None,
        },
        Some(_) => None,
    }
}

#[cold]
fn refuse(instance: &Instance) -> XmlRpcError {
    let name = instance
        .class()
        .map_or_else(|| "object".to_owned(), ToString::to_string);
    XmlRpcError::unsupported(format!(
        "cannot marshal {name}: of objects XML-RPC has the attributes only, and which this one has \
         is not known; send a dict"
    ))
}
