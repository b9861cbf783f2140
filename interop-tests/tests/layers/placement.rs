//! Where modules and their tests belong.
//!
//! - A module is a file `name.rs`, or a folder with `name/mod.rs`.
//! - Tests of a file are its `mod tests` at the end. Those of a folder are in its `tests.rs`, or in a
//!   folder `tests` if there are many. There is no `#[path]`.

use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// Returns the files of a crate that are misplaced.
pub(crate) fn check(of: &str, files: &[(PathBuf, String)]) -> Vec<String> {
    let mut problems = Vec::new();
    for (file, text) in files {
        let mut complain = |what: &str| problems.push(format!("{of}/{}: {what}", file.display()));
        let folder = file.with_extension("");
        if files
            .iter()
            .any(|(other, _)| other.parent() == Some(&folder))
        {
            complain("a module that is a folder is in its `mod.rs`");
        }
        if file.to_string_lossy().ends_with("_tests.rs") {
            complain("tests of a file are in it, or in `tests.rs` of its folder");
        }
        let tokens: TokenStream = text.parse().expect("Rust");
        let tokens: Vec<_> = tokens.into_iter().collect();
        if is_folder(file) && has_inline_tests(&tokens) {
            complain("tests of a folder are in its `tests.rs`");
        }
        if has_path(&tokens) {
            complain("a module is where its name says, without `#[path]`");
        }
    }
    problems
}

/// Returns the public types and traits that a file defines outside other modules.
pub(crate) fn public_types(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let mut words = line.strip_prefix("pub ")?.split([' ', '<', '(', ';', ':']);
        let is_type = matches!(words.next()?, "struct" | "enum" | "trait" | "union");
        words.next().filter(|_| is_type)
    })
}

fn is_folder(file: &Path) -> bool {
    file.ends_with("mod.rs")
}

fn has_inline_tests(tokens: &[TokenTree]) -> bool {
    tokens.windows(3).any(|three| {
        matches!(three, [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Group(_)]
            if word == "mod" && name == "tests")
    })
}

fn has_path(tokens: &[TokenTree]) -> bool {
    tokens.windows(2).any(|two| match two {
        [TokenTree::Punct(hash), TokenTree::Group(group)] if hash.as_char() == '#' => {
            let first = group.stream().into_iter().next();
            matches!(first, Some(TokenTree::Ident(name)) if name == "path")
        }
        _ => false,
    })
}
