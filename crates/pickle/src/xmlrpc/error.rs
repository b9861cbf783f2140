//! What goes wrong between values and XML-RPC.

use std::fmt::{self, Display, Formatter};

use crate as pickle;

/// Why a value could not be written as XML-RPC, or a message not be read.
///
/// The message names the place: the byte in a message, the path in a value.
///
/// ```
/// use mpconn_pickle::Value;
/// use mpconn_pickle::xmlrpc::dumps;
///
/// let value: Value = "{'rows': [1, {2}]}".parse()?;
/// assert_eq!(
///     dumps(&value).unwrap_err().to_string(),
///     "at ['rows'][1]: XML-RPC has no set: send a list"
/// );
/// # Ok::<(), mpconn_pickle::LiteralError>(())
/// ```
#[derive(Debug, Clone)]
pub struct XmlRpcError(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    /// In a message.
    offset: Option<usize>,
    /// In a value.
    path: String,
}

/// What the questions of [`XmlRpcError`] tell apart.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ErrorKind {
    Other,
    Malformed,
    Limit,
    Unsupported,
    Fault(Fault),
}

/// What the peer answers instead of a value: `xmlrpc.client.Fault`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub(super) code: i64,
    pub(super) text: String,
}

impl Fault {
    /// `fault.faultCode`
    pub fn code(&self) -> i64 {
        self.code
    }

    /// `fault.faultString`
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl XmlRpcError {
    #[cold]
    pub(super) fn malformed(offset: usize, message: impl Into<String>) -> Self {
        XmlRpcError::of(ErrorKind::Malformed, message.into()).at_byte(offset)
    }

    /// One of the limits forbids it; the message names the limit.
    #[cold]
    pub(super) fn limit(message: impl Into<String>) -> Self {
        XmlRpcError::of(ErrorKind::Limit, message.into())
    }

    #[cold]
    pub(super) fn unsupported(message: impl Into<String>) -> Self {
        XmlRpcError::of(ErrorKind::Unsupported, message.into())
    }

    #[cold]
    pub(super) fn fault(fault: Fault) -> Self {
        let message = format!("the peer reports fault {}: {}", fault.code, fault.text);
        XmlRpcError::of(ErrorKind::Fault(fault), message)
    }

    fn of(kind: ErrorKind, message: String) -> Self {
        XmlRpcError(Box::new(Inner {
            kind,
            message,
            offset: None,
            path: String::new(),
        }))
    }

    /// The innermost place is kept.
    #[cold]
    pub(super) fn at_byte(mut self, offset: usize) -> Self {
        self.0.offset.get_or_insert(offset);
        self
    }

    #[cold]
    pub(super) fn at_path(mut self, path: String) -> Self {
        self.0.path = path;
        self
    }

    /// Where in the message it happened, from 0.
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }

    /// Where in the value that was to be written it happened, as one would write it in Python:
    /// `['rows'][3].name`.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Whether the message is no XML, or no XML-RPC of one value.
    pub fn is_malformed(&self) -> bool {
        self.0.kind == ErrorKind::Malformed
    }

    /// Whether a limit forbade it: the message may be fine, and can be read with a higher limit
    /// if its sender is trusted.
    pub fn is_limit(&self) -> bool {
        self.0.kind == ErrorKind::Limit
    }

    /// Whether the value is one that XML-RPC cannot hold: Python's `TypeError`, `OverflowError`
    /// and `UnicodeEncodeError`.
    pub fn is_unsupported(&self) -> bool {
        self.0.kind == ErrorKind::Unsupported
    }

    /// The fault that the peer sent instead of a value. Python raises it.
    ///
    /// ```
    /// use mpconn_pickle::xmlrpc::{XmlRpcLimits, loads};
    ///
    /// let message = b"<fault><value><struct>\
    ///     <member><name>faultCode</name><value><int>4</int></value></member>\
    ///     <member><name>faultString</name><value>no such method</value></member>\
    ///     </struct></value></fault>";
    /// let error = loads(message, &XmlRpcLimits::new()).unwrap_err();
    /// let fault = error.as_fault().unwrap();
    /// assert_eq!((fault.code(), fault.text()), (4, "no such method"));
    /// ```
    pub fn as_fault(&self) -> Option<&Fault> {
        match &self.0.kind {
            ErrorKind::Fault(fault) => Some(fault),
            _ => None,
        }
    }
}

impl Display for XmlRpcError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(offset) = self.0.offset {
            write!(f, "XML-RPC, byte {offset}: ")?;
        }
        if !self.0.path.is_empty() {
            write!(f, "at {}: ", self.0.path)?;
        }
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for XmlRpcError {}

/// Of what serde makes of a value.
impl From<pickle::PickleError> for XmlRpcError {
    fn from(error: pickle::PickleError) -> Self {
        let kind = if error.is_limit() {
            ErrorKind::Limit
        } else {
            ErrorKind::Other
        };
        XmlRpcError::of(kind, error.to_string())
    }
}
