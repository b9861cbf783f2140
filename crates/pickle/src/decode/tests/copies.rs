//! What a few bytes of a pickle could multiply: each copy is accounted for.

use super::{refusal, value};
use crate::Value;

/// A text of protocol 1 on.
fn text(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap();
    [b"X", &length.to_le_bytes()[..], content].concat()
}

/// `start` leaves a class and a tuple of arguments in memo entries 0 and 1.
fn called_often(start: &[u8], times: usize) -> Vec<u8> {
    let calls = b"h\0h\x01R".repeat(times);
    [b"\x80\x04", start, b"](", &calls, b"e."].concat()
}

#[test]
fn arguments_that_are_used_again_are_copied_again() {
    let items = b"K\x01".repeat(100_000);
    let bytes = [b"B", &[0, 0, 1, 0][..], &[7; 1 << 16]].concat();
    for (start, times) in [
        (
            [b"cbuiltins\nset\n\x94](", &items[..], b"e\x85\x94"].concat(),
            200,
        ),
        (
            [b"cbuiltins\nbytearray\n\x94", &bytes[..], b"\x85\x94"].concat(),
            5000,
        ),
        (
            [
                &b"c_codecs\nencode\n\x94"[..],
                &text(&[b'a'; 1 << 16]),
                &text(b"latin1"),
                b"\x86\x94",
            ]
            .concat(),
            5000,
        ),
    ] {
        let error = refusal(&called_often(&start, times));
        assert!(
            error.is_limit() && error.to_string().contains("Limits::growth"),
            "{error}"
        );
    }
}

#[test]
fn sets_made_of_sets_are_copies() {
    let items = b"K\x01".repeat(100_000);
    let first = [b"\x80\x04cbuiltins\nset\n\x94](", &items[..], b"e"].concat();
    // Each is made of the one before.
    let mut message = [&first[..], b"\x94"].concat();
    for index in 1..200_u8 {
        message.extend([b'0', b'h', 0, b'h', index, 0x85, b'R', 0x94]);
    }
    message.push(b'.');
    assert!(refusal(&message).is_limit());
}

#[test]
fn a_long_name_is_a_copy_for_each_class() {
    let names = [text(b"m"), vec![0x94], text(&[b'n'; 1 << 16]), vec![0x94]].concat();
    let message = [
        b"\x80\x04",
        &names[..],
        b"](",
        &b"h\0h\x01\x93".repeat(5000),
        b"e.",
    ]
    .concat();
    assert!(refusal(&message).is_limit());
}

#[test]
fn items_of_a_list_and_of_the_set_made_of_it_are_the_same_objects() {
    // a = [(1,), 'x']; [a, frozenset(a)]
    let read = value(b"\x80\x04](]\x94(K\x01\x85X\x01\0\0\0xecbuiltins\nfrozenset\nh\0\x85Re.");
    let [list, set] = read.items().unwrap() else {
        panic!("{read}");
    };
    for at in [0, 1] {
        assert_eq!(
            list.items().unwrap()[at].id(),
            set.items().unwrap()[at].id()
        );
    }
}

#[test]
fn items_shared_by_way_of_sets_do_not_double_each_time() {
    // x = (); then often: a = (x,); x = (a, frozenset(a))
    let mut message = b"\x80\x04cbuiltins\nfrozenset\n\x94)".to_vec();
    for step in 0..60_u8 {
        let a = 1 + 2 * step;
        message.extend([0x85, 0x94, b'h', 0, b'h', a, 0x85, b'R', 0x86, 0x94]);
    }
    message.push(b'.');
    let deep = value(&message);
    assert!(matches!(deep, Value::Tuple(_)));
}

#[test]
fn bytearrays_are_no_keys() {
    let error = refusal(b"\x80\x05}\x96\x01\0\0\0\0\0\0\0aNs.");
    assert!(
        error.to_string().contains("a bytearray as a dict key"),
        "{error}"
    );
}

#[test]
fn a_class_has_a_name() {
    for message in [
        &b"\x80\x04\x8c\0\x8c\x01a\x93."[..],
        b"\x80\x04\x8c\x01a\x8c\0\x93.",
    ] {
        assert!(refusal(message).is_malformed());
    }
}

#[test]
fn no_state_changes_nothing() {
    assert_eq!(value(b"K\x05Nb."), Value::Int(5));
    assert_eq!(value(b"]Nb."), Value::list::<Value>([]));
    assert!(refusal(b"]}b.").is_malformed());
}
