//! Ids of clients and sockets.

/// The id of an accepted client. Ids ascend in the order of acceptance and are never reused.
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

/// The id of a listening socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(u64);

impl SocketId {
    pub(super) fn new(number: u64) -> Self {
        SocketId(number)
    }
}
