//! Where pickles are written: standard output, or a file that appears if everything succeeds.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Context;
use mpconn::Pickler;
use mpconn::pickle::{self, Limits, Protocol, Value};

use crate::args::OutputArgs;
use crate::exit_codes::{Ended, Exit};
use crate::{output, stop};

/// What a shell shows for a program that SIGINT ended.
const INTERRUPTED: i32 = 130;

pub(super) enum Target {
    Stdout(BufWriter<StdoutLock<'static>>),
    /// A pipe or a device, which cannot be replaced.
    Other(BufWriter<File>, PathBuf),
    Replaced(BufWriter<File>, Replaced),
}

/// A file that is written beside the one that it replaces.
pub(super) struct Replaced {
    beside: PathBuf,
    path: PathBuf,
    /// Whether a signal has come.
    interrupted: Arc<AtomicBool>,
}

impl Target {
    pub(super) fn open(args: &OutputArgs) -> anyhow::Result<Self> {
        match args.output.as_deref() {
            Some(path) if path != Path::new("-") => {
                Target::file(path).with_context(|| format!("cannot write {}", path.display()))
            }
            _ if !args.force && io::stdout().is_terminal() => Err(Ended::usage(
                "standard output is a terminal, and pickles are binary: name a file (-o FILE), \
                 redirect it (> FILE), or add --force",
            )
            .into()),
            _ => Ok(Target::Stdout(BufWriter::new(io::stdout().lock()))),
        }
    }

    fn file(path: &Path) -> anyhow::Result<Self> {
        // Replace the target of a link, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let old = fs::metadata(&path).ok();
        if old.as_ref().is_some_and(|old| !old.is_file()) {
            let file = OpenOptions::new().write(true).open(&path)?;
            return Ok(Target::Other(BufWriter::new(file), path));
        }
        let mut name = path.file_name().context("it is not a file")?.to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let beside = path.with_file_name(name);
        let interrupted = watch(beside.clone())?;
        let replaced = Replaced {
            beside,
            path,
            interrupted,
        };
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&replaced.beside)?;
        if let Some(old) = old {
            file.set_permissions(old.permissions())?;
        }
        Ok(Target::Replaced(BufWriter::new(file), replaced))
    }

    /// Writes a value as a pickle of at most `most` bytes, piece by piece. `at_once` flushes it.
    ///
    /// After an error the output may end in a part of the pickle, without STOP.
    pub(super) fn dump(
        &mut self,
        value: &Value,
        protocol: Protocol,
        most: u64,
        at_once: bool,
    ) -> Result<(), Unwritten> {
        let out: &mut dyn Write = match self {
            Target::Stdout(out) => out,
            Target::Other(out, _) | Target::Replaced(out, _) => out,
        };
        let limits = Limits::new().output(most).repeated(most);
        let mut pickler = Pickler::new(&mut *out).protocol(protocol).limits(limits);
        let written = pickler.dump_value(value);
        let written = written.and_then(|()| if at_once { pickler.flush() } else { Ok(()) });
        written
            .map_err(mpconn::Error::from)
            .map_err(|error| match error.io_error() {
                Some(error) => Unwritten::Output(self.unwritten(same(error))),
                None => Unwritten::Value(too_long(&error, most).unwrap_or_else(|| error.into())),
            })
    }

    /// Ends the output. After an error the file is as it was before.
    pub(super) fn finish(mut self, outcome: anyhow::Result<()>) -> anyhow::Result<Exit> {
        if let Target::Replaced(_, replaced) = &self {
            replaced.wait_for_the_end_if_interrupted();
        }
        let out: &mut dyn Write = match &mut self {
            Target::Replaced(..) if outcome.is_err() => &mut io::sink(),
            Target::Stdout(out) => out,
            Target::Other(out, _) | Target::Replaced(out, _) => out,
        };
        let flushed = out.flush();
        outcome?;
        flushed.map_err(|error| self.unwritten(error))?;
        if let Target::Replaced(_, replaced) = &self {
            fs::rename(&replaced.beside, &replaced.path)
                .with_context(|| format!("cannot write {}", replaced.path.display()))?;
        }
        Ok(Exit::Done)
    }

    fn unwritten(&self, error: io::Error) -> anyhow::Error {
        match self {
            Target::Stdout(_) => output::unwritten(error),
            Target::Other(_, path) | Target::Replaced(_, Replaced { path, .. }) => {
                anyhow::Error::new(error).context(format!("cannot write {}", path.display()))
            }
        }
    }
}

/// Why a value was not written.
pub(super) enum Unwritten {
    /// The output failed.
    Output(anyhow::Error),
    /// The value cannot be pickled.
    Value(anyhow::Error),
}

/// Returns a copy of a system error, which has no Clone.
fn same(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => error.kind().into(),
    }
}

/// Returns the error for an output limit, with the option that raises it.
fn too_long(error: &mpconn::Error, most: u64) -> Option<anyhow::Error> {
    let error = error.codec_error()?.downcast_ref::<pickle::PickleError>()?;
    error.is_limit().then(|| {
        Ended::failed(format!(
            "the pickle would be longer than {most} bytes: --max-output allows more (a pickle \
             holds a large integer as often as the value does)"
        ))
        .into()
    })
}

/// Removes the unfinished file at a signal.
fn watch(beside: PathBuf) -> anyhow::Result<Arc<AtomicBool>> {
    stop::on_signal(move || {
        // A failure cannot be handled here.
        let _ = fs::remove_file(beside);
        std::process::exit(INTERRUPTED);
    })
}

impl Replaced {
    /// Ctrl-C ends all programs of a pipe, so input may end early: the file must not be replaced by a
    /// part.
    fn wait_for_the_end_if_interrupted(&self) {
        while self.interrupted.load(Ordering::Relaxed) {
            thread::park();
        }
    }
}

impl Drop for Replaced {
    fn drop(&mut self) {
        // After success it has been renamed.
        let _ = fs::remove_file(&self.beside);
    }
}
