//! Structs, enums and wrappers, and what Python sees of them.

use super::*;

#[test]
fn plain_words_of_serde() {
    assert_eq!(shown(&()), "None");
    assert_eq!(shown(&Unit), "None");
    assert_eq!(shown(&None::<i32>), "None");
    assert_eq!(shown(&Some(Some(1))), "1");
    assert_eq!(
        shown(&(true, -1_i8, 200_u8, 70_000_u32)),
        "(True, -1, 200, 70000)"
    );
    assert_eq!(
        shown(&[i64::MIN, i64::MAX]),
        "(-9223372036854775808, 9223372036854775807)"
    );
    assert_eq!(
        shown(&(u64::MAX, u128::MAX, i128::MIN, i128::MAX)),
        "(18446744073709551615, 340282366920938463463374607431768211455, \
         -170141183460469231731687303715884105728, 170141183460469231731687303715884105727)"
    );
    assert_eq!(
        shown(&(0.5_f32, 1e300_f64, f64::INFINITY)),
        "(0.5, 1e+300, inf)"
    );
    assert_eq!(
        shown(&('é', "text", String::from("漢"))),
        "('é', 'text', '漢')"
    );
    assert_eq!(shown(&vec![1, 2]), "[1, 2]");
    assert_eq!(shown(&(1,)), "(1,)");
    assert_eq!(shown(&[0_u8; 0]), "()");
    assert_eq!(shown(&Vec::<i32>::new()), "[]");
    assert_eq!(
        shown(&BTreeMap::from([(2, "b"), (3, "c")])),
        "{2: 'b', 3: 'c'}"
    );
    assert_eq!(shown(&BTreeMap::from([(Some(false), ())])), "{False: None}");
    assert_eq!(shown(&BTreeMap::<i32, i32>::new()), "{}");
    assert_eq!(shown(serde_bytes::Bytes::new(b"\xff\0a")), "b'\\xff\\x00a'");
    assert_eq!(shown(serde_bytes::Bytes::new(b"")), "b''");
}

#[test]
fn structs_and_enums_without_a_class() {
    assert_eq!(shown(&Point { x: 1, y: -1 }), "{'x': 1, 'y': -1}");
    assert_eq!(shown(&Pair(1, "a")), "(1, 'a')");
    assert_eq!(shown(&Wrapped(5)), "5");
    let shapes = [
        Shape::Dot,
        Shape::Circle(1.5),
        Shape::Line(1, 2),
        Shape::Box {
            width: 1,
            height: 2,
        },
        Shape::Dot,
    ];
    assert_eq!(
        shown(&shapes),
        "('Dot', {'Circle': 1.5}, {'Line': (1, 2)}, {'Box': {'width': 1, 'height': 2}}, 'Dot')"
    );
}

#[test]
fn structs_and_enums_with_a_class() {
    let point = PointOfShop { x: 1, y: 2 };
    let class = || crate::Class::new("shop", "Point");
    let new = || crate::Instance::new(class());
    let state = || Value::dict([("x", 1), ("y", 2)]);
    assert_eq!(both(&point), new().with_state(state()).into());
    assert_eq!(
        both(&Slots(point)),
        new().with_state((Value::None, state())).into()
    );
    assert_eq!(
        both(&ListState(point)),
        new().with_state(Value::list([1, 2])).into()
    );
    let args = || Tuple::from(vec![1.into(), 2.into()]);
    assert_eq!(
        both(&Called(point)),
        crate::Instance::call(class(), args()).into()
    );
    let named_tuple = both(&AsNamedTuple(point));
    let instance = named_tuple.as_instance().unwrap();
    assert_eq!(instance.args(), &args()[..]);
    assert_eq!(instance.parts().construction, crate::Construction::New);
    assert!(instance.parts().changes.is_empty());
    for value in [
        both(&PairOfShop(1, "a")),
        both(&AsNamedTuple(PairOfShop(1, "a"))),
    ] {
        let instance = value.as_instance().unwrap();
        assert_eq!(instance.args(), [1.into(), "a".into()]);
        assert!(instance.is("shop", "Pair"));
        assert_eq!(instance.parts().construction, crate::Construction::New);
    }
    // Before protocol 4 a class inside of a class is a call of getattr.
    let one = to_value(&OneOfShop(3)).unwrap();
    let pickle = to_vec(&OneOfShop(3), Protocol::V4).unwrap();
    assert_eq!(loads(pickle).unwrap(), one);
    let one = one.as_instance().unwrap();
    assert!(one.is("shop.models", "Outer.One"));
    assert_eq!(one.args(), [3.into()]);
    let unit = both(&UnitOfShop);
    assert!(unit.as_instance().unwrap().args().is_empty());
    assert!(unit.as_instance().unwrap().state().is_none());
    let called = both(&Called(UnitOfShop));
    let called = called.as_instance().unwrap();
    assert_eq!(called.parts().construction, crate::Construction::Call);
}

#[test]
fn members_of_enums() {
    let colors = both(&vec![Color::Red, Color::Green, Color::Red]);
    let colors = colors.items().unwrap();
    let args: Vec<_> = colors
        .iter()
        .map(|color| color.as_instance().unwrap().args())
        .collect();
    assert_eq!(args, [[1.into()], ["green".into()], [Value::from(1)]]);
    // A member that was given is fetched, as CPython does.
    let one = to_vec(&[Color::Red; 1], Protocol::V4).unwrap();
    let many = to_vec(&[Color::Red; 3], Protocol::V4).unwrap();
    assert_eq!(many.len(), one.len() + 4);
    for refusal in [
        refused(&Odd::Data(1)),
        refused(&Odd::Fields { x: 1 }),
        refused(&Odd::Row(1, 2)),
    ] {
        assert!(
            refusal.contains("no member of an enum in Python"),
            "{refusal}"
        );
    }
}

#[test]
fn wrappers_are_around_what_they_are_for() {
    assert_eq!(shown(&Slots(None::<PointOfShop>)), "None");
    both(&Slots(Some(Box::new(PointOfShop { x: 1, y: 2 }))));
    assert!(refused(&Slots(Point { x: 1, y: 2 })).contains("Slots around a struct: put it"));
    assert!(refused(&Slots(PairOfShop(1, "a"))).contains("Slots around a tuple struct"));
    assert!(refused(&ListState(UnitOfShop)).contains("ListState around a unit struct"));
    assert!(refused(&Called(1)).contains("Called around an integer"));
    assert!(refused(&AsNamedTuple("a")).contains("AsNamedTuple around a str"));
    assert!(refused(&vec![Called(vec![1])]).starts_with("at [0]: Called around a sequence"));
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Helpers {
    #[serde(with = "super::set")]
    tags: BTreeSet<String>,
    #[serde(with = "super::frozen_set")]
    pairs: Vec<(u8, u8)>,
    #[serde(with = "super::byte_array")]
    content: Vec<u8>,
}

#[test]
fn fields_that_are_sets_and_byte_arrays() {
    let helpers = Helpers {
        tags: ["b".to_owned(), "a".to_owned()].into(),
        pairs: vec![(1, 2), (3, 4)],
        content: vec![0, 255],
    };
    let value = both(&helpers);
    assert_eq!(
        value.to_string(),
        "{'tags': {'a', 'b'}, 'pairs': frozenset({(1, 2), (3, 4)}), \
         'content': bytearray(b'\\x00\\xff')}"
    );
    assert_eq!(from_value::<Helpers>(value).unwrap(), helpers);
    let json = serde_json::to_string(&helpers).unwrap();
    assert_eq!(serde_json::from_str::<Helpers>(&json).unwrap(), helpers);
    let empty = Helpers {
        tags: BTreeSet::new(),
        pairs: vec![],
        content: vec![],
    };
    assert_eq!(
        shown(&empty),
        "{'tags': set(), 'pairs': frozenset(), 'content': bytearray(b'')}"
    );
}
