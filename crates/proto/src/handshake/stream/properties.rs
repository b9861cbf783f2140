//! The outcome is the same with pieces of any size and with either framing.

use std::io::ErrorKind;
use std::time::Instant;

use proptest::prelude::*;

use super::*;
use crate::AuthKey;
use crate::frame::{Header, Step};
use crate::handshake::{CHALLENGE, Challenge, Dialect, Digest, FAILURE, Policy};

/// A message that a peer may send instead of the one that is due.
#[derive(Debug, Clone)]
enum Say {
    /// The right message.
    Right,
    WrongKey,
    Legacy,
    Message(Vec<u8>),
}

fn say() -> impl Strategy<Value = Say> {
    prop_oneof![
        6 => Just(Say::Right),
        1 => Just(Say::WrongKey),
        1 => Just(Say::Legacy),
        1 => prop::collection::vec(any::<u8>(), 0..300).prop_map(Say::Message),
        1 => prop_oneof![
            Just(WELCOME.to_vec()),
            Just(FAILURE.to_vec()),
            Just(b"\x80\x04K\x01.".to_vec()),
            Just([CHALLENGE, b"short"].concat()),
            Just([CHALLENGE, b"{sha512}", &[7; 40]].concat()),
        ].prop_map(Say::Message),
    ]
}

/// Makes a stream with fixed random bytes, so that runs can be compared.
fn end(is_listener: bool, framing: Framing, is_early: bool, random: u8) -> Stream {
    let (key, policy) = (AuthKey::from("k"), Policy::default());
    let handshake = Handshake::with_random(&key, &policy, is_listener, random);
    let mut stream = Stream::new(handshake, framing, Instant::now());
    stream.set_early_challenge(is_early);
    stream
}

/// A scripted peer, which answers each message.
struct Peer {
    says: Vec<Say>,
    is_listener: bool,
    challenges: bool,
}

impl Peer {
    /// Returns its replies to this message (`None`: at the beginning).
    fn replies(&mut self, ours: Option<&[u8]>) -> Vec<Vec<u8>> {
        let right = match ours {
            None => self.is_listener.then(challenge).into_iter().collect(),
            Some(message) => match Challenge::parse(message) {
                Some(challenge) => vec![self.response(challenge.content())],
                None if message == WELCOME || message == FAILURE => self.own_challenge(),
                None => [vec![WELCOME.to_vec()], self.own_challenge()].concat(),
            },
        };
        right.into_iter().map(|right| self.say(right)).collect()
    }

    fn own_challenge(&mut self) -> Vec<Vec<u8>> {
        let is_due = !self.is_listener && !std::mem::replace(&mut self.challenges, true);
        is_due.then(challenge).into_iter().collect()
    }

    fn response(&self, content: &[u8]) -> Vec<u8> {
        let (key, dialect) = match self.says.last() {
            Some(Say::WrongKey) => ("other", Dialect::modern(Digest::Sha256)),
            Some(Say::Legacy) => ("k", Dialect::unprefixed(Digest::Md5)),
            _ => ("k", Dialect::modern(Digest::Sha256)),
        };
        dialect.respond(&AuthKey::from(key), content)
    }

    fn say(&mut self, right: Vec<u8>) -> Vec<u8> {
        match self.says.pop() {
            Some(Say::Message(message)) => message,
            _ => right,
        }
    }
}

fn challenge() -> Vec<u8> {
    [CHALLENGE, b"{sha256}", &[9; 40]].concat()
}

/// The result of one run: the outcome, and each message that we sent.
type Run = (Option<Result<Outcome, HandshakeError>>, Vec<Vec<u8>>);

/// Runs one end against a scripted peer; `cuts` are the sizes of the arriving pieces.
fn run(framing: Framing, is_listener: bool, is_early: bool, says: &[Say], cuts: &[usize]) -> Run {
    let mut stream = end(is_listener, framing, is_early, 5);
    let mut peer = Peer {
        says: says.to_vec(),
        is_listener: !is_listener,
        challenges: false,
    };
    let mut sent = Vec::new();
    let mut cuts = cuts.iter().copied().cycle();
    let mut incoming = peer.replies(None);
    loop {
        for message in incoming.drain(..) {
            match framing {
                Framing::MessagePerRead => stream.handle_received(&message),
                Framing::LengthPrefix => {
                    let header = Header::new(message.len() as u64);
                    let wire = [header.as_bytes(), &message].concat();
                    feed(&mut stream, &wire, &mut cuts);
                }
            }
        }
        let before = sent.len();
        while let Some(bytes) = stream.poll_transmit() {
            let n = bytes.len();
            sent.extend(messages(framing, bytes));
            stream.handle_sent(n);
        }
        for message in &sent[before..] {
            incoming.extend(peer.replies(Some(message)));
        }
        if incoming.is_empty() {
            stream.handle_eof();
            return (stream.outcome().cloned(), sent);
        }
    }
}

fn feed(stream: &mut Stream, mut wire: &[u8], cuts: &mut impl Iterator<Item = usize>) {
    while !wire.is_empty() {
        let n = cuts.next().unwrap_or(usize::MAX).min(wire.len());
        stream.handle_received(&wire[..n]);
        wire = &wire[n..];
    }
}

/// The messages of one write.
fn messages(framing: Framing, write: &[u8]) -> Vec<Vec<u8>> {
    if framing == Framing::MessagePerRead {
        return vec![write.to_vec()];
    }
    let mut decoder = Decoder::new();
    decoder.buffer(write).unwrap();
    let mut messages = Vec::new();
    while decoder.advance(MAX_MESSAGE) == Ok(Step::Message) {
        messages.push(decoder.take_message().unwrap());
    }
    assert!(decoder.is_empty());
    messages
}

proptest! {
    #[test]
    fn pieces_and_framing_do_not_change_the_outcome(
        is_listener: bool,
        is_early: bool,
        says in prop::collection::vec(say(), 0..4),
        cuts in prop::collection::vec(1_usize..40, 1..20),
    ) {
        let whole = run(Framing::LengthPrefix, is_listener, is_early, &says, &[usize::MAX]);
        let cut = run(Framing::LengthPrefix, is_listener, is_early, &says, &cuts);
        prop_assert_eq!(&cut, &whole);
        let apart = run(Framing::MessagePerRead, is_listener, is_early, &says, &[]);
        prop_assert_eq!(&apart, &whole);
    }

    /// Any bytes, then the end of file: the error does not depend on the pieces.
    #[test]
    fn any_bytes_have_the_same_error_in_any_pieces(
        is_listener: bool,
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..600),
            // The header of a long message, with or without its beginning.
            (257_u32..1 << 25, prop::collection::vec(any::<u8>(), 0..8)).prop_map(
                |(len, body)| [&len.to_be_bytes()[..], &body].concat()
            ),
            "(GET / HTTP/1.1|SSH-2.0|HTTP/1.1 200|\\* OK|.{0,20})".prop_map(String::into_bytes),
        ],
        cuts in prop::collection::vec(1_usize..40, 1..20),
    ) {
        let judged = |cuts: &[usize]| {
            let mut stream = end(is_listener, Framing::LengthPrefix, false, 6);
            while let Some(bytes) = stream.poll_transmit() {
                let n = bytes.len();
                stream.handle_sent(n);
            }
            feed(&mut stream, &bytes, &mut cuts.iter().copied().cycle());
            while let Some(bytes) = stream.poll_transmit() {
                let n = bytes.len();
                stream.handle_sent(n);
            }
            stream.handle_eof();
            stream.outcome().cloned()
        };
        let whole = judged(&[usize::MAX]);
        let one_by_one = judged(&cuts);
        // The quoted bytes are those that had arrived.
        let is_foreign = |it: &Option<Result<Outcome, HandshakeError>>| {
            matches!(it, Some(Err(HandshakeError::NotThisProtocol { .. })))
        };
        if is_foreign(&whole) {
            prop_assert!(is_foreign(&one_by_one), "{:?} {:?}", one_by_one, whole);
        } else {
            prop_assert_eq!(one_by_one, whole);
        }
    }

    /// With events in any order, an outcome stays, nothing is due after it, and a closed connection
    /// ends the handshake.
    #[test]
    fn any_order_of_events_ends_once(
        is_listener: bool,
        is_apart: bool,
        events in prop::collection::vec(event(), 0..12),
    ) {
        let framing = if is_apart { Framing::MessagePerRead } else { Framing::LengthPrefix };
        let mut stream = end(is_listener, framing, true, 7);
        let gone = [Event::Error(ErrorKind::ConnectionReset), Event::Eof];
        let mut seen = None;
        for event in events.into_iter().chain(gone) {
            event.happen(&mut stream);
            if let Some(outcome) = &seen {
                prop_assert_eq!(stream.outcome(), Some(outcome));
            }
            seen = stream.outcome().cloned();
            if seen.is_some() {
                prop_assert_eq!(stream.poll_transmit(), None);
                prop_assert_eq!(stream.poll_timeout(), None);
            }
        }
        prop_assert!(seen.is_some_and(|outcome| outcome.is_err()));
    }
}

/// An event that a driver reports.
#[derive(Debug, Clone)]
enum Event {
    Received(Vec<u8>),
    Sent(usize),
    Eof,
    Error(ErrorKind),
    Timeout,
}

fn event() -> impl Strategy<Value = Event> {
    let message = prop_oneof![
        Just(challenge()),
        Just(WELCOME.to_vec()),
        Just(FAILURE.to_vec()),
        prop::collection::vec(any::<u8>(), 0..300),
    ];
    let framed = message.clone().prop_map(|message| {
        let header = Header::new(message.len() as u64);
        [header.as_bytes(), &message].concat()
    });
    prop_oneof![
        2 => message.prop_map(Event::Received),
        4 => framed.prop_map(Event::Received),
        4 => (0_usize..100).prop_map(Event::Sent),
        1 => Just(Event::Eof),
        2 => prop::sample::select(vec![
            ErrorKind::WouldBlock,
            ErrorKind::Interrupted,
            ErrorKind::TimedOut,
            ErrorKind::BrokenPipe,
            ErrorKind::HostUnreachable,
        ]).prop_map(Event::Error),
        1 => Just(Event::Timeout),
    ]
}

impl Event {
    fn happen(self, stream: &mut Stream) {
        match self {
            Event::Received(bytes) => stream.handle_received(&bytes),
            Event::Sent(n) => {
                if let Some(len) = stream.poll_transmit().map(<[u8]>::len) {
                    stream.handle_sent(n.min(len));
                }
            }
            Event::Eof => stream.handle_eof(),
            Event::Error(kind) => stream.handle_error(&kind.into()),
            Event::Timeout => stream.handle_timeout(Instant::now()),
        }
    }
}
