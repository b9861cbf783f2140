//! The position of the serializer in a type, and what is asked of the next value.

use crate::{MAX_DEPTH, PickleError, Result};

/// What surrounds a value: the number of containers; the number of containers, options and newtypes
/// (these take stack, too); whether Python has to hash it (a key of a dict, or an item of a set); and the
/// form that a wrapper asks for.
///
/// One number, to be passed in a register.
#[derive(Clone, Copy, Default)]
pub(super) struct Level(u32);

const DEPTH: u32 = 1;
const DEPTH_MASK: u32 = 0xFFF;
const STEP: u32 = 1 << 12;
const STEP_MASK: u32 = 0xFFF << 12;
const HASHED: u32 = 1 << 24;
const FORM_SHIFT: u32 = 25;
const FORM_MASK: u32 = !0 << FORM_SHIFT;

/// The forms that wrappers ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    #[default]
    Plain,
    Slots,
    ListState,
    Called,
    AsNamedTuple,
    Set,
    FrozenSet,
    ByteArray,
}

impl Form {
    const ALL: [Form; 8] = [
        Form::Plain,
        Form::Slots,
        Form::ListState,
        Form::Called,
        Form::AsNamedTuple,
        Form::Set,
        Form::FrozenSet,
        Form::ByteArray,
    ];

    /// Returns the form that a wrapper of this crate asks for, by its name in serde.
    pub(super) fn of(name: &str) -> Option<Self> {
        let form = name.strip_prefix("$mpconn::")?;
        Some(match form {
            "Slots" => Form::Slots,
            "ListState" => Form::ListState,
            "Called" => Form::Called,
            "AsNamedTuple" => Form::AsNamedTuple,
            "Set" => Form::Set,
            "FrozenSet" => Form::FrozenSet,
            "ByteArray" => Form::ByteArray,
            _ => return None,
        })
    }

    /// Returns the error for a wrapper around something else.
    #[cold]
    pub(super) fn misplaced(self, what: &str) -> PickleError {
        let takes = self.takes();
        PickleError::new(format!("{self:?} around {what}: put it around {takes}"))
    }

    /// Returns what it can be put around.
    fn takes(self) -> &'static str {
        match self {
            Form::Plain => "anything",
            Form::Slots | Form::ListState => {
                "a struct with named fields whose name is a Python class: \
                 #[serde(rename = \"module.Class\")]"
            }
            Form::Called | Form::AsNamedTuple => {
                "a struct whose name is a Python class: #[serde(rename = \"module.Class\")]"
            }
            Form::Set | Form::FrozenSet => "a sequence",
            Form::ByteArray => "bytes",
        }
    }
}

/// Most nested options, newtypes and containers.
const MAX_STEPS: u32 = 2000;

impl Level {
    /// Returns the level in an option or newtype.
    #[inline]
    pub(super) fn within(self) -> Result<Self> {
        if self.0 & STEP_MASK >= MAX_STEPS * STEP {
            return Err(too_deep());
        }
        Ok(Level(self.0 + STEP))
    }

    /// Returns the level in a container whose items need not be hashable.
    #[inline]
    pub(super) fn deeper(self) -> Result<Self> {
        const _: () = assert!(MAX_DEPTH < DEPTH_MASK as usize);
        if (self.0 & DEPTH_MASK) as usize >= MAX_DEPTH {
            return Err(too_deep());
        }
        let inside = Level(self.0 & (DEPTH_MASK | STEP_MASK));
        Ok(Level(inside.within()?.0 + DEPTH))
    }

    #[inline]
    pub(super) fn is_hashed(self) -> bool {
        self.0 & HASHED != 0
    }

    /// Returns the same with another answer about hashing.
    #[inline]
    pub(super) fn hashed(self, hashed: bool) -> Self {
        Level(self.0 & !HASHED | if hashed { HASHED } else { 0 })
    }

    #[inline]
    pub(super) fn form(self) -> Form {
        match self.0 >> FORM_SHIFT {
            0 => Form::Plain,
            number => Form::ALL[number as usize % Form::ALL.len()],
        }
    }

    /// Returns the same with the form that a wrapper asks for.
    pub(super) fn with_form(self, form: Form) -> Self {
        Level(self.0 & !FORM_MASK | (form as u32) << FORM_SHIFT)
    }

    /// Fails if a wrapper is around a value that none can be put around.
    #[inline]
    pub(super) fn plain(self, what: &str) -> Result<()> {
        match self.form() {
            Form::Plain => Ok(()),
            form => Err(form.misplaced(what)),
        }
    }

    /// Fails if Python has to hash the value, which it cannot.
    #[inline]
    pub(super) fn unhashed(self, what: &str) -> Result<()> {
        match self.is_hashed() {
            false => Ok(()),
            true => Err(unhashable(what)),
        }
    }
}

#[cold]
fn too_deep() -> PickleError {
    PickleError::limit(format!(
        "nested deeper than {MAX_DEPTH} levels: flatten it, or build a Value, which may be deeper"
    ))
}

#[cold]
pub(super) fn unhashable(what: &str) -> PickleError {
    PickleError::new(format!(
        "a {what} as a dict key or set item, which Python cannot hash: use a tuple or a frozenset"
    ))
}

/// The serializer: its sink, and its position in the type.
pub(super) struct Ser<'a, S> {
    pub(super) sink: &'a mut S,
    pub(super) level: Level,
}

impl<'a, S> Ser<'a, S> {
    pub(super) fn new(sink: &'a mut S) -> Self {
        let level = Level::default();
        Ser { sink, level }
    }
}
