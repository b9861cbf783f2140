//! The input of pickles: a file or standard input, in a row or in frames.

use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Read};
use std::path::Path;

use anyhow::Context;
use mpconn::pickle::{self, ReadOptions, Value};
use mpconn::{Error, Unpickler, escaped};
use rustix::fs::FileType;

use super::frames::Frames;
use super::progress::ProgressReader;
use crate::args::{InputArgs, ReadArgs};
use crate::exit_codes::Ended;
use crate::limits::without_advice;

pub(super) type Reader = BufReader<ProgressReader<Box<dyn Read>>>;

/// Bytes read at a time.
const BUFFER: usize = 64 << 10;

/// Opens the file; `None` and `-` are standard input.
pub(super) fn open(file: Option<&Path>) -> anyhow::Result<Reader> {
    let (reader, length): (Box<dyn Read>, _) = match named(file) {
        None => (Box::new(io::stdin().lock()), length_of_stdin()),
        Some(path) => {
            let cannot_read = || format!("cannot read {}", shown(path));
            let file = File::open(path).with_context(cannot_read)?;
            let about = file.metadata().with_context(cannot_read)?;
            if about.is_dir() {
                let message = format!("cannot read {}: it is a directory", shown(path));
                return Err(Ended::failed(message).into());
            }
            (Box::new(file), about.is_file().then_some(about.len()))
        }
    };
    Ok(BufReader::with_capacity(
        BUFFER,
        ProgressReader::new(reader, length),
    ))
}

fn length_of_stdin() -> Option<u64> {
    let about = rustix::fs::fstat(io::stdin()).ok()?;
    let is_file = FileType::from_raw_mode(about.st_mode).is_file();
    is_file.then(|| about.st_size.try_into().ok()).flatten()
}

/// Opens binary input; fails if standard input is a terminal.
pub(super) fn open_binary(file: Option<&Path>) -> anyhow::Result<Reader> {
    if file.is_none() && io::stdin().is_terminal() {
        let message = "standard input is a terminal: name a FILE, or pipe pickles into the command";
        return Err(Ended::usage(message).into());
    }
    open(file)
}

fn named(file: Option<&Path>) -> Option<&Path> {
    file.filter(|path| *path != Path::new("-"))
}

/// Returns the name of the input in messages.
pub(super) fn name(file: Option<&Path>) -> String {
    named(file).map_or("standard input".into(), shown)
}

/// Escapes a path: it can have any character.
fn shown(path: &Path) -> String {
    escaped(&path.display().to_string()).into_owned()
}

/// The pickles of the input, as values.
pub(super) struct Pickles {
    name: String,
    source: Source,
    options: ReadOptions,
    /// Pickles requested so far.
    count: u64,
    first_only: bool,
    live: bool,
}

enum Source {
    InARow(Box<Unpickler<Reader>>),
    Frames(Box<Frames<Reader>>),
}

impl Pickles {
    pub(super) fn open(
        file: Option<&Path>,
        input: &InputArgs,
        read: &ReadArgs,
    ) -> anyhow::Result<Self> {
        let reader = open_binary(file)?;
        let (options, live) = (read.options(), reader.get_ref().is_live());
        let source = if input.frames {
            let max = read.max_bytes.unwrap_or(u64::MAX);
            Source::Frames(Box::new(Frames::new(reader, max)))
        } else {
            let unpickler = Unpickler::new(reader).with_options(options.clone());
            Source::InARow(Box::new(unpickler))
        };
        Ok(Pickles {
            name: name(file),
            source,
            options,
            count: 0,
            first_only: input.first,
            live,
        })
    }

    /// Reads the next one, and returns it with its length in bytes.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<(Value, usize)>> {
        if self.first_only && self.count == 1 {
            return Ok(None);
        }
        self.count += 1;
        self.load().map_err(|error| {
            let place = self.place();
            match self.hint(&error) {
                Some(hint) => {
                    let text = format!("{error:#}");
                    let text = without_advice(&text);
                    Ended::failed(format!("{place}: {text} ({hint})")).into()
                }
                None => error.context(place),
            }
        })
    }

    fn load(&mut self) -> anyhow::Result<Option<(Value, usize)>> {
        match &mut self.source {
            Source::InARow(unpickler) => {
                let value = unpickler.load_value().map_err(Error::from)?;
                let length = unpickler.position() - unpickler.offset();
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                Ok(value.map(|value| (value, length)))
            }
            Source::Frames(frames) => {
                let Some(message) = frames.next()? else {
                    return Ok(None);
                };
                let length = message.len();
                let value = pickle::loads_with(message, &self.options)?;
                Ok(Some((value, length)))
            }
        }
    }

    /// Returns the place of the last pickle, for error messages.
    pub(super) fn place(&self) -> String {
        let (what, offset) = match &self.source {
            Source::InARow(unpickler) => ("pickle", unpickler.offset()),
            Source::Frames(frames) => ("message", frames.offset()),
        };
        match self.count {
            1 => self.name.clone(),
            count => format!("{}, {what} {count} at byte {offset}", self.name),
        }
    }

    /// Returns what to do about an error at a shell.
    fn hint(&self, error: &anyhow::Error) -> Option<&'static str> {
        let error = pickle_error(error)?;
        if error.is_limit() && error.to_string().contains("Limits::growth") {
            return Some("no option raises that limit");
        }
        if error.is_limit() {
            return Some("--max-depth, --max-values, --max-memo and --max-bytes set the limits");
        }
        if self.count > 1 && error.opcode().is_some_and(|name| name.ends_with("GET")) {
            return Some(
                "if one Pickler has dumped several objects, later pickles refer to earlier \
                 ones: `mpconn pickle show --keep-memo` shows them",
            );
        }
        // Many files have other data after a pickle.
        let at_once = error.is_malformed() && error.offset() == Some(0) && self.count > 1;
        at_once.then_some("--first reads the first pickle alone")
    }

    /// Returns whether input comes from a pipe, so that each pickle should be passed on at once.
    pub(super) fn is_live(&self) -> bool {
        self.live
    }
}

fn pickle_error(error: &anyhow::Error) -> Option<&pickle::PickleError> {
    let inside = error.downcast_ref::<Error>().and_then(Error::codec_error);
    let inside = inside.and_then(|error| error.downcast_ref());
    inside.or_else(|| error.downcast_ref())
}
