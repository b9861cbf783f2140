//! Options of a bench, the directory of a run, and the exit code.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use crate::report::{self, Row};
use crate::turns::Effort;

/// A bench's name, and where cargo has it put files: `env!("CARGO_TARGET_TMPDIR")`.
#[derive(Debug, Clone, Copy)]
pub struct Bench {
    /// In messages and file names.
    pub name: &'static str,
    /// A folder in the target directory.
    pub target_tmp: &'static str,
}

impl Bench {
    /// Runs the bench, or the peer process if the first argument is `peer`.
    ///
    /// `cargo test --benches` lists tests first, of which there are none.
    pub fn main(
        self,
        peer: impl FnOnce(&[String]) -> io::Result<()>,
        bench: impl FnOnce(&Options) -> io::Result<()>,
    ) -> ExitCode {
        let args: Vec<String> = env::args().skip(1).collect();
        let done = match &args[..] {
            [first, rest @ ..] if first == "peer" => peer(rest),
            args if args.iter().any(|arg| arg == "--list") => Ok(()),
            _ => bench(&Options { args: args.clone() }),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{}: {error}", self.name);
                ExitCode::FAILURE
            }
        }
    }

    /// Makes a directory for the sockets and files of this run.
    ///
    /// # Errors
    /// Fails if it cannot be made.
    pub fn directory(self) -> io::Result<Directory> {
        let name = format!("mpconn-{}-{}", self.name, std::process::id());
        let path = env::temp_dir().join(name);
        fs::create_dir_all(&path)?;
        Ok(Directory { path })
    }

    /// Prints the table, and writes it to `target/bench` if it is `complete`.
    ///
    /// # Errors
    /// Fails if the files cannot be written.
    pub fn publish(self, heading: &str, rows: &[Row], complete: bool) -> io::Result<()> {
        println!("\n{}", report::table(rows));
        match complete {
            true => {
                let directory = Path::new(self.target_tmp).join("../bench");
                report::write(&directory, self.name, heading, rows)
            }
            false => Ok(()),
        }
    }
}

/// What a bench was started with.
#[derive(Debug)]
pub struct Options {
    args: Vec<String>,
}

impl Options {
    /// Returns whether that option is there.
    pub fn has(&self, option: &str) -> bool {
        self.args.iter().any(|arg| arg == option)
    }

    /// Returns what follows that option, given with its `=`.
    pub fn value(&self, option: &str) -> Option<&str> {
        self.args.iter().find_map(|arg| arg.strip_prefix(option))
    }

    /// Returns the text that the names of measured rows contain.
    pub fn filter(&self) -> Option<&str> {
        let words = self.args.iter().map(String::as_str);
        words.into_iter().find(|arg| !arg.starts_with("--"))
    }

    /// Returns `full`, `quick` with `--quick`, and once without `--bench`.
    pub fn effort(&self, full: Effort, quick: Effort) -> Effort {
        match (self.has("--bench"), self.has("--quick")) {
            (false, _) => Effort::ONCE,
            (true, true) => quick,
            (true, false) => full,
        }
    }
}

/// A directory, removed on drop.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// Returns where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_told_from_the_filter() {
        let args = ["--bench", "--against=old", "one way"].map(str::to_owned);
        let options = Options { args: args.into() };
        assert!(options.has("--bench") && !options.has("--quick"));
        assert_eq!(options.value("--against="), Some("old"));
        assert_eq!(options.filter(), Some("one way"));
    }
}
