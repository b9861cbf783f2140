//! SECURITY.md names only tests that there are.

use std::fs;
use std::path::Path;

const PAGE: &str = include_str!("../SECURITY.md");

/// What the last column of the tables of promises names: `path: name, name`.
fn named() -> Vec<(String, String)> {
    let promises = PAGE
        .lines()
        .filter(|line| line.starts_with('|') && line.contains(".rs"));
    let mut named = Vec::new();
    for line in promises {
        let cell = line.trim_matches('|').rsplit('|').next().unwrap();
        let mut path = None;
        for word in cell.split('`').skip(1).step_by(2) {
            match (word.ends_with(".rs"), &path) {
                (true, _) => path = Some(word),
                (false, Some(path)) => named.push(((*path).to_owned(), word.to_owned())),
                (false, None) => panic!("no file stands before the test {word} in: {line}"),
            }
        }
    }
    named
}

#[test]
fn every_promise_has_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = named();
    assert!(named.len() > 20, "only {} tests are named", named.len());
    let missing: Vec<_> = named
        .iter()
        .filter(|(path, name)| {
            let source = fs::read_to_string(root.join(path)).unwrap_or_default();
            !source.contains(&format!("fn {name}("))
        })
        .collect();
    assert!(missing.is_empty(), "SECURITY.md names {missing:?}");
}
