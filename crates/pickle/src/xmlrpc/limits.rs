//! Limits on the cost of messages.

/// Limits on the cost of reading an XML-RPC message and of writing a value.
///
/// ```
/// use mpconn_pickle::xmlrpc::{XmlRpcLimits, loads};
///
/// let deep = b"<params><value><array><array/></array></value></params>";
/// assert!(loads(deep, &XmlRpcLimits::new()).is_ok());
/// assert!(loads(deep, &XmlRpcLimits::new().depth(1)).unwrap_err().is_limit());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmlRpcLimits {
    pub(super) message: u64,
    pub(super) depth: usize,
    pub(crate) typed_depth: Option<usize>,
    pub(super) values: usize,
    pub(super) growth: u64,
}

impl XmlRpcLimits {
    /// Makes the default limits: see each setting.
    pub fn new() -> Self {
        XmlRpcLimits {
            message: u64::MAX,
            depth: 2_000,
            typed_depth: None,
            values: 1 << 27,
            growth: 256 << 20,
        }
    }

    /// Limits the length of a message to read, in bytes. There is no limit by default.
    pub fn message(mut self, bytes: u64) -> Self {
        self.message = bytes;
        self
    }

    /// Limits the nesting of arrays and structs to read, by default to 2,000 levels. Nothing here
    /// overflows the stack at any depth, but code that recurses over a value may.
    pub fn depth(mut self, levels: usize) -> Self {
        self.depth = levels;
        self
    }

    /// Sets how deep Rust types may be nested that [`codec::XmlRpc`](crate::codec::XmlRpc) reads:
    /// 64 levels by default, as in [`pickle::Limits::typed_depth`](crate::Limits::typed_depth).
    pub fn typed_depth(mut self, levels: usize) -> Self {
        self.typed_depth = Some(levels);
        self
    }

    /// Limits the number of values in a message to read, by default to 134,217,728. A value takes
    /// at least 24 bytes.
    pub fn values(mut self, count: usize) -> Self {
        self.values = count;
        self
    }

    /// Limits the bytes written for repeated objects, by default to 256 MiB. XML-RPC has no
    /// references: sixty lists, each twice in the next, would fill all memory.
    pub fn growth(mut self, bytes: u64) -> Self {
        self.growth = bytes;
        self
    }
}

impl Default for XmlRpcLimits {
    fn default() -> Self {
        XmlRpcLimits::new()
    }
}
