use crate::value::*;
use crate::{Protocol, dumps, loads};
use std::sync::Weak;

/// Makes a list of itself and a value to watch.
fn cycle(watched: &Value) -> (List, Anchor) {
    let anchor = Anchor::new();
    let items = vec![Value::Recursive(anchor.clone()), watched.clone()];
    (List::with_anchor(items, &anchor), anchor)
}

#[test]
fn an_anchor_leads_to_its_container_while_that_lives() {
    let (list, anchor) = cycle(&Value::None);
    let Some(Value::List(found)) = anchor.resolve() else {
        panic!("no list")
    };
    assert!(found.ptr_eq(&list));
    assert!(list.anchor() == Some(&anchor));
    drop((list, found));
    assert!(anchor.resolve().is_none());
    assert!(Anchor::new().resolve().is_none());
}

#[test]
fn each_kind_of_container_is_found() {
    let items = |anchor: &Anchor| vec![Value::Recursive(anchor.clone())];
    let makes: [fn(&Anchor, Vec<Value>) -> Value; 7] = [
        |anchor, items| Tuple::with_anchor(items, anchor).into(),
        |anchor, items| List::with_anchor(items, anchor).into(),
        |anchor, items| Set::with_anchor(items, anchor).into(),
        |anchor, items| FrozenSet::with_anchor(items, anchor).into(),
        |anchor, items| PersistentId::with_anchor(items, anchor).into(),
        |anchor, items| {
            let pairs = items.into_iter().map(|item| (1.into(), item));
            Dict::with_anchor(pairs.collect(), anchor).into()
        },
        |anchor, items| {
            let mut parts = Instance::new(Class::new("a", "B")).parts().clone();
            parts.args = items.into();
            Instance::with_anchor(parts, anchor).into()
        },
    ];
    for make in makes {
        let anchor = Anchor::new();
        let value = make(&anchor, items(&anchor));
        let found = anchor.resolve().unwrap();
        assert_eq!(
            found.handle().unwrap().address,
            value.handle().unwrap().address
        );
        assert!(found == value);
        drop((value, found));
        assert!(anchor.resolve().is_none(), "a cycle keeps nothing alive");
    }
}

#[test]
fn a_cycle_that_is_dropped_frees_what_is_in_it() {
    let watched: std::sync::Arc<Vec<u8>> = vec![1, 2, 3].into();
    let weak: Weak<Vec<u8>> = std::sync::Arc::downgrade(&watched);
    let bytes = Bytes::part_of(&watched, 0..2);
    drop(watched);
    let (list, anchor) = cycle(&bytes.into());
    assert!(weak.upgrade().is_some());
    drop(list);
    assert!(weak.upgrade().is_none());
    drop(anchor);
}

#[test]
fn a_part_that_is_taken_out_still_leads_back_while_the_whole_lives() {
    let anchor = Anchor::new();
    let inner = Value::list([Value::Recursive(anchor.clone())]);
    let outer = Dict::with_anchor(vec![("inner".into(), inner)], &anchor);
    let part = outer.get_str("inner").unwrap().clone();
    let Some([Value::Recursive(back)]) = part.items() else {
        panic!("{part}")
    };
    assert!(back.resolve().unwrap() == Value::Dict(outer.clone()));
    drop(outer);
    assert!(back.resolve().is_none());
}

#[test]
fn a_changed_copy_is_another_container() {
    let (list, anchor) = cycle(&Value::None);
    let mut copy = list.clone();
    copy.make_mut().push(1.into());
    assert!(copy.anchor().is_none());
    // The anchor still stands for the original.
    let Some(Value::List(found)) = anchor.resolve() else {
        panic!("no list")
    };
    assert!(found.ptr_eq(&list) && copy[0] == Value::Recursive(anchor));
}

#[test]
fn what_is_changed_in_place_is_still_a_cycle() {
    let (mut list, anchor) = cycle(&Value::None);
    list.make_mut().push(1.into());
    assert!(anchor.resolve().is_none());
    let value = Value::from(list);
    assert_eq!(value.to_string(), "[[...], None, 1]");
    assert_eq!(loads(dumps(&value, Protocol::V5).unwrap()).unwrap(), value);
    // Tied again, it can be resolved again.
    let Value::List(list) = value else {
        panic!("no list")
    };
    let list = List::with_anchor(list.into_vec(), &anchor);
    assert!(matches!(anchor.resolve(), Some(Value::List(found)) if found.ptr_eq(&list)));
    // A second container cannot take the anchor.
    let other = List::with_anchor(vec![], &anchor);
    assert!(matches!(anchor.resolve(), Some(Value::List(found)) if found.ptr_eq(&list)));
    drop(other);
}

#[test]
fn a_copy_of_a_cycle_leads_to_the_original() {
    let (list, anchor) = cycle(&Value::None);
    let mut copy = list.clone();
    copy.make_mut()[1] = 1.into();
    assert!(copy.anchor().is_none());
    assert_eq!(copy[0].id(), Value::from(list.clone()).id());
    let error = dumps(&copy.clone().into(), Protocol::V5).unwrap_err();
    assert!(error.to_string().contains("Anchor::resolve"), "{error}");
    copy.make_mut()[0] = anchor.resolve().unwrap();
    let read = loads(dumps(&copy.into(), Protocol::V5).unwrap()).unwrap();
    assert_eq!(read.to_string(), "[[[...], None], 1]");
}
