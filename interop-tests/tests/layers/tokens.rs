//! Reads the tokens of a source file into scopes: the file's module and those written inside it.
//!
//! Tokens and not a syntax tree: they include what is inside macros, and comments and strings are
//! out of the way all the same. Items under `#[cfg(test)]` are left out.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path such as `io::Read` or a single word, as it is written in a scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    pub(crate) line: usize,
    pub(crate) path: Vec<String>,
    pub(crate) how: How,
}

/// Where a name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// In code.
    Used,
    /// In a private `use`.
    Imported,
    /// In a `pub use`: offered to others, not used here.
    Exported,
}

/// A module: that of a file, or one with a body inside it.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// From the root of the crate: `["handshake", "deliver"]`.
    pub(crate) module: Vec<String>,
    pub(crate) names: Vec<Name>,
    /// What `use` brings in: the name to use, and its path.
    pub(crate) aliases: HashMap<String, Vec<String>>,
    /// Child modules, with a body or without.
    pub(crate) declared: HashSet<String>,
}

/// Returns the scopes of a file whose module is `module`; the file's own comes first.
pub(crate) fn scopes(module: Vec<String>, tokens: TokenStream) -> Vec<Scope> {
    let mut reader = Reader {
        scope: Scope {
            module,
            ..Scope::default()
        },
        inner: Vec::new(),
    };
    reader.read(tokens);
    let mut scopes = vec![reader.scope];
    scopes.append(&mut reader.inner);
    scopes
}

struct Reader {
    scope: Scope,
    inner: Vec<Scope>,
}

impl Reader {
    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at = self.read_one(&tokens, at);
        }
    }

    /// Reads what starts at `at` and returns where the next thing does.
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
                let how = match is_public(&tokens[..at]) {
                    true => How::Exported,
                    false => How::Imported,
                };
                self.read_use(&tokens[at + 1..], &[], how);
                end_of_item(tokens, at)
            }
            TokenTree::Ident(word) if word == "mod" || word == "crate" => {
                self.read_declaration(tokens, at)
            }
            // A definition, a method or a field of that name is no use of the name.
            TokenTree::Ident(word) if word == "fn" => at + 2,
            TokenTree::Ident(_) if is_member(&tokens[..at]) => at + 1,
            TokenTree::Ident(_) => self.read_path(tokens, at),
            _ => at + 1,
        }
    }

    /// `mod name` and `extern crate name`; `crate::…` is a path.
    fn read_declaration(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let Some(TokenTree::Ident(name)) = tokens.get(at + 1) else {
            return self.read_path(tokens, at);
        };
        if tokens[at].to_string() != "mod" {
            self.add(
                vec![name.to_string(), "*".into()],
                &tokens[at],
                How::Imported,
            );
            return at + 2;
        }
        self.scope.declared.insert(name.to_string());
        match tokens.get(at + 2) {
            Some(TokenTree::Group(body)) => {
                let mut module = self.scope.module.clone();
                module.push(name.to_string());
                self.inner.append(&mut scopes(module, body.stream()));
                at + 3
            }
            _ => at + 2,
        }
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
        self.add(path, &tokens[start], How::Used);
        at
    }

    /// Reads a tree of `use` from its first token on, below `prefix`.
    fn read_use(&mut self, tokens: &[TokenTree], prefix: &[String], how: How) {
        let mut path = prefix.to_vec();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Group(group) => {
                    let inner: Vec<_> = group.stream().into_iter().collect();
                    for tree in inner.split(|token| is_punct(token, ',')) {
                        self.read_use(tree, &path, how);
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
            self.add(path.clone(), token, how);
            if alias != "_" && alias != "*" && path != [alias.as_str()] {
                self.scope.aliases.insert(alias, path);
            }
        }
    }

    fn add(&mut self, path: Vec<String>, token: &TokenTree, how: How) {
        let line = token.span().start().line;
        self.scope.names.push(Name { line, path, how });
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

/// Whether the next token is a method or a field: behind one dot, which two of a range are not.
fn is_member(before: &[TokenTree]) -> bool {
    match before {
        [.., before, dot] => is_punct(dot, '.') && !is_punct(before, '.'),
        _ => false,
    }
}

/// Whether `pub` or `pub(…)` is before the next token.
fn is_public(before: &[TokenTree]) -> bool {
    let is_pub = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "pub");
    match before {
        [.., word] if is_pub(word) => true,
        [.., word, TokenTree::Group(_)] => is_pub(word),
        _ => false,
    }
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

/// Returns the position after the `;` or the braces that end the item at `at`, attributes skipped.
fn end_of_item(tokens: &[TokenTree], at: usize) -> usize {
    let is_use = matches!(&tokens[at], TokenTree::Ident(word) if word == "use");
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => !is_use && group.delimiter() == Delimiter::Brace,
        token => is_punct(token, ';'),
    };
    let rest = tokens[at..].iter().position(ends);
    rest.map_or(tokens.len(), |length| at + length + 1)
}
