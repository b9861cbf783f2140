//! Which class in Python a proxy has: what `SyncManager.register` says.

use crate::pickle::Class;
use crate::pickle::python_names::{AUTO_PROXY, MANAGERS};

/// `(typeid, class of its proxies, a method that the class cannot do without)`
///
/// The method tells the types of `SyncManager` from others of the same name.
const CLASSES: &[(&str, &str, &str)] = &[
    ("Event", "EventProxy", "is_set"),
    ("Lock", "AcquirerProxy", "acquire"),
    ("RLock", "AcquirerProxy", "acquire"),
    ("Semaphore", "AcquirerProxy", "acquire"),
    ("BoundedSemaphore", "AcquirerProxy", "acquire"),
    ("Condition", "ConditionProxy", "notify_all"),
    ("Barrier", "BarrierProxy", "__getattribute__"),
    ("Pool", "PoolProxy", "apply_async"),
    ("list", "ListProxy", "__getitem__"),
    ("dict", "DictProxy", "__getitem__"),
    ("set", "SetProxy", "__contains__"),
    ("Value", "ValueProxy", "get"),
    ("Array", "ArrayProxy", "__getitem__"),
    ("Namespace", "NamespaceProxy", "__getattribute__"),
    ("Iterator", "IteratorProxy", "close"),
];

/// The class for an object of that typeid. `AutoProxy` does for every type that exposes plain
/// methods; those that expose `__getattribute__` are only right in a class of their own.
pub(super) fn of(typeid: &str, exposed: Option<&[String]>) -> Class {
    let fits =
        |method: &str| exposed.is_none_or(|exposed| exposed.iter().any(|name| name == method));
    let known = CLASSES
        .iter()
        .find(|(name, _, method)| *name == typeid && fits(method));
    match known {
        Some((_, class, _)) => Class::new(MANAGERS, *class),
        None => Class::new(MANAGERS, AUTO_PROXY),
    }
}

/// Whether it is made of what the object exposes.
pub(super) fn is_auto(class: &Class) -> bool {
    class.is(MANAGERS, AUTO_PROXY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_s_own_types_have_their_own_classes() {
        let exposed = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        let list = exposed(&["__getitem__", "append"]);
        assert_eq!(of("list", Some(&list)), Class::new(MANAGERS, "ListProxy"));
        assert_eq!(
            of("list", Some(&exposed(&["shout"]))),
            Class::new(MANAGERS, AUTO_PROXY)
        );
        assert_eq!(
            of("Namespace", None),
            Class::new(MANAGERS, "NamespaceProxy")
        );
        assert!(is_auto(&of("Queue", None)));
    }
}
