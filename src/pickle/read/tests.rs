use super::*;
use crate::pickle::{Protocol, dumps};

fn value(text: &str) -> Value {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refusal(message: &[u8]) -> String {
    match loads(message.to_vec()) {
        Ok(value) => panic!("{message:?} was read as {value}"),
        Err(error) => error.to_string(),
    }
}

/// Written by hand after `pickletools.dis` of what CPython 2.7 to 3.13 write.
#[rustfmt::skip]
#[test]
fn every_protocol_is_read() {
    for (message, text) in [
        // Protocol 0.
        (&b"(lp0\nI1\naI01\naI00\naL12345678901234567890L\naF1.5\na."[..],
            "[1, True, False, 12345678901234567890, 1.5]"),
        (b"(dp0\nS'it\\'s \"x\"'\np1\nV\\u4e2d\\U0001f600\xe9\np2\ns.",
            "{'it\\'s \"x\"': '\u{4e2d}\u{1f600}\u{e9}'}"),
        (b"(S'\\xff'\nS\"\\n\"\nNt.", "(b'\\xff', '\\n', None)"),
        (b"V\\ud83d\\ude00\n.", "'\u{1f600}'"),
        (b"c_codecs\nencode\np0\n(V\xff\\u0000\np1\nVlatin1\np2\ntp3\nRp4\n.", "b'\\xff\\x00'"),
        (b"c__builtin__\nbytes\n(tR.", "b''"),
        (b"c__builtin__\nfrozenset\np0\n((lp1\nI1\natp2\nRp3\n.", "frozenset({1})"),
        // Protocol 1.
        (b"]q\0(K\x01M\x00\x01J\xff\xff\xff\xffG\x3f\xf8\0\0\0\0\0\0e.", "[1, 256, -1, 1.5]"),
        (b"}q\0(U\x01aU\x01\xffX\x01\0\0\0bNu.", "{'a': b'\\xff', 'b': None}"),
        // Protocol 2.
        (b"\x80\x02c__builtin__\nset\nq\0]q\x01(K\x01K\x02e\x85q\x02Rq\x03.", "{1, 2}"),
        (b"\x80\x02N\x88\x89\x87.", "(None, True, False)"),
        (b"\x80\x02\x8a\x09\0\0\0\0\0\0\0\x80\0\x8a\0\x8a\x01\x80\x87.",
            "(9223372036854775808, 0, -128)"),
        (b"\x80\x02c__builtin__\nbytearray\nX\x02\0\0\0\xc3\xbfX\x07\0\0\0latin-1\x86R.",
            "b'\\xff'"),
        // Protocol 3 and 4.
        (b"\x80\x03C\x01\xffq\0.", "b'\\xff'"),
        (b"\x80\x04\x95\x0b\0\0\0\0\0\0\0\x8f\x94(K\x01K\x01K\x02\x90.", "{1, 2}"),
        (b"\x80\x04\x95\x08\0\0\0\0\0\0\0(\x8c\x01a\x91\x94.", "frozenset({'a'})"),
        (b"\x80\x04]\x94(\x8c\x01a\x94h\x01)h\x01\x86e.", "['a', 'a', ((), 'a')]"),
        // Protocol 5.
        (b"\x80\x05\x95\0\0\0\0\0\0\0\0\x96\x01\0\0\0\0\0\0\0\xff\x94.", "b'\\xff'"),
    ] {
        match loads(message.to_vec()) {
            Ok(read) => assert_eq!(read, value(text), "{text}"),
            Err(error) => panic!("{text}: {error}"),
        }
    }
}

#[test]
fn one_string_or_bytes_is_taken_as_it_lies() {
    let large = vec![0xff; 100_000];
    let framed = |opcode: &[u8], end: &[u8]| [b"\x80\x04", opcode, &large, end].concat();
    for message in [
        // As CPython writes it: the frame begins after large bytes.
        framed(b"B\xa0\x86\x01\0", b"\x94."),
        framed(b"B\xa0\x86\x01\0", b"\x95\x02\0\0\0\0\0\0\0\x94."),
        framed(b"\x95\xff\0\0\0\0\0\0\0B\xa0\x86\x01\0", b"q\0."),
        framed(b"\x8e\xa0\x86\x01\0\0\0\0\0", b"r\0\0\0\0."),
        framed(b"B\xa0\x86\x01\0", b"."),
    ] {
        let place = message.as_ptr();
        let Value::Bytes(bytes) = loads(message).unwrap() else {
            panic!()
        };
        assert_eq!(bytes, large);
        assert_eq!(bytes.as_ptr(), place, "copied");
    }
    let message = b"\x80\x02X\x03\0\0\0abcq\0.".to_vec();
    let place = message.as_ptr();
    let Value::Str(text) = loads(message).unwrap() else {
        panic!()
    };
    assert_eq!((text.as_str(), text.as_ptr()), ("abc", place));
    assert!(refusal(&framed(b"B\xa1\x86\x01\0", b"")).contains("cut off"));
    assert!(refusal(b"\x80\x04\x8c\x01\xff.").contains("not UTF-8"));
}

#[test]
fn what_cannot_be_held_is_named() {
    for (message, part) in [
        (
            &b"\x80\x03cos\nsystem\nX\x02\0\0\0ls\x85R."[..],
            "not supported yet: os.system",
        ),
        (
            b"cdecimal\nDecimal\n(S'1'\ntR.",
            "not supported yet: decimal.Decimal",
        ),
        (
            b"\x80\x04\x8c\x01m\x8c\x01C\x93)\x81.",
            "byte 10 (NEWOBJ): instances of classes are",
        ),
        (b"\x80\x04\x8c\x01m\x8c\x01C\x93)}\x92.", "yet: m.C"),
        (
            b"(im\nC\n.",
            "(INST): instances of classes are not supported yet: m.C",
        ),
        (
            b"(cm\nC\no.",
            "(OBJ): instances of classes are not supported yet: m.C",
        ),
        (
            b"cm\nC\n}b.",
            "(BUILD): instances of classes are not supported yet: m.C",
        ),
        (
            b"ccopy_reg\n_reconstructor\n(cm\nC\nc__builtin__\nobject\nNtR.",
            "yet: m.C",
        ),
        (b"\x80\x02cm\nC\n.", "as values are not supported yet: m.C"),
        (b"Pid\n.", "persistent ids"),
        (b"NQ.", "persistent ids"),
        (b"\x82\x01.", "extension registry"),
        (b"\x80\x05\x97.", "out-of-band"),
        (b"]q\0h\0a.", "holds itself"),
        (b"]q\0(h\0tq\x01a0h\x01.", "holds itself"),
        (b"\x80\x03X\x03\0\0\0\xed\xa0\x80.", "lone surrogate"),
        (b"V\\ud800\n.", "lone surrogate"),
    ] {
        let error = loads(message.to_vec()).unwrap_err();
        assert!(
            error.is_unsupported() && error.to_string().contains(part),
            "{error}"
        );
    }
}

#[test]
fn what_is_no_pickle_is_refused_with_the_byte() {
    for (message, part) in [
        (&b""[..], "an empty message"),
        (
            b"HTTP/1.1 200 OK\r\n",
            "byte 0 (?): no opcode of pickles: 0x48",
        ),
        (b"{\"json\": 1}", "byte 0 (?): no opcode of pickles: 0x7b"),
        (b"\x80\x06N.", "byte 0 (PROTO): protocol 6"),
        (b"\x80\x02N", "byte 3 (end): the pickle ends without STOP"),
        (b".", "byte 0 (STOP): it takes an object off an empty stack"),
        (b"(.", "empty stack"),
        (b"Nt.", "byte 1 (TUPLE): it goes back to a MARK"),
        (b"N(\x85.", "byte 2 (TUPLE1)"),
        (b"(Nd.", "key that has no value"),
        (b"}(Nu.", "key that has no value"),
        (b"Na.", "empty stack"),
        (b"NNa.", "it adds items to a NoneType"),
        (b"](N\x90.", "it adds items to a list"),
        (b"h\x05.", "memo entry 5 was never stored"),
        (b"gx\n.", "no number of a memo entry: b'x'"),
        (b"g-1\n.", "no number of a memo entry"),
        (b"q\0.", "empty stack"),
        (b"Ix\n.", "not an integer"),
        (b"Fx\n.", "no number: b'x'"),
        (b"Sabc\n.", "without quotes"),
        (b"S'\\x1'\n.", "hexadecimal"),
        (b"V\\u12\n.", "bad escape"),
        (b"V\\U00110000\n.", "bad escape"),
        (b"I1", "without the end of its line"),
        (b"J\0.", "cut off: 4 more bytes announced, 2 left"),
        (b"NNR.", "arguments that are no tuple"),
        (b"N)R.", "no class or function"),
        (b"NN\x93.", "not text"),
        (b"}(]Nu.", "a list as a dict key"),
        (b"\x8f(}\x90.", "a dict as a set item"),
        (b"c__builtin__\nset\nN\x85R.", "a set of something"),
        (
            b"c__builtin__\nbytearray\nN\x85R.",
            "arguments that no Python writes",
        ),
    ] {
        let error = refusal(message);
        assert!(error.contains(part), "{message:?}: {error}");
        assert!(!loads(message.to_vec()).unwrap_err().is_unsupported());
    }
}

#[test]
fn lengths_are_claims() {
    for opcode in [
        &b"B\xff\xff\xff\xff"[..],
        b"X\xff\xff\xff\xff",
        b"T\xff\xff\xff\x7f",
    ] {
        assert!(refusal(opcode).contains("cut off"));
    }
    for opcode in [b"\x8e", b"\x8d", b"\x96"] {
        for length in [1_u64 << 62, u64::MAX, 1 << 32] {
            assert!(refusal(&[&opcode[..], &length.to_le_bytes()].concat()).contains("cut off"));
        }
    }
    assert!(refusal(b"T\xff\xff\xff\xff").contains("a length of -1"));
    assert!(refusal(b"\x8b\xff\xff\xff\x7f\0").contains("cut off"));
    assert_eq!(
        loads(b"Nr\xff\xff\xff\xff0j\xff\xff\xff\xff.".to_vec()).unwrap(),
        Value::None
    );
}

#[test]
fn depth_has_a_limit_and_never_overflows_the_stack() {
    let million = 1_000_000;
    let ends: [(&[u8], &[u8]); 5] = [
        (b"]", b"a"),
        (b"(", b"t"),
        (b"(", b"l"),
        (b"", b"\x85"),
        (b"}N", b"s"),
    ];
    for (open, close) in ends {
        let nested = |depth| [&open.repeat(depth)[..], b"N", &close.repeat(depth), b"."].concat();
        let deep = loads(nested(MAX_DEPTH)).unwrap();
        assert_eq!(
            loads(dumps(&deep, Protocol::V2).unwrap()).unwrap(),
            deep.clone()
        );
        assert!(refusal(&nested(MAX_DEPTH + 1)).contains("nested deeper than 500 levels"));
        assert!(refusal(&nested(million)).contains("nested deeper"));
    }
    // Shared objects count where they stand.
    let shared = [
        &b"]q\0]a"[..],
        &b"]".repeat(498),
        b"h\0",
        &b"a".repeat(498),
        b".",
    ]
    .concat();
    assert!(loads(shared).is_ok());
    let shared = [
        &b"]q\0]a"[..],
        &b"]".repeat(499),
        b"h\0",
        &b"a".repeat(499),
        b".",
    ]
    .concat();
    assert!(refusal(&shared).contains("nested deeper"));
    assert!(refusal(&vec![b'('; million]).contains("without STOP"));
}

#[test]
fn shared_objects_are_copied_within_a_limit() {
    // Ten levels of ten references each, and the same with thirty.
    let laughs = |levels: usize, per_level: usize| {
        let mut message = b"\x80\x04K\x01\x94".to_vec();
        for level in 0..u8::try_from(levels).unwrap() {
            message.push(b'(');
            message.extend([b'h', level].repeat(per_level));
            message.extend(b"t\x94");
        }
        message.push(b'.');
        message
    };
    assert!(loads(laughs(4, 10)).is_ok());
    assert!(refusal(&laughs(30, 10)).contains("appear many times"));
    // DUP and TUPLE2 double what is there.
    assert!(refusal(&[&b"N"[..], &b"2\x86".repeat(400), b"."].concat()).contains("many times"));
    // A long text again and again; and as bytes.
    let text = [&b"X\0\0\x10\0"[..], &[b'a'; 1 << 20], b"q\0"].concat();
    let message = [&b"]("[..], &text, &b"h\0".repeat(1000), b"e."].concat();
    assert!(refusal(&message).contains("many times"));
    let encode = b"c_codecs\nencode\nh\0X\x06\0\0\0latin1\x86R".repeat(1000);
    assert!(refusal(&[&b"]("[..], &text, &encode, b"e."].concat()).contains("many times"));
    // A long list made into a set again and again.
    let list = [&b"](q\0"[..], &b"K\x01".repeat(100_000), b"eq\0"].concat();
    let list = [&b"]q\0("[..], &list[4..]].concat();
    let sets = b"c__builtin__\nset\nh\0\x85R".repeat(1000);
    assert!(refusal(&[&b"("[..], &list, &sets, b"t."].concat()).contains("many times"));

    let tight = Limits::new().growth(1000);
    assert!(loads_with(laughs(2, 10), &tight).is_err());
    assert!(loads_with(laughs(1, 10), &tight).is_ok());
}

#[test]
fn copies_are_of_the_finished_object() {
    // The list is in the tuple twice before its item is.
    assert_eq!(
        loads(b"(]q\0h\0K\x01at.".to_vec()).unwrap(),
        value("([1], [1])")
    );
    // A set is of the list as it ends up; the list is there as well.
    let message = b"(]q\0c__builtin__\nset\nh\0\x85Rh\0K\x01at.".to_vec();
    assert_eq!(loads(message).unwrap(), value("([1], {1}, [1])"));
}

#[test]
fn what_follows_the_pickle_is_ignored() {
    assert_eq!(loads(b"K\x01.rest".to_vec()).unwrap(), Value::Int(1));
}

#[test]
fn cut_off_anywhere_it_is_an_error() {
    let whole = dumps(
        &value("{'a': [1, -70000, 2.5, b'\\xff', None], 'b': ({1}, 1 , 12345678901234567890)}"),
        Protocol::V3,
    )
    .unwrap();
    assert!(loads(whole.clone()).is_ok());
    for end in 0..whole.len() {
        assert!(loads(whole[..end].to_vec()).is_err(), "{end}");
    }
}
