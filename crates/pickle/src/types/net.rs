//! `ipaddress`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use mpconn_escape::brief;

use super::expect::{instance_of, unexpected};
use super::number::big_int;
use crate::{Class, Instance, PickleError, Value};

const MODULE: &str = "ipaddress";

/// `ipaddress.IPv4Address` or `ipaddress.IPv6Address`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IpAddress {
    address: IpAddr,
    scope_id: Option<String>,
}

impl IpAddress {
    /// Returns the address.
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// Returns `a.scope_id`: the part of an IPv6 address after `%`.
    pub fn scope_id(&self) -> Option<&str> {
        self.scope_id.as_deref()
    }
}

impl From<IpAddr> for IpAddress {
    fn from(address: IpAddr) -> Self {
        IpAddress {
            address,
            scope_id: None,
        }
    }
}

/// The text is not escaped, since it may go back into a pickle. Use [`escaped`](crate::escaped)
/// before untrusted text goes to a terminal or a log.
impl fmt::Display for IpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)?;
        match &self.scope_id {
            Some(scope) => write!(f, "%{scope}"),
            None => Ok(()),
        }
    }
}

impl FromStr for IpAddress {
    type Err = PickleError;

    fn from_str(text: &str) -> Result<Self, PickleError> {
        let (address, scope) = match text.split_once('%') {
            Some((address, scope)) => (address, Some(scope.to_owned())),
            None => (text, None),
        };
        let parsed: Result<IpAddr, _> = address.parse();
        match parsed {
            Ok(address) if scope.is_none() || address.is_ipv6() => Ok(IpAddress {
                address,
                scope_id: scope,
            }),
            _ => Err(PickleError::new(format!(
                "no IP address: {:?}",
                brief(text)
            ))),
        }
    }
}

impl From<IpAddress> for Value {
    fn from(value: IpAddress) -> Self {
        let (class, argument) = match value.address {
            IpAddr::V4(address) => ("IPv4Address", u32::from(address).into()),
            IpAddr::V6(_) if value.scope_id.is_some() => ("IPv6Address", value.to_string().into()),
            IpAddr::V6(address) => ("IPv6Address", u128::from(address).into()),
        };
        Instance::call(Class::new(MODULE, class), vec![argument]).into()
    }
}

impl TryFrom<&Value> for IpAddress {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let v4 = match instance_of(value, MODULE, "IPv4Address") {
            Ok(instance) => return address(instance, true),
            Err(error) => error,
        };
        let v6 = instance_of(value, MODULE, "IPv6Address");
        v6.map_err(|_| v4)
            .and_then(|instance| address(instance, false))
    }
}

fn address(instance: &Instance, v4: bool) -> Result<IpAddress, PickleError> {
    let argument = instance.args().first().unwrap_or(&Value::None);
    if let Value::Str(text) = argument {
        return text.parse();
    }
    let number = big_int(argument).and_then(|number| u128::try_from(&number).ok());
    let address = match (number, v4) {
        (Some(number), true) => u32::try_from(number).ok().map(|n| Ipv4Addr::from(n).into()),
        (Some(number), false) => Some(Ipv6Addr::from(number).into()),
        (None, _) => None,
    };
    address
        .map(IpAddr::into)
        .ok_or_else(|| unexpected(argument, "the number of an IP address"))
}

/// A network or an interface of `ipaddress`: an address and the length of its network prefix.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IpNetwork {
    address: IpAddress,
    prefix: u8,
    interface: bool,
}

impl IpNetwork {
    /// Makes `ip_network(f"{address}/{prefix}")`; `None` for a prefix that is too long.
    pub fn network(address: impl Into<IpAddress>, prefix: u8) -> Option<Self> {
        IpNetwork::checked(address.into(), prefix, false)
    }

    /// Makes `ip_interface(f"{address}/{prefix}")`; `None` for a prefix that is too long.
    pub fn interface(address: impl Into<IpAddress>, prefix: u8) -> Option<Self> {
        IpNetwork::checked(address.into(), prefix, true)
    }

    fn checked(address: IpAddress, prefix: u8, interface: bool) -> Option<Self> {
        let bits = if address.address.is_ipv4() { 32 } else { 128 };
        (prefix <= bits).then_some(IpNetwork {
            address,
            prefix,
            interface,
        })
    }

    /// Returns `n.network_address`, or the address of an interface.
    pub fn address(&self) -> &IpAddress {
        &self.address
    }

    /// Returns `n.prefixlen`.
    pub fn prefix(&self) -> u8 {
        self.prefix
    }

    /// Returns whether it is an `IPv4Interface` or `IPv6Interface`.
    pub fn is_interface(&self) -> bool {
        self.interface
    }
}

impl fmt::Display for IpNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

impl From<IpNetwork> for Value {
    fn from(value: IpNetwork) -> Self {
        let class = match (value.address.address, value.interface) {
            (IpAddr::V4(_), false) => "IPv4Network",
            (IpAddr::V4(_), true) => "IPv4Interface",
            (IpAddr::V6(_), false) => "IPv6Network",
            (IpAddr::V6(_), true) => "IPv6Interface",
        };
        Instance::call(Class::new(MODULE, class), vec![value.to_string().into()]).into()
    }
}

impl TryFrom<&Value> for IpNetwork {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let class = value.as_instance().and_then(Instance::class);
        let class = class.filter(|class| class.module() == MODULE);
        let interface = match class.map(|class| class.qualname().as_str()) {
            Some("IPv4Network" | "IPv6Network") => false,
            Some("IPv4Interface" | "IPv6Interface") => true,
            _ => return Err(unexpected(value, "a network of ipaddress")),
        };
        let text = value.as_instance().and_then(|i| i.args().first()?.as_str());
        let both = text.and_then(|text| text.rsplit_once('/'));
        let network = both.and_then(|(address, prefix)| {
            IpNetwork::checked(address.parse().ok()?, prefix.parse().ok()?, interface)
        });
        network
            .ok_or_else(|| PickleError::new("ipaddress: no ADDRESS/PREFIX in the network's pickle"))
    }
}
