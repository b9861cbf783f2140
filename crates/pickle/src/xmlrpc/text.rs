//! Characters that XML forbids, and those that need an escape.

/// Returns the position of the first character that XML 1.0 forbids: control characters except tab
/// and line ends, U+FFFE and U+FFFF.
pub(super) fn find_forbidden(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let suspect = |byte: &u8| matches!(byte, 0..=0x08 | 0x0b | 0x0c | 0x0e..=0x1f | 0xef);
    let mut from = 0;
    while let Some(found) = bytes[from..].iter().position(suspect) {
        let at = from + found;
        match bytes[at..] {
            // Many other characters begin with this byte.
            [0xef, 0xbf, 0xbe | 0xbf, ..] => return Some(at),
            [0xef, ..] => from = at + 1,
            _ => return Some(at),
        }
    }
    None
}

/// Appends text as `xmlrpc.client.escape` writes it.
pub(super) fn escape_into(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let mut plain = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let escaped: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            _ => continue,
        };
        out.extend_from_slice(&bytes[plain..at]);
        out.extend_from_slice(escaped);
        plain = at + 1;
    }
    out.extend_from_slice(&bytes[plain..]);
}

/// Returns the beginning of a text for an error message.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}...", &text[..end]),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_does_not_have_is_found() {
        for (text, at) in [
            ("", None),
            ("plain\t\r\n\u{7f}\u{80}\u{9f}", None),
            ("ab\0", Some(2)),
            ("\u{1f}", Some(0)),
            ("\u{f000}\u{fffd}\u{fffe}", Some(6)),
            ("\u{f000}\u{ffff}", Some(3)),
            ("\u{1fffe}\u{10ffff}", None),
        ] {
            assert_eq!(find_forbidden(text), at, "{text:?}");
        }
    }

    #[test]
    fn three_characters_are_escaped() {
        let mut out = b"<a>".to_vec();
        escape_into(&mut out, "&<é>\"'&amp;");
        assert_eq!(out, "<a>&amp;&lt;é&gt;\"'&amp;amp;".as_bytes());
    }

    #[test]
    fn only_the_beginning_is_shown() {
        assert_eq!(shown("é\n"), "\"é\\n\"");
        assert_eq!(shown(&"é".repeat(41)), format!("\"{}\"...", "é".repeat(40)));
    }
}
