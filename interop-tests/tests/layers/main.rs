//! x
#![allow(dead_code)]
mod circles;
mod names;
mod tokens;
use names::{Crate, Source};
use std::path::{Path, PathBuf};
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a workspace member")
        .to_owned()
}
fn sources(root: PathBuf) -> Vec<Source> {
    let mut found = Vec::new();
    let mut directories = vec![root.clone()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(&directory).expect("a directory of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("UTF-8");
                let name = path.strip_prefix(&root).expect("below src").to_owned();
                found.extend(Source::parse(&name, &text));
            }
        }
    }
    found
}
#[test]
fn explore() {
    for (name, at) in [
        ("escape", "crates/escape/src"),
        ("pickle", "crates/pickle/src"),
        ("proto", "crates/proto/src"),
        ("mpconn", "src"),
        ("cli", "crates/cli/src"),
    ] {
        let c = Crate::new(name, sources(repository().join(at)));
        for circle in circles::circles(&c) {
            println!("{}", circles::describe(&c, &circle));
        }
    }
}
