//! The key, from a file or from the environment, and never from the command line.

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use mpconn::AuthKey;
use mpconn::handshake::Policy;

use super::args::{KeyArgs, PolicyName};
use super::exit_codes::Ended;
use super::output;

/// Where the key stands when no file is named.
pub(crate) const VARIABLE: &str = "MPCONN_AUTHKEY";

const NEVER_AN_ARGUMENT: &str = "\
a key on the command line can be read by every user of this machine (ps), and stays in the \
history of the shell; put it in a file and name that (--authkey-file FILE), or in the environment \
(MPCONN_AUTHKEY=... mpconn ...)";

/// The key that was given, with what a person should know about it.
pub(crate) struct Given {
    pub(crate) key: AuthKey,
    warnings: Vec<String>,
}

impl Given {
    /// Tells the warnings on standard error.
    pub(crate) fn warn(&self) {
        for warning in &self.warnings {
            output::note(&format!("mpconn: {warning}"));
        }
    }
}

impl KeyArgs {
    /// Returns the key after telling its warnings, `None` where none was given: then there is no
    /// authentication.
    pub(crate) fn key(&self) -> Result<Option<AuthKey>, Ended> {
        let given = self.given()?;
        if let Some(given) = &given {
            given.warn();
        }
        Ok(given.map(|given| given.key))
    }

    /// Returns the key with its warnings, which are still to be told.
    pub(crate) fn given(&self) -> Result<Option<Given>, Ended> {
        if self.authkey.is_some() {
            return Err(Ended::usage(NEVER_AN_ARGUMENT));
        }
        match (&self.authkey_file, std::env::var_os(VARIABLE)) {
            (Some(path), _) => self.in_file(path).map(Some),
            (None, Some(value)) => {
                let key = self.decoded(from_environment(value)?, VARIABLE)?;
                let warning = is_empty(&key).then(|| {
                    format!(
                        "{}; unset the variable for no authentication",
                        empty(VARIABLE)
                    )
                });
                Ok(Some(Given {
                    key,
                    warnings: warning.into_iter().collect(),
                }))
            }
            (None, None) if self.authkey_hex => Err(Ended::usage(format!(
                "--authkey-hex says how a key is written, and there is none: \
                 give --authkey-file FILE or set {VARIABLE}"
            ))),
            (None, None) => Ok(None),
        }
    }

    /// Returns the key in a file with its warnings, which are still to be told.
    pub(crate) fn in_file(&self, path: &Path) -> Result<Given, Ended> {
        let (bytes, metadata) = read(path)?;
        let source = path.display().to_string();
        let key = self.decoded(bytes, &source)?;
        let mut warnings = Vec::new();
        warnings.extend(exposure(path, &metadata));
        warnings.extend(is_empty(&key).then(|| empty(&source)));
        Ok(Given { key, warnings })
    }

    fn decoded(&self, bytes: Vec<u8>, source: &str) -> Result<AuthKey, Ended> {
        match self.authkey_hex {
            false => Ok(AuthKey::new(bytes)),
            true => from_hex(&bytes)
                .map(AuthKey::new)
                .map_err(|why| Ended::usage(format!("the key in {source} is no hex: {why}"))),
        }
    }

    pub(crate) fn policy(&self) -> Policy {
        match self.policy {
            PolicyName::Compatible => Policy::compatible(),
            PolicyName::Modern => Policy::modern_only(),
            PolicyName::Rhel => Policy::rhel(),
        }
    }
}

fn is_empty(key: &AuthKey) -> bool {
    key.as_bytes().is_empty()
}

fn empty(source: &str) -> String {
    format!("{source} is empty, and so is the key: authkey=b'' in Python, which anyone can guess")
}

fn read(path: &Path) -> Result<(Vec<u8>, Metadata), Ended> {
    let read = || -> io::Result<_> {
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok((without_line_end(bytes), metadata))
    };
    read().map_err(|error| {
        let path = path.display();
        Ended::usage(format!("cannot read the key from {path}: {error}"))
    })
}

/// The permission bits of the group and of all others.
const OTHERS: u32 = 0o077;

/// A warning where others than the owner have a part in the file. Pipes and devices are of the
/// shell's own making.
fn exposure(path: &Path, metadata: &Metadata) -> Option<String> {
    let mode = metadata.mode() & 0o777;
    (metadata.is_file() && mode & OTHERS != 0).then(|| {
        let path = path.display();
        format!(
            "the key file {path} is open to other users of this machine (mode {mode:03o}): \
             chmod 600 makes it yours alone"
        )
    })
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
