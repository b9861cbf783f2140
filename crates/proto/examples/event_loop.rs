//! An echo server: a listener and all of its connections on one thread, over the crate `mio`. There is
//! no rule of the protocol in here: `mpconn-proto` says which client to accept, what to send, how much to
//! read, when to acknowledge and when to give up, and this does it.
//!
//! `MPCONN_AUTHKEY=secret cargo run -p mpconn-proto --example event_loop 127.0.0.1:6000`, in Python:
//! `c = multiprocessing.connection.Client(("127.0.0.1", 6000), authkey=b"secret"); c.send(1); c.recv()`

use std::collections::BTreeMap;
use std::io::{self, ErrorKind::Interrupted, Read, Write};
use std::time::{Duration, Instant};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use mpconn_proto::AuthKey;
use mpconn_proto::admission::{AcceptFailure, Admission, ClientId, Settings, SocketId};
use mpconn_proto::connection::{Budget, Link, LinkError};
use mpconn_proto::handshake::{Framing, Handshake, Policy, Stream};

/// How long a handshake may take, and the rest of a message once it has begun.
const TIME_LIMIT: Duration = Duration::from_secs(5);
/// Bytes of one message.
const LONGEST: u64 = 64 << 20;
/// What one client may do before the others have their turn.
const STEPS: usize = 64;
const BOTH: Interest = Interest::READABLE.add(Interest::WRITABLE);
/// The token of the listening socket. Those of clients are the numbers of their ids.
const LISTENER: Token = Token(usize::MAX);

struct Client {
    socket: TcpStream,
    link: Link,
    /// There may be more to do, which the poll does not tell a second time.
    busy: bool,
}

impl Client {
    /// Goes as far as it can without waiting, or until it has had its turn.
    fn advance(&mut self, now: Instant) -> Result<(), LinkError> {
        let Client { socket, link, .. } = self;
        for _ in 0..STEPS {
            if let Some(bytes) = link.poll_transmit() {
                match socket.write(bytes) {
                    Ok(n) => link.handle_sent(n)?,
                    Err(error) => link.handle_write_error(error)?,
                }
            }
            if let Some(message) = link.poll_message()? {
                let reply = message.to_vec();
                link.skip_message();
                link.queue(&reply)?;
            } else if !link.fill(|to, max| read(socket, to, max))? {
                if link.poll_acknowledge() {
                    acknowledge(socket);
                }
                self.busy = false;
                break;
            }
        }
        link.handle_timeout(now)
    }
}

/// Appends what is there, at most `max` bytes.
fn read(socket: &mut TcpStream, buffer: &mut Vec<u8>, max: usize) -> io::Result<usize> {
    let start = buffer.len();
    buffer.resize(start + max, 0);
    let read = socket.read(&mut buffer[start..]);
    buffer.truncate(start + *read.as_ref().unwrap_or(&0));
    read
}

/// Has TCP acknowledge what has come, where the system can be asked to.
fn acknowledge(_socket: &TcpStream) {
    #[cfg(target_os = "linux")]
    let _ = socket2::SockRef::from(_socket).set_tcp_quickack(true);
}

struct Server {
    poll: Poll,
    listener: TcpListener,
    socket: SocketId,
    admission: Admission,
    clients: BTreeMap<ClientId, Client>,
    budget: Budget,
    authkey: AuthKey,
}

impl Server {
    fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(256);
        loop {
            let now = Instant::now();
            let clients = self.clients.values_mut();
            let dues = clients.filter_map(|client| match client.busy {
                true => Some(now),
                false => client.link.poll_timeout(now),
            });
            let due = dues.chain(self.admission.poll_timeout(now));
            let timeout = due.min().map(|at| at.saturating_duration_since(now));
            match self.poll.poll(&mut events, timeout) {
                Err(error) if error.kind() != Interrupted => return Err(error),
                _ => self.round(&events, Instant::now()),
            }
        }
    }

    fn round(&mut self, events: &Events, now: Instant) {
        let is_ready = |token| events.iter().any(|event| event.token() == token);
        if is_ready(LISTENER) {
            self.admission.handle_ready(self.socket);
        }
        let due = self.clients.iter_mut().filter_map(|(id, client)| {
            client.busy |= is_ready(token(*id));
            let is_late = client.link.poll_timeout(now).is_some_and(|at| at <= now);
            (client.busy || is_late).then_some(*id)
        });
        for id in due.collect::<Vec<_>>() {
            self.advance(id, now);
        }
        self.admission.handle_timeout(now);
        let expired = std::iter::from_fn(|| self.admission.poll_expired(now));
        expired.for_each(|id| drop(self.clients.remove(&id)));
        while let Some(socket) = self.admission.poll_accept(now) {
            let evicted = match self.listener.accept() {
                Ok((stream, _)) => self.admit(stream, now),
                Err(error) => {
                    let failure = AcceptFailure::of(&error);
                    self.admission.handle_accept_error(socket, failure, now)
                }
            };
            evicted.map(|id| self.clients.remove(&id));
        }
        self.admission.end_round(now);
        while let Some(shedding) = self.admission.poll_shedding(now) {
            eprintln!("{shedding:?}");
        }
    }

    /// Begins a handshake. Returns the client that has lost its slot to this one.
    fn admit(&mut self, mut socket: TcpStream, now: Instant) -> Option<ClientId> {
        let id = self.admission.handle_accepted(self.socket);
        let registered = self.poll.registry().register(&mut socket, token(id), BOTH);
        registered.expect("a poll takes any socket");
        let handshake = Handshake::listener(&self.authkey, &Policy::default());
        let mut link = Link::new(Stream::new(handshake, Framing::LengthPrefix, now));
        link.set_max_queued(1 << 20);
        link.receiving().set_max_message_len(LONGEST);
        link.receiving().set_rest_timeout(Some(TIME_LIMIT));
        link.receiving().set_budget(Some(&self.budget));
        let busy = true;
        self.clients.insert(id, Client { socket, link, busy });
        let evicted = self.admission.handle_waiting(id, now);
        self.advance(id, now);
        evicted
    }

    fn advance(&mut self, id: ClientId, now: Instant) {
        let Some(client) = self.clients.get_mut(&id) else {
            return;
        };
        let advanced = client.advance(now);
        if client.link.peer_has_proved() {
            self.admission.handle_proved(id);
        }
        // Slots are for handshakes.
        if client.link.is_open() || advanced.is_err() {
            self.admission.handle_left(id);
        }
        if let Err(error) = advanced {
            eprintln!("client {}: {error}", id.number());
            self.clients.remove(&id);
        }
    }
}

fn token(id: ClientId) -> Token {
    Token(usize::try_from(id.number()).expect("a number of a client"))
}

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:6000".into());
    let authkey = std::env::var("MPCONN_AUTHKEY").unwrap_or("secret".into());
    let settings = Settings::new().slots(64).edge_triggered(true);
    let mut admission = Admission::new(settings.handshake_timeout(TIME_LIMIT));
    let mut listener = TcpListener::bind(address.parse().map_err(io::Error::other)?)?;
    let poll = Poll::new()?;
    poll.registry().register(&mut listener, LISTENER, BOTH)?;
    println!("listening on {}", listener.local_addr()?);
    let server = Server {
        poll,
        listener,
        socket: admission.add_socket(),
        admission,
        clients: BTreeMap::new(),
        budget: Budget::new(4 * LONGEST, u64::MAX),
        authkey: AuthKey::from(authkey),
    };
    server.run()
}
