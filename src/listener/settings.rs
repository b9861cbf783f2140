//! How clients are treated.

use std::time::Duration;

use super::event::ListenerEvent;
use crate::AuthKey;
use crate::connection::ReceiveLimits;
use crate::handshake::Policy;

/// The function that is called with events.
type OnEvent = Box<dyn FnMut(&ListenerEvent<'_>) + Send>;

/// The settings of a listener.
pub(super) struct Settings {
    pub(super) authkey: Option<AuthKey>,
    pub(super) policy: Policy,
    pub(super) handshake_timeout: Option<Duration>,
    pub(super) max_pending: usize,
    pub(super) backlog: i32,
    pub(super) receive: ReceiveLimits,
    pub(super) on_event: Option<OnEvent>,
}
