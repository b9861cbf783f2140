//! Text and bytes in JSON.

/// Writes a string, with all escaped that steers a terminal or reverses the direction of writing.
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
            _ => {
                let [.., high, low] = u32::from(character).to_be_bytes();
                out.push_str("\\u");
                write_hexadecimal(out, &[high, low]);
            }
        }
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

/// All of these have four hexadecimal digits.
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

/// Writes two digits for each byte.
pub(super) fn write_hexadecimal(out: &mut String, bytes: &[u8]) {
    out.reserve(2 * bytes.len());
    let digit = |four: u8| char::from_digit(four.into(), 16).unwrap_or_default();
    for byte in bytes {
        out.push(digit(byte >> 4));
        out.push(digit(byte & 15));
    }
}
