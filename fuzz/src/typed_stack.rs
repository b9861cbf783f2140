//! Checks that no message overflows a small stack by way of recursive types.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use crate::codec::{self, Value};

/// Twice a thread's default stack in std: the sanitizer's guards around variables take about as
/// much again in an optimized build.
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

/// Any bytes are read as each type or refused.
pub fn typed_stack(data: &[u8]) {
    on_a_small_stack(data);
    // Deep messages, which random bytes rarely are: each byte adds an outer level.
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
        codec::typed::<Nest>(data).is_ok(),
        codec::typed_from_graph::<Nest>(data).is_ok(),
        codec::typed::<Linked>(data).is_ok(),
        codec::typed_from_graph::<Linked>(data).is_ok(),
        codec::typed::<Shape>(data).is_ok(),
        codec::typed::<Any>(data).is_ok(),
        codec::typed::<Flat>(data).is_ok(),
        codec::typed::<(IgnoredAny, Value)>(data).is_ok(),
    ] {
        std::hint::black_box(read);
    }
}

/// Makes a pickle with a level for each byte, which selects the container.
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
