//! What is no pickle, and what is not allowed.

use super::refusal;
use crate::{Class, Limits, ReadOptions, Value, loads, loads_with};

#[test]
fn what_is_no_pickle_is_refused_with_the_byte() {
    let cases: [(&[u8], &str); 46] = [
        (b"", "an empty message"),
        (b"{\"json\": 1}", "byte 0 (?): no opcode of pickles: 0x7b"),
        (b"\x80\x06N.", "byte 0 (PROTO): protocol 6"),
        (b"\x80\x02N", "byte 3 (STOP): the pickle ends without STOP"),
        (b".", "byte 0 (STOP): it takes a value off an empty stack"),
        (b"(.", "below a MARK"),
        (b"N(.", "below a MARK"),
        (b"N(\x85.", "byte 2 (TUPLE1)"),
        (b"N(2.", "byte 2 (DUP)"),
        (b"N(\x94.", "byte 2 (MEMOIZE)"),
        (b"N0.", "byte 2 (STOP)"),
        (b"Nt.", "byte 1 (TUPLE): it goes back to a MARK"),
        (b"N1.", "byte 1 (POP_MARK)"),
        (b"(Nd.", "key that has no value"),
        (b"}(Nu.", "key that has no value"),
        (b"Na.", "byte 1 (APPEND): it takes a value off"),
        (b"NNa.", "it adds items to a NoneType"),
        (b"](N\x90.", "it adds items to a list"),
        (b"\x8fNa.", "it adds items to a set"),
        (b"h\x05.", "memo entry 5 was never stored"),
        (b"gx\n.", "not the number of a memo entry: b'x'"),
        (b"g-1\n.", "not the number of a memo entry"),
        (b"Np-1\n.", "not the number of a memo entry"),
        (b"q\0.", "byte 0 (BINPUT)"),
        (b"Ix\n.", "not an integer"),
        (b"Fx\n.", "not a float: b'x'"),
        (b"Sabc\n.", "without quotes"),
        (b"V\\u12\n.", "a bad escape"),
        (b"I1", "without the end of its line"),
        (b"J\0.", "cut off: 4 more bytes announced, 2 left"),
        (b"\x8c\x01\xff.", "not UTF-8"),
        (b"\x95\x09\0\0\0\0\0\0\0N.", "byte 0 (FRAME)"),
        (b"NNR.", "arguments that are no tuple"),
        (b"N)R.", "calls a NoneType"),
        (b"N)\x81.", "calls a NoneType"),
        (b"cm\nC\nN\x81.", "arguments that are no tuple"),
        (b"cm\nC\n)N\x92.", "no dict"),
        (b"cm\nC\n}b.", "sets the state of a type"),
        (b"]K\x01b.", "sets the state of a list"),
        (b"NN\x93.", "not text"),
        (b"c\nC\n.", "no name of a class"),
        (b"\x8c\0\x8c\x01C\x93.", "no name of a class"),
        (b"\x8c\x01m\x8c\0\x93.", "no name of a class"),
        (b"}(]Nu.", "a list as a dict key"),
        (b"\x8f(}\x85\x90.", "a tuple as a dict key"),
        (b"c__builtin__\nset\n(]lR.", "arguments that are no tuple"),
    ];
    for (message, part) in cases {
        let error = refusal(message);
        assert!(error.to_string().contains(part), "{message:?}: {error}");
        assert!(error.is_malformed() || error.is_unsupported(), "{error}");
    }
    for message in [
        &b"\x82\0."[..],
        b"\x84\xff\xff\xff\xff.",
        b"\x82\x01.",
        b"\x97.",
    ] {
        assert!(loads(message.to_vec()).is_err());
    }
}

#[test]
fn lengths_are_claims() {
    for opcode in [
        b"B\xff\xff\xff\xff",
        b"X\xff\xff\xff\xff",
        b"T\xff\xff\xff\x7f",
    ] {
        assert!(refusal(opcode).is_cut_off());
    }
    for opcode in [b"\x8e", b"\x8d", b"\x96", b"\x95"] {
        for length in [1_u64 << 62, u64::MAX, 1 << 32] {
            assert!(refusal(&[&opcode[..], &length.to_le_bytes()].concat()).is_cut_off());
        }
    }
    assert!(
        refusal(b"T\xff\xff\xff\xff")
            .to_string()
            .contains("a length of -1")
    );
    assert!(
        refusal(b"\x8b\xff\xff\xff\xff")
            .to_string()
            .contains("a length of -1")
    );
}

#[test]
fn limits_are_named() {
    let with = |message: &[u8], limits| {
        let options = ReadOptions::new().limits(limits);
        match loads_with(message.to_vec(), &options) {
            Ok(_) => "read".to_owned(),
            Err(error) => {
                assert!(error.is_limit(), "{error}");
                error.to_string()
            }
        }
    };
    let list = b"](K\x01K\x02K\x03e.";
    assert_eq!(with(list, Limits::new().values(5)), "read");
    assert!(with(list, Limits::new().values(3)).contains("Limits::values"));
    assert_eq!(with(list, Limits::new().message(10)), "read");
    assert!(with(list, Limits::new().message(9)).contains("Limits::message"));
    assert!(with(b"Np0\np1\n.", Limits::new().memo(1)).contains("Limits::memo"));
    assert!(with(b"]q\0q\x01.", Limits::new().memo(1)).contains("Limits::memo"));
    assert_eq!(with(b"]]a.", Limits::new().depth(2)), "read");
    assert!(with(b"]]a.", Limits::new().depth(1)).contains("Limits::depth"));
    // A shared object counts where it stands.
    let shared = b"(]q\0]q\x01a]h\0at.";
    assert_eq!(with(shared, Limits::new().depth(4)), "read");
    assert!(with(shared, Limits::new().depth(3)).contains("Limits::depth"));
    let sets = [
        &b"]q\0(K\x01K\x02e("[..],
        &b"c__builtin__\nset\nh\0\x85R".repeat(100),
        b"t.",
    ]
    .concat();
    assert_eq!(with(&sets, Limits::new().growth(5000)), "read");
    assert!(with(&sets, Limits::new().growth(4000)).contains("Limits::growth"));
}

#[test]
fn classes_are_asked_for_by_their_names_in_python_3() {
    let options = ReadOptions::new().allow(|module, name| (module, name) == ("builtins", "range"));
    let read = |message: &[u8]| loads_with(message.to_vec(), &options);
    assert!(read(b"c__builtin__\nxrange\n(K\x01tR.").is_ok());
    assert!(read(b"c__builtin__\nset\n(]tR.").is_ok());
    assert!(read(b"c_codecs\nencode\n(X\x01\0\0\0aX\x06\0\0\0latin1tR.").is_ok());
    for refused in [
        &b"cos\nsystem\n."[..],
        b"(ios\nsystem\n.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93.",
        // Not in the way that plain data needs.
        b"c__builtin__\nset\n)\x81.",
        b"c_codecs\nencode\n(X\x01\0\0\0aX\x05\0\0\0rot13tR.",
    ] {
        let error = read(refused).unwrap_err();
        assert!(error.is_refused(), "{error}");
    }
}

#[test]
fn extensions_are_registered() {
    let options = ReadOptions::new().extension(300, Class::new("m", "C"));
    let class = |value: Value| value.as_class().map(ToString::to_string);
    for message in [&b"\x83\x2c\x01."[..], b"\x84\x2c\x01\0\0."] {
        let value = loads_with(message.to_vec(), &options).unwrap();
        assert_eq!(class(value).as_deref(), Some("m.C"));
    }
    let error = loads_with(b"\x82\x01.".to_vec(), &options).unwrap_err();
    assert!(error.is_unsupported() && error.to_string().contains("extension code 1"));
}
