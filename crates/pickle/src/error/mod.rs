//! The error of pickles, values and their conversion through serde.

mod length;

use std::fmt::{self, Display, Formatter};

use mpconn_escape::write_escaped_text;

use length::{LONGEST_MESSAGE, LONGEST_STEP, beginning_of, write_path};

/// Why a value could not be pickled, unpickled, or converted to a Rust type.
///
/// The message names the place: the byte and the opcode in a pickle, the path in a value.
///
/// ```
/// use mpconn_pickle::{Value, from_value};
///
/// let value: Value = "{'rows': [(1, 'a'), (2, 3)]}".parse()?;
/// let rows = from_value::<std::collections::HashMap<String, Vec<(u8, String)>>>(value);
/// assert_eq!(
///     rows.unwrap_err().to_string(),
///     "at ['rows'][1][1]: invalid type: integer `3`, expected a string"
/// );
/// # Ok::<(), mpconn_pickle::LiteralError>(())
/// ```
#[derive(Debug, Clone)]
pub struct PickleError(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    message: String,
    place: Option<Place>,
    /// Steps from the inside out, as they are added.
    path: Vec<String>,
    kind: ErrorKind,
}

/// The kinds that the questions of [`PickleError`] distinguish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ErrorKind {
    Other,
    Malformed,
    CutOff,
    Limit,
    OverBudget,
    Refused,
    Unsupported,
}

#[derive(Debug, Clone)]
struct Place {
    offset: usize,
    opcode: &'static str,
}

impl PickleError {
    /// An error of no other kind, for example a value that does not fit a type.
    #[cold]
    pub(crate) fn new(message: impl Into<String>) -> Self {
        PickleError::of(ErrorKind::Other, message.into())
    }

    /// These bytes are no pickle.
    #[cold]
    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        PickleError::of(ErrorKind::Malformed, message.into())
    }

    /// The bytes end before the pickle does.
    #[cold]
    pub(crate) fn cut_off(message: impl Into<String>) -> Self {
        PickleError::of(ErrorKind::CutOff, message.into())
    }

    /// A limit is exceeded; the message names it.
    #[cold]
    pub(crate) fn limit(message: impl Into<String>) -> Self {
        PickleError::of(ErrorKind::Limit, message.into())
    }

    /// [`ReadOptions::charge`](crate::ReadOptions::charge) refused.
    #[cold]
    pub(crate) fn over_budget() -> Self {
        let message = "too much at once: the values of all messages that are being read would be \
                       more than may be held together; read fewer at a time, or allow more";
        PickleError::of(ErrorKind::OverBudget, message.into())
    }

    /// The allow-list refused.
    #[cold]
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        PickleError::of(ErrorKind::Refused, message.into())
    }

    #[cold]
    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        PickleError::of(ErrorKind::Unsupported, message.into())
    }

    fn of(kind: ErrorKind, message: String) -> Self {
        PickleError(Box::new(Inner {
            message,
            place: None,
            path: Vec::new(),
            kind,
        }))
    }

    /// Adds the place; an inner one is kept.
    #[cold]
    pub(crate) fn at(mut self, offset: usize, opcode: &'static str) -> Self {
        self.0.place.get_or_insert(Place { offset, opcode });
        self
    }

    /// Adds the offset alone; an inner place is kept.
    #[cold]
    pub(crate) fn at_byte(self, offset: Option<usize>) -> Self {
        match offset {
            Some(offset) => self.at(offset, ""),
            None => self,
        }
    }

    /// Adds the opcode, if only its offset is known.
    #[cold]
    pub(crate) fn with_message(mut self, message: &[u8]) -> Self {
        if let Some(place) = &mut self.0.place
            && place.opcode.is_empty()
            && let Some(code) = message.get(place.offset)
        {
            place.opcode = super::opcode::name(*code);
        }
        self
    }

    /// Adds to the path that it happened in the item with this index.
    #[cold]
    pub(crate) fn inside_index(self, index: usize) -> Self {
        self.inside('[', index, "]")
    }

    /// Adds to the path that it happened in the value of this key.
    #[cold]
    pub(crate) fn inside_key(self, key: &str) -> Self {
        self.inside('[', key, "]")
    }

    /// Adds to the path that it happened in this attribute.
    #[cold]
    pub(crate) fn inside_attribute(self, name: &str) -> Self {
        self.inside('.', name, "")
    }

    fn inside(mut self, open: char, step: impl Display, close: &str) -> Self {
        let shown = beginning_of(&step, LONGEST_STEP);
        self.0.path.push(format!("{open}{shown}{close}"));
        self
    }

    /// Returns the offset in the pickle where it happened: that of the opcode.
    pub fn offset(&self) -> Option<usize> {
        self.0.place.as_ref().map(|place| place.offset)
    }

    /// Returns the opcode at which it happened, as `pickletools` names it.
    pub fn opcode(&self) -> Option<&'static str> {
        let place = self.0.place.as_ref()?;
        Some(place.opcode).filter(|name| !name.is_empty())
    }

    /// Returns the path in the value where it happened, as in Python: `['rows'][3].name`.
    pub fn path(&self) -> String {
        self.0.path.iter().rev().map(String::as_str).collect()
    }

    /// Returns whether the bytes are no pickle: an unknown opcode, an empty stack, text that is not UTF-8,
    /// or an end that comes too early ([`is_cut_off`](Self::is_cut_off)). Python raises
    /// `UnpicklingError`, `EOFError`, `ValueError` and others for these.
    pub fn is_malformed(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Malformed | ErrorKind::CutOff)
    }

    /// Returns whether the bytes end before the pickle does: more of them could complete it.
    pub fn is_cut_off(&self) -> bool {
        self.0.kind == ErrorKind::CutOff
    }

    /// Returns whether a limit was exceeded: the pickle may be fine, and can be read with a higher limit if
    /// its sender is trusted.
    pub fn is_limit(&self) -> bool {
        self.0.kind == ErrorKind::Limit
    }

    /// Returns whether [`ReadOptions::charge`](crate::ReadOptions::charge) refused: the pickle may be fine,
    /// and can be read when others have released what they hold.
    pub fn is_over_budget(&self) -> bool {
        self.0.kind == ErrorKind::OverBudget
    }

    /// Returns whether the allow-list of classes and functions refused a name in the pickle.
    pub fn is_refused(&self) -> bool {
        self.0.kind == ErrorKind::Refused
    }

    /// Returns whether the pickle is fine, but holds what cannot be represented in this version, or in the
    /// target.
    pub fn is_unsupported(&self) -> bool {
        self.0.kind == ErrorKind::Unsupported
    }
}

/// Characters that cannot be printed are escaped: names from the pickle may hold any. The text has
/// an end, whatever the pickle holds: long names and paths are cut.
impl Display for PickleError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0.place {
            Some(Place { offset, opcode: "" }) => write!(f, "pickle, byte {offset}: ")?,
            Some(Place { offset, opcode }) => write!(f, "pickle, byte {offset} ({opcode}): ")?,
            None => {}
        }
        if !self.0.path.is_empty() {
            f.write_str("at ")?;
            write_path(f, &self.path())?;
            f.write_str(": ")?;
        }
        write_escaped_text(f, &self.0.message)
    }
}

impl std::error::Error for PickleError {}

impl serde::ser::Error for PickleError {
    fn custom<T: Display>(message: T) -> Self {
        PickleError::new(beginning_of(&message, LONGEST_MESSAGE))
    }
}

impl serde::de::Error for PickleError {
    fn custom<T: Display>(message: T) -> Self {
        PickleError::new(beginning_of(&message, LONGEST_MESSAGE))
    }
}

#[cfg(test)]
mod tests;
