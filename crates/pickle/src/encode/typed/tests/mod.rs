//! What becomes of what, in values and in pickles.

mod pickles;
mod refusals;
mod shapes;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde::{Deserialize, Serialize, Serializer};

use super::*;
use crate::{
    BigInt, List, MAX_DEPTH, PickleError, Protocol, Tuple, Value, arbitrary, dumps, from_value,
    loads,
};

const PROTOCOLS: [Protocol; 4] = [Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5];

/// The value, which both ways and all protocols agree upon.
fn both<T: Serialize + ?Sized>(value: &T) -> Value {
    let tree = to_value(value).unwrap();
    for protocol in PROTOCOLS {
        let pickle = to_vec(value, protocol).unwrap();
        let read = loads(pickle.clone());
        let read = read.unwrap_or_else(|error| panic!("{error}: {}", pickle.escape_ascii()));
        assert_eq!(read, tree, "{protocol:?}: {}", pickle.escape_ascii());
    }
    tree
}

/// As [`both`], as Python prints it.
fn shown<T: Serialize + ?Sized>(value: &T) -> String {
    both(value).to_string()
}

/// The error, which both ways agree upon.
fn refused<T: Serialize + ?Sized>(value: &T) -> String {
    let error = to_value(value).unwrap_err().to_string();
    for protocol in PROTOCOLS {
        let mut out = b"before".to_vec();
        let other = serialize_into(value, protocol, &mut out).unwrap_err();
        assert_eq!(other.to_string(), error);
        assert_eq!(out, b"before");
    }
    error
}

#[derive(Serialize, Clone, Copy)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Serialize)]
struct Pair(i32, &'static str);

#[derive(Serialize)]
struct Unit;

#[derive(Serialize)]
struct Wrapped(i32);

#[derive(Serialize)]
enum Shape {
    Dot,
    Circle(f64),
    Line(i32, i32),
    Box { width: u8, height: u8 },
}

#[derive(Serialize, Clone, Copy)]
#[serde(rename = "shop.Point")]
struct PointOfShop {
    x: i32,
    y: i32,
}

#[derive(Serialize)]
#[serde(rename = "shop.Pair")]
struct PairOfShop(i32, &'static str);

#[derive(Serialize)]
#[serde(rename = "shop.models:Outer.One")]
struct OneOfShop(i32);

#[derive(Serialize)]
#[serde(rename = "shop.Unit")]
struct UnitOfShop;

#[derive(Serialize, Clone, Copy)]
#[serde(rename = "shop.Color")]
enum Color {
    #[serde(rename = "1")]
    Red,
    #[serde(rename = "green")]
    Green,
}

#[derive(Serialize)]
#[serde(rename = "shop.Odd")]
enum Odd {
    Data(i32),
    Fields { x: i32 },
    Row(i32, i32),
}

struct AsSet<T>(T);

impl<T: Serialize> Serialize for AsSet<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        set::serialize(&self.0, serializer)
    }
}

#[derive(Serialize)]
struct Rows<T> {
    rows: Vec<T>,
}
