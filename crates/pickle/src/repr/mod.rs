//! `Display` and `Debug` for values: Python's `repr`.

mod cost;
mod cut;
mod fragment;
mod frame;
mod instance;
mod known;
mod limited_output;
mod printer;
mod show;

use std::fmt::{self, Display, Formatter};

pub use show::Show;

use super::{
    Dict, FrozenSet, Instance, List, PersistentId, PickleError, Result, SHOWN_GROWTH, Set, Tuple,
    Value,
};
use limited_output::LimitedOutput;
use printer::Printer;

/// Writes Python's `repr`, character for character. Unicode 15.1 decides what is printable, as in
/// Python 3.13.
///
/// Instances of [well-known types](crate::types) are printed as by the newest Python:
/// `OrderedDict({'a': 1})`, `datetime.timedelta(days=1)`, `ValueError('x')`.
///
/// Two things differ. Sets keep their order; Python's order depends on hashes. An `int` beyond
/// 4,300 digits, where CPython raises `ValueError`, is printed in hexadecimal.
///
/// Objects whose own class would have to print them appear as their pickle describes them, in angle
/// brackets, so that no parser takes them for literals:
///
/// | what | printed as |
/// |---|---|
/// | class or function | `<class 'shop.Order'>` |
/// | instance: callable, arguments, `__dict__` | `<shop.Order(1, name='x') {'id': 1}>` |
/// | another state than a dict; items; pairs; added items | `<shop.Order() state=(1, 2) items=[1] pairs={'k': 1} added={1}>` |
/// | proxy of a manager, which Python prints with its address | `<ListProxy object, typeid 'list'>` |
/// | persistent id | `<persistent id 'x'>` |
/// | `pickle.PickleBuffer`, read-only or not | `PickleBuffer(b'x')`, `PickleBuffer(bytearray(b'x'))` |
/// | a container inside itself | `[...]`, `(...)`, `{...}`, `set(...)`, `<shop.Order ...>` |
/// | unprintable characters in names | escaped: `<class 'shop.\x1b[2J'>` |
/// | a repeated shared object beyond [the growth limit](super::SHOWN_GROWTH) | `<list of 10 items ...>` |
///
/// Shared objects are printed at each place, as Python does, up to 1 MiB of repetition; then they
/// are cut. [`show`](Value::show) sets another limit and returns whether anything was cut.
/// [`try_repr`](Value::try_repr) fails instead of cutting.
impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.show(), f)
    }
}

/// Writes the same as `Display`, but stops with `...` after 64 KiB and the time these take.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 64 << 10;
        let mut text = LimitedOutput::new(f, SHOWN, SHOWN_GROWTH);
        match Printer::new(&mut text).print(self) {
            Err(_) if text.is_full() => f.write_str("..."),
            result => result,
        }
    }
}

impl Value {
    /// Returns Python's `repr` of up to that many bytes, with nothing cut. The work is limited too:
    /// about that many nodes are visited at most.
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
        // More than the text can use: work that prints nothing is charged too.
        let growth = max_bytes.saturating_mul(16).max(SHOWN_GROWTH);
        let mut output = LimitedOutput::new(&mut text, max_bytes, growth);
        let printed = Printer::new(&mut output).print(self);
        if printed.is_ok() && output.growth.is_whole() {
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
        /// Writes the same as its [`Value`].
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
