//! Options that several verbs have.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::values::{Format, GROWTH, VALUES};

/// How long what is shown may become.
#[derive(Debug, Args)]
pub(crate) struct GrowthArgs {
    /// Let shared objects that come again add up to BYTES to a line; cut what is beyond
    ///
    /// A short message can hold one list a thousand times, which holds another one a thousand times.
    /// What is cut becomes an ellipsis, is reported on stderr, and makes the exit code 1. JSON is
    /// never cut: it then has each shared object once.
    #[arg(long, value_name = "BYTES", default_value_t = GROWTH)]
    pub(crate) max_growth: usize,
}

/// What a message may cost that is decoded.
#[derive(Debug, Args)]
pub(crate) struct ValuesArgs {
    /// Decode messages of up to N values
    ///
    /// A message of a megabyte can hold a million of them, each of which can take a hundred bytes of
    /// memory. A message with more than N is reported on stderr and makes the exit code 1; its
    /// connection goes on.
    #[arg(long, value_name = "N", default_value_t = VALUES)]
    pub(crate) max_values: usize,
}

/// How values are written and read.
#[derive(Debug, Args)]
pub(crate) struct FormatArgs {
    /// Values are JSON, one a line
    #[arg(long, conflicts_with = "raw")]
    pub(crate) json: bool,
    /// Payloads are no pickles but plain bytes (send_bytes, recv_bytes), as Python
    /// bytes literals: b'\x00abc'
    #[arg(long)]
    pub(crate) raw: bool,
}

impl From<&FormatArgs> for Format {
    fn from(args: &FormatArgs) -> Self {
        match args.raw {
            true => Format::Raw,
            false => Format::of_values(args.json),
        }
    }
}

/// Where the key comes from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Authentication")]
pub(crate) struct KeyArgs {
    /// The file that holds the key (Python's authkey); one line end at its end does not count
    ///
    /// Without this option the environment variable MPCONN_AUTHKEY is the key, if it is set. It can
    /// be read by root and by all processes of the same user (/proc/PID/environ, `ps e`). A file that
    /// others can read is reported on stderr.
    #[arg(long, value_name = "FILE")]
    pub(crate) authkey_file: Option<PathBuf>,
    /// The key is written as hex digits, in the file or in MPCONN_AUTHKEY
    #[arg(long)]
    pub(crate) authkey_hex: bool,
    /// What is offered to and accepted from the other side
    #[arg(long, value_enum, default_value_t = PolicyName::Compatible)]
    pub(crate) policy: PolicyName,
    /// Only there to be refused with a reason.
    #[arg(long, hide = true, num_args = 0..=1, value_name = "KEY")]
    pub(crate) authkey: Option<Option<OsString>>,
}

/// The policies of the handshake by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyName {
    /// CPython's own rules: every Python from 2.7 on
    Compatible,
    /// No MD5: Python 3.12 and later
    Modern,
    /// HMAC-SHA256 where others use HMAC-MD5: the FIPS-patched Pythons of RHEL
    Rhel,
}

/// About thirty years.
const LONGEST: Duration = Duration::from_secs(1_000_000_000);

/// Reads a number of seconds above zero.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "give a number of seconds, such as 5 or 0.5")?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if duration.is_zero() => {}
        // A point in time has to be beyond it.
        Ok(duration) if duration > LONGEST => {
            return Err(format!("give at most {} seconds", LONGEST.as_secs()));
        }
        Ok(duration) => return Ok(duration),
        Err(_) => {}
    }
    Err("give a number of seconds above zero, such as 5 or 0.5".into())
}
