//! Resolves the names used in a crate's files.
//!
//! Names are followed through `use`, and through `pub use` of other modules: `use std::io;` makes
//! `io::Read` a `std::io::Read`, and `crate::AuthKey` is `crate::authkey::AuthKey`.

use std::collections::HashMap;
use std::path::Path;

use proc_macro2::TokenStream;

use crate::tokens::{self, How, Name, Scope};

/// A file that is compiled outside tests.
#[derive(Debug)]
pub(crate) struct Source {
    /// Path below the crate's `src/`, with slashes: `handshake/deliver.rs`.
    pub(crate) file: String,
    /// The file's module first, then its inline modules.
    pub(crate) scopes: Vec<Scope>,
}

impl Source {
    /// Reads a file; `None` if it belongs to tests.
    pub(crate) fn parse(file: &Path, text: &str) -> Option<Source> {
        let mut module: Vec<String> = file
            .with_extension("")
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        let file = format!("{}.rs", module.join("/"));
        if module.iter().any(|part| is_of_tests(part)) {
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
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        let scopes = tokens::scopes(module, tokens);
        Some(Source { file, scopes })
    }

    /// Returns the file's module: `["handshake", "deliver"]`; empty for the root of the crate.
    pub(crate) fn module(&self) -> &[String] {
        &self.scopes[0].module
    }
}

/// Returns whether a file or folder of that name is only compiled for tests.
fn is_of_tests(part: &str) -> bool {
    matches!(part, "tests" | "properties" | "simulation")
}

/// The target of a name.
#[derive(Debug, PartialEq)]
pub(crate) enum Target {
    /// An item of this crate: index of its file, and path from the root. `is_module` if the path
    /// is a module's and not that of an item in it.
    Inside {
        file: usize,
        path: Vec<String>,
        is_module: bool,
    },
    /// A path in another crate.
    Outside(Vec<String>),
}

/// The files of a crate, and the targets of their names.
#[derive(Debug)]
pub(crate) struct Crate {
    /// Name such as `pickle` for `crates/pickle`.
    pub(crate) name: &'static str,
    pub(crate) sources: Vec<Source>,
    /// File and scope of each module.
    modules: HashMap<Vec<String>, (usize, usize)>,
}

/// Limit on following `pub use`, since a name may lead to itself.
const MOST_STEPS: usize = 16;

impl Crate {
    pub(crate) fn new(name: &'static str, mut sources: Vec<Source>) -> Crate {
        sources.sort_by(|a, b| a.file.cmp(&b.file));
        let mut modules = HashMap::new();
        for (file, source) in sources.iter().enumerate() {
            for (scope, found) in source.scopes.iter().enumerate() {
                modules.insert(found.module.clone(), (file, scope));
            }
        }
        Crate {
            name,
            sources,
            modules,
        }
    }

    /// Returns each name of a scope with its target; names defined in the scope itself have none.
    pub(crate) fn names<'a>(
        &'a self,
        scope: &'a Scope,
    ) -> impl Iterator<Item = (&'a Name, Target)> {
        let leads = |name| Some((name, self.resolve(scope, name)?));
        scope.names.iter().filter_map(leads)
    }

    fn resolve(&self, scope: &Scope, name: &Name) -> Option<Target> {
        match name.how {
            How::Used => self.follow(&scope.module, &name.path, MOST_STEPS, false),
            // `use x::y as x` must not resolve to itself.
            How::Imported | How::Exported => {
                self.follow(&scope.module, &name.path, MOST_STEPS, true)
            }
        }
    }

    /// Follows a path written in a module. In a `use`, a part before `::` is a module, crate or
    /// type; `is_use` applies aliases of the same scope to the other parts only.
    fn follow(
        &self,
        module: &[String],
        path: &[String],
        steps: usize,
        is_use: bool,
    ) -> Option<Target> {
        let steps = steps.checked_sub(1)?;
        let first = path[0].as_str();
        if matches!(first, "crate" | "self" | "super") {
            let (base, rest) = anchor(module, path);
            return self.descend(base, rest, steps);
        }
        let scope = self.scope(module)?;
        // A child module comes first, unless the name stands alone and may be a function.
        let is_child = scope.declared.contains(first);
        if is_child && (path.len() > 1 || !scope.aliases.contains_key(first)) {
            return self.descend(module.to_vec(), path, steps);
        }
        let alias = scope.aliases.get(first);
        // `use serde::de; use de::X` is followed, `use de::de` does not follow itself.
        if let Some(alias) = alias.filter(|alias| !is_use || alias.as_slice() != path) {
            let whole = [alias.as_slice(), &path[1..]].concat();
            return self.follow(module, &whole, steps, true);
        }
        (path.len() > 1 || is_use).then(|| Target::Outside(path.to_vec()))
    }

    /// Follows a path from a module down: through child modules, then through exports.
    fn descend(
        &self,
        mut module: Vec<String>,
        mut rest: &[String],
        steps: usize,
    ) -> Option<Target> {
        while let [first, tail @ ..] = rest {
            let scope = self.scope(&module)?;
            let is_exported = tail.is_empty() && scope.aliases.contains_key(first);
            if !scope.declared.contains(first) || is_exported {
                break;
            }
            let mut child = module.clone();
            child.push(first.clone());
            if !self.modules.contains_key(&child) {
                break;
            }
            module = child;
            rest = tail;
        }
        let (file, _) = *self.modules.get(&module)?;
        let Some(first) = rest.first() else {
            let is_module = true;
            let path = module;
            return Some(Target::Inside {
                file,
                path,
                is_module,
            });
        };
        if let Some(alias) = self.scope(&module)?.aliases.get(first) {
            let whole = [alias.as_slice(), &rest[1..]].concat();
            return self.follow(&module, &whole, steps, true);
        }
        module.extend(rest.iter().cloned());
        Some(Target::Inside {
            file,
            path: module,
            is_module: false,
        })
    }

    fn scope(&self, module: &[String]) -> Option<&Scope> {
        let (file, scope) = *self.modules.get(module)?;
        Some(&self.sources[file].scopes[scope])
    }
}

/// Splits a path that begins with `crate`, `self` or `super` into its module and the rest.
fn anchor<'a>(module: &[String], mut path: &'a [String]) -> (Vec<String>, &'a [String]) {
    let mut base = module.to_vec();
    while let [first, rest @ ..] = path {
        match first.as_str() {
            "crate" => base.clear(),
            "super" => drop(base.pop()),
            "self" => {}
            _ => break,
        }
        path = rest;
    }
    (base, path)
}
