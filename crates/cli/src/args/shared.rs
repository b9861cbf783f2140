//! Options that several verbs have.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::values::{Format, GROWTH, VALUES};

/// How long a printed line may become.
#[derive(Debug, Args)]
pub(crate) struct GrowthArgs {
    /// Repeat shared objects for up to BYTES of a line; cut what is beyond
    ///
    /// A short message can hold one list a thousand times, which holds another one a thousand times.
    /// The cut part is replaced by an ellipsis and reported on stderr, and the exit code is 1. JSON is
    /// never cut: it has each shared object once then.
    #[arg(long, value_name = "BYTES", default_value_t = GROWTH)]
    pub(crate) max_growth: usize,
}

/// What decoding a message may cost.
#[derive(Debug, Args)]
pub(crate) struct ValuesArgs {
    /// Decode messages of up to N values
    ///
    /// A message of a megabyte can hold a million values of a hundred bytes of memory each. A message
    /// with more than N is reported on stderr, and the exit code is 1; its connection goes on.
    #[arg(long, value_name = "N", default_value_t = VALUES)]
    pub(crate) max_values: usize,
}

/// How values are written and read.
#[derive(Debug, Args)]
pub(crate) struct FormatArgs {
    /// Read and print values as JSON, one a line
    #[arg(long, conflicts_with = "raw")]
    pub(crate) json: bool,
    /// Send and receive plain bytes instead of pickles (send_bytes, recv_bytes), written as Python
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
    /// Read the key (Python's authkey) from FILE; one line end at its end is ignored
    ///
    /// By default the key is the environment variable MPCONN_AUTHKEY, if it is set. Root and all
    /// processes of the same user can read that (/proc/PID/environ, `ps e`). A file that others can
    /// read is reported on stderr.
    #[arg(long, value_name = "FILE")]
    pub(crate) authkey_file: Option<PathBuf>,
    /// The key, in FILE or in MPCONN_AUTHKEY, is written as hex digits
    #[arg(long)]
    pub(crate) authkey_hex: bool,
    /// Which digests are offered to and accepted from the other side
    #[arg(long, value_enum, default_value_t = PolicyName::Compatible)]
    pub(crate) policy: PolicyName,
    /// Refused with a reason: the command line is public.
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
        .map_err(|_| "write a number of seconds, such as 5 or 0.5")?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if duration.is_zero() => {}
        // A point in time has to be beyond it.
        Ok(duration) if duration > LONGEST => {
            return Err(format!("write at most {} seconds", LONGEST.as_secs()));
        }
        Ok(duration) => return Ok(duration),
        Err(_) => {}
    }
    Err("write a number of seconds above zero, such as 5 or 0.5".into())
}
