//! The key, from a file or from the environment, and never from the command line.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use mpconn::AuthKey;
use mpconn::handshake::Policy;

use super::args::{KeyArgs, PolicyName};
use super::exit_codes::Ended;

/// Where the key stands when no file is named.
pub(crate) const VARIABLE: &str = "MPCONN_AUTHKEY";

const NEVER_AN_ARGUMENT: &str = "\
a key on the command line can be read by every user of this machine (ps), and stays in the \
history of the shell; put it in a file and name that (--authkey-file FILE), or in the environment \
(MPCONN_AUTHKEY=... mpconn ...)";

impl KeyArgs {
    /// The key, `None` where none was given: then there is no authentication.
    pub(crate) fn key(&self) -> Result<Option<AuthKey>, Ended> {
        if self.authkey.is_some() {
            return Err(Ended::usage(NEVER_AN_ARGUMENT));
        }
        let (bytes, source) = match (&self.authkey_file, std::env::var_os(VARIABLE)) {
            (Some(path), _) => (read(path)?, path.display().to_string()),
            (None, Some(value)) => (from_environment(value)?, VARIABLE.to_owned()),
            (None, None) if self.authkey_hex => {
                return Err(Ended::usage(format!(
                    "--authkey-hex says how a key is written, and there is none: \
                     give --authkey-file FILE or set {VARIABLE}"
                )));
            }
            (None, None) => return Ok(None),
        };
        if self.authkey_hex {
            let bytes = from_hex(&bytes)
                .map_err(|why| Ended::usage(format!("the key in {source} is no hex: {why}")))?;
            return Ok(Some(AuthKey::new(bytes)));
        }
        Ok(Some(AuthKey::new(bytes)))
    }

    pub(crate) fn policy(&self) -> Policy {
        match self.policy {
            PolicyName::Compatible => Policy::compatible(),
            PolicyName::Modern => Policy::modern_only(),
            PolicyName::Rhel => Policy::rhel(),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Ended> {
    let bytes = fs::read(path).map_err(|error| {
        Ended::usage(format!(
            "cannot read the key from {}: {error}",
            path.display()
        ))
    })?;
    Ok(without_line_end(bytes))
}

/// What an editor or `echo` adds to a key that is text. A key of bytes that are no
/// text stays as it is.
fn without_line_end(mut bytes: Vec<u8>) -> Vec<u8> {
    if std::str::from_utf8(&bytes).is_ok() && bytes.ends_with(b"\n") {
        bytes.pop();
        if bytes.ends_with(b"\r") {
            bytes.pop();
        }
    }
    bytes
}

fn from_environment(value: OsString) -> Result<Vec<u8>, Ended> {
    value.into_string().map(String::into_bytes).map_err(|_| {
        Ended::usage(format!(
            "{VARIABLE} is no UTF-8 text: write such a key as hex and add --authkey-hex"
        ))
    })
}

/// White space between the digits does not count. The error never quotes the key.
fn from_hex(text: &[u8]) -> Result<Vec<u8>, String> {
    let digits = text.iter().filter(|b| !b.is_ascii_whitespace());
    let nibbles = digits
        .enumerate()
        .map(|(i, &b)| {
            char::from(b)
                .to_digit(16)
                .and_then(|nibble| u8::try_from(nibble).ok())
                .ok_or_else(|| format!("character {} is no hex digit", i + 1))
        })
        .collect::<Result<Vec<u8>, _>>()?;
    let (pairs, rest) = nibbles.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(format!(
            "{} digits are an odd number, two make a byte",
            nibbles.len()
        ));
    }
    Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_and_refused() {
        assert_eq!(from_hex(b"00ffAb"), Ok(vec![0, 0xff, 0xab]));
        assert_eq!(from_hex(b"00 ff\n"), Ok(vec![0, 0xff]));
        assert_eq!(from_hex(b""), Ok(vec![]));
        assert!(from_hex(b"0").unwrap_err().contains("odd"));
        assert!(from_hex(b"0g").unwrap_err().contains("character 2"));
    }

    #[test]
    fn one_line_end_of_text_does_not_count() {
        assert_eq!(without_line_end(b"key\n".to_vec()), b"key");
        assert_eq!(without_line_end(b"key\r\n".to_vec()), b"key");
        assert_eq!(without_line_end(b"key\n\n".to_vec()), b"key\n");
        assert_eq!(without_line_end(b"\xff\n".to_vec()), b"\xff\n");
        assert_eq!(without_line_end(b"\n".to_vec()), b"");
    }
}
