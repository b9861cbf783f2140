use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};

use super::StreamError;
use super::Unpickler;
use crate::{self as pickle, Limits, Protocol, ReadOptions, Value, dumps};

/// Gives out a piece at each call, and fails where one is told to.
struct Pieces(VecDeque<io::Result<Vec<u8>>>);

impl Pieces {
    /// Of so many bytes each, with an interruption before each.
    fn of(bytes: &[u8], len: usize) -> Self {
        let pieces = bytes.chunks(len).flat_map(|piece| {
            let interrupted = Err(ErrorKind::Interrupted.into());
            [interrupted, Ok(piece.to_vec())]
        });
        Pieces(pieces.collect())
    }
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(piece) = self.0.pop_front() else {
            return Ok(0);
        };
        let mut piece = piece?;
        let taken = piece.len().min(into.len());
        into[..taken].copy_from_slice(&piece[..taken]);
        let rest = piece.split_off(taken);
        if !rest.is_empty() {
            self.0.push_front(Ok(rest));
        }
        Ok(taken)
    }
}

fn samples() -> Vec<Value> {
    vec![
        Value::list([1, 2]),
        "a.b\n".into(),
        vec![b'.'; 100_000].into(),
        Value::None,
        "x".repeat(9_000).into(),
    ]
}

fn in_a_row(values: &[Value]) -> Vec<u8> {
    let protocols = [Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5];
    let pickles = values.iter().zip(protocols.iter().cycle());
    let pickles = pickles.map(|(value, protocol)| dumps(value, *protocol).unwrap());
    pickles.collect::<Vec<_>>().concat()
}

fn pickle_error(error: &StreamError) -> &pickle::PickleError {
    error.pickle_error().unwrap()
}

#[test]
fn pickles_come_one_by_one_however_the_bytes_are_cut() {
    let bytes = in_a_row(&samples());
    for len in [1, 3, 1000, bytes.len()] {
        for capacity in [1, 10, 8192] {
            let reader = BufReader::with_capacity(capacity, Pieces::of(&bytes, len));
            let mut unpickler = Unpickler::new(reader);
            let values: Vec<Value> = unpickler.iter().collect::<Result<_, _>>().unwrap();
            assert_eq!(values, samples(), "{len}, {capacity}");
            assert_eq!(unpickler.position(), bytes.len() as u64);
            assert!(unpickler.load_value().unwrap().is_none());
        }
    }
}

#[test]
fn no_byte_is_taken_that_belongs_to_no_pickle() {
    let mut bytes = in_a_row(&samples()[..3]);
    bytes.extend(b"N.the rest");
    let mut reader = BufReader::with_capacity(16, &bytes[..]);
    let mut unpickler = Unpickler::new(&mut reader);
    for number in 0..4 {
        assert!(unpickler.next_pickle().unwrap().is_some(), "{number}");
    }
    assert_eq!(unpickler.offset(), bytes.len() as u64 - 10);
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "the rest");
}

#[test]
fn an_end_inside_of_a_pickle_is_an_error_wherever_it_is() {
    let bytes = in_a_row(&samples()[..2]);
    let first = dumps(&samples()[0], Protocol::V2).unwrap().len();
    for end in 1..bytes.len() {
        let mut unpickler = Unpickler::new(&bytes[..end]);
        let values: Vec<_> = unpickler.iter::<Value>().collect();
        if end == first {
            assert!(matches!(&values[..], [Ok(_)]));
            continue;
        }
        let error = values.last().unwrap().as_ref().unwrap_err();
        assert!(pickle_error(error).is_cut_off(), "{end}: {error}");
        let kept = if end < first { end } else { end - first };
        assert_eq!(unpickler.bytes().len(), kept);
        let again = unpickler.load_value().unwrap_err().to_string();
        assert!(again.contains("earlier pickle"), "{again}");
    }
}

#[test]
fn a_long_claim_costs_no_memory() {
    let claim = [b"\x80\x04\x8e".as_slice(), &[0xff; 7], b"\x7fabc"].concat();
    let mut unpickler = Unpickler::new(&claim[..]);
    let error = unpickler.load_value().unwrap_err();
    assert!(pickle_error(&error).is_cut_off(), "{error}");
    assert_eq!(pickle_error(&error).offset(), Some(2));
    assert_eq!(unpickler.bytes(), claim);
}

#[test]
fn limits_hold_before_the_bytes_come() {
    let options = ReadOptions::new().limits(Limits::new().message(100));
    let mut unpickler = Unpickler::new(&b"B\xff\xff\xff\x0f"[..]).with_options(options);
    let error = unpickler.load_value().unwrap_err();
    assert!(pickle_error(&error).is_limit(), "{error}");
}

#[test]
fn errors_of_the_reader_come_through() {
    let failing = Pieces([Ok(b"]K".to_vec()), Err(ErrorKind::TimedOut.into())].into());
    let mut unpickler = Unpickler::new(BufReader::new(failing));
    let error = unpickler.load_value().unwrap_err();
    assert_eq!(
        error.io_error().unwrap().kind(),
        ErrorKind::TimedOut,
        "{error}"
    );
    assert_eq!(unpickler.bytes(), b"]K");
    let long = b"B\xff\xff\0\0abc".to_vec();
    let failing = Pieces([Ok(long.clone()), Err(ErrorKind::TimedOut.into())].into());
    let mut unpickler = Unpickler::new(BufReader::new(failing));
    let error = unpickler.load_value().unwrap_err();
    assert_eq!(error.io_error().unwrap().kind(), ErrorKind::TimedOut);
    assert_eq!(unpickler.bytes(), long);
}

#[test]
fn what_does_not_fit_a_type_is_passed_over() {
    let mut unpickler = Unpickler::new(&b"N.K\x07.0.K\x08.\xff."[..]);
    assert!(unpickler.load::<u8>().unwrap_err().is_codec());
    assert_eq!(unpickler.load::<u8>().unwrap(), Some(7));
    // An empty stack.
    assert!(unpickler.load::<u8>().unwrap_err().is_codec());
    assert_eq!(unpickler.load::<u8>().unwrap(), Some(8));
    assert_eq!(unpickler.offset(), 7);
    let error = unpickler.load::<u8>().unwrap_err();
    assert!(pickle_error(&error).is_malformed(), "{error}");
    assert_eq!(unpickler.iter::<u8>().count(), 0);
    assert_eq!(unpickler.into_inner().fill_buf().unwrap(), b".");
}

#[test]
fn the_first_flaw_is_told() {
    // No end, and nothing to be fetched.
    let error = Unpickler::new(&b"](h\x07"[..]).load_value().unwrap_err();
    assert_eq!(pickle_error(&error).opcode(), Some("BINGET"), "{error}");
    assert!(!pickle_error(&error).is_cut_off());
}
