//! Options and limits of reading and writing pickles.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Bytes, Class};

/// Limits of what a pickle may cost to read, and of the length of a written one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) message: u64,
    pub(crate) depth: usize,
    pub(crate) typed_depth: Option<usize>,
    pub(crate) memo: usize,
    pub(crate) values: usize,
    pub(crate) growth: u64,
    pub(crate) output: u64,
    pub(crate) repeated: u64,
}

impl Limits {
    /// Returns the defaults: see each setting.
    pub fn new() -> Self {
        Limits::DEFAULT
    }

    pub(crate) const DEFAULT: Self = Limits {
        message: u64::MAX,
        depth: 2_000,
        typed_depth: None,
        memo: 1 << 26,
        values: 1 << 27,
        growth: 256 << 20,
        output: u64::MAX,
        repeated: 64 << 20,
    };

    /// Sets how long a pickle may be, in bytes. By default as long as its message.
    pub fn message(mut self, bytes: u64) -> Self {
        self.message = bytes;
        self
    }

    /// Sets how deep values may be nested in a pickle: 2,000 levels by default. Reading a
    /// [`Value`](super::Value), and skipping what a type ignores, does not recurse, so that no
    /// depth overflows the stack; code of the caller's that recurses over a value may.
    pub fn depth(mut self, levels: usize) -> Self {
        self.depth = levels;
        self
    }

    /// Sets how deep Rust types may be nested that are read through serde: [`TYPED_DEPTH`]
    /// (64) levels by default, and never more than [`depth`](Limits::depth).
    ///
    /// Each level is a recursive call of the type's `Deserialize`, whose stack frames depend on the
    /// type and on the optimizer. The default fits a thread of 2 MiB in a debug build for a struct
    /// of 40 fields. Raise it only where the stack is known to hold the levels: what exceeds the
    /// stack ends the process. A `Value` within a type, and what the type ignores, are not
    /// counted: they may be as deep as the pickle.
    ///
    /// With the Cargo feature `stacker` the stack that is left is measured, and reading goes on
    /// with another one where it runs low: then the default is `depth`, where the platform can
    /// tell how much stack is left. Where serde buffers what it reads (`untagged`, `flatten`,
    /// internally tagged enums) the default is 64 in any case: serde recurses over its buffer out of sight.
    /// Options and newtypes around values are counted apart: up to four for each level.
    ///
    /// ```
    /// use mpconn_pickle::{Limits, ReadOptions, Value, from_value_ref_with};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Tree(Vec<Tree>);
    ///
    /// let deep = (0..99).fold(Value::list([0; 0]), |inner, _| Value::list([inner]));
    /// let options = ReadOptions::new().limits(Limits::new().typed_depth(100));
    /// assert!(from_value_ref_with::<Tree>(&deep, &options).is_ok());
    /// ```
    ///
    /// [`TYPED_DEPTH`]: super::TYPED_DEPTH
    pub fn typed_depth(mut self, levels: usize) -> Self {
        self.typed_depth = Some(levels);
        self
    }

    /// Sets how many objects the memo may hold: 67,108,864 by default.
    pub fn memo(mut self, objects: usize) -> Self {
        self.memo = objects;
        self
    }

    /// Sets how many values there may be: 134,217,728 by default. One takes 24 bytes and more.
    pub fn values(mut self, count: usize) -> Self {
        self.values = count;
        self
    }

    /// Sets how many bytes the copies of shared objects may take when they are read into Rust types:
    /// 256 MiB by default. Showing a value has a limit of its own: [`Value::show`](super::Value::show).
    pub fn growth(mut self, bytes: u64) -> Self {
        self.growth = bytes;
        self
    }

    /// Sets how many bytes a written pickle may have. No limit by default.
    ///
    /// ```
    /// use mpconn_pickle::{Limits, Protocol, Value, dumps_with};
    ///
    /// let limits = Limits::new().output(100);
    /// let text = Value::from("x".repeat(100));
    /// assert!(dumps_with(&text, Protocol::V4, &limits).unwrap_err().is_limit());
    /// ```
    pub fn output(mut self, bytes: u64) -> Self {
        self.output = bytes;
        self
    }

    /// Sets how many bytes of objects may be written repeatedly: 64 MiB by default.
    ///
    /// Pickles refer to shared objects, but not to shared integers: each reference writes the integer again,
    /// in Python, too. A peer could send a large one once, refer to it often, and have it sent back as often.
    /// The same goes for what several [`Value`](super::Value)s in a Rust type share, such as the clones in a
    /// `Vec<Value>`: each is written whole. Long names of classes count as well. Objects of 64 bytes or less
    /// do not count.
    ///
    /// To find what they share, values are kept until the pickle is written. Sizes are estimated.
    ///
    /// ```
    /// use mpconn_pickle::{Limits, Protocol, Value, to_vec, to_vec_with};
    ///
    /// let text = Value::from("x".repeat(100_000));
    /// let clones = vec![text; 1000];
    /// assert!(to_vec(&clones, Protocol::V4).unwrap_err().is_limit());
    /// // A list has it once.
    /// assert!(to_vec(&Value::list(clones.clone()), Protocol::V4).unwrap().len() < 110_000);
    /// let limits = Limits::new().repeated(200 << 20);
    /// assert!(to_vec_with(&clones, Protocol::V4, &limits).is_ok());
    /// ```
    pub fn repeated(mut self, bytes: u64) -> Self {
        self.repeated = bytes;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits::new()
    }
}

/// How to read Python 2's `str`, which is text or bytes: the `encoding` of `pickle.loads`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Python2Str {
    /// Text if it is ASCII, bytes if not.
    #[default]
    AsciiOrBytes,
    /// Bytes: `encoding="bytes"`.
    Bytes,
    /// Text, each byte a character: `encoding="latin1"`.
    Latin1,
    /// Text, or an error: `encoding="utf-8"`.
    Utf8,
}

/// Returns whether a class is allowed, by module and qualified name.
type Allows = dyn Fn(&str, &str) -> bool + Send + Sync;

/// Returns whether that many more values may be made.
type Charges = dyn Fn(u64) -> bool + Send + Sync;

/// Options of reading pickles: the arguments of `pickle.Unpickler`, limits, and the allowed classes.
#[derive(Clone)]
pub struct ReadOptions {
    pub(crate) limits: Limits,
    pub(crate) python2_str: Python2Str,
    pub(crate) allow: Option<Arc<Allows>>,
    pub(crate) extensions: BTreeMap<u32, Class>,
    pub(crate) buffers: Vec<Bytes>,
    pub(crate) charge: Option<Arc<Charges>>,
}

impl ReadOptions {
    /// Returns the defaults.
    pub fn new() -> Self {
        ReadOptions::DEFAULT
    }

    const DEFAULT: Self = ReadOptions {
        limits: Limits::DEFAULT,
        python2_str: Python2Str::AsciiOrBytes,
        allow: None,
        extensions: BTreeMap::new(),
        buffers: Vec::new(),
        charge: None,
    };

    /// Returns the defaults, made once for all messages.
    pub(super) fn defaults() -> &'static Self {
        static DEFAULTS: ReadOptions = ReadOptions::DEFAULT;
        &DEFAULTS
    }

    /// Sets what a pickle may cost.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets how to read Python 2's `str`.
    pub fn python2_str(mut self, choice: Python2Str) -> Self {
        self.python2_str = choice;
        self
    }

    /// Refuses every class and function for which this returns false, by module and qualified name:
    /// `Unpickler.find_class`. It is not called for what pickles of plain data need.
    pub fn allow(mut self, allows: impl Fn(&str, &str) -> bool + Send + Sync + 'static) -> Self {
        self.allow = Some(Arc::new(allows));
        self
    }

    /// Sets what an extension code stands for: `copyreg.add_extension(module, name, code)`.
    pub fn extension(mut self, code: u32, class: Class) -> Self {
        self.extensions.insert(code, class);
        self
    }

    /// Sets the buffers that came beside the pickle, in order: the `buffers` of `pickle.loads`.
    pub fn buffers(mut self, buffers: impl IntoIterator<Item = Bytes>) -> Self {
        self.buffers = buffers.into_iter().collect();
        self
    }

    /// Sets a function that is asked before values are made, with the number that may be made until the next
    /// call: 1,024 at a time. If it returns false, reading fails with an error that
    /// [`is_over_budget`](crate::PickleError::is_over_budget).
    ///
    /// Copies of shared objects in Rust types do not count: [`Limits::growth`] limits those for each
    /// message.
    ///
    /// Several readers can share one budget this way. The caller releases what was charged after the values
    /// are handed out or dropped. A value takes 24 bytes and what it holds.
    ///
    /// # Examples
    /// ```
    /// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    /// use mpconn_pickle::{Protocol, ReadOptions, Value, dumps, loads_with};
    ///
    /// static LEFT: AtomicU64 = AtomicU64::new(5000);
    /// let take = |n: u64| LEFT.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(n)).is_ok();
    /// let options = ReadOptions::new().charge(take);
    ///
    /// let small = dumps(&Value::list(0..1000), Protocol::V4)?;
    /// assert!(loads_with(small, &options).is_ok());
    /// let large = dumps(&Value::list(0..100_000), Protocol::V4)?;
    /// assert!(loads_with(large, &options).unwrap_err().is_over_budget());
    /// # Ok::<(), mpconn_pickle::PickleError>(())
    /// ```
    pub fn charge(mut self, charges: impl Fn(u64) -> bool + Send + Sync + 'static) -> Self {
        self.charge = Some(Arc::new(charges));
        self
    }
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions::new()
    }
}

impl std::fmt::Debug for ReadOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadOptions")
            .field("limits", &self.limits)
            .field("python2_str", &self.python2_str)
            .finish_non_exhaustive()
    }
}
