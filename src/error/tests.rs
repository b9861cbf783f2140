//! Errors of the library: their questions and words.

use super::*;

#[test]
fn another_protocol_is_suspected_where_a_message_ends_early() {
    let get = u32::from_be_bytes(*b"GET ").into();
    let text = |got: u64, len: u64| {
        let mut decoder = crate::frame::Decoder::new();
        let len = u32::try_from(len).unwrap();
        decoder.buffer(&len.to_be_bytes()).unwrap();
        decoder.advance(u64::MAX).unwrap();
        decoder
            .buffer(&vec![0; usize::try_from(got).unwrap()])
            .unwrap();
        let (mut receiving, _) = mpconn_proto::connection::halves(decoder);
        Error::from(receiving.handle_eof()).to_string()
    };
    let early = text(74, get);
    assert!(early.contains("after 74 of 1195725856 bytes; "), "{early}");
    assert!(early.contains("'GET ' (an HTTP request)"), "{early}");
    assert!(text(1 << 30, get).ends_with("of 1195725856 bytes"));
    assert!(text(1, 4).ends_with("after 1 of 4 bytes"));
    let mut decoder = crate::frame::Decoder::new();
    decoder.buffer(b"GET ").unwrap();
    let too_long = Error::from(decoder.advance(9).unwrap_err()).to_string();
    assert!(too_long.contains("the limit here is 9; "), "{too_long}");
    assert!(too_long.contains("'GET ' (an HTTP request)"), "{too_long}");
}

#[test]
fn text_of_others_is_escaped() {
    let text = "a\x1b[2J\u{9b}31m\r\n#1 opened\u{202e}";
    let escaped = "a\\x1b[2J\\x9b31m\\r\\n#1 opened\\u202e";
    let denied = || io::Error::from(io::ErrorKind::PermissionDenied);
    let path = Address::unix(format!("/{text}"));
    for error in [
        Error::io(format!("cannot connect to {path}"), denied()),
        Error::io(text, denied()),
        Error::io("cannot accept", io::Error::other(text)),
        Error::handshake(Some(&path), HandshakeError::WrongKey),
        Error::codec(text),
        Cause::Usage(text.into()).into(),
        Cause::Within {
            context: text.into(),
            note: "",
            detail: Box::new(()),
            source: Box::new(Error::codec("x")),
        }
        .into(),
        text.parse::<Address>().unwrap_err().into(),
    ] {
        let shown = error.to_string();
        assert!(shown.contains(escaped), "{shown:?}");
        assert_eq!(crate::escaped(&shown), shown);
    }
}

#[test]
fn nothing_is_told_twice_along_the_chain_of_causes() {
    let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
    for error in [
        Error::handshake(None, HandshakeError::WrongKey),
        Error::io("cannot connect", refused),
        Error::codec("no pickle"),
    ] {
        assert!(error.source().is_none(), "{error}");
    }
}
