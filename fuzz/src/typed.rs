//! Types of Rust's: both ways of reading them find the same.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::{Deserialize, de::IgnoredAny};

use crate::seam::{self, Value};

/// A bit of everything that derives of serde ask for.
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

/// Any bytes are read into each type, or refused, and by both ways alike.
pub fn typed(data: &[u8]) {
    both_ways::<Record<'_>>(data);
    both_ways::<Vec<Record<'_>>>(data);
    both_ways::<Order>(data);
    both_ways::<Vec<Order>>(data);
    both_ways::<Shape>(data);
    both_ways::<Any>(data);
    both_ways::<Vec<i64>>(data);
    both_ways::<Vec<Option<f64>>>(data);
    both_ways::<BTreeMap<String, Vec<u8>>>(data);
    both_ways::<BTreeMap<i32, &str>>(data);
    both_ways::<(u8, &str, (bool, Option<char>))>(data);
    both_ways::<Vec<Vec<Vec<()>>>>(data);
    both_ways::<&[u8]>(data);
    both_ways::<(Value, IgnoredAny)>(data);
}

fn both_ways<'a, T: Deserialize<'a> + Debug>(data: &'a [u8]) {
    let Ok(short) = seam::typed::<T>(data) else {
        return;
    };
    let long = seam::typed_slowly::<T>(data).unwrap_or_else(|error| {
        panic!("the short way reads {short:?}, the long way says {error}");
    });
    assert_eq!(format!("{short:?}"), format!("{long:?}"));
}
