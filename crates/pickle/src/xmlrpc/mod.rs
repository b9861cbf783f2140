//! Values as XML-RPC: what `BaseManager(serializer='xmlrpclib')` and
//! `multiprocessing.connection.XmlClient` send instead of pickles.
//!
//! [`dumps`] is `xmlrpc.client.dumps((x,), None, None, None, 1).encode('utf-8')`, byte for byte;
//! [`loads`] is `(x,), method = xmlrpc.client.loads(message.decode('utf-8'))`. Python 2.7 calls the
//! module `xmlrpclib`.
//!
//! ```
//! use mpconn_pickle::Value;
//! use mpconn_pickle::xmlrpc::{XmlRpcLimits, dumps, loads};
//!
//! let value: Value = "['spam & eggs', 2.5, None]".parse()?;
//! let message = dumps(&value)?;
//! assert_eq!(
//!     std::str::from_utf8(&message)?,
//!     "<params>\n<param>\n<value><array><data>\n\
//!      <value><string>spam &amp; eggs</string></value>\n\
//!      <value><double>2.5</double></value>\n\
//!      <value><nil/></value></data></array></value>\n</param>\n</params>\n"
//! );
//! assert_eq!(loads(&message, &XmlRpcLimits::new())?, value);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Types
//!
//! | Python, [`Value`](crate::Value) | XML-RPC | read as |
//! |---|---|---|
//! | `None` | `nil` | `None` |
//! | `bool` | `boolean` | `bool` |
//! | `int` of 32 bits; larger ones are errors, as in Python | `int` | `int` |
//! | | `i1`, `i2`, `i4`, `i8`, `biginteger` | `int` |
//! | `float` | `double` | `float`; from `float` too |
//! | `str` | `string`, or text in `value` itself | `str` |
//! | `bytes`, `bytearray` | `base64` | `bytes` |
//! | `list`, `tuple` | `array` | `list` |
//! | `dict` with keys of text | `struct` | `dict` |
//! | `datetime.datetime` | `dateTime.iso8601`: no fractions, no time zone | `datetime` |
//! | instance with a `__dict__` | `struct` of its attributes | `dict` |
//! | `xmlrpc.client.Binary`, `DateTime` | `base64`, `dateTime.iso8601` | `bytes`, `datetime` |
//! | | `bigdecimal` | `decimal.Decimal` |
//!
//! Everything else is an error, as in Python: sets, `complex`, classes, containers that contain
//! themselves. A pickle does not always have the `__dict__` of an instance: an instance made by a
//! call without a state is an error too, except for built-in exceptions.
//!
//! Python's `loads` returns bytes and times as `Binary` and `DateTime` unless `use_builtin_types`
//! is set, which managers do not set. Here they are the values from before sending.
//!
//! # What XML does to text
//!
//! Line ends are normalized: `'\r\n'` and `'\r'` arrive as `'\n'`, since Python writes them without
//! an escape. Python also writes other control characters, which no Python can read; [`dumps`]
//! refuses them, and lone surrogates as Python does. Send such text as `bytes`.
//!
//! # Python versions
//!
//! All Python 3 versions write the same bytes. Python 2.7 writes any `str` as a `string`, in its
//! dicts' own order, and does not know `i1`, `i2`, `biginteger`, `float`, `bigdecimal` and prefixes
//! as in `ex:nil`. It reads everything that is written here.
//!
//! # Untrusted messages
//!
//! The reader is as tolerant of elements as Python's: a `param` may be missing, and unknown
//! elements around values are skipped. It is strict about cost: [`XmlRpcLimits`] bound nesting, values
//! and length, and nothing recurses. It refuses a document type, and so all entities except `&lt;`,
//! `&gt;`, `&amp;`, `&apos;`, `&quot;` and characters by number. It also refuses some input that
//! Python accepts: elements within text, keys that are not text, times not in Python's form, and
//! invalid base64.

mod error;
mod limits;
mod read;
#[cfg(test)]
mod tests;
mod text;
mod write;

pub use error::{Fault, XmlRpcError};
pub use limits::XmlRpcLimits;
pub use read::loads;
pub use write::{dump_into, dumps};

type Result<T> = std::result::Result<T, XmlRpcError>;

use std::sync::LazyLock;

use data_encoding::{BASE64, Encoding};

/// Matches `base64.encodebytes`: lines of 76 characters, each with an end. As in
/// `base64.decodebytes`, white space and bits beyond the last byte are ignored.
static BASE64_LINES: LazyLock<Encoding> = LazyLock::new(|| {
    let mut lines = BASE64.specification();
    lines.wrap.width = 76;
    lines.wrap.separator.push('\n');
    lines.ignore.push_str(" \t\r");
    lines.check_trailing_bits = false;
    lines.encoding().expect("constants, which a test has seen")
});
