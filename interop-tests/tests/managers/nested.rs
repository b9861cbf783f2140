//! Shared objects in shared objects. Python 2.7 has none: a manager that receives a proxy of its
//! own stores the object itself, and sends it back as a copy.

use interop_tests::managers::{ManagerProcess, objects};
use mpconn::Value;
use mpconn::manager::{DictProxy, ListProxy, Proxy, Queue, Returned};

use super::{AUTO_PROXIES_IN_MANAGERS, connect};

#[test]
fn a_dict_of_lists() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let before = objects(&manager);
    let lists: DictProxy<String, ListProxy<i64>> = manager.dict([]).unwrap();
    let inner = manager.list([1]).unwrap();
    lists.set("a", &inner).unwrap();
    lists.update(&[("b", manager.list([10]).unwrap())]).unwrap();
    if server.version() < (3, 0) {
        let copies: DictProxy<String, Vec<i64>> = lists.proxy().clone().into();
        assert_eq!(copies.get_item("a").unwrap(), [1]);
        return;
    }
    let a = lists.get_item("a").unwrap();
    a.append(&2).unwrap();
    assert_eq!(inner.get_value().unwrap(), [1, 2]);
    assert_eq!(a, inner);
    drop(inner);
    assert_eq!(lists.get("b").unwrap().unwrap().get(0).unwrap(), 10);
    assert!(lists.get("c").unwrap().is_none());
    let sums: Vec<i64> = lists
        .values()
        .unwrap()
        .iter()
        .map(|list| list.get_value().unwrap().iter().sum())
        .collect();
    assert_eq!(sums.iter().sum::<i64>(), 13);
    for (name, list) in lists.items().unwrap() {
        assert_eq!(list.len().unwrap(), if name == "a" { 2 } else { 1 });
    }
    let popped = lists.pop("b").unwrap();
    assert_eq!(popped.get_value().unwrap(), [10]);
    drop((popped, a, lists));
    assert_eq!(objects(&manager), before);
}

#[test]
fn a_list_of_dicts() {
    let server = ManagerProcess::serve();
    let mut python = ManagerProcess::client(server.address());
    let manager = connect(&server);
    let jobs: Queue<ListProxy<DictProxy<String, i64>>> = manager.create("jobs", ()).unwrap();
    python.ask("outer = m.list([m.dict({'n': 1}), m.dict({'n': 2})])");
    python.ask("m.jobs().put(outer)");
    if server.version() < (3, 0) {
        let copies: Queue<Vec<Value>> = jobs.proxy().clone().into();
        assert_eq!(copies.get().unwrap()[1].to_string(), "{'n': 2}");
        return;
    }
    let outer = jobs.get().unwrap();
    let dicts: Vec<DictProxy<String, i64>> = outer.get_value().unwrap();
    dicts[0].set("n", &10).unwrap();
    dicts[1].set("more", &20).unwrap();
    assert_eq!(python.ask("outer[0]['n']"), "10");
    assert_eq!(python.ask("outer[1].copy()"), "{'n': 2, 'more': 20}");
    let reversed = outer.reversed().unwrap();
    assert_eq!(reversed, [dicts[1].clone(), dicts[0].clone()]);
    // In a list of arbitrary values each item is checked for being a proxy.
    let mixed: ListProxy<Value> = outer.proxy().clone().into();
    mixed.append(&5.into()).unwrap();
    let mixed: Vec<Returned> = mixed.proxy().get_value().unwrap();
    assert!(matches!(
        &mixed[..],
        [Returned::Proxy(_), Returned::Proxy(_), Returned::Value(_)]
    ));
    // A value that was read as a proxy can be made one later.
    let value: Value = outer.proxy().call("__getitem__", (1,)).unwrap();
    let later: DictProxy<String, i64> = manager.proxy(&value).unwrap();
    assert_eq!(later.get_item("more").unwrap(), 20);
    assert_eq!(later, dicts[1]);
}

#[test]
fn a_python_uses_what_rust_gave_it() {
    let server = ManagerProcess::serve();
    let mut python = ManagerProcess::client(server.address());
    let manager = connect(&server);
    let jobs: Proxy = manager.create("jobs", ()).unwrap();
    let done: Queue<String> = manager.queue(0).unwrap();
    let stock: DictProxy<String, i64> = manager.dict([("tea".to_owned(), 2)]).unwrap();
    let echoes: Proxy = manager.create("echoes", ()).unwrap();
    let put = jobs.call::<()>("put", ((&done, &stock),));
    if (3, 0) <= server.version() && server.version() < AUTO_PROXIES_IN_MANAGERS {
        assert!(put.unwrap_err().to_string().contains("manager_owned"));
        return;
    }
    put.unwrap();
    if server.version() < (3, 0) {
        // The manager of 2.7 would send the queue itself, which cannot be pickled.
        python.tell("m.jobs().get()");
        let (_, refused) = python.answer().unwrap_err();
        assert!(refused.contains("pickle"), "{refused}");
        return;
    }
    python.ask("done, stock = m.jobs().get()");
    python.ask("stock['tea'] -= 1");
    python.ask("done.put('tea sold')");
    assert_eq!(done.get().unwrap(), "tea sold");
    assert_eq!(stock.get_item("tea").unwrap(), 1);
    assert_eq!(
        python.ask("type(stock).__name__, done.qsize()"),
        "('DictProxy', 0)"
    );
    jobs.call::<()>("put", (&echoes,)).unwrap();
    assert_eq!(python.ask("next(m.jobs().get())"), "'ready'");
}
