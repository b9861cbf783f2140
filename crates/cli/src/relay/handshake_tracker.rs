//! Recognises the messages of the handshake by their order and form, without the key.

use mpconn::handshake::{Challenge, ChallengeForm, Digest, FAILURE, Response, WELCOME};

/// The two ends of a relayed connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The side that connected.
    Client,
    /// The side that was connected to.
    Target,
}

/// A message of the handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Challenge(Named),
    Response(Named),
    Welcome,
    Failure,
}

/// The digest of a message, by its name or its length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) digest: String,
    /// Which peers send such a message, if not Python 3.12 and later.
    pub(crate) who: Option<&'static str>,
}

const OLD_PYTHON: Option<&str> = Some("as Python 2.7 to 3.11");
const OLD_RHEL: Option<&str> = Some("as RHEL's Python before 3.12");

/// What a message of the handshake should be.
#[derive(Debug, Clone, Copy)]
enum Turn {
    Challenge,
    Response,
    Verdict,
}

/// What each side sends, in this order. They take turns, but a client may send its challenge together
/// with its response.
const TARGET: [Turn; 3] = [Turn::Challenge, Turn::Verdict, Turn::Response];
const CLIENT: [Turn; 3] = [Turn::Response, Turn::Challenge, Turn::Verdict];

/// Progress of the handshake of one connection.
#[derive(Debug, Default)]
pub(crate) struct HandshakeTracker {
    /// Messages of each side so far.
    target: usize,
    client: usize,
    is_over: bool,
}

impl HandshakeTracker {
    /// Recognises a message of the handshake; `None` if it is data.
    pub(crate) fn part(&mut self, from: Side, message: &[u8]) -> Option<Part> {
        let turn = self.turn(from)?;
        let part = turn.recognise(message);
        match (&part, turn) {
            // A message that is not a response gets a verdict all the same.
            (Some(Part::Challenge(_) | Part::Response(_) | Part::Welcome), _)
            | (None, Turn::Response) => match from {
                Side::Target => self.target += 1,
                Side::Client => self.client += 1,
            },
            _ => self.is_over = true,
        }
        part
    }

    /// Returns what a message of this side should be, if it belongs to the handshake. A peer without a
    /// key sends out of turn; the other side continues.
    fn turn(&self, from: Side) -> Option<Turn> {
        if self.is_over {
            return None;
        }
        let (turn, heard) = match from {
            Side::Target => (*TARGET.get(self.target)?, self.client),
            Side::Client => (*CLIENT.get(self.client)?, self.target),
        };
        // Messages of the other side that come before it.
        let needed = match (from, turn) {
            (Side::Target, Turn::Challenge) => 0,
            (Side::Client, Turn::Response | Turn::Challenge) => 1,
            (Side::Target, Turn::Verdict) => 1,
            (Side::Target, Turn::Response) => 2,
            (Side::Client, Turn::Verdict) => 3,
        };
        (heard >= needed).then_some(turn)
    }
}

impl Turn {
    fn recognise(self, message: &[u8]) -> Option<Part> {
        match self {
            Turn::Challenge => Challenge::parse(message).map(|it| Part::Challenge(challenge(it))),
            Turn::Response => Response::parse(message).map(|it| Part::Response(response(it))),
            Turn::Verdict if message == WELCOME => Some(Part::Welcome),
            Turn::Verdict if message == FAILURE => Some(Part::Failure),
            Turn::Verdict => None,
        }
    }
}

fn challenge(challenge: Challenge<'_>) -> Named {
    match challenge.form() {
        ChallengeForm::Named(name) => Named::new(name, None),
        // RHEL's challenge looks the same; its response tells.
        ChallengeForm::Unnamed => Named::new("md5", OLD_PYTHON),
        _ => Named::new("unknown", Some("in no known form")),
    }
}

fn response(response: Response<'_>) -> Named {
    match response {
        Response::Named { digest, .. } => Named::new(digest, None),
        Response::Bare { digest, .. } => {
            let who = match digest {
                Digest::Md5 => OLD_PYTHON,
                _ => OLD_RHEL,
            };
            Named::new(digest.name(), who)
        }
        _ => Named::new("unknown", Some("in no known form")),
    }
}

impl Named {
    fn new(digest: impl Into<String>, who: Option<&'static str>) -> Self {
        let digest = digest.into();
        Named { digest, who }
    }
}

#[cfg(test)]
mod tests {
    use super::Side::{Client, Target};
    use super::*;
    use mpconn::AuthKey;
    use mpconn::handshake::{CHALLENGE, Handshake, Policy};

    fn follow(listener_key: &str, client_key: &str) -> Vec<Option<Part>> {
        let policy = Policy::default();
        let mut listener = Handshake::listener(&AuthKey::new(listener_key), &policy);
        let mut client = Handshake::client(&AuthKey::new(client_key), &policy);
        let mut handshake = HandshakeTracker::default();
        let mut parts = Vec::new();
        loop {
            let before = parts.len();
            while let Some(message) = listener.poll_transmit() {
                parts.push(handshake.part(Target, &message));
                client.handle_message(&message);
            }
            while let Some(message) = client.poll_transmit() {
                parts.push(handshake.part(Client, &message));
                listener.handle_message(&message);
            }
            if parts.len() == before {
                parts.push(handshake.part(Client, b"#WELCOME#"));
                return parts;
            }
        }
    }

    #[test]
    fn a_whole_handshake_is_named() {
        let sha256 = || Named::new("sha256", None);
        let half = [
            Some(Part::Challenge(sha256())),
            Some(Part::Response(sha256())),
            Some(Part::Welcome),
        ];
        // What comes after it is data, even if it looks like the handshake.
        let expected = [&half[..], &half[..], &[None]].concat();
        assert_eq!(follow("k", "k"), expected);
    }

    #[test]
    fn a_challenge_that_comes_along_with_the_response_is_known() {
        let mut handshake = HandshakeTracker::default();
        let challenge = [CHALLENGE, &[7; 20]].concat();
        let sent = [
            (Target, &challenge[..]),
            (Client, &[1; 16]),
            (Client, &challenge),
            (Target, WELCOME),
            (Target, &[1; 16]),
            (Client, WELCOME),
        ];
        let known = sent.map(|(from, message)| handshake.part(from, message).is_some());
        assert_eq!(known, [true; 6]);
        assert_eq!(handshake.part(Client, WELCOME), None);
    }

    #[test]
    fn a_failure_ends_it() {
        let parts = follow("k", "other");
        assert_eq!(parts[2..], [Some(Part::Failure), None]);
    }

    #[test]
    fn a_client_without_a_key_is_told_apart() {
        let mut handshake = HandshakeTracker::default();
        let legacy = [CHALLENGE, &[7; 20]].concat();
        assert_eq!(handshake.part(Client, b"K\x01."), None);
        assert!(
            matches!(handshake.part(Target, &legacy), Some(Part::Challenge(named)) if named.digest == "md5")
        );
        assert_eq!(handshake.part(Client, b"K\x02."), None);
        assert_eq!(handshake.part(Target, FAILURE), Some(Part::Failure));
    }

    #[test]
    fn without_a_key_all_is_data() {
        let mut handshake = HandshakeTracker::default();
        assert_eq!(handshake.part(Client, b"K\x01."), None);
        assert_eq!(handshake.part(Target, b"K\x01."), None);
        assert_eq!(
            handshake.part(Target, &[CHALLENGE, &[7; 20]].concat()),
            None
        );
    }
}
