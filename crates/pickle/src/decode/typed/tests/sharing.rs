//! Depth, cycles, and what shared references may grow to.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{of_shop, read, value};
use crate::{
    Anchor, Limits, List, Protocol, ReadOptions, TYPED_DEPTH, Value, dumps, from_slice_with,
    from_value,
};

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read, not looked at")]
struct Nest(Vec<Nest>);

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read, not looked at")]
struct Linked {
    #[serde(default)]
    next: Option<Box<Linked>>,
}

fn nest(depth: usize) -> Value {
    (0..depth).fold(Value::list([0; 0]), |inner, _| Value::list([inner]))
}

#[test]
fn depth_is_limited_and_fits_the_usual_stack() {
    let thread = std::thread::Builder::new().stack_size(2 << 20);
    let tried = thread.spawn(try_depths).unwrap().join();
    assert!(tried.is_ok(), "see above");
}

fn try_depths() {
    let most = match cfg!(feature = "stacker") {
        true => 2_000,
        false => TYPED_DEPTH,
    };
    from_value::<Nest>(nest(most - 1)).unwrap();
    let error = from_value::<Nest>(nest(most)).unwrap_err();
    let words = format!("nested deeper than {most} levels");
    assert!(error.is_limit() && error.to_string().contains(&words));
    // A path of that many steps leads there.
    assert_eq!(error.path(), "[0]".repeat(most));

    let linked = |depth| (0..depth).fold(value("{}"), |next, _| Value::dict([("next", next)]));
    from_value::<Linked>(linked(most - 1)).unwrap();
    assert!(
        from_value::<Linked>(linked(1_000_000))
            .unwrap_err()
            .is_limit()
    );
    // Values do not recurse.
    from_value::<Vec<Value>>(nest(1_000_000)).unwrap();
}

#[test]
fn types_that_contain_themselves_without_end_are_refused() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "no value of it can be made")]
    struct Endless(Box<Endless>);
    #[derive(Debug, Deserialize)]
    struct Optional(Option<Box<Optional>>);
    let error = from_value::<Endless>(Value::None).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("does the Rust type contain itself?")
    );
    assert!(
        from_value::<Optional>(Value::Int(1))
            .unwrap_err()
            .is_limit()
    );
    assert!(read::<Optional>("None").0.is_none());
}

#[test]
fn a_cycle_is_an_error_that_says_so() {
    let anchor = Anchor::new();
    let cycle = List::with_anchor(vec![Value::Recursive(anchor.clone())], &anchor);
    let error = from_value::<Nest>(cycle.clone().into()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "at [0]: the value contains itself, which types of Rust's cannot: read this part into a \
         Value"
    );
    let kept: Vec<Value> = from_value(Value::list([Value::List(cycle)])).unwrap();
    assert!(kept[0].items().is_some());
}

#[test]
fn a_laugh_that_doubles_thirty_times_is_stopped() {
    let laugh = |times| (0..times).fold(Value::list([0; 0]), |ha, _| Value::list([ha.clone(), ha]));
    let options = ReadOptions::new().limits(Limits::new().growth(1 << 16));
    let pickle = |value: Value| dumps(&value, Protocol::V4).unwrap();
    let error = from_slice_with::<Nest>(&pickle(laugh(30)), &options).unwrap_err();
    assert!(error.is_limit(), "{error}");
    assert!(error.to_string().contains("raise Limits::growth"));
    from_slice_with::<Nest>(&pickle(laugh(8)), &options).unwrap();
    from_value::<Nest>(laugh(10)).unwrap();

    let long = Value::from("ha".repeat(1 << 10));
    let many = |count| pickle(Value::list(vec![long.clone(); count]));
    from_slice_with::<Vec<String>>(&many(20), &options).unwrap();
    let many = many(40);
    let error = from_slice_with::<Vec<String>>(&many, &options).unwrap_err();
    assert!(error.is_limit(), "{error}");
    // Shared in Python, shared here.
    from_slice_with::<Vec<Value>>(&many, &options).unwrap();
}

#[test]
fn what_is_shared_is_no_cycle_and_stays_shared_in_values() {
    let shared = value("{'a': [1]}");
    let both = Value::list([shared.clone(), shared]);
    let read: Vec<BTreeMap<String, Vec<u8>>> = from_value(both.clone()).unwrap();
    assert_eq!(read[0], read[1]);
    let read: Vec<Value> = from_value(both).unwrap();
    let [Value::Dict(one), Value::Dict(other)] = &read[..] else {
        panic!("{read:?}");
    };
    assert!(one.ptr_eq(other));
}

#[test]
fn errors_show_small_keys_and_name_others() {
    // As a key it would take 2 to the power of 60 items to print.
    let mut key = Value::None;
    for _ in 0..60 {
        key = Value::tuple([key.clone(), key]);
    }
    for (key, shown) in [
        (key, "[<tuple>]: "),
        (value("(1, 'a', ())"), "[(1, 'a', ())]: "),
        (of_shop("Order", "{'a': 1}"), "[<instance of shop.Order>]: "),
        (
            Value::from("x".repeat(5000)),
            "['xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...]: ",
        ),
    ] {
        let dict = Value::dict([(key, "no number")]);
        let error = from_value::<HashMap<Anything, u8>>(dict.clone()).unwrap_err();
        assert!(error.to_string().contains(shown), "{error}");
        // A name that no field has.
        from_value::<Empty>(dict).unwrap();
    }
}

#[derive(PartialEq, Eq, Hash, Debug)]
struct Anything;

impl<'de> Deserialize<'de> for Anything {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(from).map(|_| Anything)
    }
}

#[derive(Deserialize, Debug)]
struct Empty {}
