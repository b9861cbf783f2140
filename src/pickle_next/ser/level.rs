//! Where in a type the serializer is, and what is asked of the next thing that it meets.

use crate::pickle_next::{Error, MAX_DEPTH, Result};

/// What was said about a value from around it.
#[derive(Clone, Copy, Default)]
pub(super) struct Level {
    /// How many containers are around.
    depth: u16,
    /// The same, and how many options and newtypes: these take stack, too.
    steps: u16,
    /// Whether Python has to hash it: a key of a dict, or an item of a set.
    pub(super) hashed: bool,
    /// What a wrapper asks for.
    pub(super) form: Form,
}

/// The forms that wrappers ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    #[default]
    Plain,
    Slots,
    ListState,
    Called,
    NamedTuple,
    Set,
    FrozenSet,
    ByteArray,
}

impl Form {
    /// What the wrappers of this crate are called in serde.
    pub(super) fn of(name: &str) -> Option<Self> {
        let form = name.strip_prefix("$mpconn::")?;
        Some(match form {
            "Slots" => Form::Slots,
            "ListState" => Form::ListState,
            "Called" => Form::Called,
            "NamedTuple" => Form::NamedTuple,
            "Set" => Form::Set,
            "FrozenSet" => Form::FrozenSet,
            "ByteArray" => Form::ByteArray,
            _ => return None,
        })
    }

    /// That it was put around something else.
    #[cold]
    pub(super) fn misplaced(self, what: &str) -> Error {
        let takes = self.takes();
        Error::new(format!("{self:?} around {what}: put it around {takes}"))
    }

    /// What it can be put around.
    fn takes(self) -> &'static str {
        match self {
            Form::Plain => "anything",
            Form::Slots | Form::ListState => {
                "a struct with named fields whose name is a Python class: \
                 #[serde(rename = \"module.Class\")]"
            }
            Form::Called | Form::NamedTuple => {
                "a struct whose name is a Python class: #[serde(rename = \"module.Class\")]"
            }
            Form::Set | Form::FrozenSet => "a sequence",
            Form::ByteArray => "bytes",
        }
    }
}

/// The most options and newtypes and containers, one in another.
const MAX_STEPS: u16 = 2000;

impl Level {
    /// Inside of an option or a newtype.
    #[inline]
    pub(super) fn within(self) -> Result<Self> {
        if self.steps >= MAX_STEPS {
            return Err(too_deep());
        }
        Ok(Level {
            steps: self.steps + 1,
            ..self
        })
    }

    /// Inside of a container whose items need not be hashed.
    #[inline]
    pub(super) fn deeper(self) -> Result<Self> {
        if usize::from(self.depth) >= MAX_DEPTH || self.steps >= MAX_STEPS {
            return Err(too_deep());
        }
        Ok(Level {
            depth: self.depth + 1,
            steps: self.steps + 1,
            hashed: false,
            form: Form::Plain,
        })
    }

    /// The same with something else said about hashing.
    #[inline]
    pub(super) fn hashed(self, hashed: bool) -> Self {
        Level { hashed, ..self }
    }

    /// The same with what a wrapper asks for.
    pub(super) fn form(self, form: Form) -> Self {
        Level { form, ..self }
    }

    /// For what no wrapper was meant to be around.
    #[inline]
    pub(super) fn plain(self, what: &str) -> Result<()> {
        match self.form {
            Form::Plain => Ok(()),
            form => Err(form.misplaced(what)),
        }
    }

    /// For what Python cannot hash.
    #[inline]
    pub(super) fn unhashed(self, what: &str) -> Result<()> {
        match self.hashed {
            false => Ok(()),
            true => Err(unhashable(what)),
        }
    }
}

#[cold]
fn too_deep() -> Error {
    Error::limit(format!(
        "nested deeper than {MAX_DEPTH} levels: flatten it, or build a Value, which may be deeper"
    ))
}

#[cold]
pub(super) fn unhashable(what: &str) -> Error {
    Error::new(format!(
        "a {what} as a dict key or set item, which Python cannot hash: use a tuple or a frozenset"
    ))
}
