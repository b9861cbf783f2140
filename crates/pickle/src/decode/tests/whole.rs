//! Messages that stay with the caller, and such that are taken.

use crate::{Protocol, Value, dumps, loads};

#[test]
fn large_bytes_stay_in_a_message_that_is_taken_and_leave_one_that_is_not() {
    let bytes = vec![7; 1 << 16];
    for value in [
        Value::from(&bytes[..]),
        Value::list([Value::from(1), Value::from(&bytes[..])]),
    ] {
        let message = dumps(&value, Protocol::V5).unwrap();
        let place = |value: &Value| match value {
            Value::List(items) => items[1].as_bytes().map(<[u8]>::as_ptr),
            other => other.as_bytes().map(<[u8]>::as_ptr),
        };
        let within = message.as_ptr_range();
        let stays = |value: &Value| place(value).is_some_and(|place| within.contains(&place));
        let copied = loads(&message).unwrap();
        assert!(copied == value && !stays(&copied));
        let taken = loads(message).unwrap();
        assert!(taken == value && stays(&taken));
    }
}
