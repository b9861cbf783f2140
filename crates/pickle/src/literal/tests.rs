use super::*;
use crate::BigInt;

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

#[cfg(feature = "unicode-names")]
#[test]
fn characters_by_their_names() {
    for (text, value) in [
        (r"'\N{EN DASH}'", "\u{2013}"),
        (r"'a\N{en dash}b\N{NULL}c'", "a\u{2013}b\0c"),
        (
            r"'\N{CJK UNIFIED IDEOGRAPH-4E2D}\N{HANGUL SYLLABLE GAG}'",
            "\u{4e2d}\u{ac01}",
        ),
        (r"r'\N{EN DASH}'", r"\N{EN DASH}"),
    ] {
        assert_eq!(parse(text), Value::from(value), "{text}");
    }
    assert_eq!(
        parse(r"b'\N{EN DASH}'"),
        Value::from(br"\N{EN DASH}".to_vec())
    );
    for name in ["", "EN DOSH", "\u{e9}", "{EN DASH"] {
        let message = refusal(&format!("'\\N{{{name}}}'"));
        assert!(message.contains("no character is named"), "{message}");
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
        ("# a\r[1, # b\r2]", "[1, 2]"),
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
        ("os.system", "the name \"os\" is not a literal"),
        ("'abc", "this string never ends"),
        ("'a\nb'", "this string never ends"),
        ("'\\N{DASH}'", "\\uXXXX"),
        ("'\\N'", "in braces"),
        ("'\\N{EN DASH'", "in braces"),
        ("'\\U00110000'", "no such character"),
        ("'\\x4'", "2 hexadecimal digits"),
        ("b'\u{e9}'", "line 1, column 3: bytes hold ASCII"),
        ("b'a' 'b'", "put a comma between"),
        ("f'{x}'", "write the text itself"),
        ("ub'x'", "not a prefix"),
        ("012", "begins with a zero"),
        ("1__0", "not a number"),
        ("0x", "not a number"),
        ("1.2.3", "not a number"),
        ("1+2", "expressions are not computed"),
        ("1+2j+3j", "expressions are not computed"),
        ("2j+1", "expressions are not computed"),
        ("1+(1+2j)", "a sum"),
        ("1+-2j", "two signs"),
        ("-(1+2j)", "before a sum"),
        ("True+1j", "expressions are not computed"),
        ("bytearray(1)", "expected bytearray()"),
        ("frozenset({1}, {2})", "too many arguments"),
        ("1jj", "not a number"),
        ("0xj", "not a number"),
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
fn refusals_quote_the_beginning_only() {
    let long = "x".repeat(100_000);
    for text in [
        long.clone(),
        format!("{long}'a'"),
        format!("0{}", "1".repeat(100_000)),
        format!("1{long}"),
        format!("'\\N{{{long}}}'"),
    ] {
        let error = text.parse::<Value>().unwrap_err().to_string();
        assert!(error.len() < 500, "{} bytes", error.len());
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
fn complex_numbers_and_constants() {
    for (text, repr) in [
        ("2j", "2j"),
        ("1+2j", "(1+2j)"),
        ("( -1.5 - 2.5e3J )", "(-1.5-2500j)"),
        ("(1)+(2j)", "(1+2j)"),
        ("-2j", "(-0-2j)"),
        ("(-0-2j)", "(-0-2j)"),
        ("[1-0j, 010j]", "[(1-0j), 10j]"),
        ("(inf+nanj)", "(inf+nanj)"),
        ("(-inf-infj)", "(-inf-infj)"),
        ("9223372036854775808+1j", "(9.223372036854776e+18+1j)"),
        ("...", "Ellipsis"),
        ("[..., Ellipsis]", "[Ellipsis, Ellipsis]"),
        ("NotImplemented", "NotImplemented"),
        ("{1+2j: 1, (1+2j): 2}", "{(1+2j): 2}"),
        ("bytearray(b'a' b'b')", "bytearray(b'ab')"),
        ("bytearray( )", "bytearray(b'')"),
        (
            "frozenset({frozenset({1,}), 2},)",
            "frozenset({frozenset({1}), 2})",
        ),
    ] {
        assert_eq!(parse(text).to_string(), repr, "{text}");
    }
    assert!(matches!(parse("1+2j"), Value::Complex(1.0, 2.0)));
    assert!(refusal(&format!("1{}+1j", "0".repeat(400))).contains("not computed"));
}

#[test]
fn lone_surrogates_stay() {
    for text in ["'\\ud800'", "'a\\udfff\u{e9}'", "'\\ud83d\\ude00'"] {
        let value = parse(text);
        assert!(matches!(value, Value::SurrogateStr(_)), "{text}");
        assert_eq!(value.to_string(), text);
    }
    assert_eq!(parse("'\\ud83d' '\\ude00'"), parse("'\\ud83d\\ude00'"));
    assert_eq!(parse("'\\ud7ff\\ue000'"), "\u{d7ff}\u{e000}".into());
}

#[test]
fn a_million_levels_are_read() {
    // Recursion would overflow the stack at these depths.
    let depths = [1_000_000, 100_000, 100_000, 100_000];
    let brackets = [("[", "]"), ("(", ",)"), ("{0: ", "}"), ("(", ")")];
    for (depth, (open, close)) in depths.into_iter().zip(brackets) {
        let text = open.repeat(depth) + "0" + &close.repeat(depth);
        let value = parse(&text);
        if close == ")" {
            assert_eq!(value, Value::Int(0));
        } else {
            assert!(value.to_string() == text);
        }
        assert!(refusal(&open.repeat(depth)).contains("never closed"));
    }
    assert!(refusal(&"-".repeat(1_000_000)).contains("two signs"));
    let sets = "frozenset({".repeat(10_000) + "1" + &"})".repeat(10_000);
    assert!(parse(&sets).to_string() == sets);
}

proptest::proptest! {
    #[test]
    fn what_is_printed_is_read_again(value in crate::arbitrary::value()) {
        proptest::prop_assert_eq!(parse(&value.to_string()), value);
    }

    #[test]
    fn nothing_panics(text in "[-\\[\\](){},:'\"\\\\1j.+a-bnrux \n]{0,20}") {
        let _ = text.parse::<Value>();
    }
}
