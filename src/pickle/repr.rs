//! `Display` and `Debug`: what Python's `repr` prints.

mod instance;
mod known;
mod printer;

use std::fmt::{self, Display, Formatter, Write};

use super::{Dict, Error, FrozenSet, Instance, List, PersistentId, Result, Set, Tuple, Value};
use printer::Printer;

/// As Python's `repr`, character for character (Unicode 15.1 decides what is printable, as in
/// Python 3.13).
///
/// Differences: sets come in their order here, which Python prints in the order of its hashes.
/// An `int` beyond 4,300 digits, where CPython raises `ValueError`, comes in hexadecimal. What
/// only Python itself could print, the class of the object would have to run, is shown by what
/// the pickle tells, in angle brackets, so that no parser takes it for a literal:
///
/// Instances of [well-known types](crate::pickle::types) are printed as by Python, where
/// Pythons differ as by the newest: `OrderedDict({'a': 1})`, `datetime.timedelta(days=1)`,
/// `ValueError('x')`.
///
/// | what | printed as |
/// |---|---|
/// | class or function | `<class 'shop.Order'>` |
/// | instance: callable, arguments, `__dict__` | `<shop.Order(1, name='x') {'id': 1}>` |
/// | another state than a dict; items; pairs; added items | `<shop.Order() state=(1, 2) items=[1] pairs={'k': 1} added={1}>` |
/// | proxy of a manager, which Python prints with its address | `<ListProxy object, typeid 'list'>` |
/// | persistent id | `<persistent id 'x'>` |
/// | `pickle.PickleBuffer`, read-only or not | `PickleBuffer(b'x')`, `PickleBuffer(bytearray(b'x'))` |
/// | a container inside of itself | `[...]`, `(...)`, `{...}`, `set(...)`, `<shop.Order ...>` |
///
/// What is shared is printed at each place, which may be much more than the value takes in
/// memory: use [`try_repr`](Value::try_repr) for values of strangers.
impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Printer::new(f).print(self)
    }
}

/// As `Display`, but after 64 KiB it ends with `...`.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 64 << 10;
        let mut text = Limited::new(f, SHOWN);
        match Printer::new(&mut text).print(self) {
            Err(_) if text.is_full() => f.write_str("..."),
            result => result,
        }
    }
}

impl Value {
    /// What `Display` prints, if that takes no more than so many bytes.
    ///
    /// ```
    /// use mpconn::pickle::Value;
    ///
    /// // 2 to the power of 60 items, in 60 lists.
    /// let mut value = Value::None;
    /// for _ in 0..60 {
    ///     value = Value::list([value.clone(), value]);
    /// }
    /// assert!(value.try_repr(1 << 20).unwrap_err().is_limit());
    /// assert_eq!(Value::list([1, 2]).try_repr(6)?, "[1, 2]");
    /// # Ok::<(), mpconn::pickle::Error>(())
    /// ```
    ///
    /// # Errors
    /// One that [`is_limit`](Error::is_limit) where it is longer.
    pub fn try_repr(&self, max_bytes: usize) -> Result<String> {
        let mut text = String::new();
        let mut limited = Limited::new(&mut text, max_bytes);
        // A String takes everything.
        Printer::new(&mut limited).print(self).map_err(|_| {
            Error::limit(format!(
                "a value that takes more than {max_bytes} bytes to print: raise the limit, or \
                 print parts of it"
            ))
        })?;
        Ok(text)
    }
}

/// Takes so many bytes and then fails.
struct Limited<'a, W: ?Sized> {
    out: &'a mut W,
    left: usize,
    full: bool,
}

impl<'a, W: Write + ?Sized> Limited<'a, W> {
    fn new(out: &'a mut W, bytes: usize) -> Self {
        let full = false;
        Limited {
            out,
            left: bytes,
            full,
        }
    }

    fn is_full(&self) -> bool {
        self.full
    }
}

impl<W: Write + ?Sized> Write for Limited<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.len() <= self.left {
            self.left -= text.len();
            return self.out.write_str(text);
        }
        self.full = true;
        let fits = (0..=self.left).rev().find(|at| text.is_char_boundary(*at));
        self.out.write_str(&text[..fits.unwrap_or(0)])?;
        self.left = 0;
        Err(fmt::Error)
    }
}

macro_rules! as_value {
    ($($name:ident as $variant:ident;)*) => {$(
        /// As the [`Value`] of it.
        impl Display for $name {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                Display::fmt(&Value::$variant(self.clone()), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&Value::$variant(self.clone()), f)
            }
        }
    )*};
}
as_value! {
    Tuple as Tuple;
    List as List;
    Set as Set;
    FrozenSet as FrozenSet;
    Dict as Dict;
    Instance as Instance;
    PersistentId as Persistent;
}

#[cfg(test)]
#[path = "repr/tests.rs"]
mod tests;
