//! How long pickles become, and what ends them.

use crate::codec::{Codec, Pickle};
use crate::{
    BigInt, Class, Instance, Limits, Protocol, Value, dump_into, dumps, dumps_with,
    dumps_with_buffers, loads, serialize_into, to_vec, to_vec_with,
};

const PROTOCOLS: [Protocol; 4] = [Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5];

/// One integer of 300 kB in 350,000 places: 105 GB, written out.
fn hostile() -> Value {
    let huge = Value::from(BigInt::from_signed_bytes_le(&[1; 300_000]));
    Value::list(vec![huge; 350_000])
}

#[test]
fn no_way_to_write_repeats_an_integer_without_end() {
    let value = hostile();
    let limits = Limits::new().output(10 << 20);
    for protocol in PROTOCOLS {
        assert!(
            dumps_with(&value, protocol, &limits)
                .unwrap_err()
                .is_limit()
        );
    }
    for protocol in [Protocol::V2, Protocol::V4] {
        let mut out = b"before".to_vec();
        let codec = Pickle::new().protocol(protocol);
        let errors = [
            dumps(&value, protocol).unwrap_err(),
            dump_into(&value, protocol, &mut out).unwrap_err(),
            dumps_with(&value, protocol, &limits).unwrap_err(),
            to_vec(&value, protocol).unwrap_err(),
            to_vec_with(&("nested", &value), protocol, &limits).unwrap_err(),
            serialize_into(&value, protocol, &mut out).unwrap_err(),
            codec.encode(&value, &mut out).unwrap_err(),
            dumps_with_buffers(&value).unwrap_err(),
        ];
        for error in errors {
            assert!(
                error.is_limit() && error.to_string().contains("Limits::"),
                "{error}"
            );
        }
        // The default is 64 MiB of repetition, and a vector doubles.
        assert!(out == b"before" && out.capacity() < 260 << 20);
    }
}

#[test]
fn integers_may_be_repeated_within_the_limit() {
    let int = Value::from(BigInt::from_signed_bytes_le(&[1; 1000]));
    let value = Value::list(vec![int; 11]);
    let with = |bytes| dumps_with(&value, Protocol::V4, &Limits::new().repeated(bytes));
    assert_eq!(loads(with(10_010).unwrap()).unwrap(), value);
    assert!(
        with(9000)
            .unwrap_err()
            .to_string()
            .contains("Limits::repeated")
    );
    // Small ones and those that are not shared do not count.
    let small = Value::list(vec![Value::from(BigInt::from(1_i128 << 100)); 100_000]);
    let apart = (0..1000).map(|_| Value::from(BigInt::from_signed_bytes_le(&[1; 1000])));
    for value in [small, Value::list(apart)] {
        dumps_with(&value, Protocol::V4, &Limits::new().repeated(0)).unwrap();
    }
}

#[test]
fn the_output_has_exactly_the_bytes_that_are_allowed() {
    let value = Value::list((0..3000).map(|n| Value::from(format!("text {n}"))));
    for protocol in PROTOCOLS {
        let pickle = dumps(&value, protocol).unwrap();
        let most = pickle.len() as u64;
        let with = |bytes| dumps_with(&value, protocol, &Limits::new().output(bytes));
        assert_eq!(with(most).unwrap(), pickle);
        assert!(with(most - 1).unwrap_err().is_limit());
        assert!(with(0).unwrap_err().is_limit());
    }
}

#[test]
fn a_long_name_of_a_module_is_not_repeated_without_end() {
    let module = "m".repeat(300_000);
    let classes = (0..2000).map(|n| Value::from(Class::new(&*module, &*format!("C{n}"))));
    let value = Value::list(classes);
    let limits = Limits::new().repeated(3 << 20);
    for protocol in [Protocol::V2, Protocol::V3, Protocol::V4] {
        assert!(
            dumps_with(&value, protocol, &limits)
                .unwrap_err()
                .is_limit()
        );
    }
}

#[test]
fn a_name_of_many_parts_is_refused_where_each_is_looked_up() {
    let name = "a.".repeat(500_000) + "a";
    let class = Value::from(Class::new("module", &*name));
    dumps(&class, Protocol::V4).unwrap();
    for protocol in [Protocol::V2, Protocol::V3] {
        assert!(dumps(&class, protocol).unwrap_err().is_unsupported());
    }
    let name = "a.".repeat(99) + "a";
    dumps(&Class::new("module", &*name).into(), Protocol::V2).unwrap();
}

#[test]
fn values_in_a_rust_type_end_at_any_length_of_the_output() {
    let values: Vec<_> = (0..40)
        .map(|n| (n, Value::from(n), Value::list(["text", "tea"])))
        .collect();
    for protocol in PROTOCOLS {
        let most = to_vec(&values, protocol).unwrap().len() as u64;
        for bytes in 0..most {
            let limits = Limits::new().output(bytes);
            let error = to_vec_with(&values, protocol, &limits).unwrap_err();
            assert!(error.is_limit(), "{bytes}");
        }
        to_vec_with(&values, protocol, &Limits::new().output(most)).unwrap();
    }
}

/// How many bytes a pickle had, if it was written at all.
fn written<T: serde::Serialize>(value: &T, limits: &Limits) -> Option<u64> {
    match to_vec_with(value, Protocol::V4, limits) {
        Ok(pickle) => Some(pickle.len() as u64),
        Err(error) => {
            assert!(error.is_limit(), "{error}");
            assert!(error.to_string().contains("Limits::repeated"), "{error}");
            None
        }
    }
}

/// What takes 100 kB to write once, as text, an integer, a list of numbers, and so on.
fn large() -> Vec<Value> {
    let bytes = vec![1; 100_000];
    let numbers = || Value::list((0..50_000_u32).map(|n| n % 200));
    let instance = Instance::call(Class::new("shop", "Order"), vec![numbers()]);
    vec![
        "x".repeat(100_000).into(),
        BigInt::from_signed_bytes_le(&bytes).into(),
        Value::from(&*bytes),
        Value::ByteArray((&*bytes).into()),
        numbers(),
        Value::list([numbers()]),
        Value::tuple([Value::from("x".repeat(100_000))]),
        Value::dict([("key", numbers())]),
        Value::Set((0..50_000).map(Value::from).collect()),
        instance.into(),
    ]
}

#[test]
fn values_in_a_rust_type_repeat_what_they_share_within_the_limit() {
    let limits = Limits::new().repeated(3 << 20);
    for part in large() {
        let whole = vec![part.clone(); 10];
        let inside: Vec<_> = (0..10)
            .map(|n| Value::list([n.into(), part.clone()]))
            .collect();
        let keyed: std::collections::BTreeMap<_, _> =
            (0..10).map(|n| (n, (part.clone(), "text"))).collect();
        for length in [
            written(&whole, &limits),
            written(&inside, &limits),
            written(&keyed, &limits),
        ] {
            assert!(length.unwrap() > 900_000, "{part:.30?}");
        }
        let whole = vec![part.clone(); 350_000];
        let inside: Vec<_> = (0..10_000)
            .map(|n| Value::list([n.into(), part.clone()]))
            .collect();
        assert_eq!(written(&whole, &limits), None);
        assert_eq!(written(&("nested", &inside), &limits), None);
    }
    // The default, and no more than the memory for it.
    let text = vec![Value::from("x".repeat(1 << 20)); 350_000];
    let mut out = Vec::new();
    let error = serialize_into(&text, Protocol::V4, &mut out).unwrap_err();
    assert!(error.is_limit() && out.capacity() < 260 << 20);
}

#[test]
fn the_bytes_that_values_repeat_are_about_those_in_the_pickle() {
    for part in large() {
        let length = dumps(&part, Protocol::V4).unwrap().len() as u64;
        let clones = vec![part; 21];
        let with = |bytes| written(&clones, &Limits::new().repeated(bytes)).is_some();
        assert!(
            with(25 * length) && !with(10 * length),
            "{:.30?}",
            clones[0]
        );
    }
}

#[test]
fn values_that_share_nothing_have_no_limit() {
    let limits = Limits::new().repeated(0);
    let apart: Vec<_> = (0..20).flat_map(|_| large()).collect();
    written(&apart, &limits).unwrap();
    // What is small does not count, and neither do classes.
    let small = vec![Value::from("x".repeat(50)); 1000];
    written(&small, &limits).unwrap();
    let class = Class::new("shop", "Order");
    let orders = (0..1000).map(|n| Instance::call(class.clone(), vec![n.into()]).into());
    written(&orders.collect::<Vec<Value>>(), &limits).unwrap();
}

/// Makes its values while it is serialized: the next one may be where the last one was.
struct Made(usize);

impl serde::Serialize for Made {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let made = (0..self.0).map(|n| Value::list([Value::from(format!("{n:>1000}"))]));
        serializer.collect_seq(made)
    }
}

#[test]
fn values_that_live_one_after_the_other_share_nothing() {
    written(&Made(2000), &Limits::new().repeated(0)).unwrap();
}

#[test]
fn names_of_more_classes_than_are_remembered_count_where_they_are_long() {
    let class = |n, length: usize| Value::from(Class::new("m".repeat(length), format!("C{n}")));
    let classes = |length| (0..100).map(|n| class(n, length)).collect::<Vec<_>>();
    let limits = Limits::new().repeated(256 << 10);
    for (length, repeats) in [(10, true), (900, false)] {
        let classes = classes(length);
        let all: Vec<&Value> = (0..10).flat_map(|_| &classes).collect();
        assert_eq!(written(&all, &limits).is_some(), repeats, "{length}");
        written(&classes, &limits).unwrap();
        // The first ones have numbers.
        let few: Vec<&Value> = (0..10).flat_map(|_| &classes[..60]).collect();
        written(&few, &limits).unwrap();
    }
}
