//! The kinds of replies.

/// What the method returned.
pub const RETURN: &str = "#RETURN";
/// What the method returned stays at the manager, which counts one reference for the client.
pub const PROXY: &str = "#PROXY";
/// The method raised an exception.
pub const ERROR: &str = "#ERROR";
/// The call failed outside the method.
pub const TRACEBACK: &str = "#TRACEBACK";
/// The method ran, and its result cannot be pickled.
pub const UNSERIALIZABLE: &str = "#UNSERIALIZABLE";
