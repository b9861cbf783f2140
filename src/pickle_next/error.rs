//! What goes wrong between pickles, values and serde.

use std::fmt::{self, Display, Formatter, Write};

/// Why a value could not be pickled, unpickled, or brought into a Rust type.
///
/// The message names the place: the byte and the opcode in a pickle, the path in a value.
///
/// ```
/// use mpconn::pickle::{Value, from_value};
///
/// let value: Value = "{'rows': [(1, 'a'), (2, 3)]}".parse()?;
/// let rows = from_value::<std::collections::HashMap<String, Vec<(u8, String)>>>(value);
/// assert_eq!(
///     rows.unwrap_err().to_string(),
///     "at ['rows'][1][1]: invalid type: integer `3`, expected a string"
/// );
/// # Ok::<(), mpconn::pickle::LiteralError>(())
/// ```
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    message: String,
    place: Option<Place>,
    /// From the inside out, as it is found.
    path: Vec<String>,
    unsupported: bool,
}

#[derive(Debug)]
struct Place {
    offset: usize,
    opcode: &'static str,
}

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        let message = message.into();
        Error(Box::new(Inner {
            message,
            place: None,
            path: Vec::new(),
            unsupported: false,
        }))
    }

    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        let mut error = Error::new(message);
        error.0.unsupported = true;
        error
    }

    pub(crate) fn at(mut self, offset: usize, opcode: &'static str) -> Self {
        self.0.place.get_or_insert(Place { offset, opcode });
        self
    }

    /// Notes that it happened inside of the item with this index.
    pub(crate) fn inside_index(self, index: usize) -> Self {
        self.inside(index)
    }

    /// Notes that it happened inside of what stands under this key.
    pub(crate) fn inside_key(self, key: &str) -> Self {
        self.inside(key)
    }

    fn inside(mut self, step: impl Display) -> Self {
        const LONGEST: usize = 40;
        let mut shown = String::new();
        // Writing into a String cannot fail.
        let _ = write!(shown, "{step}");
        if shown.chars().count() > LONGEST {
            shown = shown.chars().take(LONGEST).chain("...".chars()).collect();
        }
        self.0.path.push(shown);
        self
    }

    /// Where in the pickle it happened: the byte at which the opcode stands, from 0.
    pub fn offset(&self) -> Option<usize> {
        self.0.place.as_ref().map(|place| place.offset)
    }

    /// The opcode at which it happened, as `pickletools` names it.
    pub fn opcode(&self) -> Option<&'static str> {
        self.0.place.as_ref().map(|place| place.opcode)
    }

    /// Where in the value it happened, as one would write it in Python: `['rows'][3]`.
    pub fn path(&self) -> String {
        self.0
            .path
            .iter()
            .rev()
            .map(|step| format!("[{step}]"))
            .collect()
    }

    /// Whether the pickle is fine, but holds what this version cannot represent: instances of
    /// classes, cycles, lone surrogates and the like.
    pub fn is_unsupported(&self) -> bool {
        self.0.unsupported
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(Place { offset, opcode }) = &self.0.place {
            write!(f, "pickle, byte {offset} ({opcode}): ")?;
        }
        if !self.0.path.is_empty() {
            write!(f, "at {}: ", self.path())?;
        }
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

impl serde::ser::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Error::new(message.to_string())
    }
}

impl serde::de::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Error::new(message.to_string())
    }
}
