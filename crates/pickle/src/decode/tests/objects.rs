//! Instances, sharing, cycles, depth.

use proptest::prelude::*;

use super::value;
use crate::decode::graph::pickles;
use crate::{Bytes, Change, Construction, Graph, Limits, ReadOptions, Value, loads_with};

#[test]
fn instances_are_as_their_pickle_makes_them() {
    let cases: [(&[u8], Construction, usize); 6] = [
        (b"cm\nC\n)\x81.", Construction::New, 0),
        (b"cm\nC\n)}\x92.", Construction::NewEx, 0),
        (b"cm\nC\n(K\x01tR.", Construction::Call, 1),
        (b"(K\x01im\nC\n.", Construction::Old, 1),
        (b"(cm\nC\nK\x01oq\x05.", Construction::Old, 1),
        (b"(K\x01im\nC\n\x940h\0.", Construction::Old, 1),
    ];
    for (message, construction, args) in cases {
        let value = value(message);
        let instance = value.as_instance().unwrap();
        assert!(instance.is("m", "C"), "{message:?}");
        assert_eq!(instance.parts().construction, construction);
        assert_eq!(instance.args().len(), args);
    }
    let object =
        value(b"ccopy_reg\n_reconstructor\n(cm\nC\nc__builtin__\nobject\nNtR}U\x01aK\x01sb.");
    assert_eq!(object.type_name(), "C");
    assert_eq!(object.get("a").and_then(Value::as_i64), Some(1));
}

#[test]
fn changes_come_in_their_order() {
    let message = b"cm\nC\n)\x81q\0(K\x01K\x02eK\x03a(K\x04K\x05uK\x06K\x07s(K\x08\x90}b\
                    cm\nf\nh\0N\x86R0.";
    let value = value(message);
    let changes = &value.as_instance().unwrap().parts().changes;
    let shown: Vec<String> = changes
        .iter()
        .map(|change| match change {
            Change::State(_) => "state".to_owned(),
            Change::Append(item) => format!("append {:?}", item.as_i64()),
            Change::SetItem(key, _) => format!("set {:?}", key.as_i64()),
            Change::Add(item) => format!("add {:?}", item.as_i64()),
            Change::Call(call) => format!("call {}", call.type_name()),
        })
        .collect();
    assert_eq!(
        shown,
        [
            "append Some(1)",
            "append Some(2)",
            "append Some(3)",
            "set Some(4)",
            "set Some(6)",
            "add Some(8)",
            "state",
            "call f"
        ]
    );
}

#[test]
fn what_is_shared_stays_shared() {
    let both = value(b"](]q\0X\x01\0\0\0aq\x01ah\0h\x01h\x01e.");
    let items = both.items().unwrap();
    match items {
        [Value::List(a), Value::List(b), Value::Str(c), Value::Str(d)] => {
            assert!(a.ptr_eq(b) && c.ptr_eq(d));
            assert_eq!(a.first().and_then(Value::as_str), Some("a"));
        }
        _ => panic!("{both:?}"),
    }
    // A list that is changed once it is inside of another.
    assert_eq!(value(b"]q\0]h\0ah\0K\x01a."), Value::list([1]));
    assert_eq!(
        value(b"(]q\0h\0K\x01ah\0K\x02a0h\0t."),
        Value::tuple([
            Value::list([1, 2]),
            Value::list([1, 2]),
            Value::list([1, 2])
        ])
    );
}

#[test]
fn cycles_are_anchored() {
    for message in [
        &b"]q\0h\0a."[..],
        b"}q\0K\x01h\0s.",
        b"(]q\0h\0tq\x01a0h\x01.",
        b"]q\0(h\0tq\x01a0h\x01.",
        b"cm\nC\n)\x81q\0}X\x01\0\0\0ah\0sb.",
    ] {
        match loads_with(message.to_vec(), &ReadOptions::new()) {
            Ok(value) => drop(value),
            // The third marks a MARK where a list was to be.
            Err(error) => assert!(error.is_malformed(), "{message:?}: {error}"),
        }
    }
    let Value::List(list) = value(b"]q\0h\0a.") else {
        panic!("no list")
    };
    assert!(matches!(&list[0], Value::Recursive(anchor) if Some(anchor) == list.anchor()));
}

#[test]
fn a_million_deep() {
    let million = 1_000_000;
    let ends: [(&[u8], &[u8]); 7] = [
        (b"]", b"a"),
        (b"(", b"t"),
        (b"(", b"l"),
        (b"", b"\x85"),
        (b"}N", b"s"),
        (b"", b"Q"),
        (b"cm\nC\n)\x81", b"b"),
    ];
    let deepest = ReadOptions::new().limits(Limits::new().depth(usize::MAX));
    for (open, close) in ends {
        let message = [
            &open.repeat(million)[..],
            b"N",
            &close.repeat(million),
            b".",
        ]
        .concat();
        let graph = Graph::read(&message).unwrap();
        assert!(graph.to_value().unwrap_err().is_limit());
        drop(graph);
        drop(loads_with(message, &deepest).unwrap());
    }
    assert!(super::refusal(&vec![b'('; million]).is_cut_off());
}

#[test]
fn buffers_beside_the_pickle() {
    let options = ReadOptions::new().buffers([Bytes::from(&b"ab"[..]), Bytes::from(&b"c"[..])]);
    let value = loads_with(b"\x80\x05\x97\x97\x98\x86.".to_vec(), &options).unwrap();
    match value.items() {
        Some([Value::Buffer(a), Value::Buffer(b)]) => {
            assert_eq!((&**a, a.is_readonly()), (&b"ab"[..], false));
            assert_eq!((&**b, b.is_readonly()), (&b"c"[..], true));
        }
        _ => panic!("{value:?}"),
    }
}

#[test]
fn large_bytes_stay_in_the_message() {
    let large = vec![0xfe; 100_000];
    let message = [&b"\x80\x05]B\xa0\x86\x01\0"[..], &large, b"a."].concat();
    let place = message.as_ptr().addr();
    let value = loads_with(message, &ReadOptions::new()).unwrap();
    let bytes = value.items().unwrap()[0].as_bytes().unwrap();
    assert_eq!((bytes, bytes.as_ptr().addr()), (&large[..], place + 8));
}

#[test]
fn several_in_a_row() {
    let read: Vec<_> = pickles(b"K\x01.N.K").collect();
    assert_eq!(read.len(), 3);
    assert_eq!(read[0].as_ref().unwrap().root().as_i64(), Some(1));
    assert!(read[1].as_ref().unwrap().root().is_none());
    assert!(read[2].as_ref().unwrap_err().is_cut_off());
}

/// Opcodes in any order, with what most of them need before.
fn opcodes() -> impl Strategy<Value = Vec<u8>> {
    let one = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        prop::sample::select(vec![
            &b"("[..],
            b"]",
            b"}",
            b")",
            b"\x8f",
            b"K\x01",
            b"X\x01\0\0\0a",
            b"a",
            b"e",
            b"u",
            b"s",
            b"\x85",
            b"\x86",
            b"t",
            b"q\0",
            b"q\x01",
            b"h\0",
            b"h\x01",
            b"\x94",
            b"2",
            b"0",
            b"1",
            b"cm\nC\n",
            b"R",
            b"b",
            b"\x81",
            b"\x90",
            b"\x91",
            b"c__builtin__\nset\n",
            b"Q",
            b"o",
        ])
        .prop_map(<[u8]>::to_vec),
    ];
    prop::collection::vec(one, 0..60).prop_map(|parts| [parts.concat(), b".".to_vec()].concat())
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(message in opcodes()) {
        if let Ok(graph) = Graph::read(&message) {
            prop_assert!(graph.end() <= message.len());
            let _ = graph.root().type_name();
            drop(graph.to_value());
        }
        drop(loads_with(message, &ReadOptions::new()));
    }
}

#[test]
fn an_instance_that_is_made_within_its_arguments_is_called_once() {
    // x = Order(y), y = Order() with x appended
    let pickle = b"\x80\x02cshop\nOrder\nq\0h\0)Rq\x01h\0h\x01\x85q\x02Rq\x03a0h\x02R0h\x03.";
    let value = crate::loads(pickle.to_vec()).unwrap();
    let inner = value.as_instance().unwrap().args()[0]
        .as_instance()
        .unwrap();
    let changes = &inner.parts().changes;
    assert!(matches!(changes[..], [Change::Append(_)]), "{value}");
}
