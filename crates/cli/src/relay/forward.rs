//! Forwards the bytes of one connection in both directions, and reports the messages in them.

use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket};

use super::handshake_tracker::{HandshakeTracker, Part, Side};
use super::splitter::{Seen, Splitter};

/// Bytes forwarded at a time.
const PIECE: usize = 64 * 1024;

/// Something that happened on a relayed connection.
#[derive(Debug)]
pub(crate) struct Event {
    /// Number of the connection, from 1.
    pub(crate) connection: u64,
    /// Time since the relay started.
    pub(crate) at: Duration,
    pub(crate) what: What,
}

#[derive(Debug)]
pub(crate) enum What {
    /// A client at `peer` has connected, and the target was reached.
    Opened { peer: String },
    /// A complete message was received.
    Message {
        from: Side,
        size: u64,
        content: Content,
    },
    /// The bytes in this direction are not this protocol; they are forwarded all the same.
    NotFrames { from: Side, first: Vec<u8> },
    /// A direction ended inside a message.
    Truncated { from: Side },
    /// The connection has ended, or could not be made.
    Closed { why: Option<String> },
}

#[derive(Debug)]
pub(crate) enum Content {
    Handshake(Part),
    Data(Vec<u8>),
    /// The beginning of a message that is too long to be kept.
    Beginning(Vec<u8>),
}

/// Called with each event, on the thread of the connection; must not block.
pub(crate) type Watch = Arc<dyn Fn(Event) + Send + Sync>;

/// One relayed connection, shared by its two directions.
pub(crate) struct Link {
    pub(crate) number: u64,
    pub(crate) started: Instant,
    /// Longest message that is decoded.
    pub(crate) decode_max: u64,
    pub(crate) watch: Watch,
    pub(crate) handshake: Mutex<HandshakeTracker>,
}

impl Link {
    pub(crate) fn tell(&self, what: What) {
        (self.watch)(Event {
            connection: self.number,
            at: self.started.elapsed(),
            what,
        });
    }

    /// Recognises the message and reports it. The lock keeps reports of both directions in order.
    fn report(&self, from: Side, seen: Seen) {
        let mut handshake = self
            .handshake
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (size, content) = match seen {
            Seen::NotFrames(first) => return self.tell(What::NotFrames { from, first }),
            Seen::Long { size, beginning } => {
                // Too long for the handshake, so that is over.
                handshake.part(from, &[]);
                (size, Content::Beginning(beginning))
            }
            Seen::Message(message) => match handshake.part(from, &message) {
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

/// Forwards bytes until both directions have ended.
pub(crate) fn forward(link: &Link, client: &Socket, target: &Socket) -> io::Result<()> {
    for socket in [client, target] {
        if is_tcp(socket) {
            socket.set_tcp_nodelay(true)?;
        }
    }
    thread::scope(|scope| {
        let back = thread::Builder::new()
            .name(format!("relay {} back", link.number))
            .spawn_scoped(scope, || copy(link, Side::Target, target, client))?;
        copy(link, Side::Client, client, target);
        // A panic has been reported by its thread.
        let _ = back.join();
        Ok(())
    })
}

/// Forwards one direction. Its end is passed on; the other direction may continue.
fn copy(link: &Link, from: Side, source: &Socket, sink: &Socket) {
    let mut splitter = Splitter::new(link.decode_max);
    let mut piece = vec![0; PIECE];
    loop {
        match (&*source).read(&mut piece) {
            Ok(0) => {
                let _ = sink.shutdown(Shutdown::Write);
                break;
            }
            Ok(n) => {
                // Before it is forwarded, so that the reply cannot be reported first. This only
                // copies the message; another thread decodes it.
                splitter.feed(&piece[..n], |seen| link.report(from, seen));
                if (&*sink).write_all(&piece[..n]).is_err() {
                    // The receiver has closed. Its last bytes may still be on their way to the
                    // sender, so nothing is shut down here.
                    break;
                }
                acknowledge(source);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => {
                // A reset can only be passed on as an end of file.
                let _ = sink.shutdown(Shutdown::Write);
                break;
            }
        }
    }
    if splitter.is_midway() {
        link.tell(What::Truncated { from });
    }
}

fn is_tcp(socket: &Socket) -> bool {
    matches!(socket.domain(), Ok(Domain::IPV4 | Domain::IPV6))
}

/// Acknowledges at once. Python sends header and body of some messages separately; the body waits for
/// the acknowledgement of the header, which Linux delays by 40 ms.
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
            handshake: Mutex::default(),
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
