use crate::value::*;
use crate::{Anchor, Value, arbitrary};
use proptest::prelude::*;

/// Wraps a value in that many containers.
fn deep(depth: usize, wrap: impl Fn(Value) -> Value, innermost: impl Into<Value>) -> Value {
    (0..depth).fold(innermost.into(), |inner, _| wrap(inner))
}

fn in_instance(inner: Value) -> Value {
    let made = Instance::call(Class::new("shop", "Order"), vec![1.into()]);
    made.with_state(inner).into()
}

#[test]
fn a_million_levels_are_compared() {
    let wraps: [fn(Value) -> Value; 6] = [
        |inner| Value::list([inner]),
        |inner| Value::tuple([inner, 1.into()]),
        |inner| Value::dict([("key", inner)]),
        |inner| FrozenSet::from(vec![inner]).into(),
        |inner| PersistentId::new(inner).into(),
        in_instance,
    ];
    for (at, wrap) in wraps.into_iter().enumerate() {
        // Recursion would overflow the stack at these depths.
        let depth = if at == 0 { 1_000_000 } else { 100_000 };
        let value = deep(depth, wrap, 1);
        assert!(value == deep(depth, wrap, 1));
        assert!(value != deep(depth, wrap, 2));
    }
}

/// Makes 60 lists that stand for 2 to the power of 60 items.
fn laughs(last: i32) -> Value {
    (0..60).fold(last.into(), |inner: Value, _| {
        Value::list([inner.clone(), inner])
    })
}

#[test]
fn what_is_shared_is_compared_once() {
    assert!(laughs(1) == laughs(1));
    assert!(laughs(1) != laughs(2));
    // Shared in different places, yet all equal.
    let ladder = |far: usize, near: usize| {
        let mut steps: Vec<Value> = vec![Value::list([0]), Value::list([0])];
        for _ in 0..60 {
            let at = steps.len();
            let both = [steps[at - far].clone(), steps[at - near].clone()];
            steps.push(Value::list(both));
        }
        steps.pop().unwrap()
    };
    assert!(ladder(1, 1) != ladder(1, 2));
    assert!(ladder(1, 1) == laughs_over(Value::list([0])));
}

fn laughs_over(last: Value) -> Value {
    (0..60).fold(last, |inner, _| Value::list([inner.clone(), inner]))
}

/// Makes a list of itself and of a tuple with itself.
fn cycle(item: i32) -> Value {
    let anchor = Anchor::new();
    let itself = Value::Recursive(anchor.clone());
    let pair = Value::tuple([itself.clone(), item.into()]);
    List::with_anchor(vec![itself, pair], &anchor).into()
}

#[test]
fn cycles_are_equal_when_they_lead_to_corresponding_places() {
    assert!(cycle(1) == cycle(1));
    assert!(cycle(1) != cycle(2));
    // [[inner]] and [[outer]]
    let leading = |to_outer: bool| {
        let (outer, inner) = (Anchor::new(), Anchor::new());
        let back = Value::Recursive(if to_outer { &outer } else { &inner }.clone());
        let list = List::with_anchor(vec![back], &inner);
        Value::List(List::with_anchor(vec![list.into()], &outer))
    };
    assert!(leading(true) == leading(true));
    assert!(leading(true) != leading(false));
    assert!(Value::Recursive(Anchor::new()) != Value::Recursive(Anchor::new()));
}

#[test]
fn nan_differs_unless_its_container_is_the_same_object() {
    let nan = || Value::list([f64::NAN]);
    let one = nan();
    assert!(one == one.clone());
    assert!(nan() != nan());
    assert!(Value::Float(f64::NAN) != Value::Float(f64::NAN));
    assert!(Value::Float(0.0) == Value::Float(-0.0));
}

#[test]
fn types_count_and_so_does_order() {
    let different: [Value; 12] = [
        1.into(),
        1.0.into(),
        true.into(),
        Value::Complex(1.0, 0.0),
        "a".into(),
        b"a".into(),
        ByteArray::from(&b"a"[..]).into(),
        Buffer::readonly(&b"a"[..]).into(),
        Buffer::writable(&b"a"[..]).into(),
        Value::list([1, 2]),
        Value::list([2, 1]),
        Value::tuple([1, 2]),
    ];
    for (at, left) in different.iter().enumerate() {
        for (other, right) in different.iter().enumerate() {
            assert_eq!(left == right, at == other, "{left:?} {right:?}");
        }
    }
}

#[test]
fn instances_are_equal_when_made_alike() {
    let order = || Instance::new(Class::new("shop", "Order"));
    let same: [fn(Instance) -> Instance; 6] = [
        |it| it,
        |it| it.with_state(1),
        |it| it.with(Change::Append(1.into())),
        |it| it.with(Change::Append(1.into())).with_state(1),
        |it| it.with(Change::SetItem(1.into(), 1.into())),
        |it| it.with_kwargs(Dict::new()),
    ];
    for (at, left) in same.iter().enumerate() {
        for (other, right) in same.iter().enumerate() {
            assert_eq!(left(order()) == right(order()), at == other);
        }
    }
    assert!(order() != Instance::call(Class::new("shop", "Order"), vec![]));
    assert!(order() != Instance::new(Class::new("shop", "Item")));
}

/// Copies a value, making a new object at every place.
fn copy(value: &Value) -> Value {
    match value {
        Value::List(items) if items.anchor().is_none() => items.iter().map(copy).collect(),
        Value::Tuple(items) => Value::tuple(items.iter().map(copy)),
        other => other.clone(),
    }
}

proptest! {
    #[test]
    fn a_value_equals_its_copy(value in arbitrary::object(), other in arbitrary::value()) {
        prop_assert!(value == copy(&value));
        let pair = Value::list([value.clone(), other.clone()]);
        prop_assert!(pair != value);
        prop_assert!((pair == Value::list([copy(&other), copy(&value)])) == (value == other));
    }
}
