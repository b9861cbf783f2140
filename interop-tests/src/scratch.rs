//! Places for sockets, gone afterwards.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// A directory of this test's own below the temporary one, removed when it is dropped.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
}

/// A name that no other test uses, of this run or of another.
fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Relaxed);
    format!("mpconn-{}-{number}", std::process::id())
}

impl Scratch {
    /// Makes one.
    ///
    /// # Panics
    /// When the temporary directory cannot be written to.
    #[expect(clippy::new_without_default, reason = "it makes a directory")]
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(unique());
        let made = fs::DirBuilder::new().mode(0o700).create(&path);
        made.unwrap_or_else(|error| panic!("cannot make {}: {error}", path.display()));
        Scratch { path }
    }

    /// Where it is. Short enough for the path of a socket.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A path in it that was not given out before.
    pub fn fresh_path(&self) -> PathBuf {
        self.path.join(unique())
    }

    /// A name for an abstract socket that was not given out before.
    pub fn fresh_name(&self) -> String {
        unique()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left in the temporary directory harms nobody.
        let _ = fs::remove_dir_all(&self.path);
    }
}
