//! Handshakes with both peers in one process: every dialect, every error.

mod golden;

use super::constants::RANDOM_LEN;
use super::*;

type Machines = (Handshake, Handshake);

/// Carries messages until neither end has one to send.
fn run((mut listener, mut client): Machines) -> Machines {
    loop {
        let mut quiet = true;
        while let Some(message) = listener.poll_transmit() {
            assert!(message.len() as u64 <= MAX_MESSAGE);
            client.handle_message(&message);
            quiet = false;
        }
        while let Some(message) = client.poll_transmit() {
            assert!(message.len() as u64 <= MAX_MESSAGE);
            listener.handle_message(&message);
            quiet = false;
        }
        if quiet {
            return (listener, client);
        }
    }
}

fn pair(listener: (&str, Policy), client: (&str, Policy)) -> Machines {
    run((
        Handshake::listener(&AuthKey::from(listener.0), &listener.1),
        Handshake::client(&AuthKey::from(client.0), &client.1),
    ))
}

fn failure(machine: &Handshake) -> &HandshakeError {
    match machine.outcome() {
        Some(Err(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_offered_digest_is_agreed_on() {
    for ours in Digest::ALL {
        for theirs in Digest::ALL {
            let policies = [ours, theirs].map(|digest| Policy::compatible().offer(digest));
            let [a, b] = policies;
            let (listener, client) = pair(("k", a), ("k", b));
            let seen = listener.outcome().unwrap().clone().unwrap();
            assert_eq!(seen.peer_proof(), Dialect::modern(ours));
            assert_eq!(seen.own_proof(), Dialect::modern(theirs));
            let seen = client.outcome().unwrap().clone().unwrap();
            assert_eq!(seen.peer_proof(), Dialect::modern(theirs));
        }
    }
}

#[test]
fn the_empty_key_is_a_key() {
    let (listener, client) = pair(("", Policy::default()), ("", Policy::default()));
    assert!(listener.outcome().unwrap().is_ok() && client.outcome().unwrap().is_ok());
    let (listener, _) = pair(("", Policy::default()), ("k", Policy::default()));
    assert!(failure(&listener).is_wrong_key());
}

#[test]
fn a_wrong_key_is_told_by_both_ends() {
    let (listener, client) = pair(("a", Policy::default()), ("b", Policy::default()));
    assert_eq!(failure(&listener), &HandshakeError::WrongKey);
    let rejected = HandshakeError::Rejected {
        digest: "sha256".into(),
    };
    assert_eq!(failure(&client), &rejected);
}

/// Returns the response of Python 2.7 to 3.11 (or RHEL's) to a challenge.
fn legacy_answer(digest: Digest, key: &str, message: &[u8]) -> Vec<u8> {
    let challenge = message.strip_prefix(CHALLENGE).unwrap();
    digest.mac(&AuthKey::from(key), challenge)
}

fn legacy_client(policy: Policy, digest: Digest) -> Handshake {
    let mut listener = Handshake::listener(&AuthKey::from("k"), &policy);
    let challenge = listener.poll_transmit().unwrap();
    listener.handle_message(&legacy_answer(digest, "k", &challenge));
    if listener.outcome().is_some() {
        return listener;
    }
    assert_eq!(listener.poll_transmit().unwrap(), WELCOME);
    let challenge = [CHALLENGE, &[7; 20]].concat();
    listener.handle_message(&challenge);
    let response = listener.poll_transmit().unwrap();
    assert_eq!(response, legacy_answer(digest, "k", &challenge));
    listener.handle_message(WELCOME);
    listener
}

#[test]
fn legacy_peers_need_the_policy_that_allows_them() {
    for (policy, digest, good) in [
        (Policy::compatible(), Digest::Md5, true),
        (Policy::rhel(), Digest::Sha256, true),
        (Policy::modern_only(), Digest::Md5, false),
        (Policy::modern_only(), Digest::Sha256, false),
        (Policy::rhel(), Digest::Md5, false),
        (Policy::compatible(), Digest::Sha256, false),
    ] {
        let listener = legacy_client(policy, digest);
        match listener.outcome().unwrap() {
            Ok(outcome) => {
                assert!(good);
                assert_eq!(outcome.peer_proof(), Dialect::unprefixed(digest));
                assert_eq!(outcome.own_proof(), Dialect::unprefixed(digest));
            }
            Err(HandshakeError::LegacyRefused { digest: refused }) => {
                assert!(!good);
                assert_eq!(*refused, digest.name());
            }
            Err(other) => panic!("{other}"),
        }
    }
}

fn answered(policy: &Policy, message: &[u8]) -> Answer {
    let mut answer = Answer::new(&AuthKey::from("k"), policy);
    answer.handle_message(message);
    answer
}

fn refusal(message: &[u8]) -> HandshakeError {
    let mut answer = answered(&Policy::default(), message);
    assert_eq!(answer.poll_transmit(), None);
    answer.outcome().unwrap().clone().unwrap_err()
}

#[test]
fn bad_challenges_have_errors_of_their_own() {
    let challenge = |rest: &[u8]| [CHALLENGE, rest].concat();
    assert_eq!(
        refusal(&challenge(&[1; 19])),
        HandshakeError::ChallengeTooShort { len: 19 }
    );
    assert_eq!(
        refusal(&challenge(&[1; 21])),
        HandshakeError::UnknownDialect
    );
    let sha1 = [&b"{sha1}"[..], &[1; 40]].concat();
    assert_eq!(
        refusal(&challenge(&sha1)),
        HandshakeError::DigestRefused {
            name: "sha1".into()
        }
    );
    assert!(matches!(
        refusal(b"\x80\x04K\x01."),
        HandshakeError::PeerHasNoKey { .. }
    ));
    assert!(matches!(
        refusal(b"hello"),
        HandshakeError::Unexpected { .. }
    ));
}

#[test]
fn modern_only_answers_no_md5() {
    let policy = Policy::modern_only();
    let legacy = [CHALLENGE, &[1; 20]].concat();
    let named = [CHALLENGE, b"{md5}", &[1; 40]].concat();
    for (message, digest) in [(legacy, "unprefixed"), (named, "\"md5\"")] {
        let answer = answered(&policy, &message);
        let error = answer.outcome().unwrap().clone().unwrap_err();
        assert!(error.to_string().contains(digest), "{error}");
    }
}

#[test]
fn a_keyless_client_is_named_and_gets_a_failure() {
    let mut deliver = Deliver::new(&AuthKey::from("k"), &Policy::default());
    deliver.poll_transmit();
    deliver.handle_message(b"\x80\x04\x95\x03\x00\x00\x00\x00\x00\x00\x00K\x01.");
    assert_eq!(deliver.poll_transmit().unwrap(), FAILURE);
    let phase = Phase::Response;
    assert_eq!(
        deliver.outcome(),
        Some(&Err(HandshakeError::PeerHasNoKey { phase }))
    );
}

#[test]
fn a_mac_of_the_wrong_length_is_a_wrong_key() {
    let mut deliver = Deliver::new(&AuthKey::from("k"), &Policy::default());
    deliver.handle_message(b"{sha256}short");
    assert_eq!(deliver.outcome(), Some(&Err(HandshakeError::WrongKey)));
}

#[test]
fn a_reflected_challenge_proves_nothing() {
    // An attacker without the key sends our challenge back as its own.
    let key = AuthKey::from("k");
    let mut client = Handshake::client(&key, &Policy::default());
    client.handle_message(&[CHALLENGE, b"{sha256}", &[1; RANDOM_LEN]].concat());
    client.poll_transmit().unwrap();
    client.handle_message(WELCOME);
    let ours = client.poll_transmit().unwrap();
    client.handle_message(&ours);
    assert!(client.outcome().unwrap().is_err());
}

#[test]
fn phases_follow_the_diagram() {
    let key = AuthKey::from("k");
    let listener = Handshake::listener(&key, &Policy::default());
    assert_eq!(listener.phase(), Phase::Response);
    let mut client = Handshake::client(&key, &Policy::default());
    assert_eq!(client.phase(), Phase::Challenge);
    client.handle_message(&[CHALLENGE, b"{sha256}", &[1; RANDOM_LEN]].concat());
    assert_eq!(client.phase(), Phase::Verdict);
}

#[test]
fn an_early_challenge_changes_the_order_and_nothing_else() {
    let key = AuthKey::from("k");
    let mut listener = Handshake::listener(&key, &Policy::default());
    let mut client = Handshake::client(&key, &Policy::default());
    assert_eq!(client.poll_transmit_early(), None);
    client.handle_message(&listener.poll_transmit().unwrap());
    let response = client.poll_transmit().unwrap();
    let challenge = client.poll_transmit_early().unwrap();
    assert!(challenge.starts_with(CHALLENGE));
    assert_eq!(client.poll_transmit_early(), None);
    listener.handle_message(&response);
    listener.handle_message(&challenge);
    let (listener, client) = run((listener, client));
    assert!(listener.outcome().unwrap().is_ok() && client.outcome().unwrap().is_ok());
}

#[test]
fn only_a_client_that_has_responded_has_an_early_challenge() {
    let key = AuthKey::from("k");
    let mut listener = Handshake::listener(&key, &Policy::default());
    let mut client = Handshake::client(&key, &Policy::default());
    assert_eq!(listener.poll_transmit_early(), None);
    client.handle_message(b"no challenge");
    assert_eq!(client.poll_transmit_early(), None);
}

/// Returns a client that has proved its key to a peer that may not have it, and its challenge.
fn challenging_client(key: &AuthKey) -> (Handshake, Vec<u8>) {
    let mut client = Handshake::client(key, &Policy::default());
    client.handle_message(&[CHALLENGE, b"{sha256}", &[1; RANDOM_LEN]].concat());
    client.poll_transmit().unwrap();
    let challenge = client.poll_transmit_early().unwrap();
    client.handle_message(WELCOME);
    (client, challenge)
}

/// Returns a listener to which a client has proved the key, and its challenge.
fn convinced_listener(key: &AuthKey) -> (Handshake, Vec<u8>) {
    let mut listener = Handshake::listener(key, &Policy::default());
    let challenge = listener.poll_transmit().unwrap();
    let mut answer = Answer::new(key, &Policy::default());
    answer.handle_message(&challenge);
    listener.handle_message(&answer.poll_transmit().unwrap());
    assert_eq!(listener.poll_transmit().unwrap(), WELCOME);
    (listener, challenge)
}

#[test]
fn a_challenge_of_another_connection_of_the_role_is_not_answered() {
    let key = AuthKey::from("k");
    let (mut first, challenge) = challenging_client(&key);
    let mut second = Handshake::client(&key, &Policy::default());
    second.handle_message(&challenge);
    assert_eq!(failure(&second), &HandshakeError::Reflected);
    assert_eq!(second.poll_transmit(), None, "it was answered");
    assert_eq!(second.poll_transmit_early(), None);
    // The first continues, and fails by itself.
    first.handle_message(&[7; 32]);
    assert!(failure(&first).to_string().contains("refused"));

    let (mut listener, own) = convinced_listener(&key);
    let (mut other, _) = convinced_listener(&key);
    other.handle_message(&own);
    assert_eq!(failure(&other), &HandshakeError::Reflected);
    // Its own challenge is refused as well.
    listener.handle_message(&own);
    assert_eq!(failure(&listener), &HandshakeError::Reflected);
    assert_eq!(listener.poll_transmit(), None, "it was answered");
}

#[test]
fn a_challenge_of_the_other_role_is_answered() {
    let key = AuthKey::from("k");
    let (_client, challenge) = challenging_client(&key);
    let (mut listener, _) = convinced_listener(&key);
    listener.handle_message(&challenge);
    assert!(listener.poll_transmit().is_some());
}

#[test]
fn a_challenge_is_outstanding_until_its_handshake_ends_however_it_does() {
    let key = AuthKey::from("k");
    let refused = |challenge: &[u8]| {
        let mut client = Handshake::client(&key, &Policy::default());
        client.handle_message(challenge);
        client.outcome().is_some()
    };
    // It is dropped.
    let (client, challenge) = challenging_client(&key);
    assert!(refused(&challenge));
    drop(client);
    assert!(!refused(&challenge));
    // It fails.
    let (mut client, challenge) = challenging_client(&key);
    client.handle_message(b"no response");
    assert!(!refused(&challenge));
    // It succeeds.
    let (mut client, challenge) = challenging_client(&key);
    let mut answer = Answer::new(&key, &Policy::default());
    answer.handle_message(&challenge);
    assert!(refused(&challenge));
    client.handle_message(&answer.poll_transmit().unwrap());
    assert!(client.outcome().unwrap().is_ok());
    assert!(!refused(&challenge));
}
