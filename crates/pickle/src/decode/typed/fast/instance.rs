//! Reads instances into structs.

use serde::de::Visitor;

use super::container_end::End;
use super::fallback::{Fallback, Result};
use super::memo::Known;
use super::reader::Reader;
use crate::class_name;
use crate::opcode::*;

impl<'de> Reader<'de> {
    /// Reads an instance by its attributes (`__dict__` or slots), or a namedtuple.
    pub(super) fn visit_instance<V: Visitor<'de>>(
        &mut self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let class = self.class()?;
        if class.0 == "copyreg" || class_name::split(name).is_some_and(|wanted| wanted != class) {
            return Err(Fallback);
        }
        if self.codes.peek()? != EMPTY_TUPLE {
            return self.visit_arguments(fields, visitor);
        }
        self.codes.skip();
        self.codes.expect(NEWOBJ)?;
        self.codes.put(Known::Object)?;
        let value = match self.codes.peek()? {
            EMPTY_DICT => self.visit_dict::<true, V>(visitor),
            EMPTY_LIST => self.visit_row::<true, V>(visitor, None),
            NONE => self.visit_slots(visitor),
            _ => Err(Fallback),
        }?;
        self.codes.expect(BUILD)?;
        Ok(value)
    }

    /// `(None, {slots})`
    fn visit_slots<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        self.codes.skip();
        let value = self.visit_dict::<true, V>(visitor)?;
        self.codes.expect(TUPLE2)?;
        self.codes.put(Known::Object)?;
        Ok(value)
    }

    fn visit_arguments<V: Visitor<'de>>(
        &mut self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        // A single field may be the tuple of arguments or its only item; a field `args` is the tuple.
        if fields.len() < 2 || fields.contains(&"args") {
            return Err(Fallback);
        }
        let value = match self.codes.peek()? {
            // A single argument may be the dict that the type expects.
            EMPTY_DICT => Err(Fallback),
            MARK if fields.len() > 3 => self.visit_row::<true, V>(visitor, None),
            _ => self.visit_row::<true, V>(visitor, Some(End::Counted)),
        }?;
        self.codes.expect(NEWOBJ)?;
        self.codes.put(Known::Object)?;
        Ok(value)
    }

    /// Reads the next value, a class, if classes are allowed.
    fn class(&mut self) -> Result<(&'de str, &'de str)> {
        let code = self.codes.next()?;
        // Older protocols use Python 2's names.
        if !self.names || self.codes.protocol < 3 {
            return Err(Fallback);
        }
        let module = match code {
            GLOBAL => {
                let class = self.codes.lines()?;
                self.codes.put_class(class)?;
                return Ok(class);
            }
            BINGET | LONG_BINGET => match self.codes.get(code)? {
                Known::Class(number) => return self.codes.class(number),
                Known::Text(module) => module,
                _ => return Err(Fallback),
            },
            _ => self.text(code)?,
        };
        let class = (module, self.any_text()?);
        self.codes.expect(STACK_GLOBAL)?;
        self.codes.put_class(class)?;
        Ok(class)
    }
}
