//! Objects are created, called, counted and released.

use std::time::Duration;

use interop_tests::managers::{KEY, ManagerProcess, objects};
use mpconn::manager::{Cancel, Manager, Proxy, Queue, Returned};
use mpconn::pickle::{Python2Str, ReadOptions};
use mpconn::{Listener, Value};

use crate::{connect, connect_to_all, soon};

#[test]
fn objects_are_made_called_and_given_back() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let before = objects(&manager);
    let calculator: Proxy = manager.create("Calculator", (40,)).unwrap();
    assert_eq!(calculator.call::<i64>("add", (1, 1)).unwrap(), 42);
    let times = [("times", 2)];
    assert_eq!(calculator.call_kw::<i64>("add", (1,), times).unwrap(), 44);
    assert!(calculator.exposed().unwrap().contains(&"add".to_owned()));
    assert_eq!(objects(&manager), before + 1);
    let clone = calculator.clone();
    drop(calculator);
    assert_eq!(objects(&manager), before + 1);
    assert!(manager.debug_info().unwrap().contains("refcount=1"));
    drop(clone);
    assert_eq!(objects(&manager), before);
}

#[test]
fn exceptions_keep_their_class_arguments_and_attributes() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let calculator: Proxy = manager.create("Calculator", ()).unwrap();
    let failed = |name: &str, args: &[Value]| {
        let args: Vec<Value> = std::iter::once(name.into())
            .chain(args.iter().cloned())
            .collect();
        calculator.call::<()>("fail", args).unwrap_err()
    };
    let error = failed("OutOfStock", &["tea".into(), 3.into()]);
    assert!(error.is("__main__.OutOfStock"), "{error}");
    let remote = error.remote().unwrap();
    assert_eq!(remote.args(), ["tea".into(), Value::from(3)]);
    let attributes = remote.exception().unwrap().attributes();
    assert_eq!(attributes.get_str("left"), Some(&Value::from(3)));
    assert!(
        failed("KeyError", &["k".into()])
            .remote()
            .unwrap()
            .is_key_error()
    );
    let hidden = calculator.call::<()>("_hidden", ()).unwrap_err();
    assert!(hidden.remote().unwrap().is_not_exposed(), "{hidden}");
    assert!(
        hidden
            .to_string()
            .starts_with("AttributeError: method '_hidden'"),
        "{hidden}"
    );
    let error = calculator.call::<()>("unpicklable", ()).unwrap_err();
    assert!(error.remote().unwrap().is_unserializable(), "{error}");
    let error = manager.create::<Proxy>("Nothing", ()).unwrap_err();
    assert!(error.is("KeyError"), "{error}");
}

#[test]
fn shared_objects_come_back_as_proxies() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let store: Proxy = manager.create("Store", ()).unwrap();
    let before = objects(&manager);
    let opened: Proxy = store.call("open", ("orders",)).unwrap();
    assert_eq!(
        opened.get_value::<Value>().unwrap().to_string(),
        "{'name': 'orders'}"
    );
    assert_eq!(objects(&manager), before + 1);
    let list: Proxy = manager.create("list", ()).unwrap();
    list.call::<()>("append", (&opened,)).unwrap();
    match list.call("__getitem__", (0,)).unwrap() {
        Returned::Proxy(proxy) => {
            assert_eq!(proxy.typeid(), "dict");
            assert_eq!(proxy.call::<String>("get", ("name",)).unwrap(), "orders");
        }
        // Python 2.7 sends the object itself instead of a proxy.
        Returned::Value(value) if server.version() < (3, 0) => {
            assert_eq!(value.to_string(), "{'name': 'orders'}");
        }
        other => panic!("{other:?}"),
    }
    let error = store.call::<Value>("open", ("orders",)).unwrap_err();
    assert!(error.to_string().contains("manager::Proxy"), "{error}");
    drop((opened, list));
    assert_eq!(objects(&manager), before);
}

#[test]
fn a_manager_knows_proxies_of_its_own_again() {
    let server = ManagerProcess::serve();
    // By host name, while the manager's own address is numeric.
    let port = server.address().rsplit(':').next().unwrap();
    let manager = Manager::connect(format!("localhost:{port}"), KEY).unwrap();
    let (list, inner): (Proxy, Proxy) = (
        manager.create("list", ()).unwrap(),
        manager.create("list", ((1, 2),)).unwrap(),
    );
    let before = objects(&manager);
    list.call::<()>("append", (&inner,)).unwrap();
    drop(inner);
    if server.version() >= (3, 0) {
        // The list keeps the object alive, without any other reference.
        assert_eq!(objects(&manager), before - 1);
        let inner: Vec<Proxy> = list.get_value().unwrap();
        assert_eq!(inner[0].get_value::<Vec<i64>>().unwrap(), [1, 2]);
        assert_eq!(objects(&manager), before);
    }
}

#[test]
fn objects_of_one_manager_lie_in_those_of_another() {
    let (here, there) = (ManagerProcess::serve(), ManagerProcess::serve());
    let (stranger, here, there) = (connect(&here), connect_to_all(&here), connect(&there));
    let numbers: Proxy = there.create("list", ([1, 2, 3],)).unwrap();
    let directory: Proxy = here.create("dict", ()).unwrap();
    directory
        .call::<()>("__setitem__", ("numbers", &numbers))
        .unwrap();
    let own: Proxy = stranger.create("dict", ()).unwrap();
    own.call::<()>("__setitem__", ("numbers", &numbers))
        .unwrap();
    drop(numbers);
    let refused = own.call::<Proxy>("pop", ("numbers",)).unwrap_err();
    assert_eq!(refused.other_manager(), Some(there.address()));
    // The manager's thread for this client keeps its last result until the next.
    assert_eq!(own.call::<u32>("__len__", ()).unwrap(), 0);
    drop(own);
    let numbers: Proxy = directory.call("__getitem__", ("numbers",)).unwrap();
    assert_eq!(numbers.manager().address(), there.address());
    assert_eq!(numbers.call::<i64>("pop", ()).unwrap(), 3);
    directory.call::<()>("clear", ()).unwrap();
    assert_eq!(directory.call::<u32>("__len__", ()).unwrap(), 0);
    drop((directory, numbers));
    // By a session of its own, which `there` does not flush.
    soon("all are given back", || objects(&there) == 0);
}

#[test]
fn a_python_client_uses_a_proxy_that_rust_made() {
    let server = ManagerProcess::serve();
    let mut python = ManagerProcess::client(server.address());
    let manager = connect(&server);
    let before = objects(&manager);
    let handed: Queue<Proxy> = manager.create("jobs", ()).unwrap();
    python.ask("jobs = m.jobs()");
    let (list, queue): (Proxy, Queue<u32>) = (
        manager.create("list", ([1],)).unwrap(),
        manager.queue(0).unwrap(),
    );
    handed.put(&list).unwrap();
    let put = handed.put(queue.proxy());
    if ((3, 0)..(3, 9)).contains(&server.version()) {
        // bpo-30256: such a manager cannot hold an `AutoProxy` of its own, not even Python's.
        assert!(put.unwrap_err().is("TypeError"));
        handed.put(&list).unwrap();
    } else {
        put.unwrap();
    }
    // A Python 2 manager passes on the objects themselves.
    if server.version() >= (3, 0) {
        python.ask("got, q = jobs.get(), jobs.get()");
        python.ask("got.append(2)");
        assert_eq!(list.get_value::<Vec<u32>>().unwrap(), [1, 2]);
        if server.version() >= (3, 9) {
            python.ask("q.put(7)");
            assert_eq!(queue.get().unwrap(), 7);
        }
        python.ask("del got, q");
    } else {
        assert_eq!(python.ask("jobs.get()"), "[1]");
    }
    drop((list, queue, handed));
    python.ask("del jobs");
    assert_eq!(objects(&manager), before);
}

#[test]
fn a_python_that_is_no_client_takes_a_proxy_that_rust_made() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let queue: Queue<u32> = manager.queue(0).unwrap();
    // Another process, over a connection outside the manager.
    let mut listener = Listener::builder()
        .address(("127.0.0.1", 0))
        .authkey(KEY)
        .bind()
        .unwrap();
    let mut python = ManagerProcess::client(server.address());
    let port = listener
        .address()
        .to_string()
        .rsplit(':')
        .next()
        .unwrap()
        .to_owned();
    python.ask("from multiprocessing.connection import Client");
    python.tell(&format!("c = Client(('127.0.0.1', {port}), authkey=managers.process.current_process().authkey if hasattr(managers, 'process') else managers.current_process().authkey)"));
    let rust = listener.accept().unwrap();
    python.answer().unwrap();
    rust.send(&queue).unwrap();
    python.ask("q = c.recv()");
    python.ask("q.put(7)");
    assert_eq!(queue.get().unwrap(), 7);
    python.ask("del q");
}

#[test]
fn a_queue_is_shared_with_a_python() {
    let server = ManagerProcess::serve();
    let mut python = ManagerProcess::client(server.address());
    let manager = connect(&server);
    let jobs: Queue<(String, u32)> = manager.create("jobs", ()).unwrap();
    python.ask("jobs = m.jobs()");
    python.tell("jobs.get()");
    jobs.put(&("tea".to_owned(), 2)).unwrap();
    let got = python.answer().unwrap();
    assert!(got.contains("tea"), "{got}");
    python.ask("jobs.put(('coffee', 3))");
    assert_eq!(jobs.get().unwrap(), ("coffee".to_owned(), 3));
    assert!(jobs.get_nowait().unwrap_err().remote().unwrap().is_empty());
    let began = std::time::Instant::now();
    assert!(
        jobs.get_with(Duration::from_millis(50))
            .unwrap_err()
            .remote()
            .unwrap()
            .is_empty()
    );
    assert!(began.elapsed() >= Duration::from_millis(50));
}

#[test]
fn a_cancelled_wait_takes_nothing() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let queue: Queue<u32> = manager.queue(0).unwrap();
    let cancel = Cancel::new();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| queue.get_with(&cancel));
        std::thread::sleep(Duration::from_millis(150));
        cancel.cancel();
        assert!(waiting.join().unwrap().unwrap_err().is_cancelled());
    });
    queue.put(&7).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(queue.get().unwrap(), 7);
}

#[test]
fn python2_s_text_may_be_read_as_bytes() {
    let server = ManagerProcess::serve();
    let manager = Manager::builder()
        .authkey(KEY)
        .read_options(ReadOptions::new().python2_str(Python2Str::Bytes))
        .connect(server.address())
        .unwrap();
    let store: Proxy = manager.create("Store", ()).unwrap();
    assert!(store.exposed().unwrap().contains(&"open".to_owned()));
    let opened: Proxy = store.call("open", ("x",)).unwrap();
    let methods = manager.get_methods(&opened.token()).unwrap();
    assert!(methods.contains(&"keys".to_owned()), "{methods:?}");
    assert!(manager.debug_info().unwrap().contains("refcount"));
    let names: Value = store.call("plain", ()).unwrap();
    let expected = match server.version() {
        (2, _) => "[b'a', b'b']",
        _ => "['a', 'b']",
    };
    assert_eq!(names.to_string(), expected);
}
