//! Checks on reading the answers of a manager.

use mpconn::Error;

use crate::codec::{self, Value};

/// Limit on the length of an error: the input, some of it twice, escaped.
const MAX_ERROR_LEN: usize = 256 << 10;

/// Any bytes are an answer or an error. The text of an error cannot control a terminal or pass for
/// a line of this program.
pub fn read(data: &[u8]) {
    for answer in [codec::answer(data), codec::xml_answer(data)] {
        match answer {
            Ok(value) => drop(codec::repr(&value)),
            Err(error) => check_error(&error),
        }
    }
}

fn check_error(error: &Error) {
    let text = error.to_string();
    assert!(
        text.len() <= MAX_ERROR_LEN,
        "{} bytes of error text",
        text.len()
    );
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default();
    assert_eq!(mpconn::escaped(first), first);
    for line in lines {
        assert!(
            line.starts_with("    "),
            "{line:?} passes for a line of ours"
        );
        assert_eq!(mpconn::escaped(line), line);
    }
    let Some(remote) = error.remote() else {
        return;
    };
    assert_eq!(remote.to_string(), text);
    // What programs ask.
    let questions = [
        remote.is_not_exposed(),
        remote.is_not_registered(),
        remote.is_unserializable(),
        remote.is_timeout(),
        remote.is("shop.OutOfStock"),
        remote.is(""),
    ];
    let parts: (Option<Value>, usize) = (remote.value(), remote.args().len());
    drop((questions, parts, remote.traceback()));
}
