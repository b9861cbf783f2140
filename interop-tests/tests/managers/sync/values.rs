//! Values and namespaces.

use std::collections::BTreeMap;

use mpconn::Value;
use mpconn::manager::{Namespace, ValueProxy};

use super::Meeting;

#[test]
fn a_value_is_changed_by_both() {
    let mut here = Meeting::new();
    let value: ValueProxy<i64> = here.manager.value("i", &7).unwrap();
    here.give("value", value.proxy());
    assert_eq!(here.python.ask("type(value).__name__"), "'ValueProxy'");
    assert_eq!(value.get().unwrap(), 7);
    assert_eq!(here.python.ask("value.value"), "7");
    value.set(&8).unwrap();
    assert_eq!(here.python.ask("value.get()"), "8");
    here.python.ask("value.value = 9");
    assert_eq!(value.get().unwrap(), 9);
    here.python.ask("value.set(10)");
    assert_eq!(value.get().unwrap(), 10);
    // The typecode is not checked.
    let anything = ValueProxy::<Value>::from(value.proxy().clone());
    anything.set(&Value::tuple(["a", "b"])).unwrap();
    assert_eq!(here.python.ask("len(value.value)"), "2");
    let text = anything.proxy().repr().unwrap();
    assert!(text.starts_with("Value("), "{text}");
    assert!(value.get().unwrap_err().is_codec());
}

#[test]
fn a_namespace_has_attributes() {
    let mut here = Meeting::new();
    let space: Namespace = here.manager.namespace([("threads", 4)]).unwrap();
    here.give("space", space.proxy());
    assert_eq!(here.python.ask("type(space).__name__"), "'NamespaceProxy'");
    assert_eq!(space.get::<u32>("threads").unwrap(), 4);
    assert_eq!(here.python.ask("space.threads"), "4");
    space.set("sizes", [1, 2]).unwrap();
    assert_eq!(here.python.ask("list(space.sizes)"), "[1, 2]");
    here.python.ask("space.ratio = 0.5");
    assert_eq!(space.get::<f64>("ratio").unwrap(), 0.5);
    // The dict of the remaining attributes, as Python has it.
    space.delete("sizes").unwrap();
    here.python.ask("del space.threads");
    let left: BTreeMap<String, f64> = space.get("__dict__").unwrap();
    assert_eq!(
        left.into_iter().collect::<Vec<_>>(),
        [("ratio".to_owned(), 0.5)]
    );
    for error in [
        space.get::<Value>("sizes").unwrap_err(),
        space.delete("threads").unwrap_err(),
    ] {
        assert!(error.remote().unwrap().is_attribute_error(), "{error}");
    }
    assert_eq!(here.python.ask("hasattr(space, 'sizes')"), "False");
    assert_eq!(space.proxy().repr().unwrap(), "Namespace(ratio=0.5)");
}

#[test]
fn a_namespace_takes_any_name() {
    let here = Meeting::new();
    let empty = here.manager.namespace(()).unwrap();
    let names = ["self", "c", "typeid", "_private"];
    for name in names {
        empty.set(name, 1).unwrap();
        assert_eq!(empty.get::<u8>(name).unwrap(), 1);
        // Some names collide with parameters of older Pythons' constructors.
        let created = here.manager.namespace([(name, 1)]);
        match created {
            Ok(created) => assert_eq!(created.get::<u8>(name).unwrap(), 1),
            Err(error) => {
                assert!(here.version < (3, 9) && name != "_private", "{error}");
                assert!(error.is("TypeError"), "{error}");
            }
        }
    }
}
