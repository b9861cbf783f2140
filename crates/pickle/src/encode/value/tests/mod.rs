//! What CPython's C pickler wrote for the same objects, recorded as bytes.

mod borders;
mod cycles;
mod instances;
mod limits;

use super::{dump_into, dumps, dumps_with_buffers};
use crate::{BigInt, Buffer, ByteArray, Bytes, Protocol, Str, SurrogateStr, Value};

const ALL: [Protocol; 4] = [Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5];

/// As text, with escapes: easy to compare, easy to read.
#[track_caller]
fn assert_written(value: &Value, protocol: Protocol, expected: &[u8]) {
    let written = dumps(value, protocol).unwrap();
    assert_eq!(
        written.escape_ascii().to_string(),
        expected.escape_ascii().to_string()
    );
}

#[test]
fn integers_take_the_shortest_form() {
    for (int, expected) in [
        (0, &b"K\x00"[..]),
        (255, b"K\xff"),
        (256, b"M\x00\x01"),
        (65_535, b"M\xff\xff"),
        (65_536, b"J\x00\x00\x01\x00"),
        (i64::from(i32::MAX), b"J\xff\xff\xff\x7f"),
        (1 << 31, b"\x8a\x05\x00\x00\x00\x80\x00"),
        (-1, b"J\xff\xff\xff\xff"),
        (i64::from(i32::MIN), b"J\x00\x00\x00\x80"),
        (-(1 << 31) - 1, b"\x8a\x05\xff\xff\xff\x7f\xff"),
        (-(1 << 39), b"\x8a\x05\x00\x00\x00\x00\x80"),
        (i64::MAX, b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f"),
        (i64::MIN, b"\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80"),
    ] {
        let expected = [b"\x80\x02", expected, b"."].concat();
        assert_written(&Value::Int(int), Protocol::V2, &expected);
    }
}

#[test]
fn big_integers_count_their_bytes() {
    let big = |bytes: usize| Value::from(BigInt::from_signed_bytes_le(&vec![1; bytes]));
    let written = dumps(&big(255), Protocol::V2).unwrap();
    assert!(written.starts_with(b"\x80\x02\x8a\xff\x01"));
    let written = dumps(&big(256), Protocol::V2).unwrap();
    assert!(written.starts_with(b"\x80\x02\x8b\x00\x01\x00\x00\x01"));
}

#[test]
fn bytes_of_protocol_2_are_calls() {
    let shared = Bytes::from(&b"d"[..]);
    let value = Value::list([
        Value::from(&b""[..]),
        Value::from(&b"abc"[..]),
        Value::from(shared.clone()),
        Value::from(shared),
        Value::from("d"),
        Value::ByteArray(ByteArray::from(&b"d"[..])),
        Value::ByteArray(ByteArray::from(&b""[..])),
        Value::from(&b"\xe9"[..]),
    ]);
    assert_written(
        &value,
        Protocol::V2,
        b"\x80\x02]q\x00(c__builtin__\nbytes\nq\x01)Rq\x02\
          c_codecs\nencode\nq\x03X\x03\x00\x00\x00abcq\x04X\x06\x00\x00\x00latin1q\x05\x86q\x06Rq\x07\
          h\x03X\x01\x00\x00\x00dq\x08h\x05\x86q\tRq\nh\nh\x08\
          c__builtin__\nbytearray\nq\x0bh\x03h\x08h\x05\x86q\x0cRq\r\x85q\x0eRq\x0f\
          h\x0b)Rq\x10h\x03X\x02\x00\x00\x00\xc3\xa9q\x11h\x05\x86q\x12Rq\x13e.",
    );
}

#[test]
fn a_bytearray_is_a_call_before_protocol_5() {
    let value = Value::ByteArray(ByteArray::from(&b"xyz"[..]));
    assert_written(
        &value,
        Protocol::V3,
        b"\x80\x03cbuiltins\nbytearray\nq\x00C\x03xyzq\x01\x85q\x02Rq\x03.",
    );
    assert_written(
        &value,
        Protocol::V5,
        b"\x80\x05\x95\x0e\x00\x00\x00\x00\x00\x00\x00\x96\x03\x00\x00\x00\x00\x00\x00\x00xyz\x94.",
    );
}

#[test]
fn sets_have_no_opcodes_before_protocol_4() {
    let value = Value::Set(vec![Value::Int(1)].into());
    assert_written(
        &value,
        Protocol::V2,
        b"\x80\x02c__builtin__\nset\nq\x00]q\x01K\x01a\x85q\x02Rq\x03.",
    );
    assert_written(
        &value,
        Protocol::V4,
        b"\x80\x04\x95\x07\x00\x00\x00\x00\x00\x00\x00\x8f\x94(K\x01\x90.",
    );
}

#[test]
fn a_handle_is_an_object() {
    let text = Str::from("ab");
    let list = Value::list([1]);
    let value = Value::list([
        Value::from(text.clone()),
        Value::from(text),
        Value::from("ab"),
        list.clone(),
        list,
        Value::tuple([0; 0]),
    ]);
    assert_written(
        &value,
        Protocol::V2,
        b"\x80\x02]q\x00(X\x02\x00\x00\x00abq\x01h\x01X\x02\x00\x00\x00abq\x02]q\x03K\x01ah\x03)e.",
    );
}

#[test]
fn bytes_and_a_bytearray_of_the_same_memory_are_two_objects() {
    let bytes = Bytes::from(&b"ab"[..]);
    let value = Value::tuple([
        Value::from(bytes.clone()),
        Value::ByteArray(ByteArray::from(bytes.clone())),
        Value::from(bytes),
    ]);
    assert_written(
        &value,
        Protocol::V5,
        b"\x80\x05\x95\x16\x00\x00\x00\x00\x00\x00\x00C\x02ab\x94\x96\x02\x00\x00\x00\x00\x00\x00\x00ab\x94h\x00\x87\x94.",
    );
}

#[test]
fn lone_surrogates_and_complex_numbers() {
    let text = Value::SurrogateStr(SurrogateStr::from_checked(b"a\xed\xa0\x80"));
    assert_written(
        &text,
        Protocol::V3,
        b"\x80\x03X\x04\x00\x00\x00a\xed\xa0\x80q\x00.",
    );
    assert_written(
        &Value::Complex(0.0, 1.0),
        Protocol::V2,
        b"\x80\x02c__builtin__\ncomplex\nq\x00G\x00\x00\x00\x00\x00\x00\x00\x00G?\xf0\x00\x00\x00\x00\x00\x00\x86q\x01Rq\x02.",
    );
}

#[test]
fn buffers_travel_beside_or_inside() {
    let buffer = |readonly| Value::from(Buffer::new(&b"abc"[..], readonly));
    let value = Value::list([buffer(true), buffer(false)]);
    assert_written(
        &value,
        Protocol::V5,
        b"\x80\x05\x95\x18\x00\x00\x00\x00\x00\x00\x00]\x94(C\x03abc\x94\x96\x03\x00\x00\x00\x00\x00\x00\x00abc\x94e.",
    );
    let (pickle, buffers) = dumps_with_buffers(&value).unwrap();
    assert_eq!(
        pickle,
        b"\x80\x05\x95\x08\x00\x00\x00\x00\x00\x00\x00]\x94(\x97\x98\x97e."
    );
    assert_eq!(buffers.len(), 2);
    let error = dumps(&value, Protocol::V4).unwrap_err();
    assert!(error.is_unsupported());
    assert!(error.to_string().contains("write protocol 5"), "{error}");
}

#[test]
fn what_stood_in_the_output_stays() {
    for protocol in ALL {
        let mut out = b"head".to_vec();
        dump_into(&Value::from("text"), protocol, &mut out).unwrap();
        assert_eq!(out[4..], dumps(&Value::from("text"), protocol).unwrap());
        assert!(out.starts_with(b"head"));
    }
    let mut out = b"head".to_vec();
    let bad = Value::list([Value::from(Buffer::readonly(&b""[..]))]);
    dump_into(&bad, Protocol::V2, &mut out).unwrap_err();
    assert_eq!(out, b"head");
}
