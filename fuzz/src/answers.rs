//! What must hold of the answers of a manager.

use mpconn::Error;

use crate::seam::{self, Value};

/// The bytes that an error may take, whatever came: the input itself, some of it twice, escaped.
const TOLD: usize = 256 << 10;

/// Any bytes are an answer or an error, and nothing of an error steers a terminal or passes for a
/// line of ours.
pub fn read(data: &[u8]) {
    for answer in [seam::answer(data), seam::xml_answer(data)] {
        match answer {
            Ok(value) => drop(seam::repr(&value)),
            Err(error) => told(&error),
        }
    }
}

fn told(error: &Error) {
    let text = error.to_string();
    assert!(text.len() <= TOLD, "{} bytes are told", text.len());
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
