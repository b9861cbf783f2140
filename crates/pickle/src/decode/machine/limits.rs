//! Checks of limits while a pickle is read.

use super::execute::Machine;
use crate::opcode::{self, STOP};
use crate::{PickleError, Result};

/// Number of values that are charged at once, ahead.
const STEP: usize = 1024;

/// The newest protocol.
const NEWEST: u8 = 5;

impl Machine<'_, '_> {
    pub(super) fn check_protocol(&mut self) -> Result<()> {
        let protocol = self.source.u8()?;
        if protocol > NEWEST {
            return Err(PickleError::unsupported(format!(
                "protocol {protocol}: up to {NEWEST} are known; have the peer write an older one"
            )));
        }
        self.graph.protocol = protocol;
        Ok(())
    }

    pub(super) fn check_frame(&mut self) -> Result<()> {
        let length = self.source.u64()?;
        // The content is not consumed: it is read opcode by opcode.
        self.source.clone().bytes(length).map(drop)
    }

    /// Counts the bytes of a copy.
    pub(super) fn charge(&mut self, bytes: usize) -> Result<()> {
        self.growth = self.growth.saturating_add(bytes as u64);
        let limit = self.options.limits.growth;
        if self.growth <= limit {
            return Ok(());
        }
        Err(PickleError::limit(format!(
            "objects that are copied many times would take more than {limit} bytes: raise \
             Limits::growth if the peer is to be trusted"
        )))
    }

    /// An opcode makes one value at most, so this need not run at each opcode.
    #[cold]
    pub(super) fn check_values(&mut self, offset: usize) -> Result<()> {
        let graph = &self.graph;
        let made = self.stack.len() + graph.pool.len() + graph.cells.len() + graph.moved;
        let limit = self.options.limits.values;
        if made > limit {
            return Err(PickleError::limit(format!(
                "more than {limit} values: raise Limits::values if the peer is to be trusted"
            ))
            .at(offset, "values"));
        }
        let mut left = limit - made;
        if let Some(charge) = &self.options.charge {
            // What the next opcodes can make beyond what is charged already.
            let wanted = (made + STEP).saturating_sub(self.charged);
            if !charge(wanted as u64) {
                return Err(PickleError::over_budget().at(offset, "values"));
            }
            self.charged = self.charged.max(made + STEP);
            left = left.min(STEP);
        }
        self.check_at = offset + left.max(1);
        Ok(())
    }

    #[cold]
    pub(super) fn memo_too_large(&self) -> PickleError {
        let limit = self.options.limits.memo;
        PickleError::limit(format!(
            "more than {limit} objects in the memo: raise Limits::memo if the peer is to be trusted"
        ))
    }

    #[cold]
    pub(super) fn no_end(&self, offset: usize) -> PickleError {
        let error = match offset {
            0 if self.beyond == 0 => {
                PickleError::cut_off("an empty message is no pickle: did the peer use send_bytes?")
            }
            _ => PickleError::cut_off("the pickle ends without STOP: it is cut off, or no pickle"),
        };
        self.in_place(error, offset, STOP)
    }

    /// Adds the place to an error. A pickle that the limit cuts off is not the peer's fault.
    #[cold]
    pub(super) fn in_place(&self, error: PickleError, offset: usize, code: u8) -> PickleError {
        let error = match error.is_cut_off() && self.beyond > 0 {
            true => PickleError::limit(format!(
                "a pickle of more than {} bytes: raise Limits::message if the peer is to be trusted",
                self.options.limits.message
            )),
            false => error,
        };
        error.at(offset, opcode::name(code))
    }
}
