//! Limits of the program, and errors that name the option that raises them.

use mpconn::Connection;
use mpconn::frame::FrameError;

/// Returns the longest accepted message: the option, or by default the library's limit with or
/// without a key.
pub(crate) fn max_message(option: Option<u64>, has_key: bool) -> u64 {
    option.unwrap_or(match has_key {
        true => Connection::DEFAULT_MAX_MESSAGE_LEN,
        false => Connection::DEFAULT_MAX_MESSAGE_LEN_WITHOUT_KEY,
    })
}

/// Returns the text of a connection error, with options of the program for methods of the library.
pub(crate) fn explain(error: &mpconn::Error) -> String {
    let text = error.to_string();
    let Some(FrameError::TooLong { len, max, .. }) = error.frame_error() else {
        return text;
    };
    let hint = text
        .find("; that length reads as ")
        .map_or("", |at| &text[at..]);
    format!(
        "bad message length: {len} bytes, the limit here is {max}, which --max-message raises{hint}"
    )
}

/// Removes the advice to raise a limit of the library, which is impossible at a shell.
pub(crate) fn without_advice(text: &str) -> &str {
    let Some(at) = text.rfind("raise Limits::") else {
        return text;
    };
    let before = text[..at].trim_end();
    let before = before.strip_suffix("or").unwrap_or(before).trim_end();
    before.trim_end_matches([',', ':'])
}

/// Returns the error with the text of [`explain`], if that differs.
pub(crate) fn in_words(error: mpconn::Error) -> anyhow::Error {
    let words = explain(&error);
    match words == error.to_string() {
        true => error.into(),
        false => super::exit_codes::Ended::failed(words).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mpconn::pickle::{self, Limits, ReadOptions};

    #[test]
    fn errors_of_limits_name_nothing_of_the_library() {
        let nested = b"\x80\x02]q\x00]q\x01a.";
        for (limits, told) in [
            (Limits::new().depth(1), "flatten it"),
            (Limits::new().values(1), "more than 1 values"),
            (Limits::new().memo(1), "more than 1 objects in the memo"),
        ] {
            let options = ReadOptions::new().limits(limits);
            let error = pickle::loads_with(&nested[..], &options).unwrap_err();
            let text = error.to_string();
            assert!(text.contains("raise Limits::"), "{text}");
            assert!(without_advice(&text).ends_with(told), "{text}");
        }
        assert_eq!(without_advice("no pickle"), "no pickle");
    }
}
