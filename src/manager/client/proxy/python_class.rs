//! Which class in Python a proxy has: what `SyncManager.register` says.

use mpconn_proto::manager::methods;

use crate::pickle::Class;
use crate::pickle::python_names::{AUTO_PROXY, MANAGERS};

/// A method that an object of this type has for certain, which tells it from another type of the same name.
fn essential(typeid: &str) -> Option<&'static str> {
    Some(match typeid {
        "Event" => "is_set",
        "Lock" | "RLock" | "Semaphore" | "BoundedSemaphore" => "acquire",
        "Condition" => "notify_all",
        "Barrier" | "Namespace" => "__getattribute__",
        "Pool" => "apply_async",
        "list" | "dict" | "Array" => "__getitem__",
        "set" => "__contains__",
        "Value" => "get",
        "Iterator" => "close",
        _ => return None,
    })
}

/// Returns the class for an object of that typeid. `AutoProxy` works for every type that exposes plain
/// methods; those that expose `__getattribute__` are only right in a class of their own.
pub(super) fn of(typeid: &str, exposed: Option<&[String]>) -> Class {
    let fits =
        |method: &str| exposed.is_none_or(|exposed| exposed.iter().any(|name| name == method));
    match (methods::shared_type(typeid), essential(typeid)) {
        (Some(known), Some(method)) if fits(method) => Class::new(MANAGERS, known.proxy_class),
        _ => Class::new(MANAGERS, AUTO_PROXY),
    }
}

/// Returns whether it is made of what the object exposes.
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
