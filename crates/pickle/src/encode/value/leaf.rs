//! Writes values that hold no others.

use super::repeated::SMALL;
use super::writer::Writer;
use crate::opcode as op;
use crate::{BigInt, Buffer, ByteArray, Bytes, PickleError, Protocol, Result, Str, Value};

/// Types of objects that may share their bytes, added to an address to distinguish them.
#[derive(Clone, Copy)]
enum BytesKind {
    Bytes = 0,
    ByteArray = 1,
    Buffer = 2,
}

impl<'v> Writer<'v, '_> {
    /// Writes an integer beyond 64 bits, in full each time, as CPython does.
    pub(super) fn big_int(&mut self, int: &BigInt) -> Result<()> {
        let length = int.length();
        if length > SMALL && !int.is_unique() && self.repeated.is_known(int.address()) {
            self.repeated.charge(length)?;
        }
        self.encoder.long(&int.to_signed_bytes_le())
    }

    /// Writes a value if it holds no others. Returns whether it did.
    pub(super) fn leaf(&mut self, value: &'v Value) -> Result<bool> {
        self.leaf_inline(value)
    }

    /// The same, inlined for hot loops.
    #[inline(always)]
    pub(super) fn leaf_inline(&mut self, value: &'v Value) -> Result<bool> {
        match value {
            Value::None => self.encoder.none(),
            Value::Bool(value) => self.encoder.bool(*value),
            Value::Int(value) => self.encoder.int(*value),
            Value::Float(value) => self.encoder.float(*value),
            Value::Str(text) => self.text(text)?,
            Value::Tuple(items) if items.is_empty() => self.encoder.empty_tuple(),
            Value::Tuple(_)
            | Value::List(_)
            | Value::Dict(_)
            | Value::Set(_)
            | Value::FrozenSet(_)
            | Value::Instance(_)
            | Value::Persistent(_)
            | Value::Recursive(_) => return Ok(false),
            _ => self.rare_leaf(value)?,
        }
        Ok(true)
    }

    #[inline(never)]
    fn rare_leaf(&mut self, value: &'v Value) -> Result<()> {
        self.encoder.going()?;
        match value {
            Value::Bytes(bytes) => self.bytes(bytes),
            Value::ByteArray(bytes) => self.byte_array(bytes),
            Value::Buffer(buffer) => self.buffer(buffer),
            Value::BigInt(int) => self.big_int(int),
            Value::SurrogateStr(text) => {
                let shared = !text.is_unique();
                self.remembered(text.address(), shared, |this| {
                    this.encoder.kept_text(text.as_bytes())
                })
            }
            Value::Complex(real, imaginary) => self.complex(*real, *imaginary),
            Value::Class(class) => self.class(class),
            _ => Err(PickleError::new("a value of a kind that no pickle holds")),
        }
    }

    /// Writes an object, or a reference if it was written before.
    #[inline]
    pub(super) fn remembered(
        &mut self,
        address: usize,
        shared: bool,
        write: impl FnOnce(&mut Self) -> Result<u32>,
    ) -> Result<()> {
        if !shared && !self.memo.keeps_all() {
            write(self)?;
            return Ok(());
        }
        if let Some(number) = self.memo.number(address) {
            self.encoder.again(number);
            return Ok(());
        }
        let number = write(self)?;
        self.memo.remember(address, number);
        Ok(())
    }

    #[inline(always)]
    pub(super) fn text(&mut self, text: &Str) -> Result<()> {
        match text.shared_address() {
            Some(address) => {
                if let Some(number) = self.memo.number(address) {
                    self.encoder.again(number);
                    return Ok(());
                }
            }
            None if !self.memo.keeps_all() && self.encoder.has_short_text() => {
                self.encoder.kept_text(text.as_bytes())?;
                return Ok(());
            }
            None => {}
        }
        self.rare_text(text)
    }

    /// Writes shared text when first met, or text that needs a closer look.
    #[inline(never)]
    fn rare_text(&mut self, text: &Str) -> Result<()> {
        self.remembered(text.address(), !text.is_unique(), |this| {
            if !this.encoder.has_short_text() {
                return this.old_text(text);
            }
            this.encoder.kept_text(text.as_bytes())
        })
    }

    fn bytes(&mut self, bytes: &Bytes) -> Result<()> {
        let address = bytes.address() + BytesKind::Bytes as usize;
        self.remembered(address, !bytes.is_unique(), |this| this.plain_bytes(bytes))
    }

    /// Writes `bytes` in any protocol.
    pub(super) fn plain_bytes(&mut self, bytes: &[u8]) -> Result<u32> {
        if self.encoder.protocol() < Protocol::V3 {
            return self.encoded_bytes(bytes);
        }
        self.encoder.bytes(bytes)?;
        Ok(self.encoder.memoize())
    }

    /// Writes `bytes` in protocol 2: `_codecs.encode(text, 'latin1')`, or `bytes()`.
    fn encoded_bytes(&mut self, bytes: &[u8]) -> Result<u32> {
        if bytes.is_empty() {
            self.named("builtins", "bytes")?;
            self.encoder.empty_tuple();
        } else {
            self.named("_codecs", "encode")?;
            let text: String = bytes.iter().copied().map(char::from).collect();
            self.interned(&text)?;
            self.interned("latin1")?;
            self.encoder.op(op::TUPLE2);
            self.encoder.memoize();
        }
        self.encoder.op(op::REDUCE);
        Ok(self.encoder.memoize())
    }

    fn byte_array(&mut self, bytes: &ByteArray) -> Result<()> {
        let address = bytes.address() + BytesKind::ByteArray as usize;
        self.remembered(address, !bytes.is_unique(), |this| {
            this.plain_byte_array(bytes)
        })
    }

    /// Writes a `bytearray`, before protocol 5 as `bytearray(bytes)`.
    pub(super) fn plain_byte_array(&mut self, bytes: &[u8]) -> Result<u32> {
        if self.encoder.protocol() >= Protocol::V5 {
            self.encoder.byte_array(bytes);
            return Ok(self.encoder.memoize());
        }
        self.named("builtins", "bytearray")?;
        if bytes.is_empty() {
            self.encoder.empty_tuple();
        } else {
            self.plain_bytes(bytes)?;
            self.encoder.op(op::TUPLE1);
            self.encoder.memoize();
        }
        self.encoder.op(op::REDUCE);
        Ok(self.encoder.memoize())
    }

    /// Writes a buffer out of band, or as the bytes or bytearray that it holds.
    fn buffer(&mut self, buffer: &Buffer) -> Result<()> {
        if self.encoder.protocol() < Protocol::V5 {
            return Err(PickleError::unsupported(format!(
                "a PickleBuffer with protocol {}: write protocol 5, or send its bytes",
                self.encoder.protocol().number()
            )));
        }
        let bytes = buffer.bytes();
        if let Some(buffers) = &mut self.buffers {
            buffers.push(bytes.clone());
            self.encoder.begin();
            self.encoder.op(op::NEXT_BUFFER);
            if buffer.is_readonly() {
                self.encoder.op(op::READONLY_BUFFER);
            }
            return Ok(());
        }
        let address = bytes.address() + BytesKind::Buffer as usize;
        self.remembered(address, !bytes.is_unique(), |this| {
            if buffer.is_readonly() {
                this.plain_bytes(bytes)
            } else {
                this.plain_byte_array(bytes)
            }
        })
    }

    /// Writes `complex(real, imag)`.
    fn complex(&mut self, real: f64, imaginary: f64) -> Result<()> {
        self.named("builtins", "complex")?;
        self.encoder.float(real);
        self.encoder.float(imaginary);
        self.encoder.op(op::TUPLE2);
        self.encoder.memoize();
        self.encoder.op(op::REDUCE);
        self.encoder.memoize();
        Ok(())
    }
}
