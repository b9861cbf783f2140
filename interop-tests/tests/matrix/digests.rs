//! Every digest of this Python in both directions, and every digest that we offer.

use mpconn::handshake::{Digest, HandshakeError, Outcome, Policy};

use crate::room::{Role, Room, Terms};

const KEY: Option<&[u8]> = Some(b"a key for all digests");

pub(crate) fn run(room: &mut Room) {
    let about = room.peer.about();
    assert_eq!(!about.digests.is_empty(), about.is_modern());
    if about.is_modern() {
        let known = about.digests.clone();
        assert_eq!(
            known.len(),
            Digest::ALL.len(),
            "a digest that is new: {known:?}"
        );
        room.remark(&known.join(", "));
        modern(room, &known);
    } else {
        room.remark("HMAC-MD5 alone");
        legacy(room);
    }
}

/// 3.12 and later respond with the digest named in the challenge.
fn modern(room: &mut Room, known: &[String]) {
    room.check("sha256 by default", |room| {
        let outcome = agree(room, &terms(Policy::default(), None));
        assert_eq!(outcome.own_proof().to_string(), "sha256");
        assert_eq!(outcome.peer_proof().to_string(), "sha256");
    });
    for theirs in known {
        for ours in Digest::ALL {
            room.check(format!("Python offers {theirs}, Rust {ours}"), |room| {
                let outcome = agree(room, &terms(Policy::default().offer(ours), Some(theirs)));
                assert_eq!(outcome.own_proof().to_string(), *theirs);
                assert_eq!(outcome.peer_proof().to_string(), ours.name());
            });
        }
    }
    room.check("no MD5", |room| {
        agree(room, &terms(Policy::modern_only(), None));
    });
    room.check("Python offers MD5, Rust refuses", |room| {
        let (rust, python) = room.clash(&terms(Policy::modern_only(), Some("md5")));
        assert!(
            matches!(rust, HandshakeError::DigestRefused { .. }),
            "{rust}"
        );
        assert!(
            ["EOFError", "ConnectionResetError"].contains(&python.0.as_str()),
            "{python}"
        );
    });
}

/// Up to 3.11 they only know HMAC-MD5 of the whole challenge.
fn legacy(room: &mut Room) {
    for ours in Digest::ALL {
        room.check(format!("Rust offers {ours}"), |room| {
            let outcome = agree(room, &terms(Policy::default().offer(ours), None));
            for proof in [outcome.own_proof(), outcome.peer_proof()] {
                assert!(proof.is_legacy());
                assert_eq!(proof.digest(), Digest::Md5);
            }
        });
    }
    for policy in [Policy::modern_only(), Policy::rhel()] {
        room.check(format!("{policy:?}"), |room| legacy_refused(room, policy));
    }
}

fn legacy_refused(room: &mut Room, policy: Policy) {
    let is_rhel = policy == Policy::rhel();
    let (rust, python) = room.clash(&terms(policy, None));
    match (room.role, is_rhel) {
        // The length of its response does not fit that policy.
        (Role::PythonClient, _) => {
            assert!(
                matches!(rust, HandshakeError::LegacyRefused { .. }),
                "{rust}"
            );
            assert_eq!(python.1, "digest sent was rejected");
        }
        (Role::PythonListener, false) => {
            assert!(
                matches!(rust, HandshakeError::LegacyRefused { .. }),
                "{rust}"
            );
        }
        // Its challenge does not say which one it is, so our response is wrong.
        (Role::PythonListener, true) => {
            assert!(matches!(rust, HandshakeError::Rejected { .. }), "{rust}");
            assert_eq!(python.1, "digest received was wrong");
        }
    }
}

fn terms(policy: Policy, python_digest: Option<&str>) -> Terms<'_> {
    Terms {
        policy,
        python_digest,
        ..Terms::same_key(KEY)
    }
}

fn agree(room: &mut Room, terms: &Terms<'_>) -> Outcome {
    let connection = room.meet(terms);
    let outcome = *connection.authentication().expect("authenticated");
    drop(connection);
    room.part();
    outcome
}
