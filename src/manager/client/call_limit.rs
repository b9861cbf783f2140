//! How long a call may take, and who may end it.

use std::time::Duration;

use super::cancel::Cancel;
use crate::error::{Cause, Error, Result};
use crate::transport::readiness::Deadline;

/// One deadline for all that a call does, and the [`Cancel`] that may end it before.
#[derive(Clone, Debug)]
pub(super) struct CallLimit {
    pub(super) deadline: Deadline,
    pub(super) cancel: Option<Cancel>,
}

impl CallLimit {
    pub(super) const NONE: CallLimit = CallLimit {
        deadline: Deadline::NEVER,
        cancel: None,
    };

    pub(super) fn new(timeout: Option<Duration>, cancel: Option<Cancel>) -> Self {
        CallLimit {
            deadline: Deadline::after(timeout),
            cancel,
        }
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.as_ref().is_some_and(Cancel::is_cancelled)
    }

    /// Fails if the time is over or the call was cancelled.
    pub(super) fn check(&self) -> Result<()> {
        if self.is_cancelled() {
            return Err(Cause::Cancelled.into());
        }
        match self.deadline.has_passed() {
            true => Err(Error::from(Cause::TimedOut("before the call was sent"))),
            false => Ok(()),
        }
    }

    /// Sleeps that long, or until the limit is reached.
    pub(super) fn sleep(&self, duration: Duration) -> Result<()> {
        let duration = self
            .deadline
            .remaining()
            .map_or(duration, |left| left.min(duration));
        match &self.cancel {
            Some(cancel) => cancel.sleep(duration),
            None => std::thread::sleep(duration),
        }
        self.check()
    }
}
