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
//! # What becomes of what
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
//! All else is an error, in Python as here: sets, `complex`, classes, what contains itself.
//! What an instance has in its `__dict__` its pickle does not always tell: one that is made by a
//! call without a state is an error too, but for exceptions of Python's own.
//!
//! `loads` in Python leaves bytes and times in its wrappers, `Binary` and `DateTime`, unless
//! `use_builtin_types` is set, which the managers do not; here they are what Python had before
//! they were sent.
//!
//! # What XML does to text
//!
//! Line ends are made one: `'\r\n'` and `'\r'` arrive as `'\n'`, as Python writes them without an
//! escape. Python writes other control characters too, which no Python reads again; [`dumps`]
//! refuses them, and lone surrogates as Python does: send such text as `bytes`.
//!
//! # Pythons
//!
//! All of 3 write the same bytes. Python 2.7 differs in what it takes: its `str` is a `string`,
//! whatever is in it, its order of members is that of its dicts, and it knows neither `i1`, `i2`,
//! `biginteger`, `float` and `bigdecimal` nor prefixes as in `ex:nil`. It reads all that is
//! written here.
//!
//! # Messages from strangers
//!
//! As tolerant as Python's reader is towards the elements (a `param` may be missing, unknown
//! elements around values are passed over), as strict is this one with what costs: [`XmlRpcLimits`]
//! bound nesting, values and length, and nothing recurses. A document type, and with it every
//! entity but `&lt;`, `&gt;`, `&amp;`, `&apos;`, `&quot;` and characters by number, is refused.
//! Elements within text, keys that are no text, times of another form than Python's and what is no
//! base64 are errors, which Python partly lets pass.

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

/// What `base64.encodebytes` writes: lines of 76 characters, each with an end. White space is
/// passed over, and so are bits beyond the last byte, as by `base64.decodebytes`.
static BASE64_LINES: LazyLock<Encoding> = LazyLock::new(|| {
    let mut lines = BASE64.specification();
    lines.wrap.width = 76;
    lines.wrap.separator.push('\n');
    lines.ignore.push_str(" \t\r");
    lines.check_trailing_bits = false;
    lines.encoding().expect("constants, which a test has seen")
});
