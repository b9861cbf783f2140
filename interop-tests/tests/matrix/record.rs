//! Records the number of cells that passed, for the README's table.
//!
//! Tests run in parallel, in threads or processes, and write one file for each Python under a
//! lock. A test removes its entry before it begins, so that a failed run leaves none.

use std::fs::{self, File};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde_json::{Map, Value as Json, json};

fn directory() -> PathBuf {
    // Cargo's own directory for files of tests is `target/tmp`.
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tmp.parent().unwrap_or(tmp).join("matrix")
}

/// Removes the entry of a test.
pub(crate) fn forget(release: &str, name: &str) {
    change(release, |rooms| drop(rooms.remove(name)));
}

/// Records the number of cells that passed, and remarks.
pub(crate) fn note(release: &str, name: &str, held: u32, note: Option<&str>) {
    let entry = match note {
        Some(note) => json!({"held": held, "note": note}),
        None => json!({"held": held}),
    };
    change(release, |rooms| drop(rooms.insert(name.to_owned(), entry)));
}

fn change(release: &str, change: impl FnOnce(&mut Map<String, Json>)) {
    let version = release
        .rsplit_once('.')
        .map_or(release, |(version, _)| version);
    fs::create_dir_all(directory()).expect("a directory for the results");
    let path = directory().join(format!("{version}.json"));
    let options = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path);
    let mut file = options.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    flock(&file, FlockOperation::LockExclusive).expect("a lock");
    let mut text = String::new();
    file.read_to_string(&mut text).expect("UTF-8");
    let mut results = match serde_json::from_str::<Json>(&text) {
        Ok(results) if results["release"] == release => results,
        // Missing, or of another release of that version.
        _ => json!({"release": release, "rooms": {}}),
    };
    change(results["rooms"].as_object_mut().expect("rooms"));
    let text = serde_json::to_string_pretty(&results).expect("JSON");
    file.set_len(0)
        .and_then(|()| file.rewind())
        .expect("empties the file");
    file.write_all(format!("{text}\n").as_bytes())
        .expect("writes the file");
}
