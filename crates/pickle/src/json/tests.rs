use crate::arbitrary;
use crate::value::*;
use proptest::prelude::*;

fn value(text: &str) -> Value {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn every_type_has_a_form_and_comes_back() {
    for (text, json) in [
        ("[None, True, False]", "[null,true,false]"),
        ("[1, -1.0, 1e+300, 1e-07]", "[1,-1.0,1e+300,1e-07]"),
        (
            "123456789012345678901234567890",
            "123456789012345678901234567890",
        ),
        ("'\"\\n\\x01\u{e9}'", r#""\"\n\u0001é""#),
        ("{'b': 1, 'a': {}}", r#"{"b":1,"a":{}}"#),
        ("{1: 2, (3,): 4}", r#"{"$dict":[[1,2],[{"$tuple":[3]},4]]}"#),
        ("{((1,), 2)}", r#"{"$set":[{"$tuple":[{"$tuple":[1]},2]}]}"#),
        ("{'$set': []}", r#"{"$dict":[["$set",[]]]}"#),
        (
            "{'$set': [[1]], 'a': 2}",
            r#"{"$dict":[["$set",[[1]]],["a",2]]}"#,
        ),
        ("{'a': 1, '$set': [[1]]}", r#"{"a":1,"$set":[[1]]}"#),
        ("b'\\x00\\xff'", r#"{"$bytes":"00ff"}"#),
        ("bytearray(b'\\x00')", r#"{"$bytearray":"00"}"#),
        ("{1, 2}", r#"{"$set":[1,2]}"#),
        ("frozenset()", r#"{"$frozenset":[]}"#),
        ("(1, ('a',))", r#"{"$tuple":[1,{"$tuple":["a"]}]}"#),
        ("[inf, -inf]", r#"[{"$float":"inf"},{"$float":"-inf"}]"#),
        ("(1+2j)", r#"{"$complex":[1.0,2.0]}"#),
        ("(inf-0j)", r#"{"$complex":[{"$float":"inf"},-0.0]}"#),
        ("'a\\udc80'", r#"{"$str":"'a\\udc80'"}"#),
        ("...", r#"{"$class":["builtins","Ellipsis"]}"#),
    ] {
        let value = value(text);
        assert_eq!(value.to_exact_json(), json);
        assert_eq!(Value::from_json(json).unwrap(), value, "{json}");
    }
    let long = value(&format!("-0x{}", "f".repeat(100_000)));
    assert_eq!(Value::from_json(&long.to_exact_json()).unwrap(), long);
    assert_eq!(
        Value::Float(f64::NAN).to_exact_json(),
        r#"{"$float":"nan"}"#
    );
    let order = Instance::new(Class::new("shop", "Order")).with_state(Value::dict([("id", 1)]));
    assert_eq!(
        Value::from(order).to_exact_json(),
        r#"{"$instance":["new",{"$class":["shop","Order"]},{"$tuple":[]},null,[["state",{"id":1}]]]}"#
    );
}

#[test]
fn a_shared_bytearray_stays_one() {
    let bytes = Value::from(ByteArray::from(vec![7]));
    let other = Value::from(ByteArray::from(vec![7]));
    let value = Value::list([bytes.clone(), other, bytes]);
    let json = value.to_exact_json();
    let told = r#"[{"$shared":[1,{"$bytearray":"07"}]},{"$bytearray":"07"},{"$same":1}]"#;
    assert_eq!(json, told);
    let again = Value::from_json(&json).unwrap();
    let ids: Vec<_> = again.items().unwrap().iter().map(Value::id).collect();
    assert!(ids[0] == ids[2] && ids[0] != ids[1]);
    // For other programs.
    let plain = r#"[{"$bytearray":"07"},{"$bytearray":"07"},{"$bytearray":"07"}]"#;
    assert_eq!(value.to_json(), plain);
}

#[test]
fn what_is_shared_stays_shared_and_cycles_come_back() {
    let part = Value::list([1]);
    let json = Value::list([part.clone(), part]).to_exact_json();
    assert_eq!(json, r#"[{"$shared":[1,[1]]},{"$same":1}]"#);
    let Value::List(read) = Value::from_json(&json).unwrap() else {
        panic!("{json}")
    };
    let [Value::List(first), Value::List(second)] = &read[..] else {
        panic!("{json}")
    };
    assert!(first.ptr_eq(second));

    let anchor = Anchor::new();
    let cycle: Value = List::with_anchor(vec![Value::Recursive(anchor.clone())], &anchor).into();
    assert_eq!(cycle.to_exact_json(), r#"{"$shared":[1,[{"$same":1}]]}"#);
    let read = Value::from_json(&cycle.to_exact_json()).unwrap();
    assert_eq!(read, cycle);
    assert_eq!(read.to_string(), "[[...]]");
    assert_eq!(Value::from(anchor).to_exact_json(), r#"{"$same":0}"#);

    let laughs = (0..60).fold(Value::None, |v, _| Value::list([v.clone(), v]));
    assert_eq!(Value::from_json(&laughs.to_exact_json()).unwrap(), laughs);
}

#[test]
fn arrays_are_tuples_where_python_hashes_them() {
    for (json, text) in [
        (r#"{"$set":[[[1],2]]}"#, "{((1,), 2)}"),
        (r#"{"$dict":[[[1,[2]],[3]]]}"#, "{(1, (2,)): [3]}"),
        (r#"{"$set":[{"$tuple":[[1]]}]}"#, "{((1,),)}"),
        (r#"[{"$frozenset":[[]]},[]]"#, "[frozenset({()}), []]"),
        (r#"{"$tuple":[[1]]}"#, "([1],)"),
        (r#"{"$dict":[["a",{"$tuple":[[]]}]]}"#, "{'a': ([],)}"),
        (r#"{"$other":1}"#, "{'$other': 1}"),
        (r#" { "a" : [ 1 , "]\"\\" ] , "a" : 2 } "#, "{'a': 2}"),
    ] {
        assert_eq!(Value::from_json(json).unwrap(), value(text), "{json}");
    }
}

#[test]
fn what_is_no_form_is_refused() {
    for (json, message) in [
        ("{", "not JSON: EOF"),
        ("[1,]", "not JSON"),
        ("[] []", "not JSON"),
        (r#""\ud800""#, "not JSON"),
        (r#"{"$bytes":"f"}"#, "two hexadecimal digits"),
        (r#"{"$bytes":"é"}"#, "two hexadecimal digits"),
        (r#"{"$bytes":1}"#, "has to hold a string"),
        (r#"{"$set":1}"#, "has to hold an array"),
        (r#"{"$set":[{}]}"#, "cannot hash"),
        (r#"{"$dict":[[{},1]]}"#, "[key, value]"),
        (r#"{"$int":"1.0"}"#, "an integer"),
        (r#"{"$str":"1"}"#, "a str"),
        (r#"{"$dict":[[1]]}"#, "[key, value]"),
        (r#"{"$dict":[1]}"#, "[key, value]"),
        (r#"{"$float":"1.0"}"#, "inf"),
        (r#"{"$complex":[1,2]}"#, "two floats"),
        (r#"{"$set":[1],"a":2}"#, "the only name"),
        (r#"{"$same":"a"}"#, "the number of a"),
        (r#"{"$shared":[1,2]}"#, "a container"),
        (r#"[{"$shared":[1,[]]},{"$shared":[1,[]]}]"#, "used once"),
        (r#"{"$instance":["made",1,2,3,[]]}"#, "newex"),
        (r#"{"$instance":["new",1,2,3,[["state"]]]}"#, "newex"),
        (r#"{"$class":["a"]}"#, "two strings"),
    ] {
        let error = Value::from_json(json).unwrap_err().to_string();
        assert!(error.contains(message), "{json}: {error}");
    }
    assert!(Value::from_json(&"[".repeat(1_000_000)).is_err());
}

#[test]
fn a_million_levels_are_written_and_read() {
    let json = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    let deep = Value::from_json(&json).unwrap();
    assert!(deep.to_exact_json() == json);
    let wrap = |inner| Instance::new(Class::new("a", "B")).with_state(inner).into();
    let deep: Value = (0..100_000).fold(Value::None, |inner, _| wrap(inner));
    assert!(Value::from_json(&deep.to_exact_json()).unwrap() == deep);
}

#[test]
fn what_is_too_long_is_refused() {
    let text = Value::from("x".repeat(1000));
    let many = Value::list(vec![text; 1000]);
    assert!(many.try_json(10_000).unwrap_err().is_limit());
    assert_eq!(Value::list([1, 2]).try_json(5).unwrap(), "[1,2]");
    assert!(Value::list([1, 2]).try_json(4).is_err());
}

proptest! {
    #[test]
    fn everything_comes_back(value in arbitrary::object()) {
        let json = value.to_exact_json();
        let read = Value::from_json(&json).unwrap();
        prop_assert_eq!(read.to_exact_json(), json);
        prop_assert_eq!(read, value);
    }
}

#[test]
fn plain_json_is_what_other_programs_expect() {
    let part = Value::tuple([1, 2]);
    let pair = Value::list([part.clone(), part]);
    assert_eq!(pair.to_json(), "[[1,2],[1,2]]");
    let anchor = Anchor::new();
    let cycle: Value = List::with_anchor(vec![Value::Recursive(anchor.clone())], &anchor).into();
    assert_eq!(cycle.to_json(), r#"{"$shared":[1,[{"$same":1}]]}"#);
    let laughs = (0..60).fold(Value::None, |v, _| Value::list([v.clone(), v]));
    assert_eq!(Value::from_json(&laughs.to_json()).unwrap(), laughs);
}

#[test]
fn what_is_long_and_shared_is_written_once_and_read_back_as_one() {
    let long = "x".repeat(1_000_000);
    let number: Value = format!("0x{}", "f".repeat(10_000)).parse().unwrap();
    let lone = SurrogateStr::new(&[long.as_bytes(), b"\xed\xb2\x80"].concat()).unwrap();
    for value in [
        Value::from(long.as_str()),
        long.as_bytes().into(),
        ByteArray::from(long.as_bytes()).into(),
        Buffer::readonly(long.as_bytes()).into(),
        Buffer::writable(long.as_bytes()).into(),
        lone.into(),
        number,
        Class::new("shop", long.as_str()).into(),
    ] {
        let many = Value::list(vec![value.clone(); 1000]);
        for json in [many.to_exact_json(), many.to_json()] {
            assert!(json.len() < 2_050_000);
            assert!(json.starts_with(r#"[{"$shared":[1,"#));
            assert!(json.ends_with(r#",{"$same":1}]"#));
            let again = Value::from_json(&json).unwrap();
            assert!(again == many);
            assert_eq!(again.to_exact_json().len(), many.to_exact_json().len());
        }
    }
}

#[test]
fn what_is_shared_is_repeated_while_growth_lasts() {
    let text = Value::from("x".repeat(100_000));
    let repeated = |times| Value::list(vec![text.clone(); times]).to_json();
    assert!(!repeated(10).contains("$same"));
    assert_eq!(repeated(10).len(), 10 * 100_003 + 1);
    assert!(repeated(20).len() < 101_000);
    let show = |growth| {
        Value::list(vec![text.clone(); 2])
            .show()
            .growth(growth)
            .to_json()
    };
    assert!(show(99_000).contains(r#",{"$same":1}]"#));
    assert!(!show(101_000).contains("$same"));
}

#[test]
fn shared_keys_are_written_once() {
    let key = Str::from("k".repeat(1000));
    let dict = |key: &Str| {
        let pairs = vec![(Value::from(key.clone()), Value::from(1))];
        Value::Dict(Dict::from_pairs(pairs))
    };
    let dicts = Value::list(vec![dict(&key), dict(&key)]);
    let json = dicts.to_exact_json();
    assert!(
        json.ends_with(r#"]},1]]},{"$dict":[[{"$same":1},1]]}]"#),
        "{json}"
    );
    assert_eq!(Value::from_json(&json).unwrap(), dicts);
    // For other programs they are objects.
    assert!(dicts.to_json().ends_with(r#"k":1}]"#));
    let set = Value::Set(Set::from(vec![key.clone().into()]));
    let sets = Value::list([set, key.into()]);
    let json = sets.to_exact_json();
    assert_eq!(Value::from_json(&json).unwrap(), sets);
}

#[test]
fn what_steers_a_terminal_is_escaped() {
    for character in ["\x00", "\x1b", "\x7f", "\u{80}", "\u{9b}", "\u{9f}"]
        .into_iter()
        .chain(["\u{2028}", "\u{2029}", "\u{61c}", "\u{200e}", "\u{200f}"])
        .chain(["\u{202a}", "\u{202e}", "\u{2066}", "\u{2069}"])
    {
        let code = u32::from(character.chars().next().unwrap());
        let text = Value::from(format!("é{character}中"));
        let json = format!("\"é\\u{code:04x}中\"");
        assert_eq!(
            (text.to_json(), text.to_exact_json()),
            (json.clone(), json.clone())
        );
        assert_eq!(Value::from_json(&json).unwrap(), text);
        let dict = Value::dict([(character, Class::new(character, character))]);
        let json = dict.to_json();
        assert_eq!(json.matches(&format!("\\u{code:04x}")).count(), 3);
        assert_eq!(Value::from_json(&json).unwrap(), dict);
    }
    for character in ["\u{a0}", "\u{2027}", "\u{202f}", "\u{2065}", "\u{206a}"] {
        assert_eq!(Value::from(character).to_json(), format!("\"{character}\""));
    }
}

#[test]
fn a_shared_container_has_one_number() {
    // Each further number would copy the items again.
    let twice = r#"{"$shared":[2,{"$shared":[1,[1,{"$same":2}]]}]}"#;
    let error = Value::from_json(twice).unwrap_err().to_string();
    assert!(
        error.starts_with("{\"$shared\": ...} has to hold"),
        "{error}"
    );
    let same = r#"[{"$shared":[1,[1]]},{"$same":2},{"$shared":[2,{"$same":1}]}]"#;
    assert!(Value::from_json(same).is_err());
}

#[test]
fn a_part_of_a_cycle_that_nothing_leads_back_to_has_no_number() {
    // A dict with a tuple of the dict; the pickle's value is the tuple.
    let message = b"\x80\x03}q\x00K\x00(h\x00K\x01tq\x01sh\x01.";
    let value = crate::loads(&message[..]).unwrap();
    let exact = value.to_exact_json();
    assert_eq!(
        exact,
        r#"{"$shared":[1,{"$tuple":[{"$dict":[[0,{"$same":1}]]},1]}]}"#
    );
    let again = Value::from_json(&exact).unwrap();
    assert_eq!(again.to_exact_json(), exact);
    assert_eq!(again, value);
}
