//! Import cycles among the files of a crate.
//!
//! A file that declares and exports its child modules does not count as importing them.

use std::collections::BTreeMap;

use crate::names::{Crate, Target};
use crate::tokens::How;

/// For each file the files it imports, with one place for each pair.
pub(crate) type Imports = BTreeMap<(usize, usize), String>;

/// Returns the imports between files of a crate.
pub(crate) fn imports(of: &Crate) -> Imports {
    let mut imports = Imports::new();
    for (from, source) in of.sources.iter().enumerate() {
        for scope in &source.scopes {
            for (name, target) in of.names(scope) {
                let Target::Inside {
                    file,
                    path,
                    is_module,
                } = target
                else {
                    continue;
                };
                if file != from && !is_module && name.how != How::Exported {
                    let place = format!("{}:{} {}", source.file, name.line, path.join("::"));
                    imports.entry((from, file)).or_insert(place);
                }
            }
        }
    }
    imports
}

/// Returns the groups of files that import each other, each group sorted by name.
pub(crate) fn circles(of: &Crate) -> Vec<Vec<&str>> {
    let reached = reached(of.sources.len(), &imports(of));
    let mut circles: Vec<Vec<&str>> = Vec::new();
    for (at, source) in of.sources.iter().enumerate() {
        let is_mutual = |other: &usize| reached[at][*other] && reached[*other][at];
        let group: Vec<_> = (0..of.sources.len()).filter(is_mutual).collect();
        // Each group once, at its first file.
        if group.first() == Some(&at) {
            let files = group.iter().map(|file| of.sources[*file].file.as_str());
            circles.push(files.collect());
        }
        debug_assert!(!source.file.is_empty());
    }
    circles
}

/// Describes a cycle by its imports, one a line.
pub(crate) fn describe(of: &Crate, circle: &[&str]) -> String {
    let is_in = |file: usize| circle.contains(&of.sources[file].file.as_str());
    let imports = imports(of);
    let inside = imports
        .iter()
        .filter(|((from, to), _)| is_in(*from) && is_in(*to));
    let lines = inside.map(|((_, to), place)| format!("    {place} -> {}", of.sources[*to].file));
    let lines: Vec<_> = lines.collect();
    format!(
        "{}: {} files import each other:\n{}",
        of.name,
        circle.len(),
        lines.join("\n")
    )
}

/// Returns for each file the files reachable by one or more imports.
fn reached(files: usize, imports: &Imports) -> Vec<Vec<bool>> {
    let mut next = vec![Vec::new(); files];
    for (from, to) in imports.keys() {
        next[*from].push(*to);
    }
    (0..files)
        .map(|start| {
            let mut reached = vec![false; files];
            let mut open = next[start].clone();
            while let Some(file) = open.pop() {
                if !std::mem::replace(&mut reached[file], true) {
                    open.extend(&next[file]);
                }
            }
            reached
        })
        .collect()
}
