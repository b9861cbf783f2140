//! Values that contain themselves.

use super::{ALL, assert_written, dumps};
use crate::{
    Anchor, Change, Class, Construction, Dict, FrozenSet, Instance, InstanceParts, List, Protocol,
    Set, Tuple, Value,
};

#[test]
fn lists_and_dicts_fetch_themselves() {
    let anchor = Anchor::new();
    let list = Value::List(List::with_anchor(
        vec![Value::Recursive(anchor.clone())],
        &anchor,
    ));
    assert_written(&list, Protocol::V2, b"\x80\x02]q\x00h\x00a.");
    let anchor = Anchor::new();
    let pairs = vec![(Value::Int(1), Value::Recursive(anchor.clone()))];
    let dict = Value::Dict(Dict::with_anchor(pairs, &anchor));
    assert_written(&dict, Protocol::V2, b"\x80\x02}q\x00K\x01h\x00s.");
}

/// A tuple of a list of itself, and more.
fn tuple(more: Vec<Value>) -> Value {
    let anchor = Anchor::new();
    let list = Value::list([Value::Recursive(anchor.clone())]);
    let items = [vec![list], more].concat();
    Value::Tuple(Tuple::with_anchor(items, &anchor))
}

#[test]
fn tuples_are_written_within_themselves() {
    assert_written(
        &tuple(vec![]),
        Protocol::V4,
        b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00]\x94h\x00\x85\x94a0h\x01.",
    );
    assert_written(
        &tuple(vec![Value::Int(1), Value::Int(2), Value::from("a")]),
        Protocol::V2,
        b"\x80\x02(]q\x00(h\x00K\x01K\x02X\x01\x00\x00\x00aq\x01tq\x02aK\x01K\x02h\x011h\x02.",
    );
}

#[test]
fn what_lies_between_is_fetched_too() {
    // t = ('text', (L,)), L = [t]
    let anchor = Anchor::new();
    let list = Value::list([Value::Recursive(anchor.clone())]);
    let items = vec![Value::from("text"), Value::tuple([list])];
    let value = Value::Tuple(Tuple::with_anchor(items, &anchor));
    assert_written(
        &value,
        Protocol::V2,
        b"\x80\x02X\x04\x00\x00\x00textq\x00]q\x01h\x00h\x01\x85q\x02\x86q\x03a0h\x0200h\x03.",
    );
}

/// `H(())` with a state in which `holder` puts the value itself.
fn held(itself: Value) -> Value {
    let class = Class::new("__main__", "H");
    let state = Value::dict([("f", itself)]);
    Value::Instance(Instance::call(class, vec![]).with_state(state))
}

#[test]
fn frozensets_are_written_within_themselves() {
    let anchor = Anchor::new();
    let items = vec![held(Value::Recursive(anchor.clone()))];
    let value = Value::FrozenSet(FrozenSet::with_anchor(items, &anchor));
    assert_written(
        &value,
        Protocol::V4,
        b"\x80\x04\x95&\x00\x00\x00\x00\x00\x00\x00(\x8c\x08__main__\x94\x8c\x01H\x94\x93\x94)R\x94}\x94\
          \x8c\x01f\x94(h\x03\x91\x94sb1h\x06.",
    );
    assert_written(
        &value,
        Protocol::V3,
        b"\x80\x03cbuiltins\nfrozenset\nq\x00]q\x01c__main__\nH\nq\x02)Rq\x03}q\x04\
          X\x01\x00\x00\x00fq\x05h\x00]q\x06h\x03a\x85q\x07Rq\x08sba\x85q\tR0h\x08.",
    );
}

#[test]
fn instances_whose_arguments_hold_them_get_their_state_once() {
    let anchor = Anchor::new();
    let list = Value::list([Value::Recursive(anchor.clone())]);
    let parts = InstanceParts {
        construction: Construction::Call,
        callable: Value::Class(Class::new("__main__", "R")),
        args: Value::tuple([list]),
        changes: vec![Change::State(Value::dict([("x", 1)]))],
        ..InstanceParts::default()
    };
    let value = Value::Instance(Instance::with_anchor(parts, &anchor));
    assert_written(
        &value,
        Protocol::V4,
        b"\x80\x04\x95.\x00\x00\x00\x00\x00\x00\x00\x8c\x08__main__\x94\x8c\x01R\x94\x93\x94]\x94h\x02\
          h\x03\x85\x94R\x94}\x94\x8c\x01x\x94K\x01sba0h\x04R0h\x05.",
    );
}

#[test]
fn a_cycle_that_python_cannot_make_is_an_error() {
    let anchor = Anchor::new();
    let itself = || Value::Recursive(anchor.clone());
    let inner = Value::tuple([Value::from("text"), itself()]);
    let tuple = Value::Tuple(Tuple::with_anchor(vec![inner], &anchor));
    let anchor = Anchor::new();
    let items = vec![Value::tuple([Value::Recursive(anchor.clone())])];
    let set = Value::Set(Set::with_anchor(items, &anchor));
    for protocol in ALL {
        let error = dumps(&tuple, protocol).unwrap_err();
        assert!(error.to_string().contains("contains itself"), "{error}");
        if protocol < Protocol::V4 {
            dumps(&set, protocol).unwrap_err();
        }
    }
}

#[test]
fn an_anchor_without_container_is_an_error() {
    let value = Value::list([Value::Recursive(Anchor::new())]);
    let error = dumps(&value, Protocol::V4).unwrap_err();
    assert!(
        error.to_string().contains("stands for no container"),
        "{error}"
    );
}

#[test]
fn short_text_inside_of_what_is_written_twice_is_not_taken_for_another() {
    // frozenset({<shop.Empty {'owner': [frozenset(...)]}>})
    let pickle =
        b"\x80\x04\x95-\0\0\0\0\0\0\0(\x8c\x04shop\x94\x8c\x05Empty\x94\x93\x94)\x81\x94}\x94\
        \x8c\x05owner\x94]\x94(h\x03\x91\x94asb1h\x07.";
    let value = crate::loads(pickle.to_vec()).unwrap();
    assert_written(&value, Protocol::V4, pickle);
}
