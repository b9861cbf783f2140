use crate::value::*;

fn repr(value: impl Into<Value>) -> String {
    value.into().to_string()
}

#[test]
fn containers_print_as_in_python() {
    assert_eq!(repr(Value::tuple([1])), "(1,)");
    assert_eq!(repr(Tuple::from(vec![])), "()");
    assert_eq!(repr((1, true)), "(1, True)");
    assert_eq!(
        repr(vec![Value::dict([("k", ()), ("l", ())]), false.into()]),
        "[{'k': None, 'l': None}, False]"
    );
    assert_eq!(repr(Set::from(vec![])), "set()");
    assert_eq!(repr(Set::from(vec![1.into(), 2.into()])), "{1, 2}");
    assert_eq!(repr(FrozenSet::from(vec![])), "frozenset()");
    assert_eq!(repr(FrozenSet::from(vec![1.into()])), "frozenset({1})");
    assert_eq!(List::from(vec![1.into()]).to_string(), "[1]");
    assert_eq!(format!("{:?}", Dict::new()), "{}");
}

#[test]
fn complex_numbers_print_as_in_python() {
    for (real, imaginary, expected) in [
        (1.0, 2.0, "(1+2j)"),
        (0.0, 2.0, "2j"),
        (-0.0, 2.0, "(-0+2j)"),
        (1.5, -0.0, "(1.5-0j)"),
        (0.0, -1e16, "-1e+16j"),
        (1e16, 1e-5, "(1e+16+1e-05j)"),
        (f64::NAN, f64::INFINITY, "(nan+infj)"),
        (0.0, f64::NAN, "nanj"),
        (f64::NEG_INFINITY, f64::NAN, "(-inf+nanj)"),
    ] {
        assert_eq!(repr(Value::Complex(real, imaginary)), expected);
    }
}

#[test]
fn bytes_and_text_of_every_kind() {
    assert_eq!(
        repr(ByteArray::from(&b"'\x00"[..])),
        "bytearray(b\"\\'\\x00\")"
    );
    assert_eq!(repr(Buffer::readonly(&b"a"[..])), "PickleBuffer(b'a')");
    assert_eq!(
        repr(Buffer::writable(&b"a"[..])),
        "PickleBuffer(bytearray(b'a'))"
    );
    let text = SurrogateStr::new(b"\xed\xb2\x80a").unwrap();
    assert_eq!(repr(text), "'\\udc80a'");
}

#[test]
fn cycles_print_as_in_python() {
    let anchor = Anchor::new();
    let itself = || vec![Value::Recursive(anchor.clone()), 1.into()];
    let pairs = vec![("me".into(), Value::Recursive(anchor.clone()))];
    assert_eq!(repr(List::with_anchor(itself(), &anchor)), "[[...], 1]");
    assert_eq!(repr(Tuple::with_anchor(itself(), &anchor)), "((...), 1)");
    assert_eq!(repr(Set::with_anchor(itself(), &anchor)), "{set(...), 1}");
    assert_eq!(
        repr(FrozenSet::with_anchor(itself(), &anchor)),
        "frozenset({frozenset(...), 1})"
    );
    assert_eq!(repr(Dict::with_anchor(pairs, &anchor)), "{'me': {...}}");
    let mut parts = Instance::new(Class::new("shop", "Order")).parts().clone();
    parts.changes.push(Change::State(itself().into()));
    assert_eq!(
        repr(Instance::with_anchor(parts, &anchor)),
        "<shop.Order() state=[<shop.Order ...>, 1]>"
    );
    assert_eq!(repr(Anchor::new()), "...");
}

#[test]
fn a_part_of_a_cycle_names_what_it_leads_to() {
    let anchor = Anchor::new();
    let inner = Value::list([Value::Recursive(anchor.clone())]);
    let outer = Tuple::with_anchor(vec![inner.clone()], &anchor);
    assert_eq!(repr(outer.clone()), "([(...)],)");
    assert_eq!(repr(inner.clone()), "[(...)]");
    drop(outer);
    assert_eq!(repr(inner), "[...]");
}

#[test]
fn classes_instances_and_ids_are_unmistakable() {
    let order = || Class::new("shop", "Order");
    let dict = Value::dict([("id", 1)]);
    let kwargs: Dict = [("a", 1)].into_iter().collect();
    let odd: Dict = [("a b", 1)].into_iter().collect();
    for (value, expected) in [
        (Value::from(order()), "<class 'shop.Order'>"),
        (Class::new("builtins", "int").into(), "<class 'int'>"),
        (Class::new("builtins", "Ellipsis").into(), "Ellipsis"),
        (
            Class::new("builtins", "NotImplemented").into(),
            "NotImplemented",
        ),
        (PersistentId::new("x").into(), "<persistent id 'x'>"),
        (Instance::new(order()).into(), "<shop.Order()>"),
        (
            Instance::call(order(), vec![1.into(), 2.into()])
                .with_state(dict.clone())
                .into(),
            "<shop.Order(1, 2) {'id': 1}>",
        ),
        (
            Instance::new(order())
                .with_kwargs(kwargs)
                .with_state((1, 2))
                .into(),
            "<shop.Order(a=1) state=(1, 2)>",
        ),
        (
            Instance::call(order(), vec![1.into()])
                .with_kwargs(odd)
                .into(),
            "<shop.Order(1, **{'a b': 1})>",
        ),
        (
            Instance::new(order())
                .with(Change::Append(1.into()))
                .with(Change::Append(2.into()))
                .with(Change::SetItem(3.into(), 4.into()))
                .with(Change::Add(5.into()))
                .with(Change::Call(6.into()))
                .into(),
            "<shop.Order() items=[1, 2] pairs={3: 4} added={5} then=6>",
        ),
        (
            InstanceParts {
                callable: dict,
                args: 1.into(),
                ..InstanceParts::default()
            }
            .into_value(),
            "<{'id': 1}(*1)>",
        ),
        (
            Instance::call(
                Class::new("builtins", "range"),
                vec![0.into(), 3.into(), 1.into()],
            )
            .into(),
            "range(0, 3)",
        ),
        (
            Instance::call(
                Class::new("builtins", "range"),
                vec![0.into(), 3.into(), 2.into()],
            )
            .into(),
            "range(0, 3, 2)",
        ),
        (
            Instance::call(
                Class::new("builtins", "slice"),
                vec![().into(), 3.into(), ().into()],
            )
            .into(),
            "slice(None, 3, None)",
        ),
        (
            Instance::call(Class::new("builtins", "type"), vec![().into()]).into(),
            "<class 'NoneType'>",
        ),
    ] {
        assert_eq!(value.to_string(), expected);
    }
}

impl InstanceParts {
    fn into_value(self) -> Value {
        Instance::from(self).into()
    }
}

#[test]
fn a_million_levels_are_printed() {
    let deep = (0..1_000_000).fold(Value::None, |inner, _| Value::list([inner]));
    let expected = "[".repeat(1_000_000) + "None" + &"]".repeat(1_000_000);
    assert!(deep.to_string() == expected);
    let made = |inner| Instance::new(Class::new("a", "B")).with_state(inner).into();
    let deep: Value = (0..200_000).fold(Value::None, |inner, _| made(inner));
    assert!(deep.to_string().starts_with("<a.B() state=<a.B() state="));
}

#[test]
fn what_grows_when_printed_is_cut_off() {
    let laughs = (0..60).fold(Value::from("\u{e9}"), |v, _| Value::list([v.clone(), v]));
    assert!(laughs.try_repr(1000).unwrap_err().is_limit());
    let shown = format!("{laughs:?}");
    assert!(shown.ends_with("..."));
    assert!(shown.len() < 70_000);
    assert_eq!(Value::from("\u{e9}").try_repr(4).unwrap(), "'\u{e9}'");
    assert!(Value::from("\u{e9}").try_repr(3).is_err());
    assert!(Value::from("\u{e9}").try_repr(2).is_err());
}

#[test]
fn names_are_escaped_wherever_they_stand() {
    let odd = "a\x1b[2J\n\u{202e}b\r\u{9b}";
    let escaped = "a\\x1b[2J\\n\\u202eb\\r\\x9b";
    let class = |module: &str, name: &str| Class::new(module, name);
    let order = || Instance::new(class("shop", odd));
    let attributes = || Value::dict([(odd, 1)]);
    let error = format!("{odd}Error");
    let anchor = Anchor::new();
    let mut parts = order().parts().clone();
    parts.args = vec![Value::Recursive(anchor.clone())].into();
    for (value, expected) in [
        (
            Value::from(class(odd, odd)),
            format!("<class '{escaped}.{escaped}'>"),
        ),
        (
            class("builtins", odd).into(),
            format!("<class '{escaped}'>"),
        ),
        (
            Instance::new(class(odd, odd)).into(),
            format!("<{escaped}.{escaped}()>"),
        ),
        (
            order().with_state(attributes()).into(),
            format!("<shop.{escaped}() {{'{escaped}': 1}}>"),
        ),
        (
            Instance::with_anchor(parts, &anchor).into(),
            format!("<shop.{escaped}(*[<shop.{escaped} ...>])>"),
        ),
        (
            Instance::call(class("builtins", &error), vec![odd.into()]).into(),
            format!("{escaped}Error('{escaped}')"),
        ),
        (
            Instance::call(class("pathlib", odd), vec!["x".into()]).into(),
            format!("<pathlib.{escaped}('x')>"),
        ),
        (
            Instance::new(class("types", "SimpleNamespace"))
                .with_state(attributes())
                .into(),
            format!("namespace({escaped}=1)"),
        ),
        (
            Instance::new(class("multiprocessing.managers", "Namespace"))
                .with_state(attributes())
                .into(),
            format!("Namespace({escaped}=1)"),
        ),
        (
            PersistentId::new(odd).into(),
            format!("<persistent id '{escaped}'>"),
        ),
    ] {
        assert_eq!(value.to_string(), expected);
        assert_eq!(format!("{value:?}"), expected);
    }
    assert_eq!(class(odd, odd).to_string(), format!("{escaped}.{escaped}"));
    assert!(class(odd, odd).is(odd, odd));
}

#[test]
fn a_proxy_and_a_partial_have_names_too() {
    let odd = "l\x1b[2J";
    let token =
        Instance::new(Class::new("multiprocessing.managers", "Token")).with_state(Value::tuple([
            odd.into(),
            Value::from("/socket"),
            "7f".into(),
        ]));
    let args: Vec<Value> = vec![
        Class::new("multiprocessing.managers", odd).into(),
        token.into(),
        "pickle".into(),
        Value::dict::<&str, Value>([]),
    ];
    let rebuild = Class::new("multiprocessing.managers", "RebuildProxy");
    assert_eq!(
        repr(Instance::call(rebuild, args)),
        r"<l\x1b[2J object, typeid 'l\x1b[2J'>"
    );
    let state = Value::tuple([
        Class::new("shop", odd).into(),
        Value::from(Tuple::from(vec![])),
        Value::dict([(odd, 1)]),
        Value::None,
    ]);
    let partial = Instance::new(Class::new("functools", "partial")).with_state(state);
    assert_eq!(
        repr(partial),
        r"functools.partial(<class 'shop.l\x1b[2J'>, l\x1b[2J=1)"
    );
}

#[test]
fn arguments_and_changes_of_every_mixture() {
    let order = || Instance::new(Class::new("shop", "Order"));
    let dict = || Value::dict([("id", 1)]);
    let mixed = order()
        .with(Change::SetItem(1.into(), 2.into()))
        .with(Change::SetItem(3.into(), 4.into()))
        .with(Change::State(dict()))
        .with(Change::State(5.into()))
        .with(Change::Append(6.into()))
        .with(Change::SetItem(7.into(), 8.into()))
        .with(Change::Append(9.into()));
    assert_eq!(
        repr(mixed),
        "<shop.Order() pairs={1: 2, 3: 4} {'id': 1} state=5 items=[6] pairs={7: 8} items=[9]>"
    );
    let mut starred = order();
    starred.make_mut().args = Value::list([1]);
    starred.make_mut().kwargs = Value::list([2]);
    assert_eq!(repr(starred), "<shop.Order(*[1], **[2])>");
    let mut starred = order();
    starred.make_mut().kwargs = 2.into();
    assert_eq!(repr(starred), "<shop.Order(**2)>");
}
