//! The names that a source file uses, read from its tokens.
//!
//! Tokens and not a syntax tree: they include what stands inside macros, and
//! comments and strings are out of the way all the same. What `use` brings in
//! is followed, so that `use std::io;` makes `io::Read` a `std::io::Read`.
//! Items under `#[cfg(test)]` and files of tests are left out.

use std::collections::HashMap;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path such as `std::io::Read`, and the line that it stands in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    pub(crate) line: usize,
    pub(crate) path: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Source {
    /// Below `src/`, with slashes: `handshake/deliver.rs`.
    pub(crate) file: String,
    /// `["handshake", "deliver"]`; empty for the root of the crate.
    pub(crate) module: Vec<String>,
    pub(crate) names: Vec<Name>,
    /// What `use` brought in: the name to use, and its path.
    pub(crate) aliases: HashMap<String, Vec<String>>,
    declared: Vec<String>,
}

impl Source {
    /// `None` for a file of tests.
    pub(crate) fn parse(file: &Path, text: &str) -> Option<Source> {
        let mut module: Vec<String> = file
            .with_extension("")
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        let file = format!("{}.rs", module.join("/"));
        if module
            .iter()
            .any(|part| part == "tests" || part.ends_with("_tests"))
        {
            return None;
        }
        if matches!(
            module.last().map(String::as_str),
            Some("mod" | "lib" | "main")
        ) {
            module.pop();
        }
        let tokens: TokenStream = text
            .parse()
            .unwrap_or_else(|error| panic!("src/{file}: {error}"));
        let mut reader = Reader::default();
        reader.read(tokens);
        let mut source = Source {
            file,
            module,
            names: reader.names,
            aliases: reader.aliases,
            declared: reader.declared,
        };
        source.follow_aliases();
        Some(source)
    }

    /// Whether the file belongs to a module given as `manager::message`.
    pub(crate) fn is_in(&self, module: &str) -> bool {
        let wanted: Vec<_> = module.split("::").collect();
        self.module.len() >= wanted.len() && self.module.iter().zip(wanted).all(|(a, b)| a == b)
    }

    /// Whether it says `mod name`, with a body or without.
    pub(crate) fn declares(&self, name: &str) -> bool {
        self.declared.iter().any(|declared| declared == name)
    }

    fn follow_aliases(&mut self) {
        for name in &mut self.names {
            // Twice: `use crate as c; use c::frame;`. An own module wins.
            for _ in 0..2 {
                if self.declared.contains(&name.path[0]) {
                    break;
                }
                if let Some(target) = self.aliases.get(&name.path[0]) {
                    name.path.splice(..1, target.iter().cloned());
                }
            }
        }
        self.names.retain(|name| name.path.len() > 1);
        self.names.sort();
        self.names.dedup();
    }
}

#[derive(Default)]
struct Reader {
    names: Vec<Name>,
    aliases: HashMap<String, Vec<String>>,
    declared: Vec<String>,
}

impl Reader {
    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at = self.read_one(&tokens, at);
        }
    }

    /// Reads what starts at `at` and says where the next thing does.
    fn read_one(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        if is_test_attribute(&tokens[at..]) {
            return end_of_item(tokens, at);
        }
        match &tokens[at] {
            TokenTree::Group(group) => {
                self.read(group.stream());
                at + 1
            }
            TokenTree::Ident(word) if word == "use" && !is_capture(&tokens[at + 1..]) => {
                self.read_use(&tokens[at + 1..], &[]);
                end_of_item(tokens, at)
            }
            TokenTree::Ident(word) if word == "mod" || word == "crate" => {
                self.read_declaration(tokens, at)
            }
            TokenTree::Ident(_) => self.read_path(tokens, at),
            _ => at + 1,
        }
    }

    /// `mod name` and `extern crate name`; `crate::…` is a path.
    fn read_declaration(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let Some(TokenTree::Ident(name)) = tokens.get(at + 1) else {
            return self.read_path(tokens, at);
        };
        if tokens[at].to_string() == "mod" {
            self.declared.push(name.to_string());
        } else {
            self.add(vec![name.to_string(), "*".into()], &tokens[at]);
        }
        at + 2
    }

    fn read_path(&mut self, tokens: &[TokenTree], start: usize) -> usize {
        let mut path = vec![tokens[start].to_string()];
        let mut at = start + 1;
        while is_double_colon(&tokens[at..]) {
            let Some(TokenTree::Ident(word)) = tokens.get(at + 2) else {
                break;
            };
            path.push(word.to_string());
            at += 3;
        }
        self.add(path, &tokens[start]);
        at
    }

    /// A tree of `use` from its first token on, below `prefix`.
    fn read_use(&mut self, tokens: &[TokenTree], prefix: &[String]) {
        let mut path = prefix.to_vec();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Group(group) => {
                    let inner: Vec<_> = group.stream().into_iter().collect();
                    for tree in inner.split(|token| is_punct(token, ',')) {
                        self.read_use(tree, &path);
                    }
                    return;
                }
                TokenTree::Ident(word) if word == "as" => break,
                TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Punct(sign) if sign.as_char() == '*' => path.push("*".into()),
                TokenTree::Punct(sign) if sign.as_char() == ';' => break,
                _ => {}
            }
            at += 1;
        }
        let renamed = tokens.get(at + 1).filter(|_| !is_end(tokens, at));
        let alias = renamed
            .map(TokenTree::to_string)
            .or_else(|| path.last().cloned());
        if let (Some(alias), Some(token)) = (alias, tokens.first()) {
            self.add(path.clone(), token);
            if alias != "_" && alias != "*" && path != [alias.as_str()] {
                self.aliases.insert(alias, path);
            }
        }
    }

    fn add(&mut self, path: Vec<String>, token: &TokenTree) {
        let line = token.span().start().line;
        self.names.push(Name { path, line });
    }
}

fn is_punct(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn is_double_colon(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [a, b, ..] if is_punct(a, ':') && is_punct(b, ':'))
}

fn is_end(tokens: &[TokenTree], at: usize) -> bool {
    tokens.get(at).is_none_or(|token| is_punct(token, ';'))
}

/// `use<'a, T>` in a bound is no import.
fn is_capture(tokens: &[TokenTree]) -> bool {
    tokens.first().is_some_and(|token| is_punct(token, '<'))
}

/// `#[cfg(test)]`, `#[cfg(all(test, …))]`; not `#[cfg(not(test))]`.
fn is_test_attribute(tokens: &[TokenTree]) -> bool {
    let [hash, TokenTree::Group(group), ..] = tokens else {
        return false;
    };
    let text = group.stream().to_string();
    let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    is_punct(hash, '#')
        && group.delimiter() == Delimiter::Bracket
        && words.next() == Some("cfg")
        && words.clone().any(|word| word == "test")
        && !words.any(|word| word == "not" || word == "any")
}

/// After the `;` or the braces that end the item at `at`, attributes skipped.
fn end_of_item(tokens: &[TokenTree], at: usize) -> usize {
    let is_use = matches!(&tokens[at], TokenTree::Ident(word) if word == "use");
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => !is_use && group.delimiter() == Delimiter::Brace,
        token => is_punct(token, ';'),
    };
    let rest = tokens[at..].iter().position(ends);
    rest.map_or(tokens.len(), |length| at + length + 1)
}
