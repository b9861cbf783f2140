//! Compares the handshake with CPython's: the transcripts in `tests/golden`, which
//! `python-fixtures/generate.py` of the repository records.
//!
//! A [`Handshake`] takes the place of a recorded Python 3.12 or later: with the same
//! key and random bytes it must send the same bytes at the same points and
//! have the same outcome. Older Pythons send challenges that we never send;
//! for those each half is compared with the recorded bytes by itself.

mod transcript;

use transcript::{PythonOutcome, Role, Transcript, transcripts, unhex};

use super::super::message::Response;
use super::*;
use crate::frame::{Decoder, FrameError, Step};

/// The end of a handshake over a framed connection.
#[derive(Debug)]
enum Ended {
    Done(Result<Outcome, HandshakeError>),
    BadLength(FrameError),
    /// The peer closed between messages.
    Closed,
    /// The peer closed inside a message.
    Truncated,
}

/// Splits the bytes of one message at every place, and checks that the decoder
/// returns the same each time.
fn decode_at_every_split(wire: &[u8]) -> Result<Option<Vec<u8>>, FrameError> {
    let decode = |pieces: &[&[u8]]| {
        let mut decoder = Decoder::new();
        for piece in pieces {
            decoder.buffer(piece)?;
            if decoder.advance(MAX_MESSAGE)? == Step::Message {
                return decoder.take_message().map(Some);
            }
        }
        Ok(None)
    };
    let whole = decode(&[wire]);
    for at in 0..wire.len() {
        let (head, tail) = wire.split_at(at);
        assert_eq!(decode(&[head, tail]), whole, "cut at {at}");
    }
    whole
}

/// Plays one side of a transcript against what the other side sent.
fn play(transcript: &Transcript, role: Role, machine: &mut Handshake) -> Ended {
    for (at, sent) in transcript.messages.iter().enumerate() {
        let wire = unhex(&sent.hex);
        if sent.from == role {
            let ours = machine.poll_transmit();
            assert_eq!(ours.as_deref(), Some(&wire[4..]), "message {at}");
            continue;
        }
        assert_eq!(machine.poll_transmit(), None, "before message {at}");
        match decode_at_every_split(&wire) {
            Ok(Some(message)) => machine.handle_message(&message),
            Ok(None) => return Ended::Truncated,
            Err(error) => return Ended::BadLength(error),
        }
    }
    assert_eq!(machine.poll_transmit(), None, "at the end");
    match machine.outcome() {
        Some(outcome) => Ended::Done(outcome.clone()),
        None => Ended::Closed,
    }
}

/// Returns whether our outcome is the one that Python had.
fn same_end(python: &PythonOutcome, ours: &Ended) -> bool {
    use HandshakeError as E;
    let text = |beginning: &str| python.text.starts_with(beginning);
    match ours {
        Ended::Done(Ok(_)) => python.ok,
        Ended::Closed => python.exception == "EOFError",
        Ended::Truncated => text("got end of file during message"),
        Ended::BadLength(_) => text("bad message length"),
        Ended::Done(Err(error)) => match error {
            E::WrongKey => text("digest received was wrong") || text("expected 'sha256' of length"),
            E::Rejected { .. } => text("digest sent was rejected"),
            E::ChallengeTooShort { .. } => text("challenge too short"),
            E::DigestRefused { .. } | E::LegacyRefused { .. } | E::UnknownDialect => {
                text("unsupported message length, missing digest prefix")
            }
            // Python's message depends on where they came.
            E::PeerHasNoKey {
                phase: Phase::Challenge,
            } => text("Protocol error"),
            E::PeerHasNoKey { .. } => text("unsupported message length"),
            E::Unexpected { expected, .. } => match *expected {
                "a challenge" => text("Protocol error"),
                "a response" => text("unsupported message length"),
                _ => text("digest sent was rejected"),
            },
            _ => false,
        },
    }
}

/// Before 3.13 (or a late 3.12) `Listener` treats an empty key as none. Ours
/// sends a challenge, as later ones do.
fn is_empty_key_taken_for_none(transcript: &Transcript) -> bool {
    transcript.name == "empty-key-in-Listener" && transcript.messages.is_empty()
}

#[test]
fn machines_send_what_python_sent_and_end_as_it_did() {
    let mut played = 0;
    for transcript in transcripts() {
        for role in [Role::Listener, Role::Client] {
            let side = transcript.side(role);
            let machine = side.machine(role, &side.policy());
            let Some(mut machine) = machine.filter(|_| side.is_modern()) else {
                continue;
            };
            if is_empty_key_taken_for_none(&transcript) {
                continue;
            }
            eprintln!("{} as {role:?} of {:?}", transcript.name, side.python);
            let ours = play(&transcript, role, &mut machine);
            let python = side.outcome.as_ref().unwrap();
            let (exception, text) = (&python.exception, &python.text);
            assert!(
                same_end(python, &ours),
                "{ours:?}; Python: {exception} {text}"
            );
            played += 1;
        }
    }
    assert!(played > 200, "{played}");
}

/// The dialect without a digest name: CPython's for 2.7 to 3.11, RHEL's with its policy.
#[test]
fn older_pythons_proofs_are_accepted_and_given() {
    let (mut challenged, mut checked) = (0, 0);
    for transcript in transcripts() {
        for (role, peer) in [
            (Role::Listener, Role::Client),
            (Role::Client, Role::Listener),
        ] {
            let side = transcript.side(role);
            let (Some(key), false) = (side.key(), side.is_modern()) else {
                continue;
            };
            if side.python.is_none() {
                continue;
            }
            eprintln!("{} as {role:?} of {:?}", transcript.name, side.python);
            let (sent, received) = (transcript.bodies(role), whole_bodies(&transcript, peer));
            challenged += answers_alike(&key, &side.policy(), &sent, &received);
            checked += checks_alike(&key, &side.policy(), &sent, &received);
        }
    }
    assert!(challenged > 80 && checked > 300, "{challenged} {checked}");
}

/// Returns the received messages, up to the first bytes that are not one.
fn whole_bodies(transcript: &Transcript, role: Role) -> Vec<Vec<u8>> {
    let sent = transcript.messages.iter().filter(|sent| sent.from == role);
    let decoded = sent.map(|sent| decode_at_every_split(&unhex(&sent.hex)));
    decoded
        .map_while(|message| message.ok().flatten())
        .collect()
}

/// Checks that `Answer` responds to a challenge of 20 bytes as this Python did.
fn answers_alike(key: &AuthKey, policy: &Policy, sent: &[Vec<u8>], received: &[Vec<u8>]) -> usize {
    let is_legacy = |message: &&Vec<u8>| {
        message
            .strip_prefix(CHALLENGE)
            .is_some_and(|challenge| challenge.len() == 20)
    };
    let Some(challenge) = received.iter().find(is_legacy) else {
        return 0;
    };
    let mut answer = Answer::new(key, policy);
    answer.handle_message(challenge);
    let response = answer.poll_transmit().unwrap();
    assert!(sent.contains(&response), "{response:?} is not in {sent:?}");
    let verdict = received
        .iter()
        .find(|message| [WELCOME, FAILURE].contains(&&message[..]));
    if let Some(verdict) = verdict {
        answer.handle_message(verdict);
        assert_eq!(answer.outcome().unwrap().is_ok(), verdict == WELCOME);
    }
    1
}

/// Checks that we accept and refuse the same responses to this Python's challenge as it did.
fn checks_alike(key: &AuthKey, policy: &Policy, sent: &[Vec<u8>], received: &[Vec<u8>]) -> usize {
    let challenge = sent
        .iter()
        .find_map(|message| message.strip_prefix(CHALLENGE));
    let verdict = sent
        .iter()
        .find(|message| [WELCOME, FAILURE].contains(&&message[..]));
    let (Some(challenge), Some(verdict)) = (challenge, verdict) else {
        return 0;
    };
    let accepts = |response: &Vec<u8>| {
        Response::parse(response).is_some_and(|response| {
            response.dialect(policy).is_ok_and(|dialect| {
                dialect.is_legacy() && dialect.digest().verify(key, challenge, response.mac())
            })
        })
    };
    assert_eq!(received.iter().any(accepts), verdict == WELCOME);
    1
}

/// Returns how the side of `role` ends in the one transcript of that name.
fn ending(name: &str, python: &str, role: Role, policy: &Policy) -> Ended {
    let found: Vec<_> = transcripts()
        .into_iter()
        .filter(|transcript| transcript.name == name)
        .filter(|transcript| transcript.side(role).python.as_deref() == Some(python))
        .collect();
    let [transcript] = &found[..] else {
        panic!("{} transcripts of {name} by {python}", found.len());
    };
    let mut machine = transcript.side(role).machine(role, policy).unwrap();
    play(transcript, role, &mut machine)
}

#[test]
fn each_failure_has_an_error_of_its_own() {
    use HandshakeError as E;
    let compatible = Policy::compatible();
    let listener = |name: &str| match ending(name, "3.13", Role::Listener, &compatible) {
        Ended::Done(Err(error)) => error,
        other => panic!("{name}: {other:?}"),
    };
    let client = |name: &str| match ending(name, "3.13", Role::Client, &compatible) {
        Ended::Done(Err(error)) => error,
        other => panic!("{name}: {other:?}"),
    };
    let response = E::PeerHasNoKey {
        phase: Phase::Response,
    };
    assert_eq!(listener("client-has-no-key"), response);
    let challenge = E::PeerHasNoKey {
        phase: Phase::Challenge,
    };
    assert_eq!(client("listener-has-no-key"), challenge);
    assert_eq!(
        listener("listener-meets-no-challenge-after-its-welcome"),
        challenge
    );
    assert_eq!(listener("wrong-key"), E::WrongKey);
    assert_eq!(
        client("wrong-key"),
        E::Rejected {
            digest: "sha256".into()
        }
    );
    assert_eq!(client("client-meets-an-impostor"), E::WrongKey);
    let sha512 = E::DigestRefused {
        name: "sha512".into(),
    };
    assert_eq!(
        client("client-meets-a-challenge-with-another-digest"),
        sha512
    );
    assert_eq!(
        listener("listener-meets-an-answer-in-another-digest"),
        sha512
    );
    assert_eq!(
        client("client-meets-a-challenge-without-prefix"),
        E::UnknownDialect
    );
    let short = E::ChallengeTooShort { len: 5 };
    assert_eq!(client("client-meets-a-challenge-too-short"), short);
    let rhel = E::LegacyRefused { digest: "sha256" };
    assert_eq!(listener("listener-meets-a-bare-sha256-answer"), rhel);
    assert_eq!(listener("3.13-listens-3.9-connects/rhel"), rhel);
}

#[test]
fn another_protocol_is_a_bad_length() {
    let ended = ending(
        "listener-meets-an-http-client",
        "3.13",
        Role::Listener,
        &Policy::default(),
    );
    let Ended::BadLength(FrameError::TooLong { len, max }) = ended else {
        panic!("{ended:?}");
    };
    assert_eq!(
        (len, max),
        (u64::from(u32::from_be_bytes(*b"GET ")), MAX_MESSAGE)
    );
}

#[test]
fn modern_only_makes_no_difference_among_modern_pythons() {
    for digest in [
        Digest::Sha256,
        Digest::Sha384,
        Digest::Sha3_256,
        Digest::Sha3_384,
    ] {
        let policy = Policy::modern_only().offer(digest);
        for role in [Role::Listener, Role::Client] {
            let ended = ending(&format!("digest-{digest}"), "3.12", role, &policy);
            let Ended::Done(Ok(outcome)) = ended else {
                panic!("{digest}: {ended:?}");
            };
            assert_eq!(outcome.peer_proof(), Dialect::modern(digest));
            assert_eq!(outcome.own_proof(), Dialect::modern(digest));
        }
    }
}

/// Upstream refuses RHEL's proof; with the policy for it we do not.
#[test]
fn the_rhel_policy_accepts_what_a_rhel_client_answers() {
    let all = transcripts();
    let meetings = all
        .iter()
        .filter(|transcript| transcript.client.rhel && transcript.listener.is_modern());
    let mut met = 0;
    for transcript in meetings {
        let mut machine = transcript
            .listener
            .machine(Role::Listener, &Policy::rhel())
            .unwrap();
        let challenge = machine.poll_transmit().unwrap();
        assert_eq!(challenge, transcript.bodies(Role::Listener)[0]);
        machine.handle_message(&transcript.bodies(Role::Client)[0]);
        assert_eq!(machine.poll_transmit().as_deref(), Some(WELCOME));
        met += 1;
    }
    assert_eq!(met, 6);
}
