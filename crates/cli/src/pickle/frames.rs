//! Messages after their lengths, as `multiprocessing.connection` sends them.

use std::io::{BufRead, ErrorKind};

use anyhow::Context;
use mpconn::frame::{Decoder, Step};

use crate::exit_codes::Ended;

/// Takes messages out of a captured stream.
pub(super) struct Frames<R> {
    reader: R,
    decoder: Decoder,
    max: u64,
    /// Where the last message begins, after its length.
    offset: u64,
    /// Bytes given to the decoder.
    taken: u64,
}

impl<R: BufRead> Frames<R> {
    /// Reads messages of at most `max` bytes.
    pub(super) fn new(reader: R, max: u64) -> Self {
        Frames {
            reader,
            decoder: Decoder::new(),
            max,
            offset: 0,
            taken: 0,
        }
    }

    /// Reads the next message; `None` at the end of the input.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        self.offset = self.taken - self.decoder.buffered().len() as u64;
        while self.decoder.advance(self.max)? != Step::Message {
            if !self.fill()? {
                return match self.decoder.is_midway() {
                    true => Err(self.cut_off()?),
                    false => Ok(None),
                };
            }
        }
        let message = self.decoder.take_message()?;
        let after = self.taken - self.decoder.buffered().len() as u64;
        self.offset = after - message.len() as u64;
        Ok(Some(message))
    }

    fn fill(&mut self) -> anyhow::Result<bool> {
        let available = loop {
            match self.reader.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other.context("cannot read the input")?,
            }
        };
        let count = self.decoder.fill(true, |bytes, room| {
            let count = available.len().min(room);
            bytes.extend_from_slice(&available[..count]);
            count
        })?;
        self.reader.consume(count);
        self.taken += count as u64;
        Ok(count > 0)
    }

    fn cut_off(&mut self) -> anyhow::Result<anyhow::Error> {
        let message = match self.decoder.advance(self.max)? {
            Step::Body(missing) => format!(
                "the input ends inside a message, {missing} bytes are missing: was it \
                 captured from its beginning?"
            ),
            _ => "the input ends inside the length of a message".to_owned(),
        };
        Ok(Ended::failed(message).into())
    }

    /// Returns where the last message begins.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use mpconn::frame::Header;

    use super::Frames;

    fn framed(messages: &[&[u8]]) -> Vec<u8> {
        let frame =
            |message: &&[u8]| [Header::new(message.len() as u64).as_bytes(), message].concat();
        messages.iter().flat_map(frame).collect()
    }

    #[test]
    fn messages_come_with_their_places() {
        let bytes = framed(&[b"", b"one", b"three"]);
        for capacity in [1, 5, 100] {
            let mut frames = Frames::new(BufReader::with_capacity(capacity, &bytes[..]), 10);
            for (message, offset) in [(&b""[..], 4), (b"one", 8), (b"three", 15)] {
                assert_eq!(frames.next().unwrap().unwrap(), message);
                assert_eq!(frames.offset(), offset);
            }
            assert!(frames.next().unwrap().is_none());
        }
    }

    #[test]
    fn what_is_cut_off_or_too_long_is_told() {
        let bytes = framed(&[b"one"]);
        let error = Frames::new(&bytes[..6], 10).next().unwrap_err().to_string();
        assert!(error.contains("1 bytes are missing"), "{error}");
        let error = Frames::new(&bytes[..3], 10).next().unwrap_err().to_string();
        assert!(error.contains("the length of a message"), "{error}");
        let error = Frames::new(&bytes[..], 2).next().unwrap_err().to_string();
        assert!(error.contains("the limit here is 2"), "{error}");
    }
}
