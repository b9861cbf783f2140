//! `Display` and `Debug`: what Python's `repr` prints.

mod cut;
mod heft;
mod instance;
mod known;
mod meter;
mod open;
mod part;
mod printer;
mod show;

use std::fmt::{self, Display, Formatter};

pub use show::Show;

use super::{
    Dict, FrozenSet, Instance, List, PersistentId, PickleError, Result, SHOWN_GROWTH, Set, Tuple,
    Value,
};
use meter::Meter;
use printer::Printer;

/// As Python's `repr`, character for character (Unicode 15.1 decides what is printable, as in
/// Python 3.13).
///
/// Differences: sets come in their order here, which Python prints in the order of its hashes.
/// An `int` beyond 4,300 digits, where CPython raises `ValueError`, comes in hexadecimal. What
/// only Python itself could print, the class of the object would have to run, is shown by what
/// the pickle tells, in angle brackets, so that no parser takes it for a literal:
///
/// Instances of [well-known types](crate::types) are printed as by Python, where
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
/// | characters in names that cannot be printed | escaped: `<class 'shop.\x1b[2J'>` |
/// | a shared object that comes again when [the growth](super::SHOWN_GROWTH) is used up | `<list of 10 items ...>` |
///
/// What is shared is printed at each place, as Python does, up to 1 MiB of repetition; then it is
/// cut. [`show`](Value::show) sets another limit and tells whether anything was cut,
/// [`try_repr`](Value::try_repr) cuts nothing and fails instead.
impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.show(), f)
    }
}

/// As `Display`, but after 64 KiB it ends with `...`, and takes no more time than those do.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 64 << 10;
        let mut text = Meter::new(f, SHOWN, SHOWN_GROWTH);
        match Printer::new(&mut text).print(self) {
            Err(_) if text.is_full() => f.write_str("..."),
            result => result,
        }
    }
}

impl Value {
    /// Returns Python's `repr` if it takes no more than that many bytes, with nothing cut. The
    /// work is limited as well: about that many nodes are visited at most.
    ///
    /// ```
    /// use mpconn_pickle::Value;
    ///
    /// // 2 to the power of 60 items, in 60 lists.
    /// let mut value = Value::None;
    /// for _ in 0..60 {
    ///     value = Value::list([value.clone(), value]);
    /// }
    /// assert!(value.try_repr(1 << 20).unwrap_err().is_limit());
    /// assert_eq!(Value::list([1, 2]).try_repr(6)?, "[1, 2]");
    /// # Ok::<(), mpconn_pickle::PickleError>(())
    /// ```
    ///
    /// # Errors
    /// Fails with an error that [`is_limit`](PickleError::is_limit) where it is longer.
    pub fn try_repr(&self, max_bytes: usize) -> Result<String> {
        let mut text = String::new();
        // More growth than the text can have: what uses it up prints nothing.
        let growth = max_bytes.saturating_mul(16).max(SHOWN_GROWTH);
        let mut meter = Meter::new(&mut text, max_bytes, growth);
        let printed = Printer::new(&mut meter).print(self);
        if printed.is_ok() && meter.growth.is_whole() {
            return Ok(text);
        }
        Err(PickleError::limit(format!(
            "a value that takes more than {max_bytes} bytes to print: raise the limit, or print \
             it with Value::show, which cuts what is repeated"
        )))
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
mod tests;
