//! `pathlib`.

use std::path::PathBuf;

use super::expect::unexpected;
use crate::{Class, Instance, PickleError, Value};

/// A path of any class of `pathlib`.
///
/// ```
/// use mpconn_pickle::types::{Flavour, Path};
///
/// let path = Path::new(Flavour::PureWindows, r"C:\Users\x");
/// assert_eq!((path.to_string().as_str(), path.as_posix().as_str()), (r"C:\Users\x", "C:/Users/x"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    flavour: Flavour,
    text: String,
}

/// The class of a path: its platform, and whether Python may access the disk with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Flavour {
    /// `PurePosixPath`.
    PurePosix,
    /// `PureWindowsPath`.
    PureWindows,
    /// `PosixPath`: cannot be made on Windows.
    Posix,
    /// `WindowsPath`: can only be made on Windows.
    Windows,
}

const FLAVOURS: [(Flavour, &str); 4] = [
    (Flavour::PurePosix, "PurePosixPath"),
    (Flavour::PureWindows, "PureWindowsPath"),
    (Flavour::Posix, "PosixPath"),
    (Flavour::Windows, "WindowsPath"),
];

impl Path {
    /// Makes a path of that class from its text in Python.
    pub fn new(flavour: Flavour, text: impl Into<String>) -> Self {
        Path {
            flavour,
            text: text.into(),
        }
    }

    /// Returns the class of the path.
    pub fn flavour(&self) -> Flavour {
        self.flavour
    }

    /// Returns `path.as_posix()`: with `/` for `\\`.
    pub fn as_posix(&self) -> String {
        match self.flavour {
            Flavour::PureWindows | Flavour::Windows => self.text.replace('\\', "/"),
            _ => self.text.clone(),
        }
    }

    /// Returns `str(path)`.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Writes `str(path)`.
///
/// The text is not escaped, since it may go back into a pickle. Use [`escaped`](crate::escaped)
/// before untrusted text goes to a terminal or a log.
impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<Path> for PathBuf {
    fn from(path: Path) -> Self {
        path.text.into()
    }
}

impl From<Path> for Value {
    /// Passes the path as one argument, which every Python splits into parts.
    fn from(path: Path) -> Self {
        let named = FLAVOURS
            .iter()
            .find(|(flavour, _)| *flavour == path.flavour);
        let name = named.map_or("PurePosixPath", |(_, name)| name);
        Instance::call(Class::new("pathlib", name), vec![path.text.into()]).into()
    }
}

impl TryFrom<&Value> for Path {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let instance = value.as_instance();
        let flavour = instance.and_then(|instance| flavour_of(instance.class()?));
        let (Some(instance), Some(flavour)) = (instance, flavour) else {
            return Err(unexpected(value, "a path of pathlib"));
        };
        let parts: Option<Vec<&str>> = instance.args().iter().map(Value::as_str).collect();
        let parts =
            parts.ok_or_else(|| PickleError::new("pathlib: a part of the path is not text"))?;
        Ok(Path::new(flavour, joined(flavour, &parts)))
    }
}

fn flavour_of(class: &Class) -> Option<Flavour> {
    // Python 3.13 moved the classes.
    if !["pathlib", "pathlib._local"].contains(&class.module().as_str()) {
        return None;
    }
    let known = FLAVOURS
        .iter()
        .find(|(_, name)| *name == class.qualname().as_str());
    known.map(|(flavour, _)| *flavour)
}

/// Joins the parts as Python does. The first may be a root, which ends with a separator.
fn joined(flavour: Flavour, parts: &[&str]) -> String {
    let separator = match flavour {
        Flavour::PurePosix | Flavour::Posix => '/',
        Flavour::PureWindows | Flavour::Windows => '\\',
    };
    let mut text = String::new();
    for part in parts {
        if !text.is_empty() && !text.ends_with(separator) {
            text.push(separator);
        }
        text.push_str(part);
    }
    if text.is_empty() { ".".into() } else { text }
}
