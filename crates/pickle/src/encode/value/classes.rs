//! Writes classes and functions by name.

use mpconn_escape::brief;

use super::writer::Writer;
use crate::opcode as op;
use crate::{Class, PickleError, Protocol, Result, Str, compat};

/// More nested classes than any program has: the work grows with the square, and CPython's own
/// pickler fails from a few hundred on.
const MOST_PARTS: usize = 100;

impl<'v> Writer<'v, '_> {
    /// Writes a class that is in the value.
    pub(super) fn class(&mut self, class: &'v Class) -> Result<()> {
        let shared = !class.is_unique();
        if shared && let Some(number) = self.memo.number(class.address()) {
            self.encoder.again(number);
            return Ok(());
        }
        let (module, qualname) = (class.module(), class.qualname());
        self.repeated.name(module, qualname)?;
        let number = match self.memo.class(module, qualname) {
            Some(number) => {
                self.encoder.again(number);
                number
            }
            None if self.encoder.protocol() >= Protocol::V4 => {
                self.module_of(module)?;
                self.text(qualname)?;
                self.stack_global(module, qualname)
            }
            None => self.old_global(module, qualname)?,
        };
        if shared {
            self.memo.remember(class.address(), number);
        }
        Ok(())
    }

    /// Writes a class that the value only implies.
    pub(super) fn named(&mut self, module: &'v str, qualname: &'v str) -> Result<()> {
        if let Some(number) = self.memo.class(module, qualname) {
            self.encoder.again(number);
        } else if self.encoder.protocol() >= Protocol::V4 {
            self.encoder.begin();
            match self.memo.module(module) {
                Some(number) => self.encoder.again(number),
                None => {
                    let number = self.name(module)?;
                    self.memo.remember_module(module, number);
                }
            }
            self.name(qualname)?;
            self.stack_global(module, qualname);
        } else {
            self.old_global(module, qualname)?;
        }
        Ok(())
    }

    fn stack_global(&mut self, module: &'v str, qualname: &'v str) -> u32 {
        self.encoder.op(op::STACK_GLOBAL);
        self.memoize_class(module, qualname)
    }

    fn memoize_class(&mut self, module: &'v str, qualname: &'v str) -> u32 {
        let number = self.encoder.memoize();
        self.memo.remember_class(module, qualname, number);
        number
    }

    fn name(&mut self, name: &str) -> Result<u32> {
        self.encoder.kept_text(name.as_bytes())
    }

    /// Writes the name of a module: one object for all of its classes, which the value may hold, too.
    fn module_of(&mut self, module: &'v Str) -> Result<()> {
        self.remembered(module.address(), !module.is_unique(), |this| {
            if let Some(number) = this.memo.module(module) {
                this.encoder.again(number);
                return Ok(number);
            }
            let number = this.name(module)?;
            this.memo.remember_module(module, number);
            Ok(number)
        })
    }

    /// Before protocol 4 names have no dots: `getattr(getattr(A, 'B'), 'C')`, in which each part is
    /// memoized. CPython 3.8 to 3.12 write it so; 3.13 memoizes the last part only.
    fn old_global(&mut self, module: &'v str, qualname: &'v str) -> Result<u32> {
        if qualname.split('.').any(str::is_empty) {
            return Err(PickleError::unsupported(format!(
                "the name {:?} with protocol {}, where each part between dots is a name of its \
                 own: write protocol 4",
                brief(qualname),
                self.encoder.protocol().number()
            )));
        }
        let parts = qualname.matches('.').count();
        if parts >= MOST_PARTS {
            return Err(PickleError::unsupported(format!(
                "a name of {} parts between dots with protocol {}, where each is looked up by \
                 itself: write protocol 4",
                parts + 1,
                self.encoder.protocol().number()
            )));
        }
        let known = self.known_part(module, qualname);
        let inner = &qualname[known..];
        for _ in inner.matches('.') {
            self.named("builtins", "getattr")?;
        }
        let mut end = qualname[known..]
            .find('.')
            .map_or(qualname.len(), |at| known + at);
        let mut number = match self.memo.class(module, &qualname[..end]) {
            Some(number) => {
                self.encoder.again(number);
                number
            }
            None => {
                self.toplevel(module, &qualname[..end])?;
                self.memoize_class(module, &qualname[..end])
            }
        };
        while end < qualname.len() {
            let start = end + 1;
            end = qualname[start..]
                .find('.')
                .map_or(qualname.len(), |at| start + at);
            self.interned(&qualname[start..end])?;
            self.encoder.op(op::TUPLE2);
            self.encoder.memoize();
            self.encoder.op(op::REDUCE);
            number = self.memoize_class(module, &qualname[..end]);
        }
        Ok(number)
    }

    /// Returns how much of a qualified name was written before, up to its last dot.
    fn known_part(&self, module: &str, qualname: &str) -> usize {
        let dots = qualname.rmatch_indices('.').map(|(at, _)| at);
        let mut known = dots.filter(|&at| self.memo.class(module, &qualname[..at]).is_some());
        known.next().unwrap_or(0)
    }

    fn toplevel(&mut self, module: &'v str, name: &'v str) -> Result<()> {
        let (module, name) = match self.encoder.protocol() {
            Protocol::V2 => ascii(compat::to_python2(module, name))?,
            _ => (module, name),
        };
        if module.contains('\n') || name.contains('\n') {
            let (module, name) = (brief(module), brief(name));
            return Err(PickleError::unsupported(format!(
                "the name {module:?}.{name:?} with protocol {}, where a name is a line: write \
                 protocol 4",
                self.encoder.protocol().number()
            )));
        }
        self.encoder.global(module, name);
        Ok(())
    }
}

/// Fails if protocol 2 cannot hold the name.
fn ascii<'a>((module, name): (&'a str, &'a str)) -> Result<(&'a str, &'a str)> {
    if module.is_ascii() && name.is_ascii() {
        return Ok((module, name));
    }
    let (module, name) = (brief(module), brief(name));
    Err(PickleError::unsupported(format!(
        "the name {module}.{name} with protocol 2, which has ASCII names only: write protocol 3"
    )))
}
