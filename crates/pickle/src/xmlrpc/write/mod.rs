//! Writes values as XML-RPC, as CPython's `Marshaller` does.

mod frame;
mod instance;
mod shared;

use self::frame::{Frame, Step};
use self::instance::Form;
use self::shared::Shared;
use super::text::{escape_into, find_forbidden};
use super::{BASE64_LINES, Result, XmlRpcError, XmlRpcLimits};
use crate::{Instance, Value, pytext, types::DateTime};

/// Writes a value as XML-RPC:
/// `xmlrpc.client.dumps((value,), None, None, None, 1).encode('utf-8')`.
///
/// ```
/// use mpconn_pickle::Value;
/// use mpconn_pickle::xmlrpc::dumps;
///
/// let message = dumps(&Value::from(7))?;
/// assert_eq!(message, b"<params>\n<param>\n<value><int>7</int></value>\n</param>\n</params>\n");
/// assert!(dumps(&Value::from(1_i64 << 31)).unwrap_err().is_unsupported());
/// # Ok::<(), mpconn_pickle::xmlrpc::XmlRpcError>(())
/// ```
///
/// # Errors
/// Fails if XML-RPC cannot hold the value: see [the module](super).
pub fn dumps(value: &Value) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    dump_into(value, &XmlRpcLimits::new(), &mut out)?;
    Ok(out)
}

/// Appends a value as XML-RPC to a vector.
///
/// ```
/// use mpconn_pickle::Value;
/// use mpconn_pickle::xmlrpc::{XmlRpcLimits, dump_into};
///
/// // 60 lists that stand for 2 to the power of 60 items.
/// let mut value = Value::None;
/// for _ in 0..60 {
///     value = Value::list([value.clone(), value]);
/// }
/// let mut out = Vec::new();
/// let limits = XmlRpcLimits::new().growth(1 << 20);
/// assert!(dump_into(&value, &limits, &mut out).unwrap_err().is_limit());
/// assert!(out.is_empty());
/// ```
///
/// # Errors
/// Fails as [`dumps`] does; the vector is then unchanged.
pub fn dump_into(value: &Value, limits: &XmlRpcLimits, out: &mut Vec<u8>) -> Result<()> {
    let before = out.len();
    let mut writer = Writer {
        out,
        frames: Vec::new(),
        shared: Shared::new(limits.growth),
    };
    let written = writer.message(value);
    if written.is_err() {
        out.truncate(before);
    }
    written
}

struct Writer<'a, 'o> {
    out: &'o mut Vec<u8>,
    /// The open containers, instead of recursion.
    frames: Vec<Frame<'a>>,
    shared: Shared,
}

impl<'a> Writer<'a, '_> {
    fn message(&mut self, value: &'a Value) -> Result<()> {
        self.push("<params>\n<param>\n");
        let written = self.tree(value);
        written.map_err(|error| error.at_path(frame::path(&self.frames)))?;
        self.push("</param>\n</params>\n");
        Ok(())
    }

    fn tree(&mut self, value: &'a Value) -> Result<()> {
        self.value(value)?;
        while let Some(frame) = self.frames.last_mut() {
            match frame.next() {
                Step::Item(item) => self.value(item)?,
                Step::Member { key, value, first } => {
                    self.push(if first { "" } else { "</member>\n" });
                    self.push("<member>\n<name>");
                    self.key(key)?;
                    self.push("</name>\n");
                    self.value(value)?;
                }
                Step::Close(end) => {
                    self.push(end);
                    self.frames.pop();
                    self.shared.leave(self.frames.len(), self.out.len());
                }
            }
            self.shared.check(self.out.len())?;
        }
        Ok(())
    }

    fn value(&mut self, value: &'a Value) -> Result<()> {
        self.shared.leaf(value);
        match value {
            Value::None => self.push("<value><nil/></value>"),
            Value::Bool(true) => self.element("boolean", "1"),
            Value::Bool(false) => self.element("boolean", "0"),
            Value::Int(int) => self.int(*int)?,
            Value::Float(float) => self.float(*float),
            Value::Str(text) => self.string(text)?,
            Value::Bytes(bytes) => self.base64(bytes),
            Value::ByteArray(bytes) => self.base64(bytes),
            Value::List(items) => self.open(value, Frame::array(items)),
            Value::Tuple(items) => self.open(value, Frame::array(items)),
            Value::Dict(dict) => self.open(value, Frame::members(dict.pairs())),
            Value::Instance(instance) => self.instance(value, instance)?,
            other => return Err(unsupported(other)),
        }
        Ok(())
    }

    fn instance(&mut self, value: &'a Value, instance: &'a Instance) -> Result<()> {
        match instance::form(instance)? {
            Form::Attributes(pairs) => self.open(value, Frame::attributes(pairs)),
            Form::Time(time) => self.time(&time),
            Form::TimeText(text) => {
                self.shared.leaf(text);
                self.time_text(text.as_str().ok_or_else(|| unsupported(text))?)?;
            }
            Form::Bytes(data) => {
                self.shared.leaf(data);
                match data {
                    Value::Str(ascii) => self.base64(ascii.as_bytes()),
                    _ => self.base64(data.as_bytes().ok_or_else(|| unsupported(data))?),
                }
            }
        }
        Ok(())
    }

    fn open(&mut self, value: &'a Value, frame: Frame<'a>) {
        self.shared.enter(value, self.frames.len(), self.out.len());
        self.push(frame.start());
        self.frames.push(frame);
    }

    fn int(&mut self, int: i64) -> Result<()> {
        let Ok(int) = i32::try_from(int) else {
            return Err(unsupported(&Value::Int(int)));
        };
        self.element("int", &int.to_string());
        Ok(())
    }

    fn float(&mut self, float: f64) {
        let mut text = String::new();
        // Writing to a String never fails.
        let _ = pytext::write_float(&mut text, float);
        self.element("double", &text);
    }

    fn string(&mut self, text: &str) -> Result<()> {
        self.push("<value><string>");
        self.escaped(text)?;
        self.push("</string></value>\n");
        Ok(())
    }

    fn key(&mut self, key: &Value) -> Result<()> {
        self.shared.leaf(key);
        match key {
            Value::Str(text) => self.escaped(text),
            Value::SurrogateStr(_) => Err(unsupported(key)),
            other => Err(XmlRpcError::unsupported(format!(
                "a key of type {}: keys of XML-RPC are text, write str(key)",
                other.type_name()
            ))),
        }
    }

    fn escaped(&mut self, text: &str) -> Result<()> {
        if let Some(at) = find_forbidden(text) {
            let character = text[at..].chars().next().map_or(0, u32::from);
            return Err(XmlRpcError::unsupported(format!(
                "text with U+{character:04X} in it, which XML does not have and no Python reads: \
                 send it as bytes"
            )));
        }
        escape_into(self.out, text);
        Ok(())
    }

    fn base64(&mut self, bytes: &[u8]) {
        self.push("<value><base64>\n");
        let from = self.out.len();
        self.out
            .resize(from + BASE64_LINES.encode_len(bytes.len()), 0);
        BASE64_LINES.encode_mut(bytes, &mut self.out[from..]);
        self.push("</base64></value>\n");
    }

    /// Omits fractions of seconds and the time zone, as Python does.
    fn time(&mut self, time: &DateTime) {
        let (date, clock) = (time.date(), time.time());
        let text = format!(
            "{:04}{:02}{:02}T{:02}:{:02}:{:02}",
            date.year(),
            date.month(),
            date.day(),
            clock.hour(),
            clock.minute(),
            clock.second()
        );
        self.element("dateTime.iso8601", &text);
    }

    /// Writes text of Python's wrapper unchanged, but refuses markup.
    fn time_text(&mut self, text: &str) -> Result<()> {
        if text.contains(['<', '>', '&']) || find_forbidden(text).is_some() {
            return Err(XmlRpcError::unsupported(
                "a DateTime with markup in its text: give it a time as 20240229T13:45:00",
            ));
        }
        self.element("dateTime.iso8601", text);
        Ok(())
    }

    fn element(&mut self, name: &str, content: &str) {
        for part in ["<value><", name, ">", content, "</", name, "></value>\n"] {
            self.push(part);
        }
    }

    fn push(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }
}

/// Makes the error for a value that cannot be written, with a remedy.
#[cold]
fn unsupported(value: &Value) -> XmlRpcError {
    let instead = match value {
        Value::Int(_) | Value::BigInt(_) => {
            return XmlRpcError::unsupported(
                "int exceeds XML-RPC limits, which are those of 32 bits: send a float or text",
            );
        }
        Value::SurrogateStr(_) => {
            return XmlRpcError::unsupported(
                "text with lone surrogates, which UTF-8 does not have: send bytes",
            );
        }
        Value::Recursive(_) => {
            return XmlRpcError::unsupported(
                "a container that contains itself: XML-RPC has no references",
            );
        }
        Value::Set(_) | Value::FrozenSet(_) => "send a list",
        Value::Complex(..) => "send two floats",
        Value::Buffer(_) => "send bytes",
        Value::Class(_) => "send its name",
        Value::Persistent(_) => "send its id",
        _ => "send what it is made of",
    };
    XmlRpcError::unsupported(format!("XML-RPC has no {}: {instead}", value.type_name()))
}
