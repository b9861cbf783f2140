//! What bytes look like that are not the handshake.

/// How the first bytes of other protocols begin, and what to call them.
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

/// A description with the bytes themselves: `an HTTP request: b'GET / HT'...`
pub(crate) fn describe(bytes: &[u8]) -> String {
    let known = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic));
    let name = match known {
        Some((_, name)) => name,
        // The four bytes that a frame header fills and nothing after them.
        None if bytes
            .iter()
            .all(|b| b.is_ascii_graphic() || b.is_ascii_whitespace()) =>
        {
            "a text protocol"
        }
        None => "an unknown protocol",
    };
    format!("the first bytes look like {name}: {}", quote(bytes))
}

/// The first 32 bytes as a Python bytes literal.
pub(crate) fn quote(bytes: &[u8]) -> String {
    let shown = &bytes[..bytes.len().min(32)];
    let more = if shown.len() < bytes.len() { "..." } else { "" };
    format!("b'{}'{more}", shown.escape_ascii())
}

/// Whether a message looks like a pickle: protocol 2 to 5 by its first opcode,
/// 0 and 1 by its last.
pub(crate) fn is_pickle(message: &[u8]) -> bool {
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
}
