//! ARCHITECTURE.md names only places that there are.

use std::path::Path;

const PAGE: &str = include_str!("../ARCHITECTURE.md");

/// What stands in backticks and looks like a path of the repository.
fn paths() -> impl Iterator<Item = &'static str> {
    let code = PAGE.split('`').skip(1).step_by(2);
    code.filter(|text| {
        let is_file = [".rs", ".py"].iter().any(|ending| text.ends_with(ending));
        let first = text.chars().next();
        let is_name = !text.contains(|c: char| c.is_whitespace() || "(<&\"".contains(c));
        is_name
            && first.is_some_and(|c| c.is_alphanumeric() || c == '.')
            && (is_file || text.contains('/'))
    })
}

#[test]
fn every_place_that_it_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let missing: Vec<_> = paths().filter(|path| !root.join(path).exists()).collect();
    assert!(paths().count() > 40, "too few paths: {}", paths().count());
    assert!(missing.is_empty(), "ARCHITECTURE.md names {missing:?}");
}
