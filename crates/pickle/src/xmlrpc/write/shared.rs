//! Limits the repetition of shared objects, since XML-RPC has no references.

use std::collections::HashSet;

use crate::Value;
use crate::xmlrpc::{Result, XmlRpcError};

/// Text up to this length takes no more than its place in a container.
const SMALL: usize = 16;

/// Counts the bytes of repeated objects.
pub(super) struct Shared {
    /// Addresses of objects met that have more than one handle.
    seen: HashSet<usize>,
    /// The container being repeated: its depth, and the offset where it began.
    again: Option<(usize, usize)>,
    growth: u64,
    most: u64,
}

impl Shared {
    pub(super) fn new(most: u64) -> Self {
        Shared {
            seen: HashSet::new(),
            again: None,
            growth: 0,
            most,
        }
    }

    /// Begins a container at this depth and offset.
    pub(super) fn enter(&mut self, value: &Value, depth: usize, at: usize) {
        let Some(handle) = value.handle() else { return };
        if !handle.unique && !self.seen.insert(handle.address) {
            self.again.get_or_insert((depth, at));
        }
    }

    /// Ends the container at this depth.
    pub(super) fn leave(&mut self, depth: usize, at: usize) {
        if let Some((outermost, from)) = self.again
            && outermost == depth
        {
            self.growth += (at - from) as u64;
            self.again = None;
        }
    }

    /// Counts text or bytes about to be written.
    pub(super) fn leaf(&mut self, value: &Value) {
        let (length, unique, address) = match value {
            Value::Str(it) => (it.len(), it.is_unique(), it.address()),
            Value::Bytes(it) => (it.len(), it.is_unique(), it.address()),
            Value::ByteArray(it) => (it.len(), it.is_unique(), it.address()),
            _ => return,
        };
        let before = length > SMALL && !unique && !self.seen.insert(address);
        if before && self.again.is_none() {
            self.growth += length as u64;
        }
    }

    /// Checks the limit after that many bytes are written.
    pub(super) fn check(&self, written: usize) -> Result<()> {
        let open = self.again.map_or(0, |(_, from)| written - from);
        if self.growth + open as u64 <= self.most {
            return Ok(());
        }
        Err(XmlRpcError::limit(format!(
            "shared objects take more than {} bytes to write again in each place: raise \
             XmlRpcLimits::growth, or send less at once",
            self.most
        )))
    }
}
