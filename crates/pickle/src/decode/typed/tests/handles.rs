//! The types that a [`Value`] consists of, as fields of a user's types.

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{of_shop, read, refusal, value};
use crate::{
    Buffer, ByteArray, Bytes, Class, Dict, FrozenSet, Instance, List, PersistentId, Protocol, Set,
    Str, SurrogateStr, Tuple, Value, from_slice, from_value, loads, to_vec,
};

/// Through a pickle and through a value, as itself.
fn both_ways<T>(handle: T)
where
    T: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Into<Value>,
{
    let pickle = to_vec(&handle, Protocol::V5).unwrap();
    assert_eq!(from_slice::<T>(&pickle).unwrap(), handle);
    assert_eq!(from_value::<T>(handle.clone().into()).unwrap(), handle);
    assert_eq!(loads(pickle).unwrap(), handle.into());
}

#[test]
fn each_handle_is_read_from_what_it_is_written_as() {
    both_ways::<Dict>([("a", 1)].into_iter().collect());
    both_ways::<List>([1, 2].into_iter().collect());
    both_ways::<Tuple>([1, 2].into_iter().collect());
    both_ways::<Set>([1, 2].into_iter().collect());
    both_ways::<FrozenSet>([1, 2].into_iter().collect());
    both_ways::<Str>("a".into());
    both_ways::<Bytes>(Bytes::from(&b"a"[..]));
    both_ways::<ByteArray>(Bytes::from(&b"a"[..]).into());
    both_ways::<Class>(Class::new("shop", "Order"));
    both_ways::<PersistentId>(PersistentId::new("a"));
    let Value::Instance(order) = of_shop("Order", "{'a': 1}") else {
        panic!("an instance");
    };
    both_ways::<Instance>(order);
    let lone = loads(b"\x80\x04\x8c\x03\xed\xa0\x80.").unwrap();
    let Value::SurrogateStr(lone) = lone else {
        panic!("no lone surrogate: {lone:?}");
    };
    both_ways::<SurrogateStr>(lone);
}

#[test]
fn buffers_are_read_as_they_are_written() {
    for buffer in [Buffer::readonly(&b"a"[..]), Buffer::writable(&b"a"[..])] {
        let pickle = to_vec(&buffer, Protocol::V5).unwrap();
        assert_eq!(from_slice::<Buffer>(&pickle).unwrap(), buffer);
        assert_eq!(from_value::<Buffer>(buffer.clone().into()).unwrap(), buffer);
    }
}

#[test]
fn handles_are_fields() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Job {
        id: u8,
        options: Dict,
        steps: Option<List>,
    }
    let job = Job {
        id: 7,
        options: [("a", Value::tuple([1, 2]))].into_iter().collect(),
        steps: Some(["x"].into_iter().collect()),
    };
    let pickle = to_vec(&job, Protocol::V4).unwrap();
    assert_eq!(from_slice::<Job>(&pickle).unwrap(), job);
}

#[test]
fn what_is_shared_stays_shared() {
    // l = []; [l, l]
    let lists: List = from_slice(b"\x80\x04](]\x94h\x00e.").unwrap();
    let [Value::List(one), Value::List(other)] = &lists[..] else {
        panic!("{lists:?}");
    };
    assert!(one.ptr_eq(other));
}

#[test]
fn other_types_are_refused() {
    for (refused, words) in [
        (refusal::<Dict>("[1]"), ["list", "a dict"]),
        (refusal::<List>("(1,)"), ["tuple", "a list"]),
        (refusal::<Tuple>("{1}"), ["set", "a tuple"]),
        (refusal::<FrozenSet>("{1}"), ["set", "a frozenset"]),
        (refusal::<Str>("b'a'"), ["bytes", "a str"]),
        (refusal::<Bytes>("'a'"), ["str", "bytes"]),
        (refusal::<Instance>("{}"), ["dict", "an instance"]),
    ] {
        assert!(words.iter().all(|word| refused.contains(word)), "{refused}");
    }
}

#[test]
fn lists_are_read_as_what_other_formats_do_not_have() {
    assert_eq!(Value::from(read::<Tuple>("[1, 2]")), value("(1, 2)"));
    assert_eq!(Value::from(read::<Set>("[1, 1, 2]")), value("{1, 2}"));
    let json: Dict = serde_json::from_str(r#"{"a": [1, null]}"#).unwrap();
    assert_eq!(Value::from(json), value("{'a': [1, None]}"));
    let json: Tuple = serde_json::from_str("[1, true]").unwrap();
    assert_eq!(Value::from(json), value("(1, True)"));
}
