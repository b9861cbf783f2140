use crate::value::*;

/// Too deep for recursion on a test's thread, whose stack has 2 MiB.
const DEEP: usize = 100_000;

fn is_freed(wrap: impl Fn(Value) -> Value) -> bool {
    is_freed_at(DEEP, wrap)
}

/// Drops a value nested that deep; returns whether the innermost one was freed.
fn is_freed_at(depth: usize, wrap: impl Fn(Value) -> Value) -> bool {
    let message: std::sync::Arc<Vec<u8>> = vec![0].into();
    let innermost = Value::from(Bytes::part_of(&message, 0..1));
    let value = (0..depth).fold(innermost, |inner, _| wrap(inner));
    let alive = std::sync::Arc::strong_count(&message) == 2;
    drop(value);
    alive && std::sync::Arc::strong_count(&message) == 1
}

fn order() -> Instance {
    Instance::new(Class::new("shop", "Order"))
}

#[test]
fn deep_containers_are_dropped() {
    assert!(is_freed_at(1_000_000, |inner| Value::list([inner])));
    assert!(is_freed(|inner| Value::tuple([1.into(), inner])));
    assert!(is_freed(|inner| Value::dict([("key", inner)])));
    assert!(is_freed(|inner| Value::dict([(inner, "value")])));
    assert!(is_freed(|inner| Set::from(vec![inner]).into()));
    assert!(is_freed(|inner| FrozenSet::from(vec![inner]).into()));
    assert!(is_freed(|inner| PersistentId::new(inner).into()));
}

#[test]
fn deep_instances_are_dropped() {
    assert!(is_freed(|inner| order().with_state(inner).into()));
    assert!(is_freed(|inner| order().with(Change::Append(inner)).into()));
    assert!(is_freed(|inner| {
        order().with(Change::SetItem(inner, 1.into())).into()
    }));
    assert!(is_freed(|inner| order().with(Change::Call(inner)).into()));
    assert!(is_freed(|inner| {
        Instance::call(Class::new("shop", "Order"), vec![inner]).into()
    }));
    assert!(is_freed(|inner| {
        order()
            .with_kwargs([("k", inner)].into_iter().collect())
            .into()
    }));
}

#[test]
fn chains_of_anchors_are_dropped() {
    assert!(is_freed(|inner| {
        let anchor = Anchor::new();
        let items = vec![inner, Value::Recursive(anchor.clone())];
        List::with_anchor(items, &anchor).into()
    }));
}

#[test]
fn what_others_hold_stays() {
    let inner = Value::list([Value::list([1])]);
    drop(Value::tuple([inner.clone(), inner.clone()]));
    assert_eq!(inner.to_string(), "[[1]]");
}
