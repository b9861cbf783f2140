//! Checks that both readers of Rust types return the same.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::{Deserialize, de::IgnoredAny};

use crate::codec::{self, Value};

/// Most of what serde's derives ask for.
#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "printed and compared as text")]
struct Record<'a> {
    id: i64,
    #[serde(borrow)]
    name: &'a str,
    #[serde(default)]
    score: Option<f64>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    next: Option<Box<Record<'a>>>,
}

/// An instance of a class.
#[derive(Debug, Deserialize)]
#[serde(rename = "shop.Order")]
#[allow(dead_code, reason = "printed and compared as text")]
struct Order {
    #[serde(default)]
    id: u32,
    #[serde(default)]
    rest: Value,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "printed and compared as text")]
enum Shape {
    Unit,
    New(Box<Shape>),
    Tuple(i8, f32),
    Struct { text: String },
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[allow(dead_code, reason = "printed and compared as text")]
enum Any {
    Nothing(()),
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    Items(Vec<Any>),
    Pairs(BTreeMap<String, Any>),
}

/// Any bytes are read as each type or refused, by both readers alike.
pub fn typed(data: &[u8]) {
    both_readers::<Record<'_>>(data);
    both_readers::<Vec<Record<'_>>>(data);
    both_readers::<Order>(data);
    both_readers::<Vec<Order>>(data);
    both_readers::<Shape>(data);
    both_readers::<Any>(data);
    both_readers::<Vec<i64>>(data);
    both_readers::<Vec<Option<f64>>>(data);
    both_readers::<BTreeMap<String, Vec<u8>>>(data);
    both_readers::<BTreeMap<i32, &str>>(data);
    both_readers::<(u8, &str, (bool, Option<char>))>(data);
    both_readers::<Vec<Vec<Vec<()>>>>(data);
    both_readers::<&[u8]>(data);
    both_readers::<(Value, IgnoredAny)>(data);
}

fn both_readers<'a, T: Deserialize<'a> + Debug>(data: &'a [u8]) {
    let Ok(fast) = codec::typed::<T>(data) else {
        return;
    };
    let from_graph = codec::typed_from_graph::<T>(data).unwrap_or_else(|error| {
        panic!("the fast reader returns {fast:?}, the graph reader fails: {error}");
    });
    assert_eq!(format!("{fast:?}"), format!("{from_graph:?}"));
}
