//! Instances, classes and persistent ids.

use super::{assert_written, dumps};
use crate::{
    Anchor, Change, Class, Construction, Dict, Instance, InstanceParts, PersistentId, Protocol,
    Value,
};

fn class(name: &str) -> Value {
    Value::Class(Class::new("__main__", name))
}

#[test]
fn nested_classes_are_calls_of_getattr_before_protocol_4() {
    let instance = |name: &str| Value::Instance(Instance::new(Class::new("__main__", name)));
    let value = Value::list([instance("O.I.J"), instance("O.I"), class("O")]);
    assert_written(
        &value,
        Protocol::V2,
        b"\x80\x02]q\x00(c__builtin__\ngetattr\nq\x01h\x01c__main__\nO\nq\x02X\x01\x00\x00\x00Iq\x03\
          \x86q\x04Rq\x05X\x01\x00\x00\x00Jq\x06\x86q\x07Rq\x08)\x81q\th\x05)\x81q\nh\x02e.",
    );
    assert_written(
        &value,
        Protocol::V4,
        b"\x80\x04\x952\x00\x00\x00\x00\x00\x00\x00]\x94(\x8c\x08__main__\x94\x8c\x05O.I.J\x94\x93\x94)\
          \x81\x94h\x01\x8c\x03O.I\x94\x93\x94)\x81\x94h\x01\x8c\x01O\x94\x93\x94e.",
    );
}

#[test]
fn keyword_arguments_go_through_a_partial_before_protocol_4() {
    let parts = InstanceParts {
        callable: class("N"),
        args: Value::tuple([1, 2]),
        ..InstanceParts::default()
    };
    let keywords = Dict::from_iter([("k", 3)]);
    let value = Value::Instance(Instance::from(parts).with_kwargs(keywords));
    assert_written(
        &value,
        Protocol::V3,
        b"\x80\x03cfunctools\npartial\nq\x00cbuiltins\ngetattr\nq\x01c__main__\nN\nq\x02\
          X\x07\x00\x00\x00__new__q\x03\x86q\x04Rq\x05\x85q\x06Rq\x07(h\x05h\x02K\x01K\x02\x87q\x08\
          }q\tX\x01\x00\x00\x00kq\nK\x03sNtq\x0bb)Rq\x0c.",
    );
    assert_written(
        &value,
        Protocol::V4,
        b"\x80\x04\x95#\x00\x00\x00\x00\x00\x00\x00\x8c\x08__main__\x94\x8c\x01N\x94\x93\x94K\x01K\x02\
          \x86\x94}\x94\x8c\x01k\x94K\x03s\x92\x94.",
    );
}

#[test]
fn changes_come_in_groups_of_a_kind() {
    let append = |count: usize| vec![Change::Append(Value::None); count];
    let pair = |key: i64| Change::SetItem(Value::Int(key), Value::None);
    let state = || Change::State(Value::None);
    for (changes, end) in [
        (append(1), &b"Na."[..]),
        (append(2), b"(NNe."),
        (append(1001), b"NNeNa."),
        (append(2000), b"NNe."),
        (vec![pair(1)], b"K\x01Ns."),
        (vec![pair(1), pair(2)], b"(K\x01NK\x02Nu."),
        (vec![Change::Add(Value::None)], b"(N\x90."),
        (
            [append(2), vec![pair(1), state()]].concat(),
            b"(NNeK\x01NsNb.",
        ),
        (
            [vec![state()], append(1), vec![state()]].concat(),
            b"NbNaNb.",
        ),
    ] {
        let parts = InstanceParts {
            callable: class("C"),
            args: Value::tuple([0; 0]),
            changes,
            ..InstanceParts::default()
        };
        let value = Value::Instance(parts.into());
        let pickle = dumps(&value, Protocol::V4).unwrap();
        assert!(pickle.ends_with(end), "{}", pickle.escape_ascii());
    }
    let set = Instance::new(Class::new("m", "S")).with(Change::Add(Value::None));
    let error = dumps(&Value::Instance(set), Protocol::V3).unwrap_err();
    assert!(error.is_unsupported());
}

#[test]
fn a_state_setter_leaves_nothing_in_the_memo() {
    let anchor = Anchor::new();
    let arguments = vec![Value::Recursive(anchor.clone()), Value::dict([("a", 1)])];
    let setter = Instance::call(Class::new("__main__", "setter"), arguments);
    let parts = InstanceParts {
        construction: Construction::Call,
        callable: class("St"),
        args: Value::tuple([0; 0]),
        changes: vec![Change::Call(Value::Instance(setter))],
        ..InstanceParts::default()
    };
    let value = Value::Instance(Instance::with_anchor(parts, &anchor));
    assert_written(
        &value,
        Protocol::V4,
        b"\x80\x04\x951\x00\x00\x00\x00\x00\x00\x00\x8c\x08__main__\x94\x8c\x02St\x94\x93\x94)R\x94h\x00\
          \x8c\x06setter\x94\x93\x94h\x03}\x94\x8c\x01a\x94K\x01s\x86R0.",
    );
}

#[test]
fn old_style_instances() {
    let parts = InstanceParts {
        construction: Construction::Old,
        callable: class("C"),
        args: Value::tuple([1]),
        changes: vec![Change::State(Value::None)],
        ..InstanceParts::default()
    };
    assert_written(
        &Value::Instance(parts.into()),
        Protocol::V2,
        b"\x80\x02(c__main__\nC\nq\x00K\x01oq\x01Nb.",
    );
}

#[test]
fn persistent_ids_are_written_each_time() {
    let id = Value::from("id");
    let object = || Value::Persistent(PersistentId::new(id.clone()));
    let value = Value::list([object(), object()]);
    assert_written(
        &value,
        Protocol::V2,
        b"\x80\x02]q\x00(X\x02\x00\x00\x00idq\x01Qh\x01Qe.",
    );
    // The same handle is the same object: without a number, these would be 2^60 of them.
    let mut value = object();
    for _ in 0..60 {
        value = Value::Persistent(PersistentId::new(Value::tuple([value.clone(), value])));
    }
    assert!(dumps(&value, Protocol::V4).unwrap().len() < 1000);
}

#[test]
fn names_that_a_protocol_cannot_hold_are_errors() {
    let error = dumps(&class("\u{e9}"), Protocol::V2).unwrap_err();
    assert!(error.to_string().contains("write protocol 3"), "{error}");
    dumps(&class("\u{e9}"), Protocol::V3).unwrap();
    let error = dumps(&class("a\nb"), Protocol::V3).unwrap_err();
    assert!(error.to_string().contains("write protocol 4"), "{error}");
    dumps(&class("a\nb"), Protocol::V4).unwrap();
}

#[test]
fn equal_names_are_one_class() {
    let value = Value::list([class("C"), class("C")]);
    assert_written(
        &value,
        Protocol::V2,
        b"\x80\x02]q\x00(c__main__\nC\nq\x01h\x01e.",
    );
}

#[test]
fn a_name_with_an_empty_part_needs_protocol_4() {
    let class = Value::from(Class::new("shop", ".Order"));
    for protocol in [Protocol::V2, Protocol::V3] {
        assert!(dumps(&class, protocol).unwrap_err().is_unsupported());
    }
    assert_eq!(
        crate::loads(dumps(&class, Protocol::V4).unwrap()).unwrap(),
        class
    );
}
