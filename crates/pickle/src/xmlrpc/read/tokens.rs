//! Splits the XML of a message into tags and text, checked about as far as expat does.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::xmlrpc::text::{find_forbidden, shown};
use crate::xmlrpc::{Result, XmlRpcError};

/// A token: comments and instructions are skipped.
pub(super) enum Token<'t> {
    Start(BytesStart<'t>),
    Text(Cow<'t, str>),
    /// The end of the last element begun.
    End,
}

pub(super) struct Tokens<'t> {
    reader: Reader<&'t [u8]>,
    /// Bytes before the text being read.
    skipped: usize,
    /// Number of open elements.
    depth: usize,
    /// Whether the root element has begun.
    begun: bool,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(message: &'t str) -> Result<Self> {
        if let Some(at) = find_forbidden(message) {
            let character = message[at..].chars().next().map_or(0, u32::from);
            let problem = format!("U+{character:04X}, which XML does not have");
            return Err(XmlRpcError::malformed(at, problem));
        }
        let text = message.strip_prefix('\u{feff}').unwrap_or(message);
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        // An empty element becomes a start and an end.
        config.expand_empty_elements = true;
        config.check_comments = true;
        Ok(Tokens {
            reader,
            skipped: message.len() - text.len(),
            depth: 0,
            begun: false,
        })
    }

    /// Returns the next token and its offset; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<(usize, Token<'t>)>> {
        loop {
            let at = self.position();
            let event = self.reader.read_event().map_err(|error| {
                let at = offset(self.reader.error_position()) + self.skipped;
                XmlRpcError::malformed(at, cut(error.to_string()))
            })?;
            let token = match event {
                Event::Eof => return self.end(at).map(|()| None),
                event => self.token(at, event)?,
            };
            if let Some(token) = token {
                return Ok(Some((at, token)));
            }
        }
    }

    fn position(&self) -> usize {
        offset(self.reader.buffer_position()) + self.skipped
    }

    fn token(&mut self, at: usize, event: Event<'t>) -> Result<Option<Token<'t>>> {
        Ok(Some(match event {
            Event::Start(tag) | Event::Empty(tag) => {
                self.start(at, &tag)?;
                Token::Start(tag)
            }
            Event::End(_) => {
                self.depth -= 1;
                Token::End
            }
            Event::Text(text) => {
                if text.contains("]]>") {
                    return Err(XmlRpcError::malformed(
                        at,
                        "]]> outside CDATA: write ]]&gt;",
                    ));
                }
                if self.depth == 0 {
                    return self.outside(at, &text).map(|()| None);
                }
                Token::Text(text.xml10_content())
            }
            Event::CData(text) if self.depth > 0 => Token::Text(text.xml10_content()),
            Event::GeneralRef(reference) if self.depth > 0 => {
                Token::Text(resolve(at, &reference)?.into())
            }
            Event::CData(_) | Event::GeneralRef(_) => {
                return self.outside(at, "text").map(|()| None);
            }
            Event::Decl(_) if at > self.skipped => {
                return Err(XmlRpcError::malformed(
                    at,
                    "an XML declaration in the middle of the message",
                ));
            }
            // Python decodes messages as UTF-8, whatever the declaration says.
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => return Ok(None),
            Event::DocType(_) => {
                let problem = "a document type: entities are refused, send the values alone";
                return Err(XmlRpcError::malformed(at, problem));
            }
            Event::Eof => return Ok(None),
        }))
    }

    fn start(&mut self, at: usize, tag: &BytesStart<'_>) -> Result<()> {
        if self.depth == 0 && self.begun {
            return Err(XmlRpcError::malformed(at, "a second root element"));
        }
        let name = tag.name();
        let name = name.as_ref();
        if !is_name(name) {
            return Err(XmlRpcError::malformed(
                at,
                format!("not the name of an element: {}", shown(name)),
            ));
        }
        // Duplicate attributes are not detected: the check takes quadratic time.
        let attribute = tag.attributes().with_checks(false).find_map(|a| a.err());
        if let Some(error) = attribute {
            return Err(XmlRpcError::malformed(at, cut(error.to_string())));
        }
        self.begun = true;
        self.depth += 1;
        Ok(())
    }

    /// Checks that there is only white space outside the root element.
    fn outside(&self, at: usize, text: &str) -> Result<()> {
        let blank = text
            .bytes()
            .all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        match blank {
            true => Ok(()),
            false => Err(XmlRpcError::malformed(at, "text outside the root element")),
        }
    }

    fn end(&self, at: usize) -> Result<()> {
        let problem = match (self.depth, self.begun) {
            (0, true) => return Ok(()),
            (0, false) => "no element: this is not XML".to_owned(),
            (open, _) => format!("the message is cut off: {open} elements are still open"),
        };
        Err(XmlRpcError::malformed(at, problem))
    }
}

/// Converts an offset in text, which is in memory and so fits.
fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// Cuts a message that quotes input of any length.
fn cut(problem: String) -> String {
    const LONGEST: usize = 200;
    match problem.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &problem[..end]),
        None => problem,
    }
}

/// Does not tell letters from digits beyond ASCII: no known name has any.
fn is_name(name: &str) -> bool {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_' || c == ':' || !c.is_ascii();
    let other = |c: char| first(c) || c.is_ascii_digit() || c == '-' || c == '.';
    name.starts_with(first) && name.chars().all(other)
}

fn resolve(at: usize, reference: &BytesRef<'_>) -> Result<String> {
    let refuse = || {
        let name = shown(reference);
        XmlRpcError::malformed(
            at,
            format!("the entity {name}, which XML-RPC does not have"),
        )
    };
    let known = match &**reference {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => match reference.resolve_char_ref() {
            Ok(Some(character)) => character,
            _ => return Err(refuse()),
        },
    };
    let text = String::from(known);
    match find_forbidden(&text) {
        None => Ok(text),
        Some(_) => Err(refuse()),
    }
}
