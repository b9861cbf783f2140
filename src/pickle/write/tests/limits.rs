//! How long pickles become, and what ends them.

use crate::codec::{Codec, Pickle};
use crate::pickle::{
    BigInt, Class, Limits, Protocol, Value, dump_into, dumps, dumps_with, dumps_with_buffers,
    loads, serialize_into, to_vec, to_vec_with,
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
