//! All methods of lists, dicts, sets and arrays.

use std::collections::{HashMap, HashSet};

use interop_tests::managers::{ManagerProcess, objects};
use mpconn::manager::{ArrayProxy, DictProxy, Function, ListProxy, Proxy, SetProxy, SortOrder};
use mpconn::pickle::types;
use mpconn::{Error, Value};

use super::connect;

fn is_not_exposed(error: &Error) -> bool {
    error.remote().is_some_and(|remote| remote.is_not_exposed())
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort();
    items
}

#[test]
fn items_of_a_list() {
    let server = ManagerProcess::serve();
    let list: ListProxy<String> = connect(&server)
        .list(["a", "b"].map(str::to_owned))
        .unwrap();
    let text = |text: &str| text.to_owned();
    assert_eq!(list.len().unwrap(), 2);
    assert!(!list.is_empty().unwrap());
    assert_eq!(list.get(0).unwrap(), "a");
    assert_eq!(list.get(-1).unwrap(), "b");
    assert!(list.get(2).unwrap_err().remote().unwrap().is_index_error());
    list.append(&text("c")).unwrap();
    list.set(-1, &text("C")).unwrap();
    list.insert(0, &text("b")).unwrap();
    assert_eq!(list.get_value().unwrap(), ["b", "a", "b", "C"]);
    assert!(list.contains(&text("C")).unwrap());
    assert!(!list.contains(&text("c")).unwrap());
    assert_eq!(list.count(&text("b")).unwrap(), 2);
    assert_eq!(list.index(&text("b")).unwrap(), 0);
    assert_eq!(list.index_in(&text("b"), 1, 4).unwrap(), 2);
    let missing = list.index_in(&text("b"), 1, -2).unwrap_err();
    assert!(missing.remote().unwrap().is_value_error(), "{missing}");
    list.remove(&text("b")).unwrap();
    assert!(
        list.remove(&text("x"))
            .unwrap_err()
            .remote()
            .unwrap()
            .is_value_error()
    );
    assert_eq!(list.pop().unwrap(), "C");
    assert_eq!(list.pop_at(0).unwrap(), "a");
    list.delete(0).unwrap();
    assert!(list.pop().unwrap_err().remote().unwrap().is_index_error());
    assert!(list.is_empty().unwrap());
    assert!(
        list.set(0, &text("x"))
            .unwrap_err()
            .remote()
            .unwrap()
            .is_index_error()
    );
    assert!(
        list.delete(0)
            .unwrap_err()
            .remote()
            .unwrap()
            .is_index_error()
    );
}

#[test]
fn a_list_as_a_whole() {
    let server = ManagerProcess::serve();
    let list: ListProxy<i64> = connect(&server).list([3, -1, 2]).unwrap();
    list.extend(&[10, 20]).unwrap();
    assert_eq!(list.add(&[0]).unwrap(), [3, -1, 2, 10, 20, 0]);
    assert_eq!(list.get_slice(1..3).unwrap(), [-1, 2]);
    assert_eq!(list.get_slice(..-3).unwrap(), [3, -1]);
    let inner = types::Slice::new(1, -1);
    assert_eq!(list.get_slice(inner).unwrap(), [-1, 2, 10]);
    let every_second = types::Slice::from(..).step(2);
    assert_eq!(list.get_slice(every_second.clone()).unwrap(), [3, 2, 20]);
    list.set_slice(3.., &[4]).unwrap();
    assert_eq!(list.get_value().unwrap(), [3, -1, 2, 4]);
    let wrong = list.set_slice(every_second, &[1]).unwrap_err();
    assert!(wrong.remote().unwrap().is_value_error(), "{wrong}");
    list.delete_slice(1..2).unwrap();
    list.sort().unwrap();
    assert_eq!(list.get_value().unwrap(), [2, 3, 4]);
    list.reverse().unwrap();
    assert_eq!(list.mul(2).unwrap(), [4, 3, 2, 4, 3, 2]);
    let rmul: Vec<i64> = list.proxy().call("__rmul__", (2,)).unwrap();
    assert_eq!(rmul, list.mul(2).unwrap());
    list.imul(2).unwrap();
    assert_eq!(list.len().unwrap(), 6);
    list.set_slice(.., &[-3, 1, 2]).unwrap();
    let abs = Function::new("builtins", "abs");
    list.sort_with(&abs, SortOrder::Ascending).unwrap();
    assert_eq!(list.get_value().unwrap(), [1, 2, -3]);
    list.sort_with(None, SortOrder::Descending).unwrap();
    assert_eq!(list.get_value().unwrap(), [2, 1, -3]);
    let walked: Result<Vec<i64>, _> = list.iter().collect();
    assert_eq!(walked.unwrap(), [2, 1, -3]);
    match list.reversed() {
        Ok(reversed) => assert_eq!(reversed, [-3, 1, 2]),
        Err(error) => {
            assert!(error.remote().unwrap().is_unserializable(), "{error}");
            assert!(server.version() < (3, 0));
        }
    }
    list.delete_slice(..).unwrap();
    assert_eq!(list.get_value().unwrap(), Vec::<i64>::new());
}

#[test]
fn every_method_that_a_list_exposes_is_there() {
    let server = ManagerProcess::serve();
    let list: ListProxy<i64> = connect(&server).list([1, 2, 3]).unwrap();
    let known = [
        "__add__",
        "__contains__",
        "__delitem__",
        "__getitem__",
        "__imul__",
        "__len__",
        "__mul__",
        "__reversed__",
        "__rmul__",
        "__setitem__",
        "append",
        "clear",
        "copy",
        "count",
        "extend",
        "index",
        "insert",
        "pop",
        "remove",
        "reverse",
        "sort",
        // Python 2's methods for slices; those for items accept slices as well.
        "__getslice__",
        "__setslice__",
        "__delslice__",
    ];
    let exposed = list.proxy().exposed().unwrap();
    let unknown: Vec<_> = exposed
        .iter()
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    if server.version() < (3, 0) {
        let proxy = list.proxy();
        let slice: Vec<i64> = proxy.call("__getslice__", (0, 2)).unwrap();
        assert_eq!(slice, list.get_slice(0..2).unwrap());
        proxy.call::<()>("__setslice__", (0, 2, [9])).unwrap();
        proxy.call::<()>("__delslice__", (1, 2)).unwrap();
        assert_eq!(list.get_value().unwrap(), [9]);
    }
}

#[test]
fn what_lists_and_dicts_of_python_3_14_have_more() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let list: ListProxy<i64> = manager.list([1]).unwrap();
    if !list
        .proxy()
        .exposed()
        .unwrap()
        .contains(&"clear".to_owned())
    {
        assert!(is_not_exposed(&list.clear().unwrap_err()));
        assert!(is_not_exposed(&list.copy().unwrap_err()));
        assert_eq!(list.get_value().unwrap(), [1]);
    }
    let list: ListProxy<i64> = manager.create("newer_list", ([1, 2],)).unwrap();
    if server.version() < (3, 0) {
        // Python 2's lists have neither.
        assert!(is_not_exposed(&list.copy().unwrap_err()));
        assert!(is_not_exposed(&list.clear().unwrap_err()));
    } else {
        assert_eq!(list.copy().unwrap(), [1, 2]);
        list.clear().unwrap();
        assert!(list.is_empty().unwrap());
    }

    let dict: DictProxy<String, i64> = manager.create("newer_dict", ()).unwrap();
    dict.set("a", &1).unwrap();
    dict.set("b", &2).unwrap();
    let other = HashMap::from([("b", 20)]);
    let pair = |name: &str, value| (name.to_owned(), value);
    let made = dict.fromkeys(&["x".to_owned()], &7).unwrap();
    assert_eq!(made, [pair("x", 7)]);
    if server.version() < (3, 9) {
        // The objects themselves lack these operators.
        assert!(is_not_exposed(&dict.or(&other).unwrap_err()));
        assert!(is_not_exposed(&dict.ror(&other).unwrap_err()));
        assert!(is_not_exposed(&dict.ior(&other).unwrap_err()));
    } else {
        assert_eq!(dict.or(&other).unwrap(), [pair("a", 1), pair("b", 20)]);
        assert_eq!(dict.ror(&other).unwrap(), [pair("b", 2), pair("a", 1)]);
        dict.ior(&other).unwrap();
        dict.ior(&[("c", 3)]).unwrap();
        assert_eq!(dict.get_item("b").unwrap(), 20);
        assert_eq!(dict.get_item("c").unwrap(), 3);
        assert_eq!(dict.reversed().unwrap(), ["c", "b", "a"]);
    }
    if server.version() < (3, 8) {
        assert!(is_not_exposed(&dict.reversed().unwrap_err()));
    }
}

#[test]
fn keys_of_a_dict() {
    let server = ManagerProcess::serve();
    let pairs = [("tea".to_owned(), 2_i64)];
    let dict: DictProxy<String, i64> = connect(&server).dict(pairs).unwrap();
    assert_eq!(dict.len().unwrap(), 1);
    assert!(!dict.is_empty().unwrap());
    assert!(dict.contains("tea").unwrap() && !dict.contains("milk").unwrap());
    assert_eq!(dict.get("tea").unwrap(), Some(2));
    assert_eq!(dict.get("milk").unwrap(), None);
    assert_eq!(dict.get_or("milk", &7).unwrap(), 7);
    assert_eq!(dict.get_item("tea").unwrap(), 2);
    assert!(
        dict.get_item("milk")
            .unwrap_err()
            .remote()
            .unwrap()
            .is_key_error()
    );
    dict.set("milk", &1).unwrap();
    assert_eq!(dict.setdefault("milk", &9).unwrap(), 1);
    assert_eq!(dict.setdefault("water", &9).unwrap(), 9);
    dict.delete("water").unwrap();
    assert!(
        dict.delete("water")
            .unwrap_err()
            .remote()
            .unwrap()
            .is_key_error()
    );
    assert_eq!(dict.pop("milk").unwrap(), 1);
    assert!(
        dict.pop("milk")
            .unwrap_err()
            .remote()
            .unwrap()
            .is_key_error()
    );
    assert_eq!(dict.pop_or("milk", &5).unwrap(), 5);
    assert_eq!(dict.popitem().unwrap(), ("tea".to_owned(), 2));
    assert!(dict.popitem().unwrap_err().remote().unwrap().is_key_error());
    if server.version() < (3, 0) {
        assert!(!dict.proxy().call::<bool>("has_key", ("tea",)).unwrap());
    }
}

#[test]
fn a_dict_as_a_whole() {
    let server = ManagerProcess::serve();
    let mut python = ManagerProcess::client(server.address());
    let manager = connect(&server);
    let dict: DictProxy<u32, String> = manager.dict([]).unwrap();
    let text = |text: &str| text.to_owned();
    dict.update(&HashMap::from([(1, "one")])).unwrap();
    dict.update(&[(2, "two")]).unwrap();
    let pairs = [(1, text("one")), (2, text("two"))];
    assert_eq!(sorted(dict.items().unwrap()), pairs);
    assert_eq!(sorted(dict.copy().unwrap()), pairs);
    assert_eq!(sorted(dict.get_value().unwrap()), pairs);
    assert_eq!(sorted(dict.keys().unwrap()), [1, 2]);
    assert_eq!(sorted(dict.values().unwrap()), ["one", "two"]);
    let walked: Result<Vec<u32>, _> = dict.iter().unwrap().collect();
    assert_eq!(sorted(walked.unwrap()), [1, 2]);
    let other: DictProxy<u32, String> = manager.dict([(3, text("three"))]).unwrap();
    // A shared dict: the manager calls itself, or has the object at hand.
    dict.update(&other).unwrap();
    assert_eq!(dict.get_item(&3).unwrap(), "three");
    // It is referenced during the iteration.
    let before = objects(&manager);
    let mut keys = dict.iter().unwrap();
    assert_eq!(objects(&manager), before + 1);
    dict.set(&4, &text("four")).unwrap();
    let changed = keys.next().unwrap().unwrap_err();
    assert!(changed.is("RuntimeError"), "{changed}");
    drop(keys);
    assert_eq!(objects(&manager), before);
    dict.clear().unwrap();
    assert!(dict.is_empty().unwrap());

    let config: DictProxy<String, Value> = manager.create("config", ()).unwrap();
    python.ask("m.config()['new'] = (1, None)");
    assert_eq!(config.get_item("new").unwrap().to_string(), "(1, None)");
    config.set("from Rust", &Value::list([1.5])).unwrap();
    assert_eq!(python.ask("m.config().get('from Rust')"), "[1.5]");
}

#[test]
fn every_method_that_a_dict_exposes_is_there() {
    let server = ManagerProcess::serve();
    let dict: DictProxy<i64, i64> = connect(&server).dict([(1, 2)]).unwrap();
    let known = [
        "__contains__",
        "__delitem__",
        "__getitem__",
        "__ior__",
        "__iter__",
        "__len__",
        "__or__",
        "__reversed__",
        "__ror__",
        "__setitem__",
        "clear",
        "copy",
        "fromkeys",
        "get",
        "has_key",
        "items",
        "keys",
        "pop",
        "popitem",
        "setdefault",
        "update",
        "values",
    ];
    let exposed = dict.proxy().exposed().unwrap();
    let unknown: Vec<_> = exposed
        .iter()
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn items_of_a_set() {
    let server = ManagerProcess::serve();
    let set: SetProxy<i64> = connect(&server).set([1, 2, 2]).unwrap();
    assert_eq!(set.len().unwrap(), 2);
    assert!(!set.is_empty().unwrap());
    assert!(set.contains(&1).unwrap() && !set.contains(&3).unwrap());
    set.add(&3).unwrap();
    set.discard(&1).unwrap();
    set.discard(&1).unwrap();
    set.remove(&2).unwrap();
    assert!(set.remove(&2).unwrap_err().remote().unwrap().is_key_error());
    assert_eq!(set.get_value().unwrap(), [3]);
    assert_eq!(set.copy().unwrap(), [3]);
    assert_eq!(set.pop().unwrap(), 3);
    assert!(set.pop().unwrap_err().remote().unwrap().is_key_error());
    set.update(&[5, 6]).unwrap();
    let walked: Result<Vec<i64>, _> = set.iter().unwrap().collect();
    assert_eq!(sorted(walked.unwrap()), [5, 6]);
    set.clear().unwrap();
    assert!(set.is_empty().unwrap());
}

#[test]
fn sets_with_others() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let set: SetProxy<i64> = manager.set([1, 2, 3]).unwrap();
    assert_eq!(sorted(set.and(&[2, 3, 4]).unwrap()), [2, 3]);
    assert_eq!(sorted(set.or(&[4]).unwrap()), [1, 2, 3, 4]);
    assert_eq!(sorted(set.sub(&[1]).unwrap()), [2, 3]);
    assert_eq!(sorted(set.xor(&HashSet::from([3, 4])).unwrap()), [1, 2, 4]);
    assert_eq!(sorted(set.rand(&[2]).unwrap()), [2]);
    assert_eq!(sorted(set.ror(&[4]).unwrap()), [1, 2, 3, 4]);
    assert_eq!(set.rsub(&[3, 4]).unwrap(), [4]);
    assert_eq!(sorted(set.rxor(&[3, 4]).unwrap()), [1, 2, 4]);
    assert_eq!(sorted(set.union(&[4]).unwrap()), [1, 2, 3, 4]);
    assert_eq!(set.intersection(&[1, 9]).unwrap(), [1]);
    assert_eq!(sorted(set.difference(&vec![1]).unwrap()), [2, 3]);
    assert_eq!(
        sorted(set.symmetric_difference(&[1, 4]).unwrap()),
        [2, 3, 4]
    );
    assert!(set.isdisjoint(&[7]).unwrap());
    assert!(set.issubset(&[1, 2, 3]).unwrap());
    assert!(!set.issuperset(&[4]).unwrap());
    assert!(set.ge(&[1, 2, 3]).unwrap() && set.gt(&[1]).unwrap());
    assert!(set.le(&[1, 2, 3]).unwrap() && !set.lt(&[1, 2, 3]).unwrap());
    let other: ListProxy<i64> = manager.list([1, 7]).unwrap();
    assert_eq!(set.intersection(&other).unwrap(), [1]);
    set.iand(&[1, 2]).unwrap();
    set.ior(&[8]).unwrap();
    set.isub(&[1]).unwrap();
    set.ixor(&[8, 9]).unwrap();
    assert_eq!(sorted(set.get_value().unwrap()), [2, 9]);
    set.difference_update(&[9]).unwrap();
    set.symmetric_difference_update(&[3, 4]).unwrap();
    set.intersection_update(&[2, 3]).unwrap();
    assert_eq!(sorted(set.get_value().unwrap()), [2, 3]);
}

#[test]
fn an_array() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let array: ArrayProxy<i64> = manager.array('i', [1, 2, 3]).unwrap();
    assert_eq!(array.len().unwrap(), 3);
    assert!(!array.is_empty().unwrap());
    array.set(-1, &30).unwrap();
    assert_eq!(array.get(2).unwrap(), 30);
    assert!(array.get(3).unwrap_err().remote().unwrap().is_index_error());
    let big = array.set(0, &(1 << 40)).unwrap_err();
    assert!(big.is("OverflowError"), "{big}");
    let ends = array.get_slice(1..).unwrap();
    assert_eq!(ends.to_vec::<i32>(), Some(vec![2, 30]));
    array
        .set_slice(..2, &types::Array::from_slice(&[7_i32, 8, 9]))
        .unwrap();
    let walked: Result<Vec<i64>, _> = array.iter().collect();
    assert_eq!(walked.unwrap(), [7, 8, 9, 30]);
    assert_eq!(array.get_value().unwrap().typecode(), 'i');
    let wrong = array
        .set_slice(.., &types::Array::from_slice(&[0.5]))
        .unwrap_err();
    assert!(wrong.is("TypeError"), "{wrong}");
    let floats: ArrayProxy<f64> = manager.array('d', [0.5]).unwrap();
    floats.set(0, &-0.0).unwrap();
    assert!(floats.get(0).unwrap().is_sign_negative());
    let known = [
        "__getitem__",
        "__len__",
        "__setitem__",
        "__getslice__",
        "__setslice__",
    ];
    let exposed = floats.proxy().exposed().unwrap();
    assert!(
        exposed.iter().all(|name| known.contains(&name.as_str())),
        "{exposed:?}"
    );
}

#[test]
fn the_same_list_from_rust_and_from_python() {
    let server = ManagerProcess::serve();
    let mut python = ManagerProcess::client(server.address());
    let manager = connect(&server);
    let list: ListProxy<i64> = manager.list([1]).unwrap();
    let jobs: Proxy = manager.create("jobs", ()).unwrap();
    jobs.call::<()>("put", (&list,)).unwrap();
    python.ask("shared = m.jobs().get()");
    if server.version() < (3, 0) {
        // Python 2.7 puts the list itself into the queue.
        assert_eq!(python.ask("type(shared).__name__"), "'list'");
        return;
    }
    assert_eq!(python.ask("type(shared).__name__"), "'ListProxy'");
    python.ask("shared.append(2)");
    assert_eq!(list.get_value().unwrap(), [1, 2]);
    list.append(&3).unwrap();
    assert_eq!(python.ask("list(shared)"), "[1, 2, 3]");
    // Python's reference keeps it alive.
    let token = list.proxy().token();
    drop(list);
    assert_eq!(python.ask("len(shared)"), "3");
    let before = objects(&manager);
    python.ask("del shared");
    python.ask("import gc; gc.collect()");
    assert_eq!(objects(&manager), before - 1, "{token:?}");
}
