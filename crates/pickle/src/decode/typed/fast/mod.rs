//! The fast path: types straight from the opcodes, without a graph in between.
//!
//! It knows the order of opcodes in which picklers write plain data and instances of classes with
//! attributes, and follows the type that is asked for. It never decides what a pickle means: it
//! reads each opcode where the stack machine would have it, so that a wrong guess meets an opcode
//! that cannot stand there. Then, and on every error, it gives up, and the graph is read instead,
//! which knows all opcodes and has the words for errors.
//!
//! ```text
//! value     NONE | NEWTRUE | BININT.. | BINFLOAT | text put? | bytes put? | GET of text or bytes
//!           EMPTY_LIST put? filling | EMPTY_DICT put? filling | EMPTY_TUPLE
//!           MARK value* TUPLE put? | value{1,2,3} TUPLE1..3 put?
//!           class arguments NEWOBJ put? (state BUILD)?
//! filling   (MARK value* APPENDS)* | value APPEND, and the same with SETITEMS, SETITEM
//! ```

mod container_end;
mod cursor;
mod deserializer;
mod fallback;
mod instance;
mod item;
mod key;
mod lookahead;
mod map_access;
mod memo;
mod opcodes;
mod peek;
mod reader;
mod scratch;
mod sequence;
mod skip;

use serde::de::Deserialize;

use crate::ReadOptions;
use crate::opcode::{PROTO, STOP};
use reader::Reader;

/// Reads a pickle, or gives up.
pub(super) fn read<'de, T: Deserialize<'de>>(
    message: &'de [u8],
    options: &ReadOptions,
) -> Option<T> {
    let limits = &options.limits;
    // A value and an entry of the memo take a byte at least.
    let within = limits.values.min(limits.memo) >= message.len();
    if !within || limits.message < message.len() as u64 || !options.buffers.is_empty() {
        return None;
    }
    // Protocols 0 and 1 are rare, and written differently.
    let [PROTO, protocol @ 2..=5, rest @ ..] = message else {
        return None;
    };
    // Made where it stays: to move it costs as much as a small message.
    let mut reader = Reader::new(rest, *protocol, options);
    reader.take_scratch(message.len());
    let value = reader.within(|reader| T::deserialize(reader)).ok()?;
    let whole = reader.codes.next().ok()? == STOP && reader.codes.counted_alike();
    reader.keep_scratch(message.len());
    whole.then_some(value)
}
