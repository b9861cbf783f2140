//! What a connection may receive, set where it is made.

use std::time::Duration;

use mpconn_proto::connection::Budget;

use super::Connection;

/// The limits of receiving that builders set on the connections they make.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReceiveLimits {
    pub(crate) max_message_len: Option<u64>,
    pub(crate) rest_timeout: Option<Duration>,
    pub(crate) budget: Option<Budget>,
}

impl ReceiveLimits {
    pub(crate) fn apply(&self, connection: &Connection) {
        if let Some(max) = self.max_message_len {
            connection.set_max_message_len(max);
        }
        if self.rest_timeout.is_some() {
            connection.set_rest_timeout(self.rest_timeout);
        }
        if self.budget.is_some() {
            connection.set_budget(self.budget.as_ref());
        }
    }
}
