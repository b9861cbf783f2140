//! Reads XML-RPC into values, as CPython's `Unmarshaller` does.

mod elements;
mod scalar;
mod tokens;

use self::elements::{Element, Scalar};
use self::tokens::{Token, Tokens};
use super::{Fault, Result, XmlRpcError, XmlRpcLimits};
use crate::{Dict, List, Value};

/// Reads the value of a message: `(value,), method = xmlrpc.client.loads(message.decode('utf-8'))`.
///
/// ```
/// use mpconn_pickle::xmlrpc::{XmlRpcLimits, loads};
///
/// let message = b"<params>\n<param>\n<value><base64>\nAP8=\n</base64></value>\n</param>\n</params>\n";
/// assert_eq!(loads(message, &XmlRpcLimits::new())?.to_string(), r"b'\x00\xff'");
///
/// let error = loads(b"<params><value><int>x</int></value></params>", &XmlRpcLimits::new()).unwrap_err();
/// assert_eq!((error.offset(), error.is_malformed()), (Some(15), true));
/// # Ok::<(), mpconn_pickle::xmlrpc::XmlRpcError>(())
/// ```
///
/// # Errors
/// Fails if the message is not XML or XML-RPC, does not have exactly one value, or exceeds the
/// limits; also on a fault ([`XmlRpcError::as_fault`]).
pub fn loads(message: &[u8], limits: &XmlRpcLimits) -> Result<Value> {
    if message.len() as u64 > limits.message {
        return Err(XmlRpcError::limit(format!(
            "a message of {} bytes, over the limit of {}: raise XmlRpcLimits::message",
            message.len(),
            limits.message
        )));
    }
    let text = simdutf8::compat::from_utf8(message).map_err(|error| {
        XmlRpcError::malformed(error.valid_up_to(), "not UTF-8, as XML-RPC of Python's is")
    })?;
    let mut tokens = Tokens::new(text)?;
    let mut reader = Reader::new(limits);
    while let Some((at, token)) = tokens.next()? {
        match token {
            Token::Start(tag) => reader.start(at, tag.name().as_ref())?,
            Token::Text(text) => reader.text.push_str(&text),
            Token::End => reader.end()?,
        }
    }
    reader.finish(message.len())
}

/// The content of the message, by the last element that decides it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Nothing,
    Params,
    Fault,
    Method,
}

struct Reader<'l> {
    limits: &'l XmlRpcLimits,
    /// The elements around the current position.
    open: Vec<Element>,
    /// Values that are not yet in a container.
    stack: Vec<Value>,
    /// For each open container, its start on the stack and in the message.
    marks: Vec<(usize, usize)>,
    /// Text since the last start tag.
    text: String,
    /// Offset of the last start tag.
    start: usize,
    /// Whether the last start tag was `value`, which is text if no other element follows.
    in_value: bool,
    /// The type of the text, while it is that of a value.
    scalar: Option<Scalar>,
    about: About,
    values: usize,
}

impl<'l> Reader<'l> {
    fn new(limits: &'l XmlRpcLimits) -> Self {
        Reader {
            limits,
            open: Vec::new(),
            stack: Vec::new(),
            marks: Vec::new(),
            text: String::new(),
            start: 0,
            in_value: false,
            scalar: None,
            about: About::Nothing,
            values: 0,
        }
    }

    fn start(&mut self, at: usize, name: &str) -> Result<()> {
        let element = Element::of(name);
        if self.scalar.is_some() {
            return Err(XmlRpcError::malformed(
                at,
                "an element where only text may be",
            ));
        }
        if self.in_value && element == Element::Other {
            let name = super::text::shown(name);
            return Err(XmlRpcError::malformed(
                at,
                format!("a value of unknown type {name}"),
            ));
        }
        if matches!(element, Element::Array | Element::Struct) {
            self.mark(at)?;
        }
        if let Element::Scalar(scalar) = element {
            self.scalar = Some(scalar);
        }
        self.open.push(element);
        self.text.clear();
        self.start = at;
        self.in_value = element == Element::Value;
        Ok(())
    }

    fn mark(&mut self, at: usize) -> Result<()> {
        if self.marks.len() >= self.limits.depth {
            return Err(XmlRpcError::limit(format!(
                "nested deeper than {} levels: raise XmlRpcLimits::depth",
                self.limits.depth
            ))
            .at_byte(at));
        }
        self.marks.push((self.stack.len(), at));
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        match self.open.pop().unwrap_or(Element::Other) {
            Element::Scalar(scalar) => {
                self.scalar = None;
                self.scalar_ends(scalar)?;
            }
            Element::Value if self.in_value => self.scalar_ends(Scalar::Text)?,
            Element::Array => {
                let (mark, _) = self.marks.pop().unwrap_or_default();
                let items = self.stack.split_off(mark);
                self.push(List::from(items).into())?;
            }
            Element::Struct => self.struct_ends()?,
            Element::Params => self.about = About::Params,
            Element::Fault => self.about = About::Fault,
            Element::Value | Element::Other => {}
        }
        Ok(())
    }

    fn scalar_ends(&mut self, scalar: Scalar) -> Result<()> {
        self.in_value = false;
        let text = std::mem::take(&mut self.text);
        match scalar::read(scalar, text) {
            Ok(Some(value)) => self.push(value),
            Ok(None) => {
                self.about = About::Method;
                Ok(())
            }
            Err(problem) => Err(XmlRpcError::malformed(self.start, problem)),
        }
    }

    fn struct_ends(&mut self) -> Result<()> {
        let (mark, at) = self.marks.pop().unwrap_or_default();
        let mut items = self.stack.split_off(mark).into_iter();
        let mut pairs = Vec::with_capacity(items.len() / 2);
        while let Some(key) = items.next() {
            if !matches!(key, Value::Str(_)) {
                let problem = "a struct with a member whose name is not text";
                return Err(XmlRpcError::malformed(at, problem));
            }
            let value = items.next().ok_or_else(|| {
                XmlRpcError::malformed(at, "a struct with a member without a value")
            })?;
            pairs.push((key, value));
        }
        self.push(Dict::from_pairs(pairs).into())
    }

    fn push(&mut self, value: Value) -> Result<()> {
        self.values += 1;
        if self.values > self.limits.values {
            return Err(XmlRpcError::limit(format!(
                "more than {} values: raise XmlRpcLimits::values",
                self.limits.values
            ))
            .at_byte(self.start));
        }
        self.stack.push(value);
        Ok(())
    }

    /// Finishes at the end of a message of that length.
    fn finish(mut self, length: usize) -> Result<Value> {
        match self.about {
            About::Nothing => {
                let problem = "neither params nor a fault: this is not XML-RPC";
                return Err(XmlRpcError::malformed(length, problem));
            }
            About::Fault => {
                let fault = self.stack.first().and_then(fault);
                return Err(fault.map_or_else(
                    || XmlRpcError::malformed(length, "a fault without faultCode and faultString"),
                    XmlRpcError::fault,
                ));
            }
            About::Params | About::Method => {}
        }
        let count = self.stack.len();
        match self.stack.pop() {
            Some(value) if count == 1 => Ok(value),
            _ => {
                let problem = format!("{count} parameters: a message has exactly one");
                Err(XmlRpcError::malformed(length, problem))
            }
        }
    }
}

fn fault(value: &Value) -> Option<Fault> {
    Some(Fault {
        code: value.get("faultCode")?.as_i64()?,
        text: value.get("faultString")?.as_str()?.to_owned(),
    })
}
