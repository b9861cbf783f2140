//! Addresses, as tokens have them.

use std::path::Path;

use mpconn_pickle::Value;

use crate::Address;

/// `token.address`: a `str`, or a tuple of host and port.
pub fn to_value(address: &Address) -> Value {
    match address {
        Address::Tcp { host, port, .. } => Value::tuple([host.as_str().into(), Value::from(*port)]),
        Address::Unix(path) => text(path.as_os_str().as_encoded_bytes()),
        Address::Abstract(name) => text(&[b"\0", name.as_slice()].concat()),
        Address::Pipe(name) => name.as_str().into(),
    }
}

fn text(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => bytes.into(),
    }
}

/// The address of a token; `None` where it is none.
pub fn from_value(value: &Value) -> Option<Address> {
    match value {
        Value::Str(text) => Some(from_text(text.as_str())),
        // Python 3.9 and later have abstract names as bytes.
        Value::Bytes(bytes) => match bytes.strip_prefix(b"\0") {
            Some(name) => Some(Address::abstract_name(name)),
            None => std::str::from_utf8(bytes).ok().map(from_text),
        },
        _ => match value.items()? {
            [host, Value::Int(port)] => {
                Some(Address::tcp(host.as_str()?, u16::try_from(*port).ok()?))
            }
            _ => None,
        },
    }
}

fn from_text(text: &str) -> Address {
    match text.strip_prefix('\0') {
        Some(name) => Address::abstract_name(name),
        None if text.starts_with(r"\\") => Address::Pipe(text.to_owned()),
        None => Address::unix(Path::new(text)),
    }
}

/// Returns the address at which to reach a manager whose token says `told`, for a client that reached it, or another object of it, at
/// `reached`: a manager that listens on all interfaces tells no host that one can connect to.
pub fn reachable(told: Address, reached: &Address) -> Address {
    match (&told, reached) {
        (
            Address::Tcp { host, port, .. },
            Address::Tcp {
                host: by, port: at, ..
            },
        ) if port == at && (is_wildcard(host) || is_loopback(host) && is_loopback(by)) => {
            reached.clone()
        }
        _ => told,
    }
}

pub fn is_wildcard(host: &str) -> bool {
    matches!(host, "" | "0.0.0.0" | "::")
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "::1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_go_into_tokens_and_back() {
        for text in ["localhost:6000", "[::1]:6000", "/run/socket", "@name"] {
            let address: Address = text.parse().unwrap();
            assert_eq!(from_value(&to_value(&address)), Some(address), "{text}");
        }
        let name = Value::from(b"\0name".as_slice());
        assert_eq!(from_value(&name), Some(Address::abstract_name("name")));
        for none in ["None", "('a', 'b')", "('a', 70000)", "(1, 2)", "('a',)"] {
            assert_eq!(from_value(&none.parse().unwrap()), None, "{none}");
        }
    }

    #[test]
    fn a_manager_on_all_interfaces_is_where_it_was_reached() {
        let reached = Address::tcp("build.example", 6000);
        let told = |host: &str, port| reachable(Address::tcp(host, port), &reached);
        assert_eq!(told("0.0.0.0", 6000), reached);
        assert_eq!(told("0.0.0.0", 6001), Address::tcp("0.0.0.0", 6001));
        assert_eq!(told("10.0.0.1", 6000), Address::tcp("10.0.0.1", 6000));
        let here = Address::tcp("localhost", 6000);
        assert_eq!(reachable(Address::tcp("127.0.0.1", 6000), &here), here);
    }
}
