//! Connecting to a listener.

use std::io::ErrorKind;
use std::time::Duration;

use mpconn_proto::login::{Due, Login};

use crate::Address;
use crate::AuthKey;
use crate::connection::Connection;
use crate::error::{Error, Kind, Result};
use crate::frame::Decoder;
use crate::handshake::{Handshake, HandshakeError, Outcome, Policy};
use crate::transport::readiness::Deadline;
use crate::transport::{Transport, tcp, unix};

/// Connects to a listener and, with a key, authenticates:
/// `multiprocessing.connection.Client(address, authkey=...)`.
///
/// [`Connect`] has the settings. Without a key no handshake takes place, as with
/// Python's `authkey=None`.
///
/// # Errors
/// When nobody listens there, and when the handshake fails
/// ([`is_authentication`](Error::is_authentication)) or takes more than 20 seconds.
///
/// # Examples
/// ```no_run
/// use mpconn::AuthKey;
///
/// let connection = mpconn::connect("localhost:6000", Some(&AuthKey::new(b"secret")))?;
/// connection.send("hello")?;
/// # Ok::<(), mpconn::Error>(())
/// ```
#[doc(alias = "Client")]
pub fn connect<A>(address: A, authkey: Option<&AuthKey>) -> Result<Connection>
where
    A: TryInto<Address>,
    A::Error: Into<Error>,
{
    let mut connect = Connect::new();
    connect.authkey = authkey.cloned();
    connect.connect(address)
}

/// How to connect: `Client` with the settings that Python lacks.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use mpconn::{Address, Connect, Listener};
///
/// let mut listener = Listener::builder().address(("127.0.0.1", 0)).authkey("secret").bind()?;
/// let address = listener.address().clone();
/// let client = std::thread::spawn(move || {
///     Connect::new().authkey("secret").timeout(Duration::from_secs(5)).connect(address)
/// });
/// let accepted = listener.accept()?;
/// client.join().unwrap()?.send_bytes(b"hello")?;
/// assert_eq!(accepted.recv_bytes()?, b"hello");
/// # Ok::<(), mpconn::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "it connects when `connect` is called"]
pub struct Connect {
    authkey: Option<AuthKey>,
    policy: Policy,
    timeout: Option<Duration>,
    handshake_timeout: Option<Duration>,
    /// By default what the connection has, with a key or without.
    max_message_len: Option<u64>,
    /// When connecting and the handshake have to be over, both together.
    end: Deadline,
}

impl Default for Connect {
    fn default() -> Self {
        Connect {
            authkey: None,
            policy: Policy::default(),
            timeout: None,
            handshake_timeout: Some(crate::HANDSHAKE_TIMEOUT),
            max_message_len: None,
            end: Deadline::NEVER,
        }
    }
}

impl Connect {
    /// Without a key, with a handshake of at most 20 seconds.
    pub fn new() -> Self {
        Self::default()
    }

    /// The key that both ends have.
    pub fn authkey(mut self, key: impl Into<AuthKey>) -> Self {
        self.authkey = Some(key.into());
        self
    }

    /// Which digests are good enough.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// How long to wait for the listener to take the connection. The system's own
    /// patience (minutes over TCP) unless told. Looking up a host name is the system's
    /// business, and takes as long as it takes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How long the handshake may take: 20 seconds unless told, `None` for ever.
    pub fn handshake_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.handshake_timeout = timeout.into();
        self
    }

    /// Sets the longest message to receive, in bytes:
    /// [`Connection::DEFAULT_MAX_MESSAGE_LEN`] (1 GiB) by default with a key,
    /// [`Connection::DEFAULT_MAX_MESSAGE_LEN_WITHOUT_KEY`] (64 MiB) without. See
    /// [`Connection::set_max_message_len`].
    pub fn max_message_len(mut self, max: u64) -> Self {
        self.max_message_len = Some(max);
        self
    }

    /// Returns the same settings with one deadline for connecting and the handshake together.
    pub(crate) fn until(&self, end: Deadline) -> Self {
        Connect {
            end,
            ..self.clone()
        }
    }

    /// Connects and authenticates.
    ///
    /// # Errors
    /// As [`connect`](crate::connect).
    pub fn connect<A>(&self, address: A) -> Result<Connection>
    where
        A: TryInto<Address>,
        A::Error: Into<Error>,
    {
        let address = address.try_into().map_err(Into::into)?;
        let transport = self.open(&address)?;
        self.finish(transport, Some(address))
    }

    /// Authenticates as a client over a transport that is connected already: a
    /// descriptor from elsewhere.
    ///
    /// # Errors
    /// As [`connect`](crate::connect).
    pub fn over(&self, fd: std::os::fd::OwnedFd) -> Result<Connection> {
        let transport = Transport::of(fd)
            .map_err(|e| Error::io("cannot make a connection of the descriptor", e))?;
        self.finish(transport, None)
    }

    fn finish(&self, transport: Transport, peer: Option<Address>) -> Result<Connection> {
        let (decoder, outcome) = match &self.authkey {
            None => (Decoder::new(), None),
            Some(key) => {
                let login = Login::new(Handshake::client(key, &self.policy));
                let deadline = Deadline::after(self.handshake_timeout).earlier(self.end);
                let (decoder, outcome) = drive(&transport, login, deadline)
                    .map_err(|e| Error::handshake(peer.as_ref(), e))?;
                (decoder, Some(outcome))
            }
        };
        let connection = Connection::new(transport, decoder, peer, outcome);
        if let Some(max) = self.max_message_len {
            connection.set_max_message_len(max);
        }
        Ok(connection)
    }

    fn open(&self, address: &Address) -> Result<Transport> {
        let deadline = Deadline::after(self.timeout).earlier(self.end);
        let opened = match address {
            Address::Tcp { host, port, .. } => tcp::connect(host, *port, deadline),
            Address::Unix(path) => unix::connect(path, deadline),
            Address::Abstract(name) => unix::connect_abstract(name, deadline),
            // Windows pipes, and what is added to addresses later.
            _ => return Err(Kind::Unsupported("Windows pipes", "yet").into()),
        };
        opened.map_err(|error| {
            let hint = match error.kind() {
                ErrorKind::ConnectionRefused => " (nobody listens there: is the listener running?)",
                ErrorKind::NotFound if matches!(address, Address::Unix(_)) => {
                    " (no such socket: is the listener running, and the path right?)"
                }
                ErrorKind::NotFound if matches!(address, Address::Tcp { .. }) => {
                    " (the host name leads nowhere: is it spelt right, and known to this machine?)"
                }
                ErrorKind::PermissionDenied if matches!(address, Address::Unix(_)) => {
                    " (the socket is not this user's to use: run as its owner, or have its mode changed)"
                }
                ErrorKind::TimedOut => {
                    " (no answer in time: is the host right, and reachable from here?)"
                }
                ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
                    " (no way there from here: is the host right, and the network up?)"
                }
                _ => "",
            };
            Error::io(format!("cannot connect to {address}{hint}"), error)
        })
    }
}

/// Does what the handshake says is due, waiting where it must.
fn drive(
    transport: &Transport,
    mut login: Login,
    deadline: Deadline,
) -> Result<(Decoder, Outcome), HandshakeError> {
    // Our challenge went out along with our response, so that a Python writes its verdict and its
    // own response in a row: Nagle's algorithm holds the second back until we acknowledge the first.
    let mut may_be_held_back = false;
    loop {
        let due = login.due();
        let read = match may_be_held_back {
            true => Transport::read_held_back,
            false => Transport::read_answer,
        };
        may_be_held_back = matches!(due, Due::Receive);
        let result = match due {
            Due::Done(outcome) => {
                let outcome = outcome?;
                // The peer's verdict and its first message are two small writes of its.
                transport.acknowledge_now();
                return Ok((login.into_decoder(), outcome));
            }
            Due::Send(bytes) => transport
                .write_all([&bytes, &[]], deadline, &mut 0)
                .map(|()| bytes.len()),
            Due::Receive => {
                let filled = login
                    .decoder()
                    .fill(true, |vec, room| read(transport, vec, room, deadline));
                filled.map_err(|error| login.out_of_memory(&error))?
            }
        };
        match result {
            Ok(0) => return Err(login.closed()),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::TimedOut => return Err(login.silent()),
            // Reset, broken pipe: it is gone, in whatever manner, but may have said
            // something before.
            Err(_) => {
                let at_once = Deadline::after(Some(Duration::ZERO));
                let _ = login
                    .decoder()
                    .fill(true, |vec, room| transport.read(vec, room, at_once));
                return Err(login.hung_up());
            }
        }
    }
}
