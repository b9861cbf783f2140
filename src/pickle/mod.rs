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
mod dict;
mod key;
mod literal;
mod printable;
mod repr;
mod value;

pub use bigint::{BigInt, OutOfRange, ParseBigIntError};
pub use dict::Dict;
pub use literal::LiteralError;
pub use value::Value;

/// How deep values may be nested when they are read, parsed or built from serde: 500 levels.
///
/// CPython's own pickler gives up a little below 1,000, its literals at 200. Everything that
/// walks a [`Value`] (printing, comparing, cloning, dropping) fits a thread's stack up to here.
pub const MAX_DEPTH: usize = 500;
