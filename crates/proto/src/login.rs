//! The handshake over frames, still without I/O: what the drivers drive.
//!
//! [`handshake`](crate::handshake) knows messages and [`frame`](crate::frame) knows
//! lengths; a [`Login`] is a handshake on a stream. The blocking client, the
//! listener's crowd of unfinished clients, and any other driver ask it what is
//! due and do it.

use crate::frame::{Decoder, FrameError, Header, Step};
use crate::handshake::{Handshake, HandshakeError, MAX_MESSAGE, Outcome, Phase, WELCOME};
use crate::sniff;

/// The text of other protocols reads as lengths of this and more.
const FOREIGN: u64 = 1 << 24;

/// A handshake in progress on one stream.
#[derive(Debug)]
pub struct Login {
    handshake: Handshake,
    decoder: Decoder,
}

/// What is due.
#[derive(Debug)]
pub enum Due {
    /// These bytes go out.
    Send(Vec<u8>),
    /// More bytes have to come: [`Login::decoder`] has the room for them.
    Receive,
    /// It is over.
    Done(Result<Outcome, HandshakeError>),
}

impl Login {
    pub fn new(handshake: Handshake) -> Self {
        Login {
            handshake,
            decoder: Decoder::new(),
        }
    }

    /// Goes on as far as the bytes that have come allow. What is to be sent by then goes
    /// out together, a verdict for the peer before the end too.
    pub fn due(&mut self) -> Due {
        let mut out = Vec::new();
        loop {
            while let Some(message) = self.next_message() {
                out.extend_from_slice(Header::new(message.len() as u64).as_bytes());
                out.extend_from_slice(&message);
            }
            let step = match self.handshake.outcome() {
                None => self.decoder.advance(MAX_MESSAGE),
                Some(_) if !out.is_empty() => return Due::Send(out),
                Some(outcome) => return Due::Done(outcome.clone()),
            };
            match step {
                Ok(Step::Message) => {
                    self.handshake.handle_message(self.decoder.message());
                    self.decoder.skip_message();
                }
                // What is wrong with the next frame is still so the next time.
                _ if !out.is_empty() => return Due::Send(out),
                Ok(_) => return Due::Receive,
                Err(error) if self.awaits_beginning(&error) => return Due::Receive,
                Err(error) => return Due::Done(Err(self.bad_frame(&error))),
            }
        }
    }

    /// The next message for the peer. A client's challenge goes along with its response
    /// where the verdict can be read after the peer has closed with our challenge
    /// unread: Linux keeps what came before a reset, others do not.
    fn next_message(&mut self) -> Option<Vec<u8>> {
        let due = self.handshake.poll_transmit();
        match cfg!(target_os = "linux") {
            true => due.or_else(|| self.handshake.poll_transmit_early()),
            false => due,
        }
    }

    /// What to say of a frame that cannot be followed.
    fn bad_frame(&self, error: &FrameError) -> HandshakeError {
        let phase = self.handshake.phase();
        match error {
            FrameError::OutOfMemory { .. } => HandshakeError::OutOfMemory,
            FrameError::TooLong { len, .. } if sniff::begins_pickle(self.long_body(*len)) => {
                HandshakeError::PeerHasNoKey { phase }
            }
            FrameError::TooLong { len, .. } if *len < FOREIGN => {
                HandshakeError::MessageTooLong { len: *len, phase }
            }
            _ => HandshakeError::not_this_protocol(self.decoder.buffered()),
        }
    }

    /// What has come after the header of a message of that length.
    fn long_body(&self, len: u64) -> &[u8] {
        let bytes = self.decoder.buffered();
        // A long header may hold a length that needs none.
        let header_len = match bytes.starts_with(&[0xff; 4]) {
            true => 12,
            false => Header::new(len).as_bytes().len(),
        };
        bytes.get(header_len..).unwrap_or_default()
    }

    /// Whether the beginning of a message will tell what it is. CPython writes the header of a
    /// long one by itself, so that the body may come later.
    fn awaits_beginning(&self, error: &FrameError) -> bool {
        match error {
            FrameError::TooLong { len, .. } if *len < FOREIGN => {
                self.long_body(*len).len() < sniff::PICKLE_BEGINNING
            }
            _ => false,
        }
    }

    /// There was no memory for what comes.
    pub fn out_of_memory(&self, error: &FrameError) -> HandshakeError {
        self.bad_frame(error)
    }

    /// Whether the peer has shown that it knows the key, though it is not over.
    pub fn peer_has_proved(&self) -> bool {
        self.handshake.peer_has_proved()
    }

    /// Where the next bytes of the stream belong.
    pub fn decoder(&mut self) -> &mut Decoder {
        &mut self.decoder
    }

    /// How many bytes can be read without any that come after the handshake.
    ///
    /// Only a verdict on us may be the last that the peer sends, and both verdicts
    /// have one length; before anything else it waits for us.
    pub fn room(&self) -> usize {
        if self.handshake.phase() != Phase::Verdict {
            return usize::MAX;
        }
        let (len, have) = match self.decoder.message_len() {
            Some(len) => (len, self.decoder.message().len()),
            None => (4 + WELCOME.len(), self.decoder.buffered().len()),
        };
        // Nothing at all would look like the end of file.
        len.saturating_sub(have).max(1)
    }

    /// The stream has ended.
    pub fn closed(&mut self) -> HandshakeError {
        let error = HandshakeError::closed(self.handshake.phase());
        self.stranger()
            .unwrap_or_else(|| error.midway(self.decoder.arrived()))
    }

    /// The deadline has passed.
    pub fn silent(&mut self) -> HandshakeError {
        let error = HandshakeError::silent(self.handshake.phase());
        self.stranger()
            .unwrap_or_else(|| error.midway(self.decoder.arrived()))
    }

    /// Fewer bytes than a header, and not the beginning of one of ours: surely
    /// something else. Or the header of a long message whose beginning never came.
    fn stranger(&mut self) -> Option<HandshakeError> {
        if let Err(error) = self.decoder.advance(MAX_MESSAGE) {
            return Some(self.bad_frame(&error));
        }
        match (self.decoder.message_len(), self.decoder.buffered()) {
            (None, bytes @ [first, ..]) if *first != 0 => {
                Some(HandshakeError::not_this_protocol(bytes))
            }
            _ => None,
        }
    }

    /// Nothing can be sent any more: what the peer said before it went tells why it
    /// did, if anything does.
    pub fn hung_up(&mut self) -> HandshakeError {
        loop {
            match self.due() {
                Due::Send(_) => {}
                Due::Done(Err(error)) => return error,
                Due::Done(Ok(_)) | Due::Receive => return self.closed(),
            }
        }
    }

    /// The decoder, with what the peer has sent already after its last message.
    pub fn into_decoder(self) -> Decoder {
        self.decoder
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AuthKey;
    use crate::handshake::{Phase, Policy};

    fn listener() -> Login {
        Login::new(Handshake::listener(&AuthKey::from("k"), &Policy::default()))
    }

    fn fed(bytes: &[u8]) -> HandshakeError {
        let mut login = listener();
        assert!(matches!(login.due(), Due::Send(_)));
        login.decoder().buffer(bytes).unwrap();
        match login.due() {
            Due::Done(Err(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn other_protocols_are_named() {
        for (bytes, name) in [
            (&b"GET / HTTP/1.1\r\n"[..], "HTTP"),
            (b"\x16\x03\x01\x02\x00\x01", "TLS"),
            (b"SSH-2.0-OpenSSH", "SSH"),
        ] {
            assert!(fed(bytes).to_string().contains(name));
        }
    }

    #[test]
    fn a_large_object_of_a_keyless_peer_is_known_by_its_beginning() {
        let phase = Phase::Response;
        for object in [
            &b"\0\0\x40\x01\x80\x04"[..],
            b"\0\0\x40\x01(l",
            b"\x7f\0\0\0\x80\x05",
            b"\xff\xff\xff\xff\0\0\0\0\0\0\x40\x01\x80\x02",
            b"\xff\xff\xff\xff\0\0\0\x01\0\0\0\0\x80\x02",
        ] {
            let expected = HandshakeError::PeerHasNoKey { phase };
            assert_eq!(fed(object), expected, "{object:?}");
        }
    }

    #[test]
    fn a_long_message_that_is_no_object_is_called_too_long() {
        let phase = Phase::Response;
        for body in [&b"\xfe\xfe"[..], b"hello", &[0x80, 0x7f], &[0; 300]] {
            let wire = [&b"\0\0\x01\x01"[..], body].concat();
            let expected = HandshakeError::MessageTooLong { len: 257, phase };
            assert_eq!(fed(&wire), expected, "{body:?}");
        }
        // Nothing of it comes, or too little to tell.
        for body in [&b""[..], b"\x80"] {
            let mut login = listener();
            assert!(matches!(login.due(), Due::Send(_)));
            let wire = [&b"\0\0\x01\x01"[..], body].concat();
            login.decoder().buffer(&wire).unwrap();
            assert!(matches!(login.due(), Due::Receive));
            let expected = HandshakeError::MessageTooLong { len: 257, phase };
            assert_eq!(login.closed(), expected);
            assert_eq!(login.silent(), expected);
            assert_eq!(login.hung_up(), expected);
        }
    }

    #[test]
    fn an_end_within_a_message_is_no_other_protocol() {
        let mut login = listener();
        assert!(matches!(login.due(), Due::Send(_)));
        login.decoder().buffer(b"\0\0\0\x2c{sha").unwrap();
        assert!(matches!(login.due(), Due::Receive));
        let phase = Phase::Response;
        let part = Some((4, 44));
        assert_eq!(login.closed(), HandshakeError::closed(phase).midway(part));
        assert_eq!(login.silent(), HandshakeError::silent(phase).midway(part));
        let text = login.silent().to_string();
        assert!(
            text.contains("went silent after 4 of 44 bytes of its response"),
            "{text}"
        );
        let mut login = listener();
        login.decoder().buffer(b"\0\0").unwrap();
        let text = login.closed().to_string();
        assert!(
            text.contains("after 2 of 4 bytes of its response"),
            "{text}"
        );
    }

    #[test]
    fn who_hung_up_is_judged_by_what_it_said() {
        let phase = Phase::Response;
        let mut login = listener();
        assert_eq!(login.hung_up(), HandshakeError::closed(phase));
        let mut login = listener();
        login.decoder().buffer(b"\0\0\0\x03K\x01.").unwrap();
        assert_eq!(login.hung_up(), HandshakeError::PeerHasNoKey { phase });
        let mut login = listener();
        login.decoder().buffer(b"\x05\x01").unwrap();
        assert!(login.hung_up().to_string().contains("SOCKS"));
    }

    #[test]
    fn there_is_room_for_a_verdict_and_no_more() {
        let mut login = Login::new(Handshake::client(&AuthKey::from("k"), &Policy::default()));
        assert!(matches!(login.due(), Due::Receive));
        assert_eq!(login.room(), usize::MAX);
        login
            .decoder()
            .buffer(b"\0\0\0\x1f#CHALLENGE#01234567890123456789")
            .unwrap();
        assert!(matches!(login.due(), Due::Send(_)));
        let verdict = b"\0\0\0\x09#WELCOME#";
        for (sent, byte) in verdict.iter().enumerate() {
            assert!(matches!(login.due(), Due::Receive));
            assert_eq!(login.room(), verdict.len() - sent);
            login.decoder().buffer(&[*byte]).unwrap();
        }
        // Our challenge is due, or was sent along with the response.
        let was_sent = matches!(login.due(), Due::Receive);
        assert_eq!(was_sent, cfg!(target_os = "linux"));
        assert_eq!(login.room(), usize::MAX);
    }

    #[test]
    fn what_is_due_at_once_goes_out_together() {
        let mut client = Login::new(Handshake::client(&AuthKey::from("k"), &Policy::default()));
        let mut listener = listener();
        let mut writes = 0;
        loop {
            let before = writes;
            for from_listener in [true, false] {
                let (from, to) = match from_listener {
                    true => (&mut listener, &mut client),
                    false => (&mut client, &mut listener),
                };
                while let Due::Send(bytes) = from.due() {
                    to.decoder().buffer(&bytes).unwrap();
                    writes += 1;
                }
            }
            if writes == before {
                break;
            }
        }
        assert!(matches!(listener.due(), Due::Done(Ok(_))));
        assert!(matches!(client.due(), Due::Done(Ok(_))));
        // Challenge; response and challenge; verdict and response; verdict.
        assert_eq!(writes, if cfg!(target_os = "linux") { 4 } else { 6 });
    }

    #[test]
    fn what_comes_after_the_last_message_is_kept() {
        let (mut a, mut b) = (
            listener(),
            Login::new(Handshake::client(&AuthKey::from("k"), &Policy::default())),
        );
        let mut done = 0;
        while done < 2 {
            for (one, other) in [(0, 1), (1, 0)] {
                let [from, to] = match (one, other) {
                    (0, 1) => [&mut a, &mut b],
                    _ => [&mut b, &mut a],
                };
                while let Due::Send(bytes) = from.due() {
                    to.decoder().buffer(&bytes).unwrap();
                }
                if let Due::Done(outcome) = from.due() {
                    outcome.unwrap();
                    done += 1;
                }
            }
        }
        a.decoder().buffer(b"\0\0\0\x01x").unwrap();
        assert_eq!(a.into_decoder().buffered(), b"\0\0\0\x01x");
    }
}
