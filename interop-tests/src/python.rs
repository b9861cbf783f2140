//! The Python to test with, and the files that it runs.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Returns the interpreter to test with: MPCONN_PYTHON, or `python3` on PATH.
pub fn python() -> PathBuf {
    env::var_os("MPCONN_PYTHON").map_or_else(|| "python3".into(), PathBuf::from)
}

/// Returns the golden files, recorded by `python-fixtures/generate.py`. Each is in the package
/// whose own tests read it, so that the package is complete by itself.
pub fn golden_files() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["pickle", "proto"].map(|crate_of_it| {
        let folder = here
            .join("../crates")
            .join(crate_of_it)
            .join("tests/golden");
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
    });
    let files = folders.into_iter().flatten();
    files.map(|entry| entry.unwrap().path()).collect()
}

/// Returns a file of `python-fixtures/`.
pub fn fixture(name: &str) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.join("../python-fixtures").join(name)
}
