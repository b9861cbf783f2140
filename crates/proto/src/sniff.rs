//! Guesses from a peer's first bytes which other protocol it speaks, or whether it sends pickles.
//! No I/O.

/// The first bytes of other protocols, and their names in an error.
const KNOWN: &[(&[u8], &str)] = &[
    (b"HTTP/", "an HTTP server's reply"),
    (b"<!DO", "a web page"),
    (b"<!do", "a web page"),
    (b"<htm", "a web page"),
    (b"GET ", "an HTTP request"),
    (b"HEAD", "an HTTP request"),
    (b"POST", "an HTTP request"),
    (b"PUT ", "an HTTP request"),
    (b"OPTI", "an HTTP request"),
    (b"CONN", "an HTTP request"),
    (b"DELE", "an HTTP request"),
    (b"PRI * HTTP/2", "an HTTP/2 client"),
    (b"SSH-", "an SSH server or client"),
    (b"\x16\x03", "a TLS handshake"),
    (b"\x15\x03", "a TLS alert"),
    (b"220 ", "an FTP or SMTP server's greeting"),
    (b"220-", "an FTP or SMTP server's greeting"),
    (b"+OK ", "a POP3 server's greeting"),
    (b"* OK", "an IMAP server's greeting"),
    (b"-ERR", "a Redis or POP3 server's error"),
    (b"-DEN", "a Redis server's error"),
    (b"AMQP", "an AMQP peer"),
    (b"\x05\x01", "a SOCKS 5 client"),
    (b"\x05\x02", "a SOCKS 5 client"),
    (b"\xff\x00", "a ZeroMQ peer"),
];

/// Bytes of a short frame header. Fewer bytes do not tell protocols apart.
const HEADER_LEN: usize = 4;

/// Returns the name of the protocol that begins with these bytes. Four bytes of a longer beginning
/// are enough.
fn known(bytes: &[u8]) -> Option<&'static str> {
    let alike = |magic: &[u8]| {
        bytes.starts_with(magic) || (bytes.len() >= HEADER_LEN && magic.starts_with(bytes))
    };
    let (_, name) = KNOWN.iter().find(|(magic, _)| alike(magic))?;
    Some(name)
}

fn is_text(bytes: &[u8]) -> bool {
    let readable = |b: &u8| b.is_ascii_graphic() || b.is_ascii_whitespace();
    bytes.iter().all(readable)
}

/// Describes the bytes and quotes them: `an HTTP request: b'GET / HT'...`
pub fn describe(bytes: &[u8]) -> String {
    let name = match known(bytes) {
        Some(name) => name,
        // The four bytes that a frame header fills and nothing after them.
        None if is_text(bytes) => "a text protocol",
        None => "an unknown protocol",
    };
    format!("the first bytes look like {name}: {}", quote(bytes))
}

/// Returns a hint for the error about a message of that length, if its header reads as text or as
/// the beginning of TLS; otherwise an empty string.
pub fn length_hint(len: u64) -> String {
    let header = match u32::try_from(len) {
        Ok(len) => len.to_be_bytes(),
        // A long header begins with -1, as no other protocol does.
        Err(_) => return String::new(),
    };
    let (kind, name) = match header {
        [0x15 | 0x16, 3, ..] => ("bytes", known(&header)),
        _ if is_text(&header) => ("text", known(&header)),
        _ => return String::new(),
    };
    let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
    let header = header.escape_ascii();
    format!(
        "; that length reads as the {kind} '{header}'{name}: the peer probably speaks another protocol, check the address and the port"
    )
}

/// Returns the first 32 bytes as a Python bytes literal.
pub fn quote(bytes: &[u8]) -> String {
    let shown = &bytes[..bytes.len().min(32)];
    let more = if shown.len() < bytes.len() { "..." } else { "" };
    format!("b'{}'{more}", shown.escape_ascii())
}

/// Returns whether a whole message looks like a pickle: by its first opcode in protocols 2 to 5, by
/// its last in 0 and 1.
pub fn is_pickle(message: &[u8]) -> bool {
    matches!(
        message,
        [0x80, 0..=5, .., b'.']
            | [
                b'(' | b']'
                    | b'}'
                    | b'K'
                    | b'I'
                    | b'N'
                    | b'S'
                    | b'U'
                    | b'X'
                    | b'V'
                    | b'F'
                    | b'G'
                    | b'L'
                    | b'M'
                    | b'J'
                    | b'c',
                ..,
                b'.'
            ]
    ) || message == b"N."
}

/// Number of bytes that [`begins_pickle`] looks at.
pub const PICKLE_BEGINNING: usize = 2;

/// Returns whether an incomplete message begins like a pickle: with `PROTO` in protocols 2 to 5, in
/// 0 and 1 with an opcode and what may follow it.
pub fn begins_pickle(message: &[u8]) -> bool {
    match message {
        [0x80, 0..=5, ..] => true,
        // A container is pushed empty, then memoised or filled.
        [b']' | b'}' | b')', b'p' | b'q' | b'r' | b'(', ..] => true,
        [b'(', next, ..] => b"(dlicINSVFGJKLMUTX])}".contains(next),
        [b'S', b'\'' | b'"', ..] => true,
        [b'I' | b'L' | b'F', b'-' | b'0'..=b'9', ..] => true,
        [b'c', b'_' | b'a'..=b'z' | b'A'..=b'Z', ..] => true,
        // Text, followed by its length or its first character.
        [b'X' | b'U' | b'T' | b'V', ..] => message.len() >= PICKLE_BEGINNING,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_it_knows() {
        assert!(describe(b"GET / HTTP/1.1").contains("HTTP request"));
        assert!(describe(b"\x16\x03\x01\x02\x00").contains("TLS"));
        assert!(describe(b"SSH-2.0-x").contains("SSH"));
        assert!(describe(b"\x00\x01\xff\xfe").contains("unknown"));
        assert!(describe(b"hello there").contains("text protocol"));
    }

    #[test]
    fn knows_pickles_of_every_protocol() {
        for pickle in [
            &b"\x80\x04K\x01."[..],
            b"\x80\x02X\x00\x00\x00\x00.",
            b"I1\n.",
            b"K\x01.",
            b"N.",
        ] {
            assert!(is_pickle(pickle), "{pickle:?}");
        }
        assert!(!is_pickle(b"#FAILURE#"));
        assert!(!is_pickle(&[0xaa; 16]));
    }

    #[test]
    fn knows_the_beginnings_of_pickles() {
        for pickle in [
            &b"\x80\x04\x95"[..],
            b"\x80\x02X",
            b"(lp0\n",
            b"(dp0",
            b"]q\0(",
            b"}q\0",
            b"S'text",
            b"I12",
            b"L-1",
            b"Vtext",
            b"X\0\x01",
            b"cbuiltins",
        ] {
            assert!(begins_pickle(pickle), "{pickle:?}");
        }
        for junk in [
            &b""[..],
            b"\x80",
            b"\x80\x06",
            b"(",
            b"X",
            b"hello",
            b"\xfe\xfe",
            b"\0\0",
            b"{sha256}",
            b"#CHALLENGE#",
            b"I am",
            b"Some",
            b"<html>",
        ] {
            assert!(!begins_pickle(junk), "{junk:?}");
        }
    }

    #[test]
    fn four_bytes_of_a_longer_beginning_are_enough() {
        assert!(describe(b"HTTP").contains("HTTP server"));
        assert!(describe(b"PRI ").contains("HTTP/2"));
        assert!(describe(b"\x16").contains("unknown"));
    }

    #[test]
    fn a_length_that_reads_as_another_protocol_has_a_hint() {
        let hint = |header: &[u8; 4]| length_hint(u32::from_be_bytes(*header).into());
        let get = hint(b"GET ");
        assert!(get.contains("text 'GET ' (an HTTP request)"), "{get}");
        assert!(get.contains("probably speaks another protocol"), "{get}");
        assert!(hint(b"HTTP").contains("an HTTP server's reply"));
        assert!(hint(b"EHLO").contains("text 'EHLO': the peer"));
        assert!(hint(b"\r\n\r\n").contains(r"'\r\n\r\n'"));
        assert!(hint(b"\x16\x03\x01\x02").contains("a TLS handshake"));
        for len in [0, 5, 256, 1 << 20, 1 << 30, 0x7fff_ffff, 1 << 40, u64::MAX] {
            assert_eq!(length_hint(len), "", "{len}");
        }
        // SOCKS and ZeroMQ begin with bytes that a real length may have.
        assert_eq!(hint(b"\x05\x01\x00\x05"), "");
    }
}
