//! Addresses and their families, by Python's rules.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt::{self, Write as _};
use std::net::{Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use mpconn_escape::{Escaping, escaped};

/// An address family, under Python's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Family {
    /// TCP over IPv4: `'AF_INET'`.
    Inet,
    /// TCP over IPv6: `'AF_INET6'`.
    Inet6,
    /// Unix sockets, with a path or (Linux) an abstract name: `'AF_UNIX'`.
    Unix,
    /// Windows named pipes: `'AF_PIPE'`.
    Pipe,
}

impl Family {
    /// Returns Python's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Family::Inet => "AF_INET",
            Family::Inet6 => "AF_INET6",
            Family::Unix => "AF_UNIX",
            Family::Pipe => "AF_PIPE",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An address to listen on or to connect to.
///
/// | text | Rust | Python |
/// |---|---|---|
/// | `localhost:6000`, `127.0.0.1:6000`, `[::1]:6000`, `:6000` | `Tcp` | `('localhost', 6000)` |
/// | `/run/my.sock`, `./my.sock`, `unix:my.sock` | `Unix` | `'/run/my.sock'` |
/// | `@name` | `Abstract` (Linux) | `'\0name'` |
/// | `\\.\pipe\name` | `Pipe` (Windows; not supported yet) | `r'\\.\pipe\name'` |
///
/// # Examples
/// ```
/// use mpconn_proto::{Address, Family};
///
/// let address: Address = "[::1]:6000".parse()?;
/// assert_eq!(address, Address::tcp("::1", 6000));
/// assert_eq!(address.family(), Family::Inet6);
/// assert_eq!(address.to_string(), "[::1]:6000");
/// # Ok::<(), mpconn_proto::ParseAddressError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Address {
    /// TCP. An empty host means every IPv4 interface to a listener, as in Python.
    #[non_exhaustive]
    Tcp {
        /// A name, or an IPv4 or IPv6 address without brackets.
        host: String,
        /// For a listener, 0 lets the system choose a free port.
        port: u16,
    },
    /// The path of a Unix socket.
    Unix(PathBuf),
    /// The name of a Linux abstract socket, without the leading NUL.
    Abstract(Vec<u8>),
    /// The name of a Windows pipe, `\\.\pipe\` included.
    Pipe(String),
}

impl Address {
    /// Makes a TCP address from a host (name or IP address) and a port.
    pub fn tcp(host: impl Into<String>, port: u16) -> Self {
        let host = host.into();
        Address::Tcp { host, port }
    }

    /// Makes the address of a Unix socket from its path.
    pub fn unix(path: impl Into<PathBuf>) -> Self {
        Address::Unix(path.into())
    }

    /// Makes the address of a Linux abstract socket from its name without the leading NUL.
    pub fn abstract_name(name: impl Into<Vec<u8>>) -> Self {
        Address::Abstract(name.into())
    }

    /// Returns its family: Python's `address_type`, which also recognizes IPv6 literals here.
    /// A host name is [`Family::Inet`], as in Python, whatever it resolves to.
    pub fn family(&self) -> Family {
        match self {
            Address::Tcp { host, .. } if is_ipv6_literal(host) => Family::Inet6,
            Address::Tcp { .. } => Family::Inet,
            Address::Unix(_) | Address::Abstract(_) => Family::Unix,
            Address::Pipe(_) => Family::Pipe,
        }
    }
}

/// Returns whether it is an IPv6 address, perhaps with a zone (`fe80::1%eth0`).
fn is_ipv6_literal(host: &str) -> bool {
    let address = host.split_once('%').map_or(host, |(address, _)| address);
    address.parse::<Ipv6Addr>().is_ok()
}

/// Writes the text that [`FromStr`] reads. Unprintable characters of names and paths are escaped
/// ([`escaped`](crate::escaped)), since they can come from a peer; such a text does not parse back.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = Escaping(f);
        match self {
            Address::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Address::Tcp { host, port } => write!(f, "{host}:{port}"),
            Address::Unix(path) if path.is_absolute() => write!(f, "{}", path.display()),
            Address::Unix(path) => write!(f, "unix:{}", path.display()),
            Address::Abstract(name) => match std::str::from_utf8(name) {
                Ok(name) => write!(f, "@{name}"),
                Err(_) => write!(f, "@{}", name.escape_ascii()),
            },
            Address::Pipe(name) => f.write_str(name),
        }
    }
}

/// The error for a text that is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not an address: {}; write host:port, [::1]:port, /path, unix:path, @name or \\\\.\\pipe\\name",
    escaped(reason)
)]
pub struct ParseAddressError {
    text: String,
    reason: Cow<'static, str>,
}

impl FromStr for Address {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        let error = |reason| bad(text, reason);
        if text.starts_with(r"\\") {
            return Ok(Address::Pipe(text.to_owned()));
        }
        if let Some(path) = text.strip_prefix("unix:") {
            return match path {
                "" => Err(error("the path is missing")),
                path => Ok(Address::unix(path)),
            };
        }
        if let Some(name) = text.strip_prefix('@') {
            return match name {
                "" => Err(error("the name is missing")),
                name => Ok(Address::abstract_name(name)),
            };
        }
        if text.contains("://") {
            return Err(error("it is a URL"));
        }
        if text.contains('/') {
            return Ok(Address::unix(text));
        }
        let (host, port) = text.rsplit_once(':').ok_or_else(|| no_port(text))?;
        let port = port
            .parse()
            .map_err(|_| error("the port is not 0 to 65535"))?;
        let host = match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
            Some(inner) if is_ipv6_literal(inner) => inner,
            Some(_) => return Err(error("there is no IPv6 address between the brackets")),
            None if host.contains([':', '[', ']']) => {
                return Err(error("an IPv6 address must be in brackets"));
            }
            None => host,
        };
        Ok(Address::tcp(host, port))
    }
}

fn bad(text: &str, reason: impl Into<Cow<'static, str>>) -> ParseAddressError {
    ParseAddressError {
        text: text.to_owned(),
        reason: reason.into(),
    }
}

/// Returns the error for a text without a colon, with what was probably meant.
fn no_port(text: &str) -> ParseAddressError {
    let reason = match text.parse::<u16>() {
        Ok(port) => format!(
            "the host is missing: localhost:{port} is that port on this machine, :{port} is that port on all its IPv4 interfaces"
        ),
        Err(_) if text.ends_with(".sock") || text.ends_with(".socket") => {
            format!("the port is missing; the path of a socket would be ./{text}")
        }
        Err(_) if text.is_empty() => "it is empty".to_owned(),
        Err(_) => format!("the port is missing, as in {text}:6000"),
    };
    bad(text, reason)
}

impl TryFrom<&str> for Address {
    type Error = ParseAddressError;

    fn try_from(text: &str) -> Result<Self, ParseAddressError> {
        text.parse()
    }
}

impl TryFrom<String> for Address {
    type Error = ParseAddressError;

    fn try_from(text: String) -> Result<Self, ParseAddressError> {
        text.parse()
    }
}

impl TryFrom<&String> for Address {
    type Error = ParseAddressError;

    fn try_from(text: &String) -> Result<Self, ParseAddressError> {
        text.parse()
    }
}

impl From<&Address> for Address {
    fn from(address: &Address) -> Self {
        address.clone()
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Address::tcp(address.ip().to_string(), address.port())
    }
}

/// Python's `(host, port)`.
impl<H: Into<String>> From<(H, u16)> for Address {
    fn from((host, port): (H, u16)) -> Self {
        Address::tcp(host, port)
    }
}

impl From<PathBuf> for Address {
    fn from(path: PathBuf) -> Self {
        Address::Unix(path)
    }
}

impl From<&Path> for Address {
    fn from(path: &Path) -> Self {
        Address::unix(path)
    }
}

/// Lets an `Address` be passed where `TryInto<Address>` is expected.
impl From<Infallible> for ParseAddressError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_and_written_alike() {
        for (text, address) in [
            ("localhost:6000", Address::tcp("localhost", 6000)),
            ("127.0.0.1:0", Address::tcp("127.0.0.1", 0)),
            (":80", Address::tcp("", 80)),
            ("[::1]:6000", Address::tcp("::1", 6000)),
            ("[fe80::1%eth0]:1", Address::tcp("fe80::1%eth0", 1)),
            ("/run/x.sock", Address::unix("/run/x.sock")),
            ("unix:x.sock", Address::unix("x.sock")),
            ("@name", Address::abstract_name("name")),
            (r"\\.\pipe\x", Address::Pipe(r"\\.\pipe\x".into())),
        ] {
            assert_eq!(text.parse(), Ok(address.clone()));
            assert_eq!(address.to_string(), text);
        }
        assert_eq!("./x".parse(), Ok(Address::unix("./x")));
    }

    #[test]
    fn control_characters_are_escaped() {
        let name = "a\x1b[2J\u{9b}31m\r\n#1 opened\u{202e}";
        let escaped = "a\\x1b[2J\\x9b31m\\r\\n#1 opened\\u202e";
        for (address, expected) in [
            (Address::unix(name), format!("unix:{escaped}")),
            (Address::unix(format!("/{name}")), format!("/{escaped}")),
            (Address::abstract_name(name), format!("@{escaped}")),
            (Address::tcp(name, 1), format!("{escaped}:1")),
            (Address::Pipe(name.into()), escaped.into()),
        ] {
            assert_eq!(address.to_string(), expected);
        }
        let error = name.parse::<Address>().unwrap_err().to_string();
        assert_eq!(crate::escaped(&error), error);
    }

    #[test]
    fn bad_texts_say_what_is_missing() {
        for (text, reason) in [
            ("localhost", "port is missing, as in localhost:6000"),
            ("6000", "host is missing: localhost:6000 is that port"),
            ("my.sock", "a socket would be ./my.sock"),
            ("", "it is empty"),
            ("localhost:70000", "0 to 65535"),
            ("::1:6000", "brackets"),
            ("[x]:1", "no IPv6 address between"),
            ("tcp://x:1", "a URL"),
            ("unix:", "path is missing"),
            ("@", "name is missing"),
        ] {
            let error = text.parse::<Address>().unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn families_are_pythons() {
        assert_eq!(Address::tcp("localhost", 1).family().name(), "AF_INET");
        assert_eq!(Address::tcp("::1", 1).family().name(), "AF_INET6");
        assert_eq!(Address::unix("/x").family().name(), "AF_UNIX");
        assert_eq!(Address::abstract_name("x").family().name(), "AF_UNIX");
        assert_eq!(
            Address::Pipe(r"\\.\pipe\x".into()).family().name(),
            "AF_PIPE"
        );
    }
}
