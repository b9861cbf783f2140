//! Parts of a pickle that the serializer of serde's types leaves to the writer of values.

use super::encoder::Encoder;
use super::value::Writer;
use crate::pickle::{Class, Protocol, Result, Value};

/// How many classes one value remembers for the next one.
const REMEMBERED: usize = 64;

/// Writes values, bytes and classes into a pickle that someone else writes.
pub(crate) struct Parts<'o> {
    writer: Writer<'static, 'o>,
    /// Classes that stand in the values so far.
    classes: Vec<(Class, u32)>,
}

impl<'o> Parts<'o> {
    pub(crate) fn new(encoder: Encoder<'o>) -> Self {
        Parts {
            writer: Writer::new(encoder, None),
            classes: Vec::new(),
        }
    }

    #[inline]
    pub(crate) fn encoder(&mut self) -> &mut Encoder<'o> {
        &mut self.writer.encoder
    }

    pub(crate) fn finish(self) {
        self.writer.encoder.finish();
    }

    /// A class or function, once: the second time it has a number.
    pub(crate) fn class(&mut self, module: &'static str, qualname: &'static str) -> Result<u32> {
        self.writer.named(module, qualname)?;
        let number = self.writer.memo.class(module, qualname);
        Ok(number.unwrap_or_else(|| self.writer.encoder.memoize()))
    }

    /// `bytes`, which nothing refers to.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        match self.writer.encoder.protocol() {
            Protocol::V2 => self.writer.plain_bytes(bytes).map(drop),
            _ => self.writer.encoder.bytes(bytes),
        }
    }

    /// `bytearray`, which nothing refers to.
    pub(crate) fn byte_array(&mut self, bytes: &[u8]) -> Result<()> {
        match self.writer.encoder.protocol() {
            Protocol::V5 => {
                self.writer.encoder.byte_array(bytes);
                Ok(())
            }
            _ => self.writer.plain_byte_array(bytes).map(drop),
        }
    }

    /// A value. What is shared in it stays shared; two values share their classes only, since
    /// handles can be told apart no longer than they live.
    pub(crate) fn value(&mut self, value: &Value) -> Result<()> {
        let mut fresh = Vec::new();
        let progress = {
            let mut writer = Writer::new(self.writer.encoder.lend(), None);
            for (class, number) in &self.classes {
                let (module, qualname) = (class.module(), class.qualname());
                writer.memo.remember_class(module, qualname, *number);
            }
            writer.run(value)?;
            if self.classes.len() < REMEMBERED {
                let known =
                    |module, name| self.classes.iter().any(|(class, _)| class.is(module, name));
                let classes = writer.memo.classes();
                let new = classes.filter(|(module, name, _)| !known(module, name));
                fresh.extend(new.map(|(module, name, number)| (Class::new(module, name), number)));
            }
            // It hands the output back when it goes.
            writer.encoder.progress()
        };
        self.writer.encoder.resume(progress);
        self.classes.extend(fresh);
        Ok(())
    }
}
