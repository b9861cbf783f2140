//! Which Python, and where the files are that it runs.

use std::env;
use std::path::{Path, PathBuf};

/// The interpreter to test with: what MPCONN_PYTHON names, otherwise `python3` on PATH.
pub fn python() -> PathBuf {
    env::var_os("MPCONN_PYTHON").map_or_else(|| "python3".into(), PathBuf::from)
}

/// A file of `python-fixtures/`.
pub fn fixture(name: &str) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.join("../python-fixtures").join(name)
}
