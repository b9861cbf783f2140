//! Names of clients and sockets.

/// A client that was accepted. Ids ascend in the order of acceptance and are never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(u64);

impl ClientId {
    pub(super) fn new(number: u64) -> Self {
        ClientId(number)
    }

    /// Returns its number: 0 for the first client, and one more for each after it.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// A listening socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(u64);

impl SocketId {
    pub(super) fn new(number: u64) -> Self {
        SocketId(number)
    }
}
