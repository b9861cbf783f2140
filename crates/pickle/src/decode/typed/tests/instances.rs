//! Structs, enums and collections from instances.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::{call, new, of_shop, tuple, value};
use crate::{
    Change, Class, Instance, Protocol, Value, from_slice, from_value, from_value_ref, loads, to_vec,
};

#[derive(Debug, PartialEq, Deserialize)]
struct Order {
    number: u32,
    customer: String,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename = "shop.Order")]
struct NamedOrder {
    number: u32,
    customer: String,
}

fn order() -> Order {
    Order {
        number: 7,
        customer: "Ada".into(),
        tags: Vec::new(),
    }
}

#[test]
fn a_struct_is_read_from_every_form_of_state() {
    for state in [
        "{'number': 7, 'customer': 'Ada', 'more': 1}",
        "(None, {'number': 7, 'customer': 'Ada'})",
        "({'number': 7}, {'customer': 'Ada'})",
        "({'number': 7, 'customer': 'Ada'}, None)",
        "[7, 'Ada', []]",
        "(7, 'Ada', [])",
    ] {
        let read: Order = from_value(of_shop("Order", state)).unwrap();
        assert_eq!(read, order(), "{state}");
    }
    let kwargs = value("{'number': 7, 'customer': 'Ada'}").as_dict().cloned();
    let made = Instance::new(Class::new("shop", "Order")).with_kwargs(kwargs.unwrap());
    assert_eq!(from_value::<Order>(made.into()).unwrap(), order());
    // A namedtuple, and a call of the class.
    assert_eq!(
        from_value::<Order>(new("Order", "(7, 'Ada', ())")).unwrap(),
        order()
    );
    let called = call("shop", "Order", "(7, 'Ada', ())");
    assert_eq!(from_value::<Order>(called).unwrap(), order());
}

#[test]
fn a_struct_named_as_a_class_wants_that_class() {
    let state = "{'number': 7, 'customer': 'Ada'}";
    let named = |class: &str| from_value::<NamedOrder>(of_shop(class, state));
    assert_eq!(named("Order").unwrap().number, 7);
    assert_eq!(
        named("Offer").unwrap_err().to_string(),
        "an instance of shop.Offer where one of shop.Order is expected"
    );
    assert_eq!(from_value::<NamedOrder>(value(state)).unwrap().number, 7);
    let either: Result<Vec<Order>, _> = from_value(Value::list([of_shop("Offer", state)]));
    assert_eq!(either.unwrap(), [order()]);
}

/// Below protocol 4 `Order.Item` is `getattr(Order, 'Item')`.
#[test]
fn a_class_inside_of_a_class_is_read_at_all_protocols() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename = "shop:Order.Item")]
    struct Item {
        count: u32,
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename = "shop:Order.Item.ContainerKind")]
    enum ContainerKind {
        #[serde(rename = "1")]
        New,
    }
    #[derive(Debug, Deserialize)]
    #[serde(rename = "shop:Order.Other")]
    struct Other {}
    for protocol in [Protocol::V2, Protocol::V3, Protocol::V4] {
        let items = [Item { count: 1 }, Item { count: 2 }];
        let pickle = to_vec(&items, protocol).unwrap();
        assert_eq!(from_slice::<Vec<Item>>(&pickle).unwrap(), items);
        let value = loads(pickle.clone()).unwrap();
        assert_eq!(from_value_ref::<Vec<Item>>(&value).unwrap(), items);
        let first = value.items().unwrap()[0].as_instance().unwrap();
        assert!(first.is("shop", "Order.Item"));
        for (module, name) in [("shop", "Order"), ("shop", "Item"), ("stop", "Order.Item")] {
            assert!(!first.is(module, name));
        }
        let error = from_slice::<Vec<Other>>(&pickle).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("one of shop.Order.Other is expected"),
            "{error}"
        );
        let pickle = to_vec(&ContainerKind::New, protocol).unwrap();
        assert_eq!(
            from_slice::<ContainerKind>(&pickle).unwrap(),
            ContainerKind::New
        );
    }
}

#[test]
fn errors_name_attributes() {
    let rows = Value::dict([(
        "rows",
        Value::list([of_shop("Order", "{'number': 7, 'customer': ['Ada']}")]),
    )]);
    let error = from_value::<HashMap<String, Vec<Order>>>(rows).unwrap_err();
    assert_eq!(error.path(), "['rows'][0].customer");
    let error = from_value::<Order>(of_shop("Order", "5")).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("invalid type: instance of shop.Order, expected")
    );
    let error = from_value::<String>(of_shop("Order", "{}")).unwrap_err();
    assert!(error.to_string().contains("expected a string"), "{error}");
    let error = from_value::<Order>(of_shop("Order", "{}")).unwrap_err();
    assert_eq!(error.to_string(), "missing field `number`");
}

#[test]
fn tuple_structs_and_unit_structs_have_classes_too() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename = "shop.Point")]
    struct Point(i32, i32);
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename = "shop.Box")]
    struct Boxed(Vec<u8>);
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename = "shop.Nothing")]
    struct Nothing;
    assert_eq!(
        from_value::<Point>(new("Point", "(1, 2)")).unwrap(),
        Point(1, 2)
    );
    assert_eq!(
        from_value::<(i32, i32)>(new("Point", "(1, 2)")).unwrap(),
        (1, 2)
    );
    assert!(from_value::<Point>(new("Pint", "(1, 2)")).is_err());
    assert_eq!(
        from_value::<Boxed>(new("Box", "(b'a',)")).unwrap(),
        Boxed(vec![97])
    );
    assert_eq!(
        from_value::<Nothing>(new("Nothing", "()")).unwrap(),
        Nothing
    );
    assert!(from_value::<Nothing>(new("Something", "()")).is_err());
    assert!(from_value::<()>(new("Nothing", "()")).is_err());
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename = "shop.Colour")]
enum Colour {
    #[serde(rename = "red")]
    Red,
    #[serde(rename = "2")]
    Green,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum ColourOrCount {
    Colour(Colour),
    Count(u8),
}

#[test]
fn members_of_enums_are_known_by_class_and_value() {
    let member = |args: &str| from_value::<Colour>(call("shop", "Colour", args));
    assert_eq!(member("('red',)").unwrap(), Colour::Red);
    assert_eq!(member("(2,)").unwrap(), Colour::Green);
    assert!(
        member("(3,)")
            .unwrap_err()
            .to_string()
            .contains("unknown variant `3`")
    );
    assert_eq!(
        from_value::<Colour>(call("shop", "Shape", "(2,)"))
            .unwrap_err()
            .to_string(),
        "a member of shop.Shape for an enum: expected 'Variant' or {'Variant': content}"
    );
    assert_eq!(from_value::<Colour>(value("'red'")).unwrap(), Colour::Red);
    let class = Value::Class(Class::new("shop", "Colour"));
    let by_name = tuple([class, "red".into()]);
    let by_name = Instance::call(Class::new("builtins", "getattr"), by_name);
    assert_eq!(from_value::<Colour>(by_name.into()).unwrap(), Colour::Red);
    // Of an IntEnum or a Flag, the number will often do.
    assert_eq!(from_value::<u8>(call("shop", "Colour", "(2,)")).unwrap(), 2);
    assert_eq!(
        from_value::<ColourOrCount>(call("shop", "Colour", "('red',)")).unwrap(),
        ColourOrCount::Colour(Colour::Red)
    );
    assert_eq!(
        from_value::<ColourOrCount>(value("5")).unwrap(),
        ColourOrCount::Count(5)
    );
}

fn with_changes(instance: Value, changes: impl IntoIterator<Item = Change>) -> Value {
    let Value::Instance(mut instance) = instance else {
        panic!("{instance:?}");
    };
    instance.make_mut().changes.extend(changes);
    instance.into()
}

#[test]
fn maps_come_from_dicts_of_all_kinds() {
    let expected: BTreeMap<String, u8> = [("a".into(), 1), ("b".into(), 2)].into();
    let pairs = || [("a", 1), ("b", 2)].map(|(k, v)| Change::SetItem(k.into(), v.into()));
    for (class, args, filled) in [
        ("OrderedDict", "()", true),
        ("defaultdict", "(None,)", true),
        ("Counter", "({'a': 1, 'b': 2},)", false),
        ("OrderedDict", "([['a', 1], ['b', 2]],)", false),
    ] {
        let bare = call("collections", class, args);
        let value = match filled {
            true => with_changes(bare, pairs()),
            false => bare,
        };
        assert_eq!(
            from_value_ref::<BTreeMap<String, u8>>(&value).unwrap(),
            expected,
            "{class}"
        );
        #[derive(Deserialize)]
        struct Both {
            a: u8,
            b: u8,
        }
        if args != "([['a', 1], ['b', 2]],)" {
            let both: Both = from_value(value).unwrap();
            assert_eq!((both.a, both.b), (1, 2));
        }
    }
    for class in ["OrderedDict", "defaultdict", "Counter"] {
        let empty = call("collections", class, "()");
        assert!(
            from_value::<BTreeMap<String, u8>>(empty)
                .unwrap()
                .is_empty()
        );
    }
    let attributes = of_shop("Order", "{'a': 1, 'b': 2}");
    assert_eq!(
        from_value::<BTreeMap<String, u8>>(attributes).unwrap(),
        expected
    );
}

#[test]
fn sequences_come_from_lists_of_all_kinds() {
    let items = || [1, 2].map(|item| Change::Append(item.into()));
    for value in [
        with_changes(call("collections", "deque", "((), 5)"), items()),
        call("collections", "deque", "([1, 2], 5)"),
        with_changes(new("Stack", "()"), items()),
        with_changes(
            new("Bag", "()"),
            [1, 2].map(|item| Change::Add(item.into())),
        ),
        call("shop", "Bag", "([1, 2],)"),
        new("Pair", "(1, 2)"),
        new("Pair", "((1, 2),)"),
    ] {
        assert_eq!(
            from_value_ref::<Vec<u8>>(&value).unwrap(),
            [1, 2],
            "{value}"
        );
        assert_eq!(
            from_value_ref::<(u8, u8)>(&value).unwrap(),
            (1, 2),
            "{value}"
        );
    }
    assert!(
        from_value::<Vec<u8>>(call("collections", "deque", "()"))
            .unwrap()
            .is_empty()
    );
    // Nobody can tell that this is a sequence at all.
    let order = b"\x80\x04cshop\nOrder\n)\x81.";
    let error = from_slice::<Vec<i32>>(order).unwrap_err().to_string();
    assert!(error.contains("instance of shop.Order"), "{error}");
    assert!(from_value::<Vec<i32>>(new("Order", "()")).is_err());
    assert!(from_value::<()>(new("Order", "()")).is_err());
    // range(0, 3) is not these three numbers.
    let range = call("builtins", "range", "(0, 3, 1)");
    let error = from_value_ref::<Vec<u8>>(&range).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("instance of builtins.range, expected a sequence")
    );
    assert_eq!(from_value::<(u8, u8, u8)>(range).unwrap(), (0, 3, 1));
}

#[test]
fn subclasses_of_plain_types_are_what_they_hold() {
    assert_eq!(from_value::<i64>(new("Metres", "(5,)")).unwrap(), 5);
    assert_eq!(from_value::<f64>(new("Metres", "(5,)")).unwrap(), 5.0);
    assert_eq!(
        from_value::<String>(new("Name", "('Ada',)")).unwrap(),
        "Ada"
    );
    let decimal = call("decimal", "Decimal", "('1.50',)");
    assert_eq!(from_value::<String>(decimal).unwrap(), "1.50");
}

#[test]
fn exceptions_have_arguments_and_attributes() {
    #[derive(Debug, Deserialize)]
    struct Raised {
        args: Vec<String>,
        #[serde(default, rename = "__notes__")]
        notes: Vec<String>,
    }
    let error = call("builtins", "ValueError", "('no', 'way')");
    let raised: Raised = from_value_ref(&error).unwrap();
    assert_eq!((raised.args.len(), raised.notes.len()), (2, 0));
    let noted = Change::State(value("{'__notes__': ['in passing']}"));
    let raised: Raised = from_value(with_changes(error, [noted])).unwrap();
    assert_eq!(raised.args, ["no", "way"]);
    assert_eq!(raised.notes, ["in passing"]);
}

#[test]
fn objects_of_the_oldest_protocols_are_seen_through() {
    let class = |name| {
        Value::Class(Class::new(
            if name == "object" { "builtins" } else { "shop" },
            name,
        ))
    };
    let rebuilt = |base, inner: Value| {
        let args = tuple([class("Order"), base, inner]);
        Value::from(Instance::call(
            Class::new("copyreg", "_reconstructor"),
            args,
        ))
    };
    let state = Change::State(value("{'number': 7, 'customer': 'Ada'}"));
    let object = with_changes(rebuilt(class("object"), Value::None), [state]);
    assert_eq!(from_value::<NamedOrder>(object).unwrap().number, 7);
    let number = rebuilt(class("int"), 5.into());
    assert_eq!(from_value::<u8>(number).unwrap(), 5);
}

#[test]
fn classes_and_persistent_ids_are_for_values() {
    let class = Value::Class(Class::new("shop", "Order"));
    let error = from_value_ref::<String>(&class).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("invalid type: class shop.Order, expected a string")
    );
    assert_eq!(from_value_ref::<Value>(&class).unwrap(), class);
}

#[test]
fn instances_in_untagged_enums_and_behind_flatten() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    enum Either {
        Order(Order),
        Numbers(Vec<u8>),
    }
    let state = "{'number': 7, 'customer': 'Ada'}";
    assert_eq!(
        from_value::<Either>(of_shop("Order", state)).unwrap(),
        Either::Order(order())
    );
    assert_eq!(
        from_value::<Either>(new("Pair", "(1, 2)")).unwrap(),
        Either::Numbers(vec![1, 2])
    );

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        number: u32,
        #[serde(flatten)]
        rest: HashMap<String, String>,
    }
    let outer: Outer = from_value(of_shop("Order", state)).unwrap();
    assert_eq!((outer.number, &*outer.rest["customer"]), (7, "Ada"));

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "kind")]
    enum Tagged {
        Order { number: u32 },
    }
    let tagged: Tagged = from_value(of_shop("Order", "{'kind': 'Order', 'number': 7}")).unwrap();
    assert_eq!(tagged, Tagged::Order { number: 7 });
}
