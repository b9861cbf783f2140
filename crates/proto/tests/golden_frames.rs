//! Frames against what CPython writes and reads: `tests/golden`.

use std::fs;
use std::path::Path;

use mpconn_proto::frame::{Decoder, FrameError, Header, Step};
use serde::Deserialize;

/// What the recorded streams were read with: `recv_bytes(8)`.
const MAX: u64 = 8;

#[derive(Deserialize)]
struct Recording {
    python: String,
    #[serde(default)]
    frames_sent: Vec<Sent>,
    #[serde(default)]
    frames_received: Vec<Received>,
}

#[derive(Deserialize)]
struct Sent {
    length: u64,
    writes: Vec<Write>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Write {
    /// Its first bytes.
    starts: String,
    size: u64,
}

#[derive(Deserialize)]
struct Received {
    name: String,
    stream: String,
    message: Option<String>,
    exception: Option<String>,
}

fn recordings() -> Vec<Recording> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let files = fs::read_dir(directory).expect("golden files");
    let texts = files.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let all: Vec<Recording> = texts
        .map(|text| serde_json::from_str(&text).unwrap())
        .collect();
    let versions = all
        .iter()
        .filter(|recording| !recording.frames_sent.is_empty());
    assert_eq!(versions.count(), 9, "a file for each Python from 2.7 on");
    all
}

fn unhex(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digit).collect()
}

#[test]
fn headers_are_those_of_every_python() {
    for recording in recordings() {
        for sent in recording.frames_sent {
            let label = format!("{} bytes by {}", sent.length, recording.python);
            let header = Header::new(sent.length);
            if sent.error.is_some() {
                // Longer messages came with 3.8.
                assert!(sent.length > 0x7fff_ffff, "{label}");
                assert!(
                    ["2.7", "3.6", "3.7"].contains(&&*recording.python),
                    "{label}"
                );
                continue;
            }
            let starts: String = sent.writes.iter().map(|write| &*write.starts).collect();
            assert!(unhex(&starts).starts_with(header.as_bytes()), "{label}");
            let total: u64 = sent.writes.iter().map(|write| write.size).sum();
            assert_eq!(
                total,
                header.as_bytes().len() as u64 + sent.length,
                "{label}"
            );
        }
    }
}

/// What a peer that closes after `stream` means to a decoder.
#[derive(Debug, PartialEq)]
enum Read {
    Message(Vec<u8>),
    BadLength,
    /// Between messages: Python's `EOFError`.
    End,
    Truncated,
}

fn read(stream: &[u8]) -> Read {
    let mut decoder = Decoder::new();
    for byte in stream.iter().map(Some).chain([None]) {
        match decoder.advance(MAX) {
            Ok(Step::Message) => return Read::Message(decoder.take_message().unwrap()),
            Ok(_) => decoder
                .buffer(byte.map(std::slice::from_ref).unwrap_or_default())
                .unwrap(),
            Err(FrameError::Negative(_) | FrameError::TooLong { .. }) => return Read::BadLength,
            Err(other) => panic!("{other}"),
        }
    }
    if decoder.is_midway() {
        Read::Truncated
    } else {
        Read::End
    }
}

/// Where we differ from a Python, on purpose.
fn is_on_purpose(version: &str, name: &str, ours: &Read) -> bool {
    match name {
        // Python 3 takes a negative length for an empty message and goes on, out of
        // step with the stream. 2.7 says what we say.
        "length -2" | "length -2, bytes follow" | "length -2147483648" => {
            version != "2.7" && *ours == Read::BadLength
        }
        // The long header came with 3.8. Before, -1 was as any negative length.
        name if name.contains("long ") => ["2.7", "3.6", "3.7"].contains(&version),
        // Python tells the end after a header from the end inside of one only by its text.
        "closed after the header" => *ours == Read::Truncated,
        _ => false,
    }
}

#[test]
fn streams_are_read_as_by_every_python() {
    let mut compared = 0;
    for recording in recordings() {
        for received in recording.frames_received {
            let ours = read(&unhex(&received.stream));
            let python = match (&received.message, received.exception.as_deref()) {
                (Some(message), _) => Read::Message(unhex(message)),
                (None, Some("EOFError")) => Read::End,
                (None, _) if received.name.starts_with("closed") => Read::Truncated,
                (None, _) => Read::BadLength,
            };
            let label = format!("{} by {}", received.name, recording.python);
            if ours != python {
                let on_purpose = is_on_purpose(&recording.python, &received.name, &ours);
                assert!(on_purpose, "{label}: ours {ours:?}, Python's {python:?}");
            }
            compared += 1;
        }
    }
    assert_eq!(compared, 9 * 14);
}
