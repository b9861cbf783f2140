//! Errors of reading and writing XML-RPC.

use std::fmt::{self, Display, Formatter};

use crate as pickle;

/// Why a value could not be written as XML-RPC, or a message could not be read.
///
/// The message names the position: the byte in a message, or the path in a value.
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
    /// Position in a message.
    offset: Option<usize>,
    /// Position in a value.
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

/// The error that a peer sends instead of a value: `xmlrpc.client.Fault`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub(super) code: i64,
    pub(super) text: String,
}

impl Fault {
    /// Returns `fault.faultCode`.
    pub fn code(&self) -> i64 {
        self.code
    }

    /// Returns `fault.faultString`.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl XmlRpcError {
    #[cold]
    pub(super) fn malformed(offset: usize, message: impl Into<String>) -> Self {
        XmlRpcError::of(ErrorKind::Malformed, message.into()).at_byte(offset)
    }

    /// Makes an error about a limit, which the message must name.
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

    /// Sets the path, unless a deeper one is set.
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

    /// Returns the byte offset in the message, from 0.
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }

    /// Returns the position in the value to be written, as a Python expression such as
    /// `['rows'][3].name`.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Returns whether the message is not XML, or not XML-RPC of one value.
    pub fn is_malformed(&self) -> bool {
        self.0.kind == ErrorKind::Malformed
    }

    /// Returns whether a limit was exceeded. If the sender is trusted, the message may be read with
    /// a higher limit.
    pub fn is_limit(&self) -> bool {
        self.0.kind == ErrorKind::Limit
    }

    /// Returns whether XML-RPC cannot hold the value: Python's `TypeError`, `OverflowError` and
    /// `UnicodeEncodeError`.
    pub fn is_unsupported(&self) -> bool {
        self.0.kind == ErrorKind::Unsupported
    }

    /// Returns the fault that the peer sent instead of a value. Python raises it.
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

/// Converts errors of reading a value through serde.
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
