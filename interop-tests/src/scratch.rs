//! Temporary places for sockets.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// A directory of its own for each test, removed when this is dropped.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
}

/// Returns a name that no other test uses, of this run or another.
fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Relaxed);
    format!("mpconn-{}-{number}", std::process::id())
}

impl Scratch {
    /// Makes a directory.
    ///
    /// # Panics
    /// Panics if the temporary directory is not writable.
    #[expect(clippy::new_without_default, reason = "it makes a directory")]
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(unique());
        let made = fs::DirBuilder::new().mode(0o700).create(&path);
        made.unwrap_or_else(|error| panic!("cannot make {}: {error}", path.display()));
        Scratch { path }
    }

    /// Returns the path, which is short enough for sockets.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns a path in it that was not returned before.
    pub fn fresh_path(&self) -> PathBuf {
        self.path.join(unique())
    }

    /// Returns a name for an abstract socket that was not returned before.
    pub fn fresh_name(&self) -> String {
        unique()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Leftovers in the temporary directory do no harm.
        let _ = fs::remove_dir_all(&self.path);
    }
}
