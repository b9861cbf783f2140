//! "Customized managers" of Python's documentation, and other uses of `register`.

use interop_tests::managers::{ManagerProcess, objects};
use mpconn::manager::{IteratorProxy, ListProxy, Manager, Proxy, Returned};
use mpconn::pickle::types::Exception;

use super::{AUTO_PROXIES_IN_MANAGERS, connect};

#[test]
fn customized_managers_of_the_documentation() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let f1: Proxy = manager.create("Foo1", ()).unwrap();
    assert_eq!(f1.call::<String>("f", ()).unwrap(), "you called Foo.f()");
    assert_eq!(f1.call::<String>("g", ()).unwrap(), "you called Foo.g()");
    assert_eq!(f1.exposed().unwrap(), ["f", "g"]);
    let hidden = f1.call::<String>("_h", ()).unwrap_err();
    assert!(hidden.remote().unwrap().is_not_exposed(), "{hidden}");

    let f2: Proxy = manager.create("Foo2", ()).unwrap();
    assert_eq!(f2.call::<String>("g", ()).unwrap(), "you called Foo.g()");
    assert_eq!(f2.call::<String>("_h", ()).unwrap(), "you called Foo._h()");
    assert_eq!(f2.exposed().unwrap(), ["g", "_h"]);
    let hidden = f2.call::<String>("f", ()).unwrap_err();
    assert!(hidden.remote().unwrap().is_not_exposed(), "{hidden}");

    let squares: IteratorProxy<u64> = manager.create("baz", ()).unwrap();
    let squares: Result<Vec<u64>, _> = squares.collect();
    assert_eq!(squares.unwrap(), [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]);

    let operator: Proxy = manager.create("operator", ()).unwrap();
    assert_eq!(operator.call::<i64>("add", (23, 45)).unwrap(), 68);
    assert_eq!(operator.call::<i64>("pow", (2, 94 % 32)).unwrap(), 1 << 30);
    let exposed = operator.exposed().unwrap();
    assert!(exposed.contains(&"itemgetter".to_owned()));
    assert!(exposed.iter().all(|name| !name.starts_with('_')));
    // 2.7 has methods for slices, and integers above 64 bits as all versions do.
    let big: mpconn::pickle::BigInt = operator.call("pow", (2, 94)).unwrap();
    assert_eq!(big.to_string(), "19807040628566084398385987584");
}

#[test]
fn a_python_sees_what_rust_did_to_customized_objects() {
    let server = ManagerProcess::serve();
    let mut python = ManagerProcess::client(server.address());
    let manager = connect(&server);
    let calculator: Proxy = manager.create("Calculator", (1,)).unwrap();
    let results: Proxy = manager.create("results", ()).unwrap();
    let put = results.call::<()>("put", (&calculator,));
    if server.version() >= AUTO_PROXIES_IN_MANAGERS {
        put.unwrap();
        python.ask("calculator = m.results().get()");
        assert_eq!(python.ask("calculator.add(10)"), "11");
        assert_eq!(calculator.call::<i64>("add", (0,)).unwrap(), 11);
        assert_eq!(python.ask("calculator.add(1, times=2)"), "13");
    } else if server.version() >= (3, 0) {
        let error = put.unwrap_err();
        assert!(error.is("TypeError"), "{error}");
        assert!(error.to_string().contains("manager_owned"), "{error}");
    }
    // Python's proxy of the same type.
    python.ask("own = m.Calculator(5)");
    assert_eq!(python.ask("own.add(1)"), "6");
}

#[test]
fn methods_whose_results_stay_at_the_manager() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let store: Proxy = manager.create("Store", ()).unwrap();
    let before = objects(&manager);
    let numbers: IteratorProxy<u32> = store.call("numbers", (3,)).unwrap();
    assert_eq!(numbers.proxy().typeid(), "Iterator");
    assert_eq!(objects(&manager), before + 1);
    let numbers: Result<Vec<u32>, _> = numbers.collect();
    assert_eq!(numbers.unwrap(), [0, 1, 2]);
    assert_eq!(objects(&manager), before);
    // Not in `method_to_typeid`: a copy.
    match store.call("plain", ()).unwrap() {
        Returned::Value(value) => assert_eq!(value.to_string(), "['a', 'b']"),
        other => panic!("{other:?}"),
    }
    match store.call("open", ("x",)).unwrap() {
        Returned::Proxy(proxy) => assert_eq!(proxy.typeid(), "dict"),
        other => panic!("{other:?}"),
    }
}

fn echoes(manager: &Manager) -> IteratorProxy<String> {
    manager.create("echoes", ()).unwrap()
}

#[test]
fn generators_are_sent_to_thrown_at_and_closed() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let mut generator = echoes(&manager);
    assert_eq!(generator.next().unwrap().unwrap(), "ready");
    assert_eq!(generator.send("hello").unwrap(), "hello");
    let error = Exception::new("ValueError", vec!["ball".into()]);
    assert_eq!(generator.throw(&error).unwrap(), "caught ball");
    let error = Exception::new("KeyError", vec!["other".into()]);
    assert!(
        generator
            .throw(&error)
            .unwrap_err()
            .remote()
            .unwrap()
            .is_key_error()
    );
    assert!(generator.next().is_none(), "an exception ended it");

    let mut generator = echoes(&manager);
    generator.next().unwrap().unwrap();
    let end = generator.send("enough").unwrap_err();
    assert!(end.is("StopIteration"), "{end}");
    assert!(generator.next().is_none() && generator.next().is_none());

    let mut generator = echoes(&manager);
    generator.next().unwrap().unwrap();
    generator.close().unwrap();
    assert!(generator.next().is_none());
    // If the item type is text, the item None is an error.
    let mut generator = echoes(&manager);
    generator.next().unwrap().unwrap();
    assert!(generator.next().unwrap().is_err());
}

#[test]
fn an_iterator_that_exposes_both_names() {
    let server = ManagerProcess::serve();
    let squares: IteratorProxy<u64> = connect(&server).create("both_names", ()).unwrap();
    let sum: u64 = squares.sum::<Result<u64, _>>().unwrap();
    assert_eq!(sum, 285);
}

#[test]
fn an_iterator_ends_when_its_manager_is_lost() {
    let mut server = ManagerProcess::serve();
    let mut squares: IteratorProxy<u64> = connect(&server).create("baz", ()).unwrap();
    squares.next().unwrap().unwrap();
    server.kill();
    let left: Vec<_> = squares.collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].as_ref().unwrap_err().is_lost(), "{left:?}");
}

#[test]
fn what_is_no_generator_says_so() {
    let server = ManagerProcess::serve();
    let list: ListProxy<i64> = connect(&server).list([1]).unwrap();
    let not_one = IteratorProxy::<i64>::from(Proxy::from(list));
    assert!(
        not_one
            .close()
            .unwrap_err()
            .remote()
            .unwrap()
            .is_not_exposed()
    );
    let mut not_one = not_one;
    let error = not_one.next().unwrap().unwrap_err();
    assert!(error.remote().unwrap().is_not_exposed(), "{error}");
}
