//! [`Show`]: prints a value with a limit on the repetition of shared objects.

use std::fmt::{self, Display, Formatter, Write};

use super::limited_output::LimitedOutput;
use super::printer::Printer;
use crate::{SHOWN_GROWTH, Value};

/// A printable value, with a limit on what shared objects may add; made by [`Value::show`].
///
/// The content of the value is always shown whole. A shared object is shown again at each place,
/// as in Python, until the repetitions exceed the growth. Then it is cut:
/// `<list of 10 items ...>`, `<str of 1000000 bytes ...>`, `<shop.Order ...>`. None of these is a
/// literal. Objects of up to 64 bytes are never cut.
#[derive(Clone, Copy)]
#[must_use = "it is shown when it is printed"]
pub struct Show<'v> {
    value: &'v Value,
    growth: usize,
}

impl Value {
    /// Shows the value as Python's `repr(x)`, with a limit on what shared objects may add: 1 MiB by
    /// default ([`SHOWN_GROWTH`]).
    ///
    /// A message of a few hundred bytes can have a `repr` that fills any disk: a list that holds
    /// another one ten times, and so on. Here text and work are at most a constant factor of the
    /// message, plus the growth.
    ///
    /// ```
    /// use mpconn_pickle::Value;
    ///
    /// let list = Value::list(0..100);
    /// let twice = Value::list([list.clone(), list]);
    /// assert_eq!(twice.show().to_string(), twice.to_string());
    /// let mut text = String::new();
    /// let is_whole = twice.show().growth(100).write_to(&mut text)?;
    /// assert!(!is_whole && text.ends_with(", 98, 99], <list of 100 items ...>]"));
    /// # Ok::<(), std::fmt::Error>(())
    /// ```
    pub fn show(&self) -> Show<'_> {
        Show {
            value: self,
            growth: SHOWN_GROWTH,
        }
    }
}

impl Show<'_> {
    /// Sets the limit on what shared objects may add, in bytes written plus nodes visited.
    pub fn growth(mut self, bytes: usize) -> Self {
        self.growth = bytes;
        self
    }

    /// Writes the text in pieces, without holding all of it. Returns `false` if something was cut.
    ///
    /// # Errors
    /// Fails if `out` fails.
    pub fn write_to<W: Write + ?Sized>(&self, out: &mut W) -> Result<bool, fmt::Error> {
        let mut output = LimitedOutput::new(out, usize::MAX, self.growth);
        Printer::new(&mut output).print(self.value)?;
        Ok(output.growth.is_whole())
    }

    /// Returns [`Value::to_json`] with this growth: shared objects are repeated if that adds no
    /// more, and otherwise written once.
    ///
    /// ```
    /// use mpconn_pickle::Value;
    ///
    /// let list = Value::list(0..40);
    /// let twice = Value::list([list.clone(), list]);
    /// assert!(twice.show().to_json().ends_with(",38,39]]"));
    /// assert!(twice.show().growth(0).to_json().ends_with(r#",38,39]]},{"$same":1}]"#));
    /// ```
    #[cfg(feature = "json")]
    pub fn to_json(&self) -> String {
        crate::json::within(self.value, self.growth, usize::MAX).unwrap_or_default()
    }
}

impl Display for Show<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.write_to(f).map(|_| ())
    }
}

/// Writes the same as `Display`.
impl fmt::Debug for Show<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}
