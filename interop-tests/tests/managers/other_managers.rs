//! Proxies of other managers with keys of their own: who gets which key, how many, and what becomes
//! of a call whose answer has a proxy that cannot be had.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use interop_tests::managers::{ManagerProcess, objects};
use mpconn::manager::{Manager, OtherManagers, Proxy};
use mpconn::pickle::types::Token;
use mpconn::{Address, Error, Value};

use super::liar::{Liar, answer_with, honestly};

const OTHER_KEY: &str = "the key of another manager";

/// A CPython manager with a key of its own, and an object there.
struct Other {
    server: ManagerProcess,
    manager: Manager,
    list: Proxy,
}

impl Other {
    fn start() -> Self {
        let python = interop_tests::python();
        let server = ManagerProcess::start_with_key(&python, &["serve", ""], OTHER_KEY);
        let manager = Manager::connect(server.address(), OTHER_KEY).unwrap();
        let list = manager.create("list", ([1, 2, 3],)).unwrap();
        Other {
            server,
            manager,
            list,
        }
    }

    fn address(&self) -> Address {
        self.server.address().parse().unwrap()
    }
}

/// A manager without a key, whose method `f` returns that.
fn manager_that_returns(answer: Value) -> Liar {
    Liar::start(move |connection, method| {
        match method {
            "f" => answer_with(
                connection,
                &Value::tuple(["#RETURN".into(), answer.clone()]),
            ),
            _ => honestly(connection, method),
        }
        true
    })
}

fn call(liar: &Liar, others: OtherManagers) -> Result<Vec<Proxy>, Error> {
    let manager = Manager::builder()
        .call_timeout(Duration::from_secs(2))
        .other_managers(others)
        .connect(liar.address.as_str())
        .unwrap();
    let object: Proxy = manager.create("x", ()).unwrap();
    object.call("f", ())
}

#[test]
fn each_other_manager_gets_its_own_key() {
    let other = Other::start();
    let liar = manager_that_returns(Value::list([Value::from(&other.list)]));
    let proxies = call(
        &liar,
        OtherManagers::none().allow(other.address(), OTHER_KEY),
    )
    .unwrap();
    assert_eq!(proxies[0].manager().address(), &other.address());
    assert_eq!(proxies[0].call::<i64>("pop", ()).unwrap(), 3);
}

#[test]
fn a_key_that_another_manager_refuses_is_told_with_its_address() {
    let other = Other::start();
    let before = objects(&other.manager);
    let only_proxies = Value::list([Value::from(&other.list)]);
    let liar = manager_that_returns(only_proxies.clone());
    // The first manager has no key, which would be the same one.
    let same = OtherManagers::none().allow_any_with_the_same_key();
    let error = call(&liar, same).unwrap_err();
    assert!(error.is_authentication() && error.has_run(), "{error}");
    let others = OtherManagers::none().allow(other.address(), "wrong");
    let error = call(&liar, others).unwrap_err();
    assert!(error.is_wrong_key(), "{error}");
    assert!(error.has_run() && error.may_have_run() && !error.is_lost());
    let text = error.to_string();
    assert!(text.contains(&other.address().to_string()), "{text}");
    assert!(
        text.contains("cannot use the shared list in the answer"),
        "{text}"
    );
    // What came is not lost: the proxy in it can be had with the right key.
    let kept = error.returned_value().unwrap();
    assert_eq!(*kept, only_proxies);
    let proxy = &kept.items().unwrap()[0];
    let adopted: Proxy = other.manager.proxy(proxy).unwrap();
    assert_eq!(adopted, other.list);
    drop(adopted);
    assert_eq!(objects(&other.manager), before);
}

#[test]
fn of_several_that_fail_none_is_kept() {
    let other = Other::start();
    let second: Proxy = other.manager.create("list", ()).unwrap();
    let references = |proxy: &Proxy| {
        assert!(other.manager.flush(Duration::from_secs(10)).unwrap());
        let info = other.manager.debug_info().unwrap();
        let id = proxy.token().id;
        let line = info
            .lines()
            .find(|line| line.contains(id.as_str()))
            .unwrap();
        line.split("refcount=").nth(1).unwrap().trim().to_owned()
    };
    let before = (references(&other.list), references(&second));
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    for (at, is_hanging) in [
        (Address::from(silent.local_addr().unwrap()), true),
        (Address::from(nobody), false),
    ] {
        let Address::Tcp { port, .. } = at else {
            unreachable!()
        };
        let place = Value::tuple(["127.0.0.1".into(), Value::from(port)]);
        let gone = super::liar::proxy(place, "7f");
        let answer = Value::list([(&other.list).into(), (&second).into(), gone]);
        let liar = manager_that_returns(answer.clone());
        let manager = Manager::builder()
            .call_timeout(Duration::from_secs(2))
            .other_managers(
                OtherManagers::none()
                    .allow(other.address(), OTHER_KEY)
                    .allow(at.clone(), OTHER_KEY),
            )
            .connect(liar.address.as_str())
            .unwrap();
        let object: Proxy = manager.create("x", ()).unwrap();
        let start = Instant::now();
        let error = object.call::<Vec<Proxy>>("f", ()).unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(10));
        assert!(error.has_run() && !error.is_lost(), "{error}");
        assert_eq!(error.is_timed_out(), is_hanging, "{error}");
        let is_refused =
            |error: &std::io::Error| error.kind() == std::io::ErrorKind::ConnectionRefused;
        assert_eq!(
            error.io_error().is_some_and(is_refused),
            !is_hanging,
            "{error}"
        );
        assert!(error.to_string().contains(&at.to_string()), "{error}");
        assert_eq!(error.returned_value(), Some(&answer));
        // The manager that answered is as well as before.
        object.call::<Value>("f", ()).unwrap();
        super::soon("those that were counted are given back", || {
            (references(&other.list), references(&second)) == before
        });
    }
}

#[test]
fn there_are_no_more_other_managers_than_allowed() {
    let others = [Other::start(), Other::start()];
    let proxies = others.iter().map(|other| Value::from(&other.list));
    let liar = manager_that_returns(Value::list(proxies));
    let allowed = |max| {
        others
            .iter()
            .fold(OtherManagers::none(), |allowed, other| {
                allowed.allow(other.address(), OTHER_KEY)
            })
            .max(max)
    };
    let error = call(&liar, allowed(1)).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("one more manager than the 1 others"),
        "{text}"
    );
    assert_eq!(call(&liar, allowed(2)).unwrap().len(), 2);
}

#[test]
fn one_object_many_times_is_counted_once() {
    let other = Other::start();
    let liar = manager_that_returns(Value::list(vec![Value::from(&other.list); 500]));
    let start = Instant::now();
    let proxies = call(
        &liar,
        OtherManagers::none().allow(other.address(), OTHER_KEY),
    )
    .unwrap();
    assert_eq!(proxies.len(), 500);
    let info = other.manager.debug_info().unwrap();
    let counts: Vec<_> = info
        .lines()
        .filter(|line| line.contains("refcount=2"))
        .collect();
    assert_eq!(counts.len(), 1, "{info} after {:?}", start.elapsed());
}

#[test]
fn a_proxy_of_an_object_that_is_gone_is_told_with_the_value() {
    let other = Other::start();
    let token = Token {
        id: "ffff".into(),
        ..other.list.token()
    };
    let gone = mpconn::pickle::types::PickledProxy {
        proxy_type: mpconn::pickle::Class::new("multiprocessing.managers", "ListProxy"),
        token,
        serializer: "pickle".into(),
        kwds: mpconn::pickle::Dict::new(),
    };
    let answer = Value::list([Value::from(gone)]);
    let liar = manager_that_returns(answer.clone());
    let error = call(
        &liar,
        OtherManagers::none().allow(other.address(), OTHER_KEY),
    )
    .unwrap_err();
    assert!(error.has_run() && error.remote().is_none(), "{error}");
    let text = error.to_string();
    // Python 2 has `u'ffff'`.
    assert!(
        text.contains("KeyError: ") && text.contains("'ffff'"),
        "{text}"
    );
    assert_eq!(error.returned_value(), Some(&answer));
}
