//! What is timed: one kind of work on one data set.

use std::fmt;
use std::hint::black_box;

/// What is done with a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `loads` into a value that owns everything.
    Owned,
    /// `loads` into a value that borrows text and bytes from the pickle.
    Borrowed,
    /// `loads` into a Rust type that owns everything.
    Typed,
    /// `loads` into a Rust type that borrows text from the pickle.
    TypedBorrowed,
    /// `dumps` of a value.
    Dumps,
    /// `dumps` of a Rust type.
    DumpsTyped,
}

impl Kind {
    pub(crate) const ALL: [Kind; 6] = [
        Kind::Owned,
        Kind::Borrowed,
        Kind::Typed,
        Kind::TypedBorrowed,
        Kind::Dumps,
        Kind::DumpsTyped,
    ];

    /// What CPython does against it.
    pub(crate) fn python(self) -> &'static str {
        match self {
            Kind::Owned | Kind::Borrowed | Kind::Typed | Kind::TypedBorrowed => "loads",
            Kind::Dumps | Kind::DumpsTyped => "dumps",
        }
    }

    pub(crate) fn is_loads(self) -> bool {
        self.python() == "loads"
    }

    /// Returns what serde-pickle, which borrows nothing, does against it.
    pub(crate) fn without_borrows(self) -> Kind {
        match self {
            Kind::Borrowed => Kind::Owned,
            Kind::TypedBorrowed => Kind::Typed,
            other => other,
        }
    }

    /// In orders to a process.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Owned => "owned",
            Kind::Borrowed => "borrowed",
            Kind::Typed => "typed",
            Kind::TypedBorrowed => "typed-borrowed",
            Kind::Dumps => "dumps",
            Kind::DumpsTyped => "dumps-typed",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Owned => "loads, owned",
            Kind::Borrowed => "loads, borrowed",
            Kind::Typed => "loads, typed",
            Kind::TypedBorrowed => "loads, typed, borrowed",
            Kind::Dumps => "dumps",
            Kind::DumpsTyped => "dumps, typed",
        })
    }
}

/// The work, ready to be done again and again.
pub(crate) type Work = Box<dyn FnMut()>;

/// A pickle that stays as long as the process: what is read may borrow from it.
pub(crate) type Data = &'static [u8];

/// Work whose result is made, looked at and dropped. It is done once here: what fails is an
/// error and not a fast piece of work.
pub(crate) fn repeat<T, E: fmt::Display>(
    mut piece: impl FnMut() -> Result<T, E> + 'static,
) -> Result<Work, String> {
    piece().map_err(|error| error.to_string())?;
    Ok(Box::new(move || {
        let _ = black_box(piece());
    }))
}

/// For what a codec or a data set does not have.
pub(crate) fn none() -> Result<Work, String> {
    Err("no such thing".to_owned())
}
