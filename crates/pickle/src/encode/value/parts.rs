//! Parts of a pickle of a Rust type that the writer of values writes.

use super::embedded::Embedded;
use super::interned::Interned;
use super::memo::Memo;
use super::repeated::{Repeated, is_long, is_small};
use super::writer::Writer;
use crate::encode::encoder::Encoder;
use crate::{Class, Limits, Protocol, Result, Value};

/// Number of classes that one value remembers for the next one.
const REMEMBERED: usize = 64;

/// Writes values, bytes and classes into the pickle of a Rust type.
// The encoder comes first: at offset 0 it saves an addition at each use.
#[repr(C)]
pub(crate) struct Parts<'o> {
    encoder: Encoder<'o>,
    /// Small messages of plain types do not need it.
    known: Option<Box<Known>>,
    repeated: Repeated,
}

/// What was written so far and can be referred to.
#[derive(Default)]
struct Known {
    memo: Memo<'static>,
    interned: Interned,
    /// Classes in the values so far.
    classes: Vec<(Class, u32)>,
    /// The values so far, for what they share.
    embedded: Embedded,
}

impl<'o> Parts<'o> {
    #[inline(always)]
    pub(crate) fn new(encoder: Encoder<'o>) -> Self {
        Parts {
            encoder,
            known: None,
            repeated: Repeated::default(),
        }
    }

    #[inline]
    pub(crate) fn limit(&mut self, limits: &Limits) {
        self.encoder.limit_output(limits.output);
        self.repeated = Repeated::new(limits.repeated);
    }

    #[inline]
    pub(crate) fn encoder(&mut self) -> &mut Encoder<'o> {
        &mut self.encoder
    }

    #[inline]
    pub(crate) fn finish(&mut self) -> Result<()> {
        self.encoder.finish()
    }

    /// Lets a writer of values go on from here, with what is known.
    fn write<T>(&mut self, write: impl FnOnce(&mut Writer<'static, '_>) -> Result<T>) -> Result<T> {
        let known = self.known.get_or_insert_default();
        let mut writer = Writer::new(|| self.encoder.lend(), None);
        writer.memo = std::mem::take(&mut known.memo);
        writer.interned = std::mem::take(&mut known.interned);
        let written = write(&mut writer);
        known.memo = std::mem::take(&mut writer.memo);
        known.interned = std::mem::take(&mut writer.interned);
        let progress = writer.encoder.progress();
        // It returns the output when it is dropped.
        drop(writer);
        self.encoder.resume(progress);
        written
    }

    /// Writes a class or function, or a reference the second time.
    pub(crate) fn class(&mut self, module: &'static str, qualname: &'static str) -> Result<u32> {
        self.write(|writer| {
            writer.named(module, qualname)?;
            let number = writer.memo.class(module, qualname);
            Ok(number.unwrap_or_else(|| writer.encoder.memoize()))
        })
    }

    /// Writes `bytes` that nothing refers to.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        match self.encoder.protocol() {
            Protocol::V2 => self.write(|writer| writer.plain_bytes(bytes).map(drop)),
            _ => self.encoder.bytes(bytes),
        }
    }

    /// Writes a `bytearray` that nothing refers to.
    pub(crate) fn byte_array(&mut self, bytes: &[u8]) -> Result<()> {
        match self.encoder.protocol() {
            Protocol::V5 => {
                self.encoder.byte_array(bytes);
                Ok(())
            }
            _ => self.write(|writer| writer.plain_byte_array(bytes).map(drop)),
        }
    }

    /// Charges what a key shares, which is written for each reference.
    pub(crate) fn copied(&mut self, bytes: usize) -> Result<()> {
        self.repeated.charge(bytes)
    }

    /// Writes a value. What is shared in it stays shared; what it shares with earlier values, other than
    /// classes, is written again, within the limit.
    pub(crate) fn value(&mut self, value: Value) -> Result<()> {
        self.value_as(None, value)
    }

    /// Writes a key, given the value that it was made of.
    pub(crate) fn key(&mut self, key: &Value, of: Value) -> Result<()> {
        self.value_as(Some(key), of)
    }

    fn value_as(&mut self, other: Option<&Value>, value: Value) -> Result<()> {
        let known = self.known.get_or_insert_default();
        known.embedded.begin(&value, &mut self.repeated)?;
        let bytes = self.written(other.unwrap_or(&value))?;
        self.known
            .get_or_insert_default()
            .embedded
            .end(value, bytes);
        Ok(())
    }

    /// Lets a separate writer write a value, and returns how many bytes it took.
    fn written(&mut self, value: &Value) -> Result<usize> {
        let classes = &mut self.known.get_or_insert_default().classes;
        let mut fresh = Vec::new();
        let before = self.encoder.len();
        let progress = {
            let mut writer = Writer::new(|| self.encoder.lend(), None);
            writer.repeated = self.repeated.lend();
            for (class, number) in classes.iter() {
                let (module, qualname) = (class.module(), class.qualname());
                writer.memo.remember_class(module, qualname, *number);
            }
            writer.run(value)?;
            self.repeated.resume(&writer.repeated);
            let is_full = classes.len() >= REMEMBERED;
            for (module, name, number) in writer.memo.classes() {
                let known = || classes.iter().any(|(class, _)| class.is(module, name));
                if is_long(module, name) || is_full && is_small(module, name) || known() {
                    continue;
                }
                match is_full {
                    false => fresh.push((Class::new(module, name), number)),
                    // The next value writes it again.
                    true => self.repeated.charge(module.len() + name.len())?,
                }
            }
            // It returns the output when it is dropped.
            writer.encoder.progress()
        };
        self.encoder.resume(progress);
        classes.extend(fresh);
        // If the output has reached its limit, the buffer is dropped.
        Ok(self.encoder.len().saturating_sub(before))
    }
}
