//! Where in a type the serializer is, and what is asked of the next thing that it meets.

use crate::{MAX_DEPTH, PickleError, Result};

/// What was said about a value from around it: how many containers are around, how many
/// containers, options and newtypes (these take stack, too), whether Python has to hash it (a key
/// of a dict, or an item of a set), and which form a wrapper asks for.
///
/// In one number, since so it is passed in a register.
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

    /// What the wrappers of this crate are called in serde.
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

    /// That it was put around something else.
    #[cold]
    pub(super) fn misplaced(self, what: &str) -> PickleError {
        let takes = self.takes();
        PickleError::new(format!("{self:?} around {what}: put it around {takes}"))
    }

    /// What it can be put around.
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

/// The most options and newtypes and containers, one in another.
const MAX_STEPS: u32 = 2000;

impl Level {
    /// Inside of an option or a newtype.
    #[inline]
    pub(super) fn within(self) -> Result<Self> {
        if self.0 & STEP_MASK >= MAX_STEPS * STEP {
            return Err(too_deep());
        }
        Ok(Level(self.0 + STEP))
    }

    /// Inside of a container whose items need not be hashed.
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

    /// The same with something else said about hashing.
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

    /// The same with what a wrapper asks for.
    pub(super) fn with_form(self, form: Form) -> Self {
        Level(self.0 & !FORM_MASK | (form as u32) << FORM_SHIFT)
    }

    /// For what no wrapper was meant to be around.
    #[inline]
    pub(super) fn plain(self, what: &str) -> Result<()> {
        match self.form() {
            Form::Plain => Ok(()),
            form => Err(form.misplaced(what)),
        }
    }

    /// For what Python cannot hash.
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

/// The serializer: where its calls go, and where in the type it is.
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
