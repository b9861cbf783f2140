//! Python values: the dynamic [`Value`], its text form, its pickled form, and the bridge to serde.
//!
//! | Python | here |
//! |---|---|
//! | `repr(x)` | `value.to_string()` |
//! | `ast.literal_eval(text)` | `text.parse::<Value>()` |
//! | `pickle.dumps(x)` | [`dumps`] |
//! | `pickle.loads(data)` | [`loads`] |
//! | a dataclass from a dict, and back | [`from_value`], [`to_value`] |
//!
//! # Rust types
//!
//! [`to_value`] and [`from_value`] speak serde. A [`Value`] goes through them as it is.
//!
//! | Rust | Python | read from |
//! |---|---|---|
//! | `()`, unit structs, `Option::None` | `None` | `None`; `()` also from `()` |
//! | `bool`, `f32`, `f64` | `bool`, `float` | the same; floats also from `int` |
//! | integers up to `i128` and `u128` | `int` | `int` in range |
//! | `char`, `&str`, `String` | `str` | `str` |
//! | `serde_bytes::{Bytes, ByteBuf}` | `bytes` | `bytes`, `str` as UTF-8, a list of small `int` |
//! | `Vec`, slices, sets | `list` | `list`, `tuple`, `set`, `frozenset`, `bytes` |
//! | tuples, arrays, tuple structs | `tuple` | the same, of that length |
//! | maps | `dict`; a `Vec` as key is a `tuple` | `dict` |
//! | structs | `dict` with the names of the fields | `dict`; a `list` or `tuple` in order |
//! | newtype structs | what is in them | what is in them |
//! | `Enum::Unit` | `'Unit'` | the same |
//! | `Enum::New(x)` | `{'New': x}` | the same |
//! | `Enum::Tuple(x, y)` | `{'Tuple': (x, y)}` | the same, a `list` too |
//! | `Enum::Struct { x }` | `{'Struct': {'x': x}}` | the same |
//!
//! Nothing here does I/O, and reading runs no code: a class named in a pickle is a name.
//!
//! ```
//! use mpconn::pickle::{Protocol, Value, dumps, loads};
//!
//! let value: Value = "{'jobs': [(1, b'\\x00'), 2.5], 'who': None}".parse()?;
//! let data = dumps(&value, Protocol::V2)?;
//! assert_eq!(loads(data)?, value);
//! assert_eq!(value.to_string(), "{'jobs': [(1, b'\\x00'), 2.5], 'who': None}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bigint;
mod de;
mod dict;
mod error;
mod key;
mod literal;
mod opcode;
mod printable;
mod read;
mod repr;
mod ser;
mod value;
mod write;

pub use bigint::{BigInt, OutOfRange, ParseBigIntError};
pub use de::from_value;
pub use dict::Dict;
pub use error::Error;
pub use literal::LiteralError;
pub use read::{Limits, loads, loads_with};
pub use ser::to_value;
pub use value::Value;
pub use write::{Protocol, dumps};

/// How deep values may be nested when they are read, parsed or built from serde: 500 levels.
///
/// CPython's own pickler gives up a little below 1,000, its literals at 200. Everything that
/// walks a [`Value`] (printing, comparing, cloning, dropping) fits a thread's stack up to here.
pub const MAX_DEPTH: usize = 500;
