//! `mpconn pickle`: verbs, options and their help.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use mpconn::pickle::{Limits, Protocol, Python2Str, ReadOptions};

use crate::values;

/// Shows, reads, makes and converts pickles, in files and pipes
///
/// Nothing that a pickle names is imported or called, so untrusted pickles are safe to read here.
/// Reads protocols 0 to 5, writes 2 to 5.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true, subcommand_value_name = "VERB")]
#[command(subcommand_help_heading = "Verbs", disable_help_subcommand = true)]
#[command(after_help = "\
Examples:
  mpconn pickle show data.pkl                  every opcode: Python's pickletools
  mpconn pickle load data.pkl                  as a Python literal
  mpconn pickle load --json data.pkl | jq .
  echo \"{'a': [1, 2.5]}\" | mpconn pickle dump -o data.pkl
  mpconn pickle recode --protocol 2 new.pkl -o old.pkl    for Python 2.7")]
pub(crate) struct Pickle {
    #[command(subcommand)]
    pub(crate) verb: PickleVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PickleVerb {
    Show(Show),
    Load(Load),
    Dump(Dump),
    Recode(Recode),
}

/// Prints every opcode of pickles, with offsets, marks and memo, as Python's pickletools does
///
/// Shows a damaged pickle up to the error, then the error and its offset; the exit code is 1. Shows
/// all pickles of the input.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mpconn pickle show data.pkl
  mpconn pickle show --stack data.pkl | less
  mpconn pickle show --frames captured.bin     messages as multiprocessing sends them
  python3 -c 'import pickle, sys; sys.stdout.buffer.write(pickle.dumps([1, {}]))' |
      mpconn pickle show

How to read a line: offset, opcode as a byte, its name, its argument, the mark that it pops;
after the # what a memo entry holds, what a name is, where a frame ends.
Compare: python3 -m pickletools data.pkl")]
pub(crate) struct Show {
    /// The file to read [default: standard input, as with `-`]
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Show the topmost N objects of the stack after each opcode, by their types [default N: 8]
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "8")]
    pub(crate) stack: Option<usize>,
    /// Show whole arguments; by default those above 80 bytes are shortened
    #[arg(long)]
    pub(crate) full: bool,
    /// Print exactly what pickletools prints: whole arguments, no comments
    #[arg(long, conflicts_with = "stack")]
    pub(crate) like_pickletools: bool,
    /// Show at most N opcodes, a line each; if there are more, the exit code is 1
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub(crate) max_items: u64,
    /// Keep the memo from one pickle to the next, if one Pickler has dumped them all
    #[arg(long, conflicts_with_all = ["frames", "first"])]
    pub(crate) keep_memo: bool,
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

/// Reads pickles and prints each as a Python literal or as JSON, one a line
///
/// Reads all pickles to the end of the input and prints each as soon as it is complete. Instances
/// are shown in angle brackets, with what the pickle holds of them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mpconn pickle load data.pkl
  mpconn pickle load --json data.pkl | jq '.name'
  tail -c +1 -f journal.pkl | mpconn pickle load        as they arrive
  mpconn pickle load --allow shop.Order --allow 'shop.models.*' upload.pkl
  mpconn pickle load --python2-str latin1 from-python2.pkl

  <shop.Order(1) {'id': 1}>    an instance: what is called, its arguments, its __dict__
  <class 'shop.Order'>         a class or a function
  [...]                        a list inside itself
  <list of 10 items ...>       a list that was shown before (--max-growth)

`pickle dump` cannot restore a line with any of these (a note on stderr says so).
`pickle recode` keeps them, and so does `pickle load --json --exact`.")]
pub(crate) struct Load {
    /// The file to read [default: standard input, as with `-`]
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print JSON that loses nothing: `pickle dump --json` makes the same objects of it
    #[arg(long, requires = "json")]
    pub(crate) exact: bool,
    /// Repeat shared objects for up to BYTES of a line. What is beyond is cut, as in `<list of 10
    /// items ...>`, and the exit code is 1; JSON has each shared object once then, as with --exact
    #[arg(long, value_name = "BYTES", default_value_t = values::GROWTH)]
    pub(crate) max_growth: usize,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// Writes a pickle for each line of input, which is a Python literal or JSON
///
/// Literals are what `ast.literal_eval` reads, and `set()`, `frozenset(...)`, `bytearray(...)`,
/// `inf` and `nan`. Empty lines are skipped. Stops at the first line that is not a value, and
/// reports its line and column; an output file is left as it was.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  echo \"{'a': [1, 2.5, None]}\" | mpconn pickle dump -o data.pkl
  mpconn pickle dump --json --protocol 2 lines.json > data.pkl
  mpconn pickle dump --one config.txt | python3 -c \\
      'import pickle, sys; print(pickle.load(sys.stdin.buffer))'

Which protocol: every Python reads 2, every Python 3 reads 3, Python 3.4 and later read 4,
Python 3.8 and later read 5.")]
pub(crate) struct Dump {
    /// The file to read [default: standard input, as with `-`]
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The protocol to write: 2, 3, 4 or 5
    #[arg(long, value_name = "N", value_parser = protocol, default_value = "4")]
    pub(crate) protocol: Protocol,
    /// Read JSON; {"$tuple": [...]}, {"$bytes": "00ff"} and others stand for what JSON does not have
    #[arg(long)]
    pub(crate) json: bool,
    /// Read the whole input as one value, over several lines
    #[arg(long)]
    pub(crate) one: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Reads pickles and writes them in another protocol
///
/// Python 2.7 can then read what 3.13 has written: classes and functions of the standard library
/// get the names that they have there. Shared objects stay shared. Instances stay instances; their
/// class has to exist where they are read.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mpconn pickle recode --protocol 2 new.pkl -o old.pkl     for Python 2.7
  mpconn pickle recode --protocol 5 --python2-str latin1 old.pkl -o new.pkl
  mpconn pickle recode --protocol 4 data.pkl -o data.pkl   replaces the file at the end

Which protocol: every Python reads 2, every Python 3 reads 3, Python 3.4 and later read 4,
Python 3.8 and later read 5.")]
pub(crate) struct Recode {
    /// The file to read [default: standard input, as with `-`]
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The protocol to write: 2, 3, 4 or 5
    #[arg(long, value_name = "N", value_parser = protocol)]
    pub(crate) protocol: Protocol,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// What the input consists of.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// Read only the first pickle; anything may follow it
    #[arg(long)]
    pub(crate) first: bool,
    /// Read messages, each after its length, as multiprocessing.connection sends them
    #[arg(long)]
    pub(crate) frames: bool,
}

/// Where pickles are written to.
#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// Write to FILE, which is created or replaced if everything succeeds
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write binary data even to a terminal
    #[arg(long, conflicts_with = "output")]
    pub(crate) force: bool,
    /// Refuse to write a pickle of more than BYTES [default: 64 MiB, or 16 times what was read for it
    /// if that is more]
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_output: Option<u64>,
}

impl OutputArgs {
    /// Returns how many bytes a pickle made of `read` bytes may have.
    pub(crate) fn most(&self, read: usize) -> u64 {
        let read = u64::try_from(read).unwrap_or(u64::MAX);
        let most = read.saturating_mul(GROWTH).max(LEAST);
        self.max_output.unwrap_or(most)
    }
}

/// How many times longer a pickle may become by default; only hostile ones do.
const GROWTH: u64 = 16;

/// Bytes that every pickle may have by default.
const LEAST: u64 = 64 << 20;

/// How pickles are read, and what they may cost.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(crate) struct ReadArgs {
    /// Read Python 2's str as WHAT
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Text::Ascii)]
    pub(crate) python2_str: Text,
    /// Accept this class or function and refuse every other (repeatable); `MODULE.*` is all of a
    /// module
    #[arg(long, value_name = "MODULE.NAME", value_parser = allowed)]
    pub(crate) allow: Vec<String>,
    /// Refuse pickles of more than BYTES [default: no limit]
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_bytes: Option<u64>,
    /// Refuse values nested deeper than LEVELS [default: 2000]
    #[arg(long, value_name = "LEVELS")]
    pub(crate) max_depth: Option<usize>,
    /// Refuse pickles of more than N values [default: 134217728]
    #[arg(long, value_name = "N")]
    pub(crate) max_values: Option<usize>,
    /// Refuse pickles whose memo holds more than N objects [default: 67108864]
    #[arg(long, value_name = "N")]
    pub(crate) max_memo: Option<usize>,
}

/// What Python 2's `str` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Text {
    /// Text where it is ASCII, bytes where it is not
    Ascii,
    /// Bytes
    Bytes,
    /// Text, each byte a character
    Latin1,
    /// Text; what is not UTF-8 is an error
    Utf8,
}

impl ReadArgs {
    /// Returns them as the library's options.
    pub(crate) fn options(&self) -> ReadOptions {
        let options =
            ReadOptions::new()
                .limits(self.limits())
                .python2_str(match self.python2_str {
                    Text::Ascii => Python2Str::AsciiOrBytes,
                    Text::Bytes => Python2Str::Bytes,
                    Text::Latin1 => Python2Str::Latin1,
                    Text::Utf8 => Python2Str::Utf8,
                });
        if self.allow.is_empty() {
            return options;
        }
        let allowed = self.allow.clone();
        options.allow(move |module, name| {
            let name = format!("{module}.{name}");
            allowed
                .iter()
                .any(|allowed| match allowed.strip_suffix('*') {
                    Some(beginning) => name.starts_with(beginning),
                    None => name == *allowed,
                })
        })
    }

    fn limits(&self) -> Limits {
        let mut limits = Limits::new();
        if let Some(bytes) = self.max_bytes {
            limits = limits.message(bytes);
        }
        if let Some(levels) = self.max_depth {
            limits = limits.depth(levels);
        }
        if let Some(count) = self.max_values {
            limits = limits.values(count);
        }
        if let Some(count) = self.max_memo {
            limits = limits.memo(count);
        }
        limits
    }
}

fn protocol(text: &str) -> Result<Protocol, String> {
    let number = text.parse().ok();
    number
        .and_then(Protocol::from_number)
        .ok_or_else(|| "write 2, 3, 4 or 5; every Python since 2.3 reads 2".into())
}

fn allowed(text: &str) -> Result<String, String> {
    match text.rsplit_once('.') {
        Some((module, name)) if !module.is_empty() && !name.is_empty() => Ok(text.to_owned()),
        _ => Err("write module and name: shop.Order, collections.OrderedDict or shop.*".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_written_of_what_is_longer() {
        let with = |max_output| OutputArgs {
            output: None,
            force: false,
            max_output,
        };
        for (max_output, read, most) in [
            (None, 0, 64 << 20),
            (None, 4 << 20, 64 << 20),
            (None, 5 << 20, 80 << 20),
            (None, usize::MAX, u64::MAX),
            (Some(7), 5 << 20, 7),
            (Some(1 << 40), 5, 1 << 40),
        ] {
            assert_eq!(with(max_output).most(read), most, "{max_output:?} {read}");
        }
    }

    #[test]
    fn protocols_are_those_that_can_be_written() {
        assert_eq!(protocol("2"), Ok(Protocol::V2));
        assert_eq!(protocol("5"), Ok(Protocol::V5));
        for bad in ["", "0", "1", "6", "-2", "two", "258"] {
            assert!(protocol(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_has_its_module() {
        for good in ["shop.Order", "shop.*", "a.b.C"] {
            assert_eq!(allowed(good), Ok(good.to_owned()));
        }
        for bad in ["Order", ".Order", "shop.", "*", ""] {
            assert!(allowed(bad).is_err(), "{bad}");
        }
    }
}
