//! Types of any shape at the maximum depth, on a thread with the default stack of 2 MiB: in debug
//! and release builds, from pickles by both readers, and from values.

use std::collections::HashMap;

use mpconn_pickle::{
    Class, Instance, Limits, Protocol, ReadOptions, TYPED_DEPTH, Value, dumps, from_slice,
    from_slice_with, from_value, from_value_ref, from_value_ref_with, from_vec,
};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

/// A thread's default stack in std.
const STACK: usize = 2 << 20;

fn on_a_usual_thread(test: fn()) {
    let thread = std::thread::Builder::new().stack_size(STACK);
    let done = thread.spawn(test).unwrap().join();
    assert!(done.is_ok(), "see above");
}

macro_rules! wide {
    ($(#[$meta:meta])* $name:ident: $($field:ident)*) => {
        #[derive(Deserialize)]
        $(#[$meta])*
        #[serde(default)]
        #[allow(dead_code)]
        struct $name {
            next: Option<Box<$name>>,
            $($field: Option<String>,)*
        }

        impl Default for $name {
            fn default() -> Self {
                $name { next: None, $($field: None,)* }
            }
        }
    };
}

// Forty fields each.
wide! { Wide: a01 a02 a03 a04 a05 a06 a07 a08 a09 a10 a11 a12 a13 a14 a15 a16 a17 a18 a19 a20
a21 a22 a23 a24 a25 a26 a27 a28 a29 a30 a31 a32 a33 a34 a35 a36 a37 a38 a39 }
wide! { #[serde(rename = "shop.Wide")]
Object: a01 a02 a03 a04 a05 a06 a07 a08 a09 a10 a11 a12 a13 a14 a15 a16 a17 a18 a19 a20
a21 a22 a23 a24 a25 a26 a27 a28 a29 a30 a31 a32 a33 a34 a35 a36 a37 a38 a39 }

#[derive(Deserialize)]
#[allow(dead_code)]
struct Nest(Vec<Nest>);

#[derive(Deserialize)]
#[allow(dead_code)]
struct Map(HashMap<String, Map>);

#[derive(Deserialize)]
#[allow(dead_code)]
struct Pair(u8, Option<Box<Pair>>);

#[derive(Deserialize)]
#[allow(dead_code)]
enum Kinds {
    Unit,
    New(Box<Kinds>),
    Tuple(u8, Box<Kinds>),
    Struct { next: Box<Kinds> },
}

#[derive(Deserialize)]
#[serde(untagged)]
#[allow(dead_code)]
enum Untagged {
    Int(i64),
    List(Vec<Untagged>),
    Map(HashMap<String, Untagged>),
}

#[derive(Deserialize)]
#[serde(tag = "type")]
#[allow(dead_code)]
enum Tagged {
    End,
    Node { next: Box<Tagged> },
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Flat {
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Rest {
    #[serde(default)]
    next: Option<Box<Flat>>,
    #[serde(flatten)]
    more: HashMap<String, i64>,
}

/// Newtypes around newtypes: three, and an option, for each list.
#[derive(Deserialize)]
#[allow(dead_code)]
struct One(Two);
#[derive(Deserialize)]
#[allow(dead_code)]
struct Two(Option<Vec<One>>);

fn dict(pairs: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::dict(pairs)
}

fn nested(depth: usize, innermost: Value, around: impl Fn(Value) -> Value) -> Value {
    (1..depth).fold(innermost, |inner, _| around(inner))
}

fn list(depth: usize) -> Value {
    nested(depth, Value::list([0; 0]), |inner| Value::list([inner]))
}

fn linked(depth: usize) -> Value {
    nested(depth, dict([]), |next| dict([("next", next)]))
}

fn instances(depth: usize) -> Value {
    let instance = |state| {
        let instance = Instance::new(Class::new("shop", "Wide"));
        Value::from(instance.with_state(state))
    };
    let innermost = instance(dict([]));
    nested(depth, innermost, |next| instance(dict([("next", next)])))
}

/// Returns a pickle for the fast reader, and one for the graph reader: it drops a value that is not
/// plain data.
fn both_ways(value: &Value) -> [Vec<u8>; 2] {
    let plain = dumps(value, Protocol::V2).unwrap();
    let (protocol, rest) = plain.split_at(2);
    let graph = [protocol, b"N0", rest].concat();
    [dumps(value, Protocol::V4).unwrap(), graph]
}

/// Reads with each reader. Returns whether all succeed; fails if they disagree.
fn reads<T: DeserializeOwned>(value: &Value) -> bool {
    let mut results = vec![from_value_ref::<T>(value).map(drop)];
    for message in both_ways(value) {
        results.push(from_slice::<T>(&message).map(drop));
        results.push(from_vec::<T>(message, &ReadOptions::new()).map(drop));
    }
    for error in results.iter().filter_map(|result| result.as_ref().err()) {
        let text = error.to_string();
        assert!(error.is_limit(), "{text}");
        assert!(text.contains("nested deeper than "), "{text}");
    }
    let read = results.iter().filter(|result| result.is_ok()).count();
    assert!(read == 0 || read == results.len(), "{results:?}");
    read > 0
}

/// Checks that up to `most` levels are read, and that more are an error at any depth that a pickle
/// may have.
fn reads_up_to<T: DeserializeOwned>(most: usize, value: impl Fn(usize) -> Value) {
    let name = std::any::type_name::<T>();
    let read = (1..=most + 1).take_while(|depth| reads::<T>(&value(*depth)));
    assert_eq!(read.count(), most, "{name}");
    assert!(!reads::<T>(&value(900)), "{name}");
}

/// If the stack is measured, unbuffered types may be as deep as the pickle.
fn reads_unbuffered<T: DeserializeOwned>(most: usize, value: impl Fn(usize) -> Value) {
    match cfg!(feature = "stacker") {
        true => assert!(
            [most, most + 1, 900]
                .iter()
                .all(|depth| reads::<T>(&value(*depth)))
        ),
        false => reads_up_to::<T>(most, value),
    }
}

#[test]
fn a_struct_of_forty_fields() {
    on_a_usual_thread(|| reads_unbuffered::<Wide>(TYPED_DEPTH, linked));
}

#[test]
fn an_instance_of_forty_attributes() {
    on_a_usual_thread(|| reads_unbuffered::<Object>(TYPED_DEPTH, instances));
}

#[test]
fn lists_maps_tuples_and_newtypes() {
    on_a_usual_thread(|| {
        reads_unbuffered::<Nest>(TYPED_DEPTH, list);
        reads_unbuffered::<One>(TYPED_DEPTH, list);
        reads_unbuffered::<Map>(TYPED_DEPTH, linked);
        reads_unbuffered::<Pair>(TYPED_DEPTH, |depth| {
            let innermost = Value::tuple([Value::Int(0), Value::None]);
            nested(depth, innermost, |next| Value::tuple([0.into(), next]))
        });
    });
}

#[test]
fn enums_of_each_kind() {
    on_a_usual_thread(|| {
        // The last level is the text of a unit variant.
        let unit = || Value::from("Unit");
        reads_unbuffered::<Kinds>(TYPED_DEPTH, |depth| {
            nested(depth, unit(), |next| dict([("New", next)]))
        });
        // The content of an enum is a level of its own.
        reads_unbuffered::<Kinds>(TYPED_DEPTH / 2, |depth| {
            nested(depth, unit(), |next| {
                dict([("Tuple", Value::tuple([1.into(), next]))])
            })
        });
        reads_unbuffered::<Kinds>(TYPED_DEPTH / 2, |depth| {
            nested(depth, unit(), |next| {
                dict([("Struct", dict([("next", next)]))])
            })
        });
    });
}

#[test]
fn what_serde_buffers() {
    on_a_usual_thread(|| {
        reads_up_to::<Untagged>(TYPED_DEPTH, list);
        reads_up_to::<Untagged>(TYPED_DEPTH, linked);
        reads_up_to::<Flat>(TYPED_DEPTH, linked);
        reads_up_to::<Tagged>(TYPED_DEPTH, |depth| {
            nested(depth, dict([("type", "End".into())]), |next| {
                dict([("type", "Node".into()), ("next", next)])
            })
        });
    });
}

#[derive(Deserialize)]
struct Known {
    known: u8,
}

#[test]
fn what_is_ignored_and_values_are_as_deep_as_the_pickle() {
    on_a_usual_thread(|| {
        for value in [list(1_900), linked(1_900), instances(900)] {
            let record = Value::dict([("unknown", value.clone()), ("known", Value::Int(1))]);
            for message in both_ways(&record) {
                assert_eq!(from_slice::<Known>(&message).unwrap().known, 1);
                let read: HashMap<String, Value> = from_slice(&message).unwrap();
                assert_eq!(read["unknown"], value);
                from_slice::<IgnoredAny>(&message).unwrap();
            }
            assert_eq!(from_value::<Known>(record).unwrap().known, 1);
        }
        // Values have no depth limit.
        from_value::<(IgnoredAny, Value)>(Value::tuple([list(100_000), list(100_000)])).unwrap();
    });
}

#[test]
fn what_is_ignored_may_be_shared_a_thousand_times_over() {
    let laugh = (0..1_000).fold(Value::list([0; 0]), |ha, _| Value::list([ha.clone(), ha]));
    let record = Value::dict([("unknown", laugh), ("known", Value::Int(1))]);
    for message in both_ways(&record) {
        assert_eq!(from_slice::<Known>(&message).unwrap().known, 1);
    }
    assert_eq!(from_value::<Known>(record).unwrap().known, 1);
    // {'unknown': [itself], 'known': 1}
    let cycle = b"\x80\x04}\x94(\x8c\x07unknown\x94]\x94h\x02a\x8c\x05known\x94K\x01u.";
    assert_eq!(from_slice::<Known>(cycle).unwrap().known, 1);
}

#[test]
fn the_setting_raises_and_lowers_it() {
    let message = |depth| dumps(&list(depth), Protocol::V4).unwrap();
    let options = |levels| ReadOptions::new().limits(Limits::new().typed_depth(levels));
    for levels in [1, 10, 100] {
        let options = options(levels);
        from_slice_with::<Nest>(&message(levels), &options).unwrap();
        from_vec::<Nest>(message(levels), &options).unwrap();
        from_value_ref_with::<Nest>(&list(levels), &options).unwrap();
        for error in [
            from_slice_with::<Nest>(&message(levels + 1), &options).err(),
            from_value_ref_with::<Nest>(&list(levels + 1), &options).err(),
        ] {
            let error = error.unwrap();
            assert!(error.is_limit(), "{error}");
            let text = error.to_string();
            for named in [
                &*format!("than {levels} levels"),
                "a Value",
                "Limits::typed_depth",
                "`stacker`",
            ] {
                assert!(text.contains(named), "{named}: {text}");
            }
        }
    }
    // It does not raise the limit of the pickle itself.
    let shallow = ReadOptions::new().limits(Limits::new().depth(5).typed_depth(100));
    let error = from_value_ref_with::<Nest>(&list(6), &shallow)
        .err()
        .unwrap();
    assert!(error.to_string().contains("raise Limits::depth"), "{error}");
}

#[test]
#[cfg(feature = "stacker")]
fn with_the_feature_types_are_as_deep_as_the_pickle() {
    on_a_usual_thread(|| {
        assert!(reads::<Nest>(&list(2_000)));
        assert!(reads::<Wide>(&linked(2_000)));
        let error = from_value_ref::<Nest>(&list(2_001)).err().unwrap();
        assert!(
            error
                .to_string()
                .contains("2000 levels: raise Limits::depth"),
            "{error}"
        );
    });
    // A stack that is too small even for the default limit.
    let thread = std::thread::Builder::new().stack_size(400 << 10);
    let small = thread.spawn(|| assert!(reads::<Wide>(&linked(500))));
    small.unwrap().join().unwrap();
}

#[test]
fn a_type_that_contains_itself_is_no_message_s_choice() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Optional(Option<Box<Optional>>);
    let message = |value: Value| dumps(&value, Protocol::V4).unwrap();
    assert!(from_vec::<Optional>(message(Value::None), &ReadOptions::new()).is_ok());
    let bytes = message(Value::from(&b"some bytes"[..]));
    let error = from_vec::<Optional>(bytes, &ReadOptions::new())
        .err()
        .unwrap();
    assert!(error.is_limit(), "{error}");
}
