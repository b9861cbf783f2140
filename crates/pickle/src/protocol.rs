//! Protocols to write.

/// The protocol of a written pickle: the second argument of `pickle.dumps`.
///
/// | protocol | since Python | what for |
/// |---|---|---|
/// | [`V2`](Protocol::V2) | 2.3 | every peer; bytes take up to twice their size |
/// | [`V3`](Protocol::V3) | 3.0 | bytes as they are |
/// | [`V4`](Protocol::V4) | 3.4 | what Python 3.8 to 3.13 write by themselves |
/// | [`V5`](Protocol::V5) | 3.8 | `bytearray` as it is, buffers beside the pickle |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// Read by every Python from 2.3 on.
    #[default]
    V2 = 2,
    /// Read by every Python 3.
    V3 = 3,
    /// Read by Python 3.4 and later.
    V4 = 4,
    /// Read by Python 3.8 and later.
    V5 = 5,
}

impl Protocol {
    /// Returns its number.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Returns the protocol of this number, if it can be written here.
    pub fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            2 => Protocol::V2,
            3 => Protocol::V3,
            4 => Protocol::V4,
            5 => Protocol::V5,
            _ => return None,
        })
    }
}
