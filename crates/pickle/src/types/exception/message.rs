//! The messages of Python's built-in exceptions.

use crate::types::{
    Date, DateTime, Decimal, Fraction, IpAddress, IpNetwork, Path, Time, TimeDelta, TimeZone, Uuid,
};
use crate::{Class, Value};

/// Returns `str(class(*args))`.
pub(super) fn of(class: &Class, args: &[Value]) -> String {
    let name = match class.module().as_str() {
        "builtins" => class.qualname().as_str(),
        _ => "",
    };
    let special = match (name, args) {
        ("KeyError", [key]) => Some(key.to_string()),
        ("SyntaxError" | "IndentationError" | "TabError", [text, place]) => syntax(text, place),
        ("UnicodeDecodeError", [Value::Str(codec), bytes, start, end, reason]) => {
            decoding(codec, bytes.as_bytes(), [start, end], reason)
        }
        ("UnicodeEncodeError", [Value::Str(codec), Value::Str(text), start, end, reason]) => {
            encoding(Some(codec), text, [start, end], reason)
        }
        ("UnicodeTranslateError", [Value::Str(text), start, end, reason]) => {
            encoding(None, text, [start, end], reason)
        }
        ("ExceptionGroup" | "BaseExceptionGroup", [text, exceptions]) => group(text, exceptions),
        (_, [number, text, rest @ ..]) if is_os_error(class) => Some(os_error(number, text, rest)),
        _ => None,
    };
    special.unwrap_or_else(|| match args {
        [] => String::new(),
        [one] => str_of(one),
        several => Value::tuple(several.iter().cloned()).to_string(),
    })
}

/// Returns whether the class is `OSError` or a subclass of it.
pub(crate) fn is_os_error(class: &Class) -> bool {
    const OS_ERRORS: [&str; 16] = [
        "OSError",
        "IOError",
        "BlockingIOError",
        "ChildProcessError",
        "ConnectionError",
        "BrokenPipeError",
        "ConnectionAbortedError",
        "ConnectionRefusedError",
        "ConnectionResetError",
        "FileExistsError",
        "FileNotFoundError",
        "InterruptedError",
        "IsADirectoryError",
        "NotADirectoryError",
        "PermissionError",
        "TimeoutError",
    ];
    *class.module() == "builtins" && OS_ERRORS.contains(&class.qualname().as_str())
}

/// Returns `str(x)`, which differs from `repr(x)` for most known types.
fn str_of(value: &Value) -> String {
    macro_rules! displayed {
        ($($name:ident)*) => {
            $(if let Ok(known) = $name::try_from(value) {
                return known.to_string();
            })*
        };
    }
    match value {
        Value::Str(text) => return text.as_str().to_owned(),
        Value::Instance(_) => {
            displayed! {
                Date DateTime Decimal Fraction IpAddress IpNetwork Path Time TimeDelta TimeZone Uuid
            }
        }
        _ => {}
    }
    value.to_string()
}

/// Formats `[Errno 2] No such file: 'a' -> 'b'`. The Windows error follows the file.
fn os_error(number: &Value, text: &Value, rest: &[Value]) -> String {
    let mut message = format!("[Errno {}] {}", str_of(number), str_of(text));
    match rest {
        [file, _, other] if !file.is_none() && !other.is_none() => {
            message += &format!(": {file} -> {other}");
        }
        [file, ..] if !file.is_none() => message += &format!(": {file}"),
        _ => {}
    }
    message
}

/// Formats `invalid syntax (file.py, line 1)`.
fn syntax(text: &Value, place: &Value) -> Option<String> {
    let (file, line) = match place.items()? {
        [file, line, ..] => (file, line.as_i64()),
        _ => return None,
    };
    let file = file.as_str().and_then(|file| file.rsplit('/').next());
    let text = str_of(text);
    Some(match (file, line) {
        (Some(file), Some(line)) => format!("{text} ({file}, line {line})"),
        (Some(file), None) => format!("{text} ({file})"),
        (None, Some(line)) => format!("{text} (line {line})"),
        (None, None) => text,
    })
}

fn decoding(
    codec: &str,
    bytes: Option<&[u8]>,
    range: [&Value; 2],
    reason: &Value,
) -> Option<String> {
    let [start, end] = [range[0].as_i64()?, range[1].as_i64()?];
    let first = bytes?.get(usize::try_from(start).ok()?);
    let what = match (first, end.checked_sub(start)) {
        (Some(byte), Some(1)) => format!("byte {byte:#04x} in position {start}"),
        _ => format!("bytes in position {start}-{}", end.checked_sub(1)?),
    };
    let reason = str_of(reason);
    Some(format!("'{codec}' codec can't decode {what}: {reason}"))
}

fn encoding(codec: Option<&str>, text: &str, range: [&Value; 2], reason: &Value) -> Option<String> {
    let [start, end] = [range[0].as_i64()?, range[1].as_i64()?];
    let first = text.chars().nth(usize::try_from(start).ok()?);
    let what = match (first.map(u32::from), end.checked_sub(start)) {
        (Some(code), Some(1)) => {
            let shown = match code {
                0..=0xff => format!("\\x{code:02x}"),
                0x100..=0xffff => format!("\\u{code:04x}"),
                _ => format!("\\U{code:08x}"),
            };
            format!("character '{shown}' in position {start}")
        }
        _ => format!("characters in position {start}-{}", end.checked_sub(1)?),
    };
    let reason = str_of(reason);
    Some(match codec {
        Some(codec) => format!("'{codec}' codec can't encode {what}: {reason}"),
        None => format!("can't translate {what}: {reason}"),
    })
}

/// Formats `text (2 sub-exceptions)`.
fn group(text: &Value, exceptions: &Value) -> Option<String> {
    let number = exceptions.items()?.len();
    let plural = if number == 1 { "" } else { "s" };
    Some(format!("{} ({number} sub-exception{plural})", str_of(text)))
}
