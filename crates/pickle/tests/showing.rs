//! The output for hostile messages is bounded, and where it must be complete it is.

#![cfg(feature = "json")]

mod hostile;

use std::fmt;

use mpconn_pickle::{SHOWN_GROWTH, Value, loads};

/// Small enough for debug builds, large enough that growth shows.
const SIZE: usize = 20_000;

/// Bytes of output for a byte of a message at most: DUP of a small object.
const PER_BYTE: usize = 200;

fn values() -> impl Iterator<Item = (&'static str, usize, Value)> {
    hostile::messages(SIZE).into_iter().map(|(name, message)| {
        let length = message.len();
        let value = loads(message).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, length, value)
    })
}

/// Counts bytes, and fails far above the limit, before memory is full.
struct Counter(usize);

impl fmt::Write for Counter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        assert!(self.0 < 1 << 30);
        Ok(())
    }
}

#[test]
fn text_is_bounded_by_the_message_and_the_growth() {
    for (name, length, value) in values() {
        for growth in [0, 10_000, SHOWN_GROWTH] {
            let mut counter = Counter(0);
            let shown = value.show().growth(growth).write_to(&mut counter);
            let most = length * PER_BYTE + growth;
            assert!(counter.0 <= most, "{name}: {} of {most}", counter.0);
            assert!(shown.is_ok());
        }
        assert!(format!("{value:?}").len() <= (64 << 10) + 3, "{name}");
        if let Ok(text) = value.try_repr(10_000) {
            assert_eq!(text, value.to_string(), "{name}");
        }
    }
}

#[test]
fn json_is_bounded_by_the_message_and_the_growth() {
    for (name, length, value) in values() {
        for growth in [0, SHOWN_GROWTH] {
            let json = value.show().growth(growth).to_json();
            assert!(json.len() <= length * PER_BYTE + growth, "{name}");
        }
        let exact = value.to_exact_json();
        assert!(exact.len() <= length * PER_BYTE, "{name}: {}", exact.len());
        let limit = exact.len();
        assert!(value.try_exact_json(limit).is_ok());
        assert!(value.try_exact_json(limit - 1).unwrap_err().is_limit());
    }
}

#[test]
fn exact_json_is_read_back_as_it_was_and_as_shared() {
    for (name, _, value) in values() {
        let exact = value.to_exact_json();
        let again = Value::from_json(&exact).unwrap_or_else(|error| panic!("{name}: {error}"));
        // Sharing is kept: otherwise the JSON would be longer.
        assert!(again.to_exact_json() == exact, "{name}");
        assert!(again == value, "{name}");
    }
}
