use super::*;
use crate::pickle::BigInt;

fn parse(text: &str) -> Value {
    text.parse()
        .unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn refusal(text: &str) -> String {
    match text.parse::<Value>() {
        Ok(value) => panic!("{text:?} was read as {value}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn numbers_of_every_form() {
    for (text, value) in [
        ("0", 0),
        ("00_0", 0),
        ("1_000", 1000),
        ("0xFf", 255),
        ("0x_f", 15),
        ("0O17", 15),
        ("0b1_1", 3),
        ("-5", -5),
        ("+ 5", 5),
        ("-(5)", -5),
        ("-9223372036854775808", i64::MIN),
    ] {
        assert_eq!(parse(text), Value::Int(value), "{text}");
    }
    for (text, value) in [
        ("1.", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1_0.0_1E-1_0", 10.01e-10),
        ("01.5", 1.5),
        ("-0.0", -0.0),
        ("1e999", f64::INFINITY),
        ("-inf", f64::NEG_INFINITY),
    ] {
        let Value::Float(parsed) = parse(text) else {
            panic!("{text}")
        };
        assert_eq!(parsed.to_bits(), f64::to_bits(value), "{text}");
    }
    assert_eq!(
        parse("9223372036854775808"),
        BigInt::from(1_u64 << 63).into()
    );
    assert_eq!(parse("-0x8000_0000_0000_0000"), Value::Int(i64::MIN));
}

#[test]
fn text_and_bytes_of_every_form() {
    for (text, value) in [
        ("'a' \"b\" r'c\\n'", "abc\\n"),
        (r#"'\x41\101\u00e9\U0001f600\q\''"#, "AA\u{e9}\u{1f600}\\q'"),
        ("'''two\nlines'''", "two\nlines"),
        ("'''two\r\nlines'''", "two\nlines"),
        ("'con\\\ntinued'", "continued"),
        ("u'\\777'", "\u{1ff}"),
        ("'''it''s'''", "it''s"),
        ("''", ""),
        ("R'\\''", "\\'"),
    ] {
        assert_eq!(parse(text), Value::from(value), "{text}");
    }
    for (text, value) in [
        (r"b'\x00\xff\u0041\777'", &b"\x00\xff\\u0041\xff"[..]),
        (r"Rb'\n' bR'\x'", br"\n\x"),
        ("b''", b""),
    ] {
        assert_eq!(parse(text), Value::from(value), "{text}");
    }
}

#[test]
fn containers_of_every_form() {
    for (text, repr) in [
        ("()", "()"),
        ("(1)", "1"),
        ("(1,)", "(1,)"),
        ("1,", "(1,)"),
        ("1, 2 # end", "(1, 2)"),
        ("[1, [2,],]", "[1, [2]]"),
        ("{}", "{}"),
        ("{'a': 1, 'b': (), }", "{'a': 1, 'b': ()}"),
        ("{1: 'a', 2: 'b', True: 'c'}", "{1: 'c', 2: 'b'}"),
        ("{1, 1.0, True, 2}", "{1, 2}"),
        ("set( )", "set()"),
        ("frozenset({1})", "frozenset({1})"),
        ("\n [ # comment\n 1,\r\n\t2 \\\n] \n # end\n", "[1, 2]"),
        ("None", "None"),
        ("{(1, 'a'): None}", "{(1, 'a'): None}"),
    ] {
        assert_eq!(parse(text).to_string(), repr, "{text}");
    }
}

#[test]
fn refusals_say_where_and_what_to_do() {
    for (text, message) in [
        ("", "line 1, column 1: expected a value, found the end"),
        ("[1,\n 2 3]", "line 2, column 4: expected ',' or ']'"),
        ("[1, 2", "line 1, column 1: never closed: add ']'"),
        ("{1: 2, 3}", "expected ':'"),
        ("{[]: 1}", "line 1, column 2: a list cannot be hashed"),
        ("{([],)}", "a list cannot be hashed"),
        ("1 + 2", "expressions are not computed"),
        ("foo", "quote it if it is text"),
        ("os.system", "the name \"os\" is no literal"),
        ("'abc", "this string never ends"),
        ("'a\nb'", "this string never ends"),
        ("'\\N{DASH}'", "\\uXXXX"),
        ("'\\ud800'", "lone surrogate"),
        ("'\\U00110000'", "no such character"),
        ("'\\x4'", "2 hexadecimal digits"),
        ("b'\u{e9}'", "line 1, column 3: bytes hold ASCII"),
        ("b'a' 'b'", "put a comma between"),
        ("f'{x}'", "write the text itself"),
        ("ub'x'", "no prefix"),
        ("012", "begins with a zero"),
        ("1__0", "no number"),
        ("0x", "no number"),
        ("1.2.3", "no number"),
        ("2j", "complex"),
        ("-'a'", "only numbers have one"),
        ("-True", "only numbers have one"),
        ("--1", "two signs"),
        ("-( +1)", "two signs"),
        ("1 2", "one literal only"),
        ("1\n2", "one literal only"),
        ("set([1])", "write {1, 2}"),
        ("[1, ,]", "expected a value, found ','"),
        ("'\0'", "NUL"),
        ("\u{1f600}", "expected a value"),
    ] {
        assert!(
            refusal(text).contains(message),
            "{text:?}: {}",
            refusal(text)
        );
    }
}

#[test]
fn long_integers_are_read_in_hexadecimal_only() {
    assert!(refusal(&"9".repeat(4301)).contains("hexadecimal"));
    let nines = "9".repeat(4300);
    assert_eq!(parse(&parse(&nines).to_string()), parse(&nines));
    let long = format!("0x{}", "f".repeat(100_000));
    assert_eq!(parse(&long).to_string(), long);
    assert_eq!(parse(&format!("-{long}")).to_string(), format!("-{long}"));
}

#[test]
fn depth_is_limited() {
    for (open, close) in [("[", "]"), ("(", ",)"), ("{0:", "}")] {
        let nested = |depth| open.repeat(depth) + "0" + &close.repeat(depth);
        let value = parse(&nested(MAX_DEPTH));
        assert_eq!(parse(&value.to_string()), value.clone());
        assert!(refusal(&nested(MAX_DEPTH + 1)).contains("nested deeper"));
        assert!(refusal(&open.repeat(1_000_000)).contains("nested deeper"));
    }
    assert!(refusal(&"-".repeat(1_000_000)).contains("two signs"));
}
