//! Rust types that contain themselves, on a thread of the default size: a message decides how deep
//! they are read, and must not decide over the process.
//!
//! An overflow of the stack ends this whole test program. `.ci/full` runs it in a release build too.

use std::collections::HashMap;
use std::fmt::Debug;

use mpconn::pickle::{
    Limits, Protocol, ReadOptions, TYPED_DEPTH, Value, dumps, from_slice, from_slice_with,
    from_value, from_value_with,
};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

/// The default of `std::thread`, whatever RUST_MIN_STACK says.
const STACK: usize = 2 << 20;

/// Depths that no stack here holds: the limit of a pickle, and far more.
const DEEP: [usize; 3] = [400, 1_990, 100_000];

fn on_a_thread(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread.spawn(test).unwrap().join().unwrap();
}

/// A value within that many levels of others.
fn nested(levels: usize, innermost: Value, around: impl Fn(Value) -> Value) -> Value {
    (0..levels).fold(innermost, |inner, _| around(inner))
}

fn list(inner: Value) -> Value {
    Value::list([inner])
}

fn dict(key: &'static str) -> impl Fn(Value) -> Value {
    move |inner| Value::dict([(key, inner)])
}

/// The value as a pickle, and as one that only the reader of graphs reads: it begins with an object
/// that is dropped.
fn messages(value: &Value) -> [Vec<u8>; 2] {
    let plain = dumps(value, Protocol::V3).unwrap();
    let (proto, rest) = plain.split_at(2);
    let odd = [proto, b"N0", rest].concat();
    [plain, odd]
}

/// Reads a type at the limit and beyond, by each of the readers. `per_level` is how many containers
/// one level of the type consists of.
fn at_the_limit<T: DeserializeOwned + Debug>(
    per_level: usize,
    innermost: Value,
    around: impl Fn(Value) -> Value,
) {
    let fits = nested(TYPED_DEPTH / per_level - 1, innermost.clone(), &around);
    for message in messages(&fits) {
        let _: T = from_slice(&message).unwrap();
    }
    let _: T = from_value(fits).unwrap();
    for levels in DEEP {
        let deep = nested(levels, innermost.clone(), &around);
        let read = [from_value_with::<T>(&deep, &Limits::new())]
            .into_iter()
            .chain(messages(&deep).map(|message| from_slice::<T>(&message)));
        for read in read {
            // With a measure of the stack some are read; none ends the process.
            match read {
                Err(error) => assert!(error.is_limit(), "{levels}: {error}"),
                Ok(_) => assert!(cfg!(feature = "stacker"), "{levels} levels were read"),
            }
        }
    }
}

/// A struct of 40 fields of which one contains it again.
macro_rules! forty {
    ($name:ident, $child:ty, $($field:ident)*) => {
        #[derive(Debug, Deserialize)]
        #[serde(default)]
        struct $name {
            child: Option<Box<$child>>,
            names: Vec<String>,
            numbers: [f64; 4],
            $($field: Option<String>,)*
        }

        impl Default for $name {
            fn default() -> Self {
                $name { child: None, names: vec![], numbers: [0.0; 4], $($field: None,)* }
            }
        }
    };
}
forty! { Forty, Forty,
    a b c d e f g h i j k l m n o p q r s t u v w x y z
    aa ab ac ad ae af ag ah ai aj ak
}

#[test]
fn a_struct_of_forty_fields() {
    on_a_thread(|| at_the_limit::<Forty>(1, Value::dict([("a", "x")]), dict("child")));
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read, not looked at")]
struct Rows(Vec<Rows>);

#[test]
fn lists_in_lists() {
    on_a_thread(|| at_the_limit::<Rows>(1, Value::list([0; 0]), list));
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read, not looked at")]
struct Maps(HashMap<String, Maps>);

#[test]
fn maps_in_maps() {
    on_a_thread(|| at_the_limit::<Maps>(1, Value::dict::<&str, Value>([]), dict("k")));
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read, not looked at")]
struct Pair(u8, Option<Box<Pair>>);

#[test]
fn tuples_in_tuples() {
    let pair = |inner| Value::tuple([Value::from(1), inner]);
    on_a_thread(move || at_the_limit::<Pair>(1, pair(Value::None), pair));
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read, not looked at")]
enum Shape {
    Unit,
    New(Box<Shape>),
    Tuple(u8, Box<Shape>),
    Struct { inner: Box<Shape> },
}

#[test]
fn enums_in_enums() {
    on_a_thread(|| at_the_limit::<Shape>(2, "Unit".into(), dict("New")));
    let tuple = |inner| Value::dict([("Tuple", Value::tuple([Value::from(1), inner]))]);
    on_a_thread(move || at_the_limit::<Shape>(2, "Unit".into(), tuple));
    let fields = |inner| Value::dict([("Struct", Value::dict([("inner", inner)]))]);
    on_a_thread(move || at_the_limit::<Shape>(2, "Unit".into(), fields));
}

/// serde reads these into a buffer of its own first, and again from there.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "read, not looked at")]
enum Untagged {
    Number(u8),
    Rows(Vec<Untagged>),
    Forty(Box<ForUntagged>),
}
forty! { ForUntagged, Untagged,
    a b c d e f g h i j k l m n o p q r s t u v w x y z
    aa ab ac ad ae af ag ah ai aj ak
}

#[test]
fn untagged_enums() {
    on_a_thread(|| at_the_limit::<Untagged>(1, Value::from(1), list));
    on_a_thread(|| at_the_limit::<Untagged>(1, Value::from(1), dict("child")));
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind")]
#[expect(dead_code, reason = "read, not looked at")]
enum Tagged {
    Leaf,
    Node { inner: Box<Tagged> },
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read, not looked at")]
struct Flat {
    #[serde(default)]
    next: Option<Box<Flat>>,
    #[serde(flatten)]
    rest: HashMap<String, IgnoredAny>,
}

#[test]
fn tagged_and_flattened_types() {
    let kind = |kind: &'static str| ("kind", Value::from(kind));
    let node = move |inner| Value::dict([kind("Node"), ("inner", inner)]);
    let leaf = Value::dict([kind("Leaf")]);
    on_a_thread(move || at_the_limit::<Tagged>(1, leaf, node));
    on_a_thread(|| at_the_limit::<Flat>(1, Value::dict([("a", 1)]), dict("next")));
}

#[derive(Debug, Deserialize, PartialEq)]
struct Known {
    known: u8,
}

#[test]
fn what_no_field_asks_for_is_skipped_at_any_depth() {
    on_a_thread(|| {
        for levels in [64, 65, 400, 1_990] {
            for inner in [
                nested(levels, Value::None, list),
                nested(levels, Value::None, dict("k")),
            ] {
                let value = Value::dict([("unknown", inner), ("known", Value::from(7))]);
                for message in messages(&value) {
                    assert_eq!(from_slice::<Known>(&message).unwrap(), Known { known: 7 });
                    let _: IgnoredAny = from_slice(&message).unwrap();
                }
                let _: (Value, IgnoredAny) =
                    from_value(Value::tuple([value.clone(), value.clone()])).unwrap();
                assert_eq!(from_value::<Known>(value).unwrap(), Known { known: 7 });
            }
        }
        let deeper = Value::dict([
            ("unknown", nested(1_000_000, Value::None, list)),
            ("known", Value::from(7)),
        ]);
        assert_eq!(from_value::<Known>(deeper).unwrap(), Known { known: 7 });
    });
}

#[test]
fn values_inside_of_types_are_not_counted() {
    on_a_thread(|| {
        let deep = nested(1_900, Value::None, list);
        for message in messages(&Value::tuple([Value::from(1), deep.clone()])) {
            let (_, value): (u8, Value) = from_slice(&message).unwrap();
            assert_eq!(value, deep);
        }
    });
}

#[test]
fn a_larger_stack_can_be_said() {
    let deeper = nested(299, Value::list([0; 0]), list);
    let thread = std::thread::Builder::new().stack_size(64 << 20);
    let read = thread.spawn(move || {
        let limits = Limits::new().typed_depth(300);
        let _: Rows = from_value_with(&deeper, &limits).unwrap();
        for message in messages(&deeper) {
            let options = ReadOptions::new().limits(limits.clone());
            let _: Rows = from_slice_with(&message, &options).unwrap();
        }
    });
    read.unwrap().join().unwrap();
}

#[cfg(not(feature = "stacker"))]
#[test]
fn the_error_says_what_can_be_done() {
    let deep = nested(TYPED_DEPTH, Value::list([0; 0]), list);
    let told = from_value::<Rows>(deep).unwrap_err().to_string();
    for word in [
        "64 levels",
        "into a Value",
        "Limits::typed_depth",
        "`stacker`",
    ] {
        assert!(told.contains(word), "{told}");
    }
}

#[cfg(feature = "stacker")]
#[test]
fn with_a_measure_of_the_stack_types_are_as_deep_as_pickles() {
    on_a_thread(|| {
        let deep = nested(1_999, Value::dict([("a", "x")]), dict("child"));
        let forty: Forty = from_value(deep.clone()).unwrap();
        // Dropping it recurses as well, in code that serde did not write.
        std::mem::forget(forty);
        for message in messages(&deep) {
            std::mem::forget(from_slice::<Forty>(&message).unwrap());
        }
    });
}
