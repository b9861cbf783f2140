//! Writes text and bytes as JSON.

/// Writes a string; escapes characters that control a terminal or the direction of text.
pub(super) fn write_text(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, character) in text.char_indices() {
        if !is_escaped(character) {
            continue;
        }
        out.push_str(&text[plain..at]);
        plain = at + character.len_utf8();
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ => write_escape(out, character),
        }
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

/// All of them have four hexadecimal digits.
fn is_escaped(character: char) -> bool {
    matches!(
        character,
        '"' | '\\'
            | '\0'..='\x1f'
            | '\x7f'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
    )
}

/// Writes `\u001b` for a character of four hexadecimal digits.
fn write_escape(out: &mut String, character: char) {
    let [.., high, low] = u32::from(character).to_be_bytes();
    let [a, b] = digits(high);
    let [c, d] = digits(low);
    // Appended at once: there may be many.
    out.push_str(str::from_utf8(&[b'\\', b'u', a, b, c, d]).unwrap_or_default());
}

/// Writes two digits a byte.
pub(super) fn write_hexadecimal(out: &mut String, bytes: &[u8]) {
    out.reserve(2 * bytes.len());
    for byte in bytes {
        out.push_str(str::from_utf8(&digits(*byte)).unwrap_or_default());
    }
}

fn digits(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [byte >> 4, byte & 15].map(|four| DIGITS[usize::from(four)])
}
