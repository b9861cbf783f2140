//! Events of the relay as text and as JSON.

use mpconn::handshake::HandshakeError;
use serde_json::json;

use super::forward::{Content, Event, What};
use super::handshake_tracker::{Named, Part, Side};
use crate::limits::without_advice;
use crate::values::{self, Format, Shown};

/// Bytes shown of a message that cannot be decoded.
const SHOWN: usize = 200;

/// Returns the line of a message, for standard output.
pub(crate) fn message(event: &Event, growth: usize) -> Shown {
    let What::Message {
        from,
        size,
        content,
    } = &event.what
    else {
        return whole(report(event));
    };
    let shown = content_text(content, growth);
    Shown {
        text: line(event, arrow(*from), &size.to_string(), &shown.text),
        ..shown
    }
}

/// Returns the line of any other event, for standard error.
pub(crate) fn report(event: &Event) -> String {
    line(event, "  ", "", &other_text(&event.what))
}

fn line(event: &Event, arrow: &str, size: &str, text: &str) -> String {
    let (at, number) = (event.at.as_secs_f64(), event.connection);
    format!("{at:>10.6}  #{number}  {arrow}  {size:>8}  {text}")
}

fn arrow(from: Side) -> &'static str {
    match from {
        Side::Client => "->",
        Side::Target => "<-",
    }
}

fn whole(text: String) -> Shown {
    Shown {
        text,
        is_whole: true,
    }
}

/// Writes what a message is: a part of the handshake, or an object. Repeated shared objects add at most
/// `growth` bytes.
pub(crate) fn content_text(content: &Content, growth: usize) -> Shown {
    let message = match content {
        Content::Handshake(part) => return whole(part_text(part)),
        Content::Beginning(beginning) => {
            return whole(format!(
                "too long to be decoded (--decode-max), begins with {}",
                values::bytes_literal(beginning)
            ));
        }
        Content::Data(message) => message,
    };
    match values::loads(message, usize::MAX) {
        Ok(value) => Format::Literal.write(&value, growth),
        Err(_) if message.is_empty() => whole("an empty message".to_owned()),
        Err(error) if looks_like_pickle(message) => whole(format!(
            "a pickle that cannot be decoded ({}): {}",
            without_advice(&error.to_string()),
            bytes(message)
        )),
        Err(_) => whole(format!("not a pickle: {}", bytes(message))),
    }
}

fn part_text(part: &Part) -> String {
    match part {
        Part::Challenge(named) => format!("challenge {}", named_text(named)),
        Part::Response(named) => format!("response {}", named_text(named)),
        Part::Welcome => "welcome: the response was correct".to_owned(),
        Part::Failure => "failure: the response was wrong".to_owned(),
    }
}

fn named_text(named: &Named) -> String {
    match named.who {
        Some(who) => format!("{} ({who})", named.digest),
        None => named.digest.clone(),
    }
}

fn other_text(what: &What) -> String {
    match what {
        What::Opened { peer } => format!("opened by {peer}"),
        What::NotFrames { from, first } => format!(
            "the {} does not speak this protocol; forwarded without decoding from here on ({})",
            side(*from),
            HandshakeError::not_this_protocol(first)
        ),
        What::Truncated { from } => format!("the {} ended inside a message", side(*from)),
        What::Closed { why: None } => "closed".to_owned(),
        What::Closed { why: Some(why) } => format!("closed: {why}"),
        // `message` writes its line.
        What::Message { .. } => "a message".to_owned(),
    }
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Client => "client",
        Side::Target => "target",
    }
}

/// Pickles of protocol 2 and later begin with PROTO.
fn looks_like_pickle(message: &[u8]) -> bool {
    message.starts_with(&[0x80]) && message.ends_with(b".")
}

fn bytes(message: &[u8]) -> String {
    let shown = &message[..message.len().min(SHOWN)];
    let more = if shown.len() < message.len() {
        "..."
    } else {
        ""
    };
    format!("{}{more}", values::bytes_literal(shown))
}

/// Returns the line of JSON for an event.
pub(crate) fn json(event: &Event, growth: usize) -> Shown {
    let mut line = serde_json::Map::new();
    line.insert("time".into(), json!(event.at.as_secs_f64()));
    line.insert("connection".into(), json!(event.connection));
    let is_whole = fields(&event.what, growth, &mut line);
    Shown {
        text: serde_json::Value::Object(line).to_string(),
        is_whole,
    }
}

/// Adds the fields of an event; returns whether nothing was cut.
fn fields(
    what: &What,
    growth: usize,
    line: &mut serde_json::Map<String, serde_json::Value>,
) -> bool {
    let mut put = |name: &str, value: serde_json::Value| line.insert(name.to_owned(), value);
    match what {
        What::Opened { peer } => {
            put("kind", "opened".into());
            put("peer", peer.as_str().into());
        }
        What::Message {
            from,
            size,
            content,
        } => {
            put("from", side(*from).into());
            put("size", (*size).into());
            return content_fields(content, growth, put);
        }
        What::NotFrames { from, first } => {
            put("from", side(*from).into());
            put("kind", "not this protocol".into());
            put("bytes", values::bytes_literal(first).into());
        }
        What::Truncated { from } => {
            put("from", side(*from).into());
            put("kind", "truncated".into());
        }
        What::Closed { why } => {
            put("kind", "closed".into());
            put("error", why.as_deref().into());
        }
    }
    true
}

fn content_fields<R>(
    content: &Content,
    growth: usize,
    mut put: impl FnMut(&str, serde_json::Value) -> R,
) -> bool {
    match content {
        Content::Handshake(part) => {
            let (kind, named) = match part {
                Part::Challenge(named) => ("challenge", Some(named)),
                Part::Response(named) => ("response", Some(named)),
                Part::Welcome => ("welcome", None),
                Part::Failure => ("failure", None),
            };
            put("kind", kind.into());
            if let Some(named) = named {
                put("digest", named.digest.as_str().into());
            }
        }
        Content::Data(message) => match values::loads(message, usize::MAX) {
            Ok(value) => {
                put("kind", "object".into());
                put("value", values::to_json(&value, growth));
                // JSON is never cut.
                let literal = Format::Literal.write(&value, growth);
                put("literal", literal.text.into());
                return literal.is_whole;
            }
            Err(error) => {
                put("kind", "bytes".into());
                put("bytes", values::bytes_literal(message).into());
                put("error", without_advice(&error.to_string()).into());
            }
        },
        Content::Beginning(beginning) => {
            put("kind", "long".into());
            put("begins", values::bytes_literal(beginning).into());
        }
    }
    true
}
