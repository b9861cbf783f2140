//! Forwards the bytes of one connection, both ways, while a tap reads along.

use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket};

use super::dialogue::{Dialogue, Part, Side};
use super::tap::{Seen, Tap};

/// Bytes that are forwarded at a time.
const PIECE: usize = 64 * 1024;

/// Something that happened on a relayed connection.
#[derive(Debug)]
pub(crate) struct Event {
    /// Connections are counted from 1.
    pub(crate) connection: u64,
    /// Since the relay started.
    pub(crate) at: Duration,
    pub(crate) what: What,
}

#[derive(Debug)]
pub(crate) enum What {
    /// A client came from there, and the target was reached.
    Opened { peer: String },
    /// A message went by as a whole.
    Message {
        from: Side,
        size: u64,
        content: Content,
    },
    /// What goes by in this direction is not the protocol; it is forwarded all the same.
    NotFrames { from: Side, first: Vec<u8> },
    /// A direction ended inside a message.
    Truncated { from: Side },
    /// The connection is over, or never came to be.
    Closed { why: Option<String> },
}

#[derive(Debug)]
pub(crate) enum Content {
    Handshake(Part),
    Data(Vec<u8>),
    /// How a message begins that is too long to be kept.
    Beginning(Vec<u8>),
}

/// Who is told of each event, on the thread that it happens on, which must not be held up.
pub(crate) type Watch = Arc<dyn Fn(Event) + Send + Sync>;

/// One relayed connection, as both of its directions see it.
pub(crate) struct Link {
    pub(crate) number: u64,
    pub(crate) started: Instant,
    /// Messages of up to that many bytes are decoded.
    pub(crate) decode_max: u64,
    pub(crate) watch: Watch,
    pub(crate) dialogue: Mutex<Dialogue>,
}

impl Link {
    pub(crate) fn tell(&self, what: What) {
        (self.watch)(Event {
            connection: self.number,
            at: self.started.elapsed(),
            what,
        });
    }

    /// Names the message and tells of it, one direction at a time, so that what is told comes in
    /// the order in which it happened.
    fn saw(&self, from: Side, seen: Seen) {
        let mut dialogue = self.dialogue.lock().unwrap_or_else(PoisonError::into_inner);
        let (size, content) = match seen {
            Seen::NotFrames(first) => return self.tell(What::NotFrames { from, first }),
            Seen::Long { size, beginning } => {
                // Too long for the handshake, so whoever sent it is beyond that.
                dialogue.part(from, &[]);
                (size, Content::Beginning(beginning))
            }
            Seen::Message(message) => match dialogue.part(from, &message) {
                Some(part) => (message.len() as u64, Content::Handshake(part)),
                None => (message.len() as u64, Content::Data(message)),
            },
        };
        self.tell(What::Message {
            from,
            size,
            content,
        });
    }
}

/// Forwards until both directions have ended.
pub(crate) fn forward(link: &Link, client: &Socket, target: &Socket) -> io::Result<()> {
    for socket in [client, target] {
        if is_tcp(socket) {
            socket.set_tcp_nodelay(true)?;
        }
    }
    thread::scope(|scope| {
        let back = thread::Builder::new()
            .name(format!("relay {} back", link.number))
            .spawn_scoped(scope, || pump(link, Side::Target, target, client))?;
        pump(link, Side::Client, client, target);
        // A panic has been reported by its thread.
        let _ = back.join();
        Ok(())
    })
}

/// One direction. The end of the stream is passed on; the other direction may go on.
fn pump(link: &Link, from: Side, source: &Socket, sink: &Socket) {
    let mut tap = Tap::new(link.decode_max);
    let mut piece = vec![0; PIECE];
    loop {
        match (&*source).read(&mut piece) {
            Ok(0) => {
                let _ = sink.shutdown(Shutdown::Write);
                break;
            }
            Ok(n) => {
                // Before it is forwarded, so that the reply cannot be told of first. That copies
                // the message and no more: decoding it is the business of another thread.
                tap.feed(&piece[..n], |seen| link.saw(from, seen));
                if (&*sink).write_all(&piece[..n]).is_err() {
                    // The receiver is gone. What it said last may still be on its way to the
                    // other one, so nothing is shut here.
                    break;
                }
                acknowledge(source);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => {
                // A reset goes on as an end: that is all that can be passed on.
                let _ = sink.shutdown(Shutdown::Write);
                break;
            }
        }
    }
    if tap.is_midway() {
        link.tell(What::Truncated { from });
    }
}

fn is_tcp(socket: &Socket) -> bool {
    matches!(socket.domain(), Ok(Domain::IPV4 | Domain::IPV6))
}

/// Python sends the header and the body of some messages apart, and the second waits for the
/// acknowledgement of the first, which Linux delays for 40 ms by default.
#[cfg(target_os = "linux")]
fn acknowledge(socket: &Socket) {
    if is_tcp(socket) {
        let _ = rustix::net::sockopt::set_tcp_quickack(socket, true);
    }
}

#[cfg(not(target_os = "linux"))]
fn acknowledge(_: &Socket) {}

#[cfg(test)]
mod tests {
    use super::*;
    use socket2::Type;
    use std::sync::mpsc;

    /// client, relay's client side, relay's target side, target
    fn line() -> [Socket; 4] {
        let (a, b) = Socket::pair(Domain::UNIX, Type::STREAM, None).unwrap();
        let (c, d) = Socket::pair(Domain::UNIX, Type::STREAM, None).unwrap();
        [a, b, c, d]
    }

    fn run<R>(body: impl FnOnce(&Socket, &Socket) -> R) -> (R, Vec<What>) {
        let [client, left, right, target] = line();
        let (sender, events) = mpsc::channel();
        let link = Link {
            number: 1,
            started: Instant::now(),
            decode_max: 1000,
            watch: Arc::new(move |event: Event| {
                let _ = sender.send(event.what);
            }),
            dialogue: Mutex::default(),
        };
        let relay = thread::spawn(move || forward(&link, &left, &right));
        let result = body(&client, &target);
        drop((client, target));
        relay.join().unwrap().unwrap();
        (result, events.into_iter().collect())
    }

    #[test]
    fn one_direction_ends_and_the_other_goes_on() {
        let (reply, events) = run(|mut client, mut target| {
            client.write_all(b"\0\0\0\x02hi").unwrap();
            client.shutdown(Shutdown::Write).unwrap();
            let mut asked = Vec::new();
            target.read_to_end(&mut asked).unwrap();
            assert_eq!(asked, b"\0\0\0\x02hi");
            target.write_all(b"\0\0\0\x03you").unwrap();
            let mut reply = [0; 7];
            client.read_exact(&mut reply).unwrap();
            reply
        });
        assert_eq!(&reply, b"\0\0\0\x03you");
        assert!(
            matches!(
                events.as_slice(),
                [
                    What::Message {
                        from: Side::Client,
                        size: 2,
                        ..
                    },
                    What::Message {
                        from: Side::Target,
                        size: 3,
                        ..
                    }
                ]
            ),
            "{events:?}"
        );
    }

    #[test]
    fn an_end_inside_a_message_is_told() {
        let ((), events) = run(|mut client, _| client.write_all(b"\0\0\0\x09hi").unwrap());
        assert!(matches!(
            events[..],
            [What::Truncated { from: Side::Client }]
        ));
    }
}
