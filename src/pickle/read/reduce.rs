//! The few calls that plain data needs, carried out without calling anything.

use super::Result;
use super::graph::{Graph, Node, NodeId};
use crate::pickle::Value;
use crate::pickle::error::Error;

/// What `callable(*arguments)` would give.
pub(super) fn reduce(graph: &mut Graph, callable: &str, arguments: &[NodeId]) -> Result<Node> {
    // Python 3 writes Python 2's names up to protocol 2.
    let name = callable
        .strip_prefix("__builtin__.")
        .or(callable.strip_prefix("builtins."));
    let result = match (name, arguments) {
        (Some("set"), []) => Some(Node::Set(Vec::new())),
        (Some("set"), [items]) => Some(Node::SetOf(*items)),
        (Some("frozenset"), []) => Some(Node::FrozenSet(Vec::new())),
        (Some("frozenset"), [items]) => Some(Node::FrozenSetOf(*items)),
        // What Python 3 writes for b"", and for bytearrays.
        (Some("bytes" | "bytearray"), []) => Some(Node::Leaf(Value::Bytes(Vec::new()))),
        (Some("bytearray"), [bytes]) => bytes_of(graph, *bytes)?.map(Node::Leaf),
        (Some("bytearray"), [text, encoding]) => latin1(graph, *text, *encoding)?.map(Node::Leaf),
        // What Python 3 writes for bytes up to protocol 2.
        (None, [text, encoding]) if callable == "_codecs.encode" => {
            latin1(graph, *text, *encoding)?.map(Node::Leaf)
        }
        _ => return Err(instance(class_of(graph, callable, arguments))),
    };
    result.ok_or_else(|| Error::new(format!("{callable} with arguments that no Python writes")))
}

/// The error for anything that is not plain data.
pub(super) fn instance(class: &str) -> Error {
    Error::unsupported(format!(
        "instances of classes are not supported yet: {class}; have the peer send plain data \
         (dict, list, tuple, str, ...)"
    ))
}

/// The class that a call makes an instance of: `copyreg`'s helpers get it as an argument.
fn class_of<'a>(graph: &'a Graph, callable: &'a str, arguments: &[NodeId]) -> &'a str {
    let helper = callable.starts_with("copyreg.") || callable.starts_with("copy_reg.");
    match arguments.first().map(|class| graph.node(*class)) {
        Some(Node::Global(class)) if helper => class,
        _ => callable,
    }
}

fn bytes_of(graph: &mut Graph, id: NodeId) -> Result<Option<Value>> {
    let bytes = match graph.node(id) {
        Node::Leaf(Value::Bytes(bytes)) => bytes.clone(),
        // Python 2's str.
        Node::Leaf(Value::Str(text)) if text.is_ascii() => text.clone().into_bytes(),
        _ => return Ok(None),
    };
    graph.charge_copy_of(id, bytes.len())?;
    Ok(Some(Value::Bytes(bytes)))
}

fn latin1(graph: &mut Graph, text: NodeId, encoding: NodeId) -> Result<Option<Value>> {
    let Node::Leaf(Value::Str(encoding)) = graph.node(encoding) else {
        return Ok(None);
    };
    if !matches!(encoding.as_str(), "latin1" | "latin-1") {
        return Ok(None);
    }
    let Node::Leaf(Value::Str(characters)) = graph.node(text) else {
        return Ok(None);
    };
    let length = characters.len();
    let bytes: std::result::Result<Vec<u8>, _> = if characters.is_ascii() {
        Ok(characters.clone().into_bytes())
    } else {
        characters.chars().map(u8::try_from).collect()
    };
    graph.charge_copy_of(text, length)?;
    Ok(bytes.ok().map(Value::Bytes))
}
