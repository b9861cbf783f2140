//! Writing pickles: `pickle.dumps` for plain data.
//!
//! `serde-pickle` writes the scalars. Containers are written here: serde knows no sets, and
//! serde-pickle's own dynamic value keeps dicts sorted where Python keeps them in order.

use serde::Serializer as _;
use serde_pickle::{SerOptions, Serializer};

use super::error::Error;
use super::opcode::*;
use super::{BigInt, MAX_DEPTH, Value};

type Result<T> = std::result::Result<T, Error>;

/// Which protocol pickles are written in.
///
/// | | read by | `bytes` take |
/// |---|---|---|
/// | `V2` | Python 2.3 and later, every Python 3 | 1 to 2 times their size, as text and a call of `codecs.encode` |
/// | `V3` | Python 3.0 and later | their size |
///
/// All else is the same in both. `V2` is the default since it is the newest one that each Python
/// from 2.7 on reads; choose `V3` where large `bytes` go to Python 3. A Python 2.7 gets `unicode`
/// for text and `str` for `bytes`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// Protocol 2: every Python reads it.
    #[default]
    V2,
    /// Protocol 3: Python 3 reads it.
    V3,
}

impl Protocol {
    fn number(self) -> u8 {
        match self {
            Protocol::V2 => 2,
            Protocol::V3 => 3,
        }
    }

    fn options(self) -> SerOptions {
        match self {
            Protocol::V2 => SerOptions::new().proto_v2(),
            Protocol::V3 => SerOptions::new(),
        }
    }

    fn builtins(self) -> &'static [u8] {
        match self {
            Protocol::V2 => b"__builtin__",
            Protocol::V3 => b"builtins",
        }
    }
}

/// Writes a value as a pickle: `pickle.dumps(x, protocol)`.
///
/// ```
/// use mpconn::pickle::{Protocol, Value, dumps};
///
/// let data = dumps(&Value::from((1, "a")), Protocol::V2)?;
/// assert_eq!(data, b"\x80\x02J\x01\0\0\0X\x01\0\0\0a\x86.");
/// # Ok::<(), mpconn::pickle::Error>(())
/// ```
///
/// # Errors
/// Text or bytes of 4 GiB and more, which these protocols cannot hold; values nested deeper than
/// [`MAX_DEPTH`], or keys that Python cannot hash.
pub fn dumps(value: &Value, protocol: Protocol) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    dump_into(value, protocol, &mut out)?;
    Ok(out)
}

/// Appends the pickle of a value.
pub(crate) fn dump_into(value: &Value, protocol: Protocol, out: &mut Vec<u8>) -> Result<()> {
    out.extend([PROTO, protocol.number()]);
    Writer {
        out,
        protocol,
        depth: 0,
    }
    .value(value)?;
    out.push(STOP);
    Ok(())
}

/// Appends the pickle of bytes, copying them once.
pub(crate) fn dump_bytes_into(bytes: &[u8], protocol: Protocol, out: &mut Vec<u8>) -> Result<()> {
    const AROUND: usize = 32;
    out.reserve(bytes.len() + AROUND);
    out.extend([PROTO, protocol.number()]);
    Writer {
        out,
        protocol,
        depth: 0,
    }
    .bytes(bytes)?;
    out.push(STOP);
    Ok(())
}

/// How many items CPython puts between a MARK and its APPENDS or SETITEMS.
const BATCH: usize = 1000;

struct Writer<'a> {
    out: &'a mut Vec<u8>,
    protocol: Protocol,
    depth: usize,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value) -> Result<()> {
        match value {
            Value::None => self.scalar(|scalar| scalar.serialize_unit()),
            Value::Bool(value) => self.scalar(|scalar| scalar.serialize_bool(*value)),
            Value::Int(value) => self.scalar(|scalar| scalar.serialize_i64(*value)),
            Value::BigInt(value) => self.big_int(value),
            Value::Float(value) => self.scalar(|scalar| scalar.serialize_f64(*value)),
            Value::Str(text) => {
                check_length(text.len())?;
                self.scalar(|scalar| scalar.serialize_str(text))
            }
            Value::Bytes(bytes) => self.bytes(bytes),
            _ => self.container(value),
        }
    }

    fn scalar(
        &mut self,
        write: impl FnOnce(&mut Serializer<&mut Vec<u8>>) -> serde_pickle::Result<()>,
    ) -> Result<()> {
        let mut serializer = Serializer::new(&mut *self.out, self.protocol.options());
        write(&mut serializer).map_err(|error| Error::new(error.to_string()))
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        // Protocol 2 writes them as UTF-8 of the characters of the same numbers.
        let length = match self.protocol {
            Protocol::V2 => bytes.len() + bytes.iter().filter(|byte| !byte.is_ascii()).count(),
            Protocol::V3 => bytes.len(),
        };
        check_length(length)?;
        self.scalar(|scalar| scalar.serialize_bytes(bytes))
    }

    fn big_int(&mut self, value: &BigInt) -> Result<()> {
        let bytes = value.to_signed_bytes_le();
        if let Ok(length) = u8::try_from(bytes.len()) {
            self.out.extend([LONG1, length]);
        } else {
            let length = i32::try_from(bytes.len()).map_err(|_| too_long(bytes.len()))?;
            self.out.push(LONG4);
            self.out.extend(length.to_le_bytes());
        }
        self.out.extend(bytes);
        Ok(())
    }

    fn container(&mut self, value: &Value) -> Result<()> {
        if self.depth == MAX_DEPTH {
            return Err(Error::new(format!(
                "nested deeper than {MAX_DEPTH} levels: flatten it"
            )));
        }
        self.depth += 1;
        match value {
            Value::Tuple(items) => self.tuple(items)?,
            Value::List(items) => self.list(items)?,
            Value::Set(items) => self.set(b"set", items)?,
            Value::FrozenSet(items) => self.set(b"frozenset", items)?,
            Value::Dict(dict) => self.dict(dict.pairs())?,
            // The scalars, which `value` has written.
            _ => {}
        }
        self.depth -= 1;
        Ok(())
    }

    fn items(&mut self, first: usize, items: &[Value]) -> Result<()> {
        for (index, item) in items.iter().enumerate() {
            self.value(item)
                .map_err(|error| error.inside_index(first + index))?;
        }
        Ok(())
    }

    fn tuple(&mut self, items: &[Value]) -> Result<()> {
        let close = match items.len() {
            0 => EMPTY_TUPLE,
            1 => TUPLE1,
            2 => TUPLE2,
            3 => TUPLE3,
            _ => TUPLE,
        };
        if close == TUPLE {
            self.out.push(MARK);
        }
        self.items(0, items)?;
        self.out.push(close);
        Ok(())
    }

    fn list(&mut self, items: &[Value]) -> Result<()> {
        self.out.push(EMPTY_LIST);
        for (number, batch) in items.chunks(BATCH).enumerate() {
            self.out.push(MARK);
            self.items(number * BATCH, batch)?;
            self.out.push(APPENDS);
        }
        Ok(())
    }

    fn set(&mut self, class: &[u8], items: &[Value]) -> Result<()> {
        items.iter().try_for_each(check_key)?;
        self.out.push(GLOBAL);
        for part in [self.protocol.builtins(), b"\n", class, b"\n"] {
            self.out.extend(part);
        }
        self.list(items)?;
        self.out.extend([TUPLE1, REDUCE]);
        Ok(())
    }

    fn dict(&mut self, pairs: &[(Value, Value)]) -> Result<()> {
        self.out.push(EMPTY_DICT);
        for batch in pairs.chunks(BATCH) {
            self.out.push(MARK);
            for (key, value) in batch {
                check_key(key)?;
                self.value(key)?;
                self.value(value)
                    .map_err(|error| error.inside_key(&key.to_string()))?;
            }
            self.out.push(SETITEMS);
        }
        Ok(())
    }
}

/// serde-pickle cuts a length down to its four bytes without a word.
fn check_length(length: usize) -> Result<()> {
    match u32::try_from(length) {
        Ok(_) => Ok(()),
        Err(_) => Err(too_long(length)),
    }
}

fn too_long(length: usize) -> Error {
    Error::new(format!(
        "{length} bytes in one object: protocols 2 and 3 hold less than 4 GiB; send it in pieces, \
         or with send_bytes"
    ))
}

fn check_key(key: &Value) -> Result<()> {
    match super::key::unhashable(key) {
        None => Ok(()),
        Some(kind) => Err(Error::new(format!(
            "a {kind} as a dict key or set item, which Python cannot hash: use a tuple"
        ))),
    }
}
