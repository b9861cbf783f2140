//! Reads the tokens of a source file into scopes: the file's module and its inline modules.
//!
//! Tokens instead of a syntax tree include the inside of macros; comments and strings are still
//! excluded. Items under `#[cfg(test)]` are left out.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path such as `io::Read` or a single word, as written in a scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    pub(crate) line: usize,
    pub(crate) path: Vec<String>,
    pub(crate) how: How,
}

/// The kind of place of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// In code.
    Used,
    /// In a private `use`.
    Imported,
    /// In a `pub use`: offered to others, not used here.
    Exported,
}

/// The module of a file, or an inline module.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// Path from the root of the crate: `["handshake", "deliver"]`.
    pub(crate) module: Vec<String>,
    pub(crate) names: Vec<Name>,
    /// Names imported by `use`, and their paths.
    pub(crate) aliases: HashMap<String, Vec<String>>,
    /// Child modules, inline or not.
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
            // A definition, a method or a field of that name does not use the name.
            TokenTree::Ident(word) if word == "fn" => at + 2,
            TokenTree::Ident(_) if is_member(&tokens[..at]) => at + 1,
            TokenTree::Ident(_) => self.read_path(tokens, at),
            _ => at + 1,
        }
    }

    /// Reads `mod name` and `extern crate name`; `crate::…` is a path.
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

/// Returns whether the next token is a method or field: after one dot, not after the two of a
/// range.
fn is_member(before: &[TokenTree]) -> bool {
    match before {
        [.., before, dot] => is_punct(dot, '.') && !is_punct(before, '.'),
        _ => false,
    }
}

/// Returns whether the previous token is `pub` or `pub(…)`.
fn is_public(before: &[TokenTree]) -> bool {
    let is_pub = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "pub");
    match before {
        [.., word] if is_pub(word) => true,
        [.., word, TokenTree::Group(_)] => is_pub(word),
        _ => false,
    }
}

/// Returns whether it is `use<'a, T>` in a bound, which is not an import.
fn is_capture(tokens: &[TokenTree]) -> bool {
    tokens.first().is_some_and(|token| is_punct(token, '<'))
}

/// Matches `#[cfg(test)]` and `#[cfg(all(test, …))]`, but not `#[cfg(not(test))]`.
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

/// Returns the position after the `;` or the braces that end the item at `at`; skips attributes.
fn end_of_item(tokens: &[TokenTree], at: usize) -> usize {
    let is_use = matches!(&tokens[at], TokenTree::Ident(word) if word == "use");
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => !is_use && group.delimiter() == Delimiter::Brace,
        token => is_punct(token, ';'),
    };
    let rest = tokens[at..].iter().position(ends);
    rest.map_or(tokens.len(), |length| at + length + 1)
}
