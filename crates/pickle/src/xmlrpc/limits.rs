//! What a message may cost.

/// What a message of XML-RPC may cost to read, and a value to write.
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
    /// The defaults: see each setting.
    pub fn new() -> Self {
        XmlRpcLimits {
            message: u64::MAX,
            depth: 2_000,
            typed_depth: None,
            values: 1 << 27,
            growth: 256 << 20,
        }
    }

    /// How long a message that is read may be, in bytes: as long as it is unless told.
    pub fn message(mut self, bytes: u64) -> Self {
        self.message = bytes;
        self
    }

    /// How deep arrays and structs may be nested that are read: 2,000 levels unless told. Nothing
    /// here overflows the stack at any depth; code of the caller's that recurses over a value may.
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

    /// How many values there may be in a message that is read: 134,217,728 unless told. One takes
    /// 24 bytes and more.
    pub fn values(mut self, count: usize) -> Self {
        self.values = count;
        self
    }

    /// How many bytes may be written of what was written before, since XML-RPC has no references:
    /// 256 MiB unless told. Sixty lists, each twice in the next, would take all memory there is.
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
