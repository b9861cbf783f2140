//! The fast reader: Rust types straight from the opcodes, without a graph in between.
//!
//! It knows the order of opcodes in which picklers write plain data and instances of classes with
//! attributes, and follows the type. It reads each opcode as the stack machine would, so that a wrong
//! guess meets an opcode that cannot stand there. Then, and on every error, it falls back: the graph
//! reader starts again, which knows all opcodes and reports errors.
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

/// Reads a pickle. `None` if the graph has to be read instead.
pub(super) fn read<'de, T: Deserialize<'de>>(
    message: &'de [u8],
    options: &ReadOptions,
) -> Option<T> {
    let limits = &options.limits;
    // A value or memo entry takes at least one byte.
    let within = limits.values.min(limits.memo) >= message.len();
    if !within || limits.message < message.len() as u64 || !options.buffers.is_empty() {
        return None;
    }
    // Protocols 0 and 1 are rare, and use other opcodes.
    let [PROTO, protocol @ 2..=5, rest @ ..] = message else {
        return None;
    };
    // Made in place: moving it costs as much as reading a small message.
    let mut reader = Reader::new(rest, *protocol, options);
    reader.take_scratch(message.len());
    let value = reader.within(|reader| T::deserialize(reader)).ok()?;
    let whole = reader.codes.next().ok()? == STOP && reader.codes.counted_alike();
    reader.keep_scratch(message.len());
    whole.then_some(value)
}
