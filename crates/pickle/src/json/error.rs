//! What is wrong with JSON.

/// Why a text is no JSON, or not the JSON of a Python value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// It is no JSON; the message has line and column.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// An object with one of the names that stand for Python's types holds something else.
    #[error("{{\"{name}\": ...}} has to hold {expected}")]
    Form {
        /// The name.
        name: String,
        /// What was expected in it.
        expected: &'static str,
    },
}
