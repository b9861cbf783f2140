//! Classes, functions and other globals, by name.

use std::fmt;
use std::sync::Arc;

use mpconn_escape::{brief, write_escaped_text};

use super::Str;

/// A class or function by its module and qualified name, in Python 3's spelling
/// (`builtins.set`, not `__builtin__.set`). Nothing is ever imported.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Class(Arc<(Str, Str)>);

impl Class {
    /// Makes a class by name: `Class::new("collections", "OrderedDict")`.
    pub fn new(module: impl Into<Str>, qualname: impl Into<Str>) -> Self {
        Class(Arc::new((module.into(), qualname.into())))
    }

    /// Returns `__module__`.
    pub fn module(&self) -> &Str {
        &self.0.0
    }

    /// Returns `__qualname__`, which has dots for nested classes and functions.
    pub fn qualname(&self) -> &Str {
        &self.0.1
    }

    /// Returns `__name__`: the last part of the qualified name.
    pub fn name(&self) -> &str {
        self.0.1.rsplit('.').next().unwrap_or_default()
    }

    /// Returns `module.qualname` for an error message; long names are cut.
    pub(crate) fn brief(&self) -> String {
        format!("{}.{}", brief(&self.0.0), brief(&self.0.1))
    }

    /// Returns whether no other handle refers to it.
    pub(crate) fn is_unique(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }

    /// Returns its identity while a handle lives.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Returns whether it has this module and qualified name.
    pub fn is(&self, module: &str, qualname: &str) -> bool {
        *self.0.0 == *module && *self.0.1 == *qualname
    }

    /// Returns whether it is one of the functions that make an instance of the class in their first
    /// argument.
    pub(crate) fn is_reconstructor(&self) -> bool {
        let names = ["_reconstructor", "__newobj__", "__newobj_ex__"];
        *self.0.0 == *"copyreg" && names.contains(&self.0.1.as_str())
    }
}

/// Writes `module.qualname` for people. Unprintable characters are [escaped](crate::escaped), so
/// that no name forges a line or controls a terminal. To compare, use
/// [`module`](Class::module), [`qualname`](Class::qualname) or [`is`](Class::is).
impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_escaped_text(f, &self.0.0)?;
        f.write_str(".")?;
        write_escaped_text(f, &self.0.1)
    }
}

impl fmt::Debug for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
