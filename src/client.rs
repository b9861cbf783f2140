//! Connecting to a listener.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use crate::Address;
use crate::connection::{Connection, ReceiveLimits};
use crate::error::{Cause, Error, Result};
use crate::frame::Decoder;
use crate::handshake::{Framing, Handshake, HandshakeError, Outcome, Policy, Stream};
use crate::transport::readiness::Deadline;
use crate::transport::{Transport, tcp, unix};
use crate::{AuthKey, IntoAuthKey};

/// Connects to a listener and, with a key, authenticates:
/// `multiprocessing.connection.Client(address, authkey=...)`.
///
/// [`Connect`] has the settings. Without a key no handshake takes place, as with
/// Python's `authkey=None`.
///
/// # Errors
/// Fails if nobody listens there, and if the handshake fails
/// ([`is_authentication`](Error::is_authentication)) or takes more than 20 seconds.
///
/// # Examples
/// ```no_run
/// let connection = mpconn::connect("localhost:6000", b"secret")?;
/// connection.send("hello")?;
/// # Ok::<(), mpconn::Error>(())
/// ```
#[doc(alias = "Client")]
pub fn connect<A>(address: A, authkey: impl IntoAuthKey) -> Result<Connection>
where
    A: TryInto<Address>,
    A::Error: Into<Error>,
{
    let mut connect = Connect::new();
    connect.authkey = authkey.into_authkey();
    connect.connect(address)
}

/// Connects to a listener: `Client`, with settings that Python lacks.
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
    receive: ReceiveLimits,
    /// The deadline for connecting and the handshake together.
    end: Deadline,
}

impl Default for Connect {
    fn default() -> Self {
        Connect {
            authkey: None,
            policy: Policy::default(),
            timeout: None,
            handshake_timeout: Some(crate::HANDSHAKE_TIMEOUT),
            receive: ReceiveLimits::default(),
            end: Deadline::NEVER,
        }
    }
}

impl Connect {
    /// Without a key, with a handshake of at most 20 seconds.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the key that both ends have.
    pub fn authkey(mut self, key: impl Into<AuthKey>) -> Self {
        self.authkey = Some(key.into());
        self
    }

    /// Sets which digests are accepted.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets how long to wait for the connection; by default as long as the system waits, minutes on TCP.
    /// The look-up of a host name has no limit but the system's own.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = timeout.into();
        self
    }

    /// Sets how long the handshake may take: 20 seconds by default, `None` is without limit.
    pub fn handshake_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.handshake_timeout = timeout.into();
        self
    }

    /// Sets the longest message to receive, in bytes:
    /// [`Connection::DEFAULT_MAX_MESSAGE_LEN`] (1 GiB) by default with a key,
    /// [`Connection::DEFAULT_MAX_MESSAGE_LEN_WITHOUT_KEY`] (64 MiB) without. See
    /// [`Connection::set_max_message_len`].
    pub fn max_message_len(mut self, max: u64) -> Self {
        self.receive.max_message_len = Some(max);
        self
    }

    /// Sets how long the rest of a message may take once a part of it has come; no limit by default.
    /// See [`Connection::set_rest_timeout`].
    pub fn rest_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.receive.rest_timeout = timeout.into();
        self
    }

    /// Returns the same settings with one deadline for connecting and the handshake together.
    #[cfg(feature = "manager")]
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

    /// Authenticates over a descriptor: see [`os::unix`](crate::os::unix::ConnectExt).
    pub(crate) fn authenticate_over(&self, fd: std::os::fd::OwnedFd) -> Result<Connection> {
        let transport = Transport::of(fd)
            .map_err(|e| Error::io("cannot make a connection of the descriptor", e))?;
        self.finish(transport, None)
    }

    fn finish(&self, transport: Transport, peer: Option<Address>) -> Result<Connection> {
        let (decoder, outcome) = match &self.authkey {
            None => (Decoder::new(), None),
            Some(key) => {
                let handshake = Handshake::client(key, &self.policy);
                let mut stream = Stream::new(handshake, Framing::LengthPrefix, Instant::now());
                let deadline = Deadline::after(self.handshake_timeout).earlier(self.end);
                stream.set_deadline(deadline.instant());
                // Linux keeps a verdict that came before a reset.
                stream.set_early_challenge(cfg!(target_os = "linux"));
                let (decoder, outcome) =
                    drive(&transport, stream).map_err(|e| Error::handshake(peer.as_ref(), e))?;
                (decoder, Some(outcome))
            }
        };
        let connection = Connection::new(transport, decoder, peer, outcome);
        self.receive.apply(&connection);
        Ok(connection)
    }

    fn open(&self, address: &Address) -> Result<Transport> {
        let deadline = Deadline::after(self.timeout).earlier(self.end);
        let opened = match address {
            Address::Tcp { host, port, .. } => tcp::connect(host, *port, deadline),
            Address::Unix(path) => unix::connect(path, deadline),
            Address::Abstract(name) => unix::connect_abstract(name, deadline),
            // Windows pipes, and what is added to addresses later.
            _ => return Err(Cause::Unsupported("Windows pipes", "yet").into()),
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
fn drive(transport: &Transport, mut stream: Stream) -> Result<(Decoder, Outcome), HandshakeError> {
    loop {
        if stream.poll_acknowledge() {
            transport.acknowledge_now();
        }
        if let Some(outcome) = stream.outcome() {
            let outcome = outcome.clone()?;
            return Ok((stream.into_decoder(), outcome));
        }
        let deadline = Deadline::at(stream.poll_timeout());
        let Some(bytes) = stream.poll_transmit() else {
            stream.fill(|vec, room| transport.read_answer(vec, room, deadline));
            continue;
        };
        let len = bytes.len();
        match transport.write_all([bytes, &[]], deadline, &mut 0) {
            Ok(()) => stream.handle_sent(len),
            Err(error) => stream.handle_error(&error),
        }
    }
}
