//! Errors of reading JSON.

/// Why a text is not JSON, or not the JSON of a Python value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// The text is not JSON; the message has line and column.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// The content of a form such as `{"$set": ...}` is not what that form holds.
    #[error("{{\"{name}\": ...}} has to hold {expected}")]
    Form {
        /// The name of the form.
        name: String,
        /// What was expected in it.
        expected: &'static str,
    },
}
