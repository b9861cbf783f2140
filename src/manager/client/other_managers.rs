//! Which other managers may be connected to.

use crate::Address;
use crate::AuthKey;

/// Which other managers may be connected to for proxies in answers, with which keys, and how many.
///
/// An answer can hold a proxy of another manager, and names that manager's address, which can be any:
/// a service that trusts this machine, or one that collects answers to challenges. By default
/// ([`none`](Self::none)) nothing connects there, and such a proxy is an error:
/// [`Error::other_manager`](crate::Error::other_manager).
///
/// # Examples
/// ```no_run
/// use mpconn::manager::{ListProxy, Manager, OtherManagers, Proxy};
///
/// let others = OtherManagers::none()
///     .allow("orders.example:6000".parse()?, "the key of orders")
///     .allow("[::1]:6001".parse()?, "another key");
/// let manager = Manager::builder()
///     .authkey("secret password")
///     .other_managers(others)
///     .connect("localhost:6000")?;
/// let directory: Proxy = manager.create("directory", ())?;
/// let orders: ListProxy<u32> = directory.call("find", ("orders",))?;
/// println!("{} orders at {}", orders.len()?, orders.proxy().manager().address());
/// # Ok::<(), mpconn::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "it is for `Builder::other_managers`"]
pub struct OtherManagers {
    keys: Vec<(Address, AuthKey)>,
    /// Whether any other address gets the key of the manager that answers.
    same_key: bool,
    max: Option<usize>,
}

/// How many other managers are connected to at once by default.
const MAX: usize = 16;

impl OtherManagers {
    /// Allows no other manager: the default.
    pub fn none() -> Self {
        OtherManagers::default()
    }

    /// Allows the manager at that address, with a key of its own.
    pub fn allow(mut self, address: Address, authkey: impl Into<AuthKey>) -> Self {
        self.keys.push((address, authkey.into()));
        self
    }

    /// Allows managers at any address, with the key of the manager that answers, as Python does.
    ///
    /// Use this where every object of the manager comes from somebody you trust with connections of
    /// yours. A manager that is reached through a tunnel or a translation of addresses calls itself by
    /// an address other than the one it was reached by, and counts as another one until an answer has
    /// told which address that is.
    pub fn allow_any_with_the_same_key(mut self) -> Self {
        self.same_key = true;
        self
    }

    /// Sets how many other managers may be connected to at once: 16 by default.
    pub fn max(mut self, max: usize) -> Self {
        self.max = Some(max);
        self
    }

    pub(super) fn max_at_once(&self) -> usize {
        self.max.unwrap_or(MAX)
    }

    /// Returns whether the manager at that address may be connected to.
    pub(super) fn allowed(&self, address: &Address) -> Option<Key<'_>> {
        let own = self.keys.iter().find(|(other, _)| other == address);
        match own {
            Some((_, key)) => Some(Key::Own(key)),
            None if self.same_key => Some(Key::Same),
            None => None,
        }
    }
}

/// Which key another manager gets.
pub(super) enum Key<'a> {
    Own(&'a AuthKey),
    /// That of the manager that answers.
    Same,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_allowed_gets_a_key() {
        let address = |text: &str| text.parse::<Address>().unwrap();
        let none = OtherManagers::none();
        assert!(none.allowed(&address("a:1")).is_none());
        let one = none.allow(address("a:1"), "key");
        assert!(
            matches!(one.allowed(&address("a:1")), Some(Key::Own(key)) if *key == "key".into())
        );
        assert!(one.allowed(&address("a:2")).is_none());
        let any = one.allow_any_with_the_same_key().max(3);
        assert!(matches!(any.allowed(&address("a:1")), Some(Key::Own(_))));
        assert!(matches!(any.allowed(&address("a:2")), Some(Key::Same)));
        assert_eq!(
            (any.max_at_once(), OtherManagers::none().max_at_once()),
            (3, MAX)
        );
        assert!(!format!("{any:?}").contains("key\""));
    }
}
