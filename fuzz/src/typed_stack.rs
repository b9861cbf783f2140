//! Recursive types on a small stack: no message may overflow it.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use crate::seam::{self, Value};

/// What std gives a thread by default, twice: the sanitizer puts guards around what lies on the
/// stack, which takes about as much again, while the build is optimised.
const STACK: usize = 4 << 20;

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not looked at")]
struct Nest(Vec<Nest>);

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not looked at")]
struct Linked {
    #[serde(default)]
    next: Option<Box<Linked>>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    value: Value,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not looked at")]
enum Shape {
    Unit,
    New(Box<Shape>),
    Tuple(i8, Vec<Shape>),
    Struct { next: Option<Box<Shape>> },
}

#[derive(Deserialize)]
#[serde(untagged)]
#[allow(dead_code, reason = "read, not looked at")]
enum Any {
    Int(i64),
    Text(String),
    Items(Vec<Any>),
    Pairs(BTreeMap<String, Any>),
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not looked at")]
struct Flat {
    #[serde(default)]
    next: Option<Box<Flat>>,
    #[serde(flatten)]
    more: BTreeMap<String, Any>,
}

/// Any bytes are read into each type, or refused.
pub fn typed_stack(data: &[u8]) {
    on_a_small_stack(data);
    // Deep ones, which would seldom be found: each byte adds a level around the one before.
    on_a_small_stack(&deep(data));
}

fn on_a_small_stack(data: &[u8]) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let read = thread.spawn_scoped(scope, || read(data));
        let read = read.expect("a thread starts").join();
        assert!(read.is_ok(), "see above");
    });
}

fn read(data: &[u8]) {
    for read in [
        seam::typed::<Nest>(data).is_ok(),
        seam::typed_slowly::<Nest>(data).is_ok(),
        seam::typed::<Linked>(data).is_ok(),
        seam::typed_slowly::<Linked>(data).is_ok(),
        seam::typed::<Shape>(data).is_ok(),
        seam::typed::<Any>(data).is_ok(),
        seam::typed::<Flat>(data).is_ok(),
        seam::typed::<(IgnoredAny, Value)>(data).is_ok(),
    ] {
        std::hint::black_box(read);
    }
}

/// A pickle as deep as the bytes are many, of the containers that they choose.
fn deep(data: &[u8]) -> Vec<u8> {
    let (mut front, mut back) = (vec![0x80, 4], Vec::new());
    for byte in data.iter().take(1 << 10) {
        let (begin, end): (&[u8], &[u8]) = match byte % 6 {
            0 => (b"]", b"a"),
            1 => (b"}\x8c\x04next", b"s"),
            2 => (b"(", b"t"),
            3 => (b"}\x8c\x03New", b"s"),
            4 => (b"](K\x01", b"e"),
            _ => (b"", b"\x85"),
        };
        front.extend_from_slice(begin);
        back.extend(end.iter().rev());
    }
    front.extend_from_slice(b"]");
    front.extend(back.iter().rev());
    front.push(b'.');
    front
}
