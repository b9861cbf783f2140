//! What stands at the address is no honest manager.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use mpconn::listener::ListenerHandle;
use mpconn::manager::{CallOptions, Cancel, List, Manager, Proxy, Returned};
use mpconn::pickle::types::Token;
use mpconn::pickle::{Class, Dict, Instance, Protocol, dumps};
use mpconn::{Connection, Listener, Value};

/// A server that answers as it is told, until it is dropped.
struct Liar {
    address: String,
    handle: ListenerHandle,
    serving: Option<JoinHandle<()>>,
}

impl Liar {
    /// `answer` answers the call of a method, or says that the connection ends.
    fn start(answer: impl Fn(&Connection, &str) -> bool + Send + Sync + 'static) -> Liar {
        let mut listener = Listener::builder()
            .address(("127.0.0.1", 0))
            .bind()
            .unwrap();
        let (address, handle) = (listener.address().to_string(), listener.handle());
        let answer = Arc::new(answer);
        let serving = thread::spawn(move || {
            while let Ok(connection) = listener.accept() {
                let answer = Arc::clone(&answer);
                thread::spawn(move || serve(&connection, &*answer));
            }
        });
        Liar {
            address,
            handle,
            serving: Some(serving),
        }
    }
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.handle.shutdown();
        let _ = self.serving.take().map(JoinHandle::join);
    }
}

fn serve(connection: &Connection, answer: &dyn Fn(&Connection, &str) -> bool) {
    while let Ok(request) = connection.recv::<Value>() {
        let method = request.items().and_then(|items| items[1].as_str());
        if !answer(connection, method.unwrap_or_default()) {
            break;
        }
    }
}

fn reply(connection: &Connection, literal: &str) {
    let value: Value = literal.parse().unwrap();
    connection
        .send_bytes(&dumps(&value, Protocol::V2).unwrap())
        .unwrap();
}

/// As a manager would, for all that the test is not about.
fn honestly(connection: &Connection, method: &str) {
    match method {
        "create" => reply(connection, "('#RETURN', ('7f', ('f',)))"),
        _ => reply(connection, "('#RETURN', None)"),
    }
}

#[test]
fn answers_that_are_none_are_errors_and_nothing_hangs() {
    for (answer, told) in [
        ("None", "(kind, result)"),
        ("('#LIE', 1)", "\"#LIE\" is no kind"),
        ("('#RETURN',)", "two parts"),
        ("('#RETURN', 1, 2)", "invalid length 3"),
        ("('#PROXY', 5)", "[1]"),
        ("('#PROXY', (('f',), 'token'))", "Token"),
    ] {
        let liar = Liar::start(move |connection, method| {
            match method {
                "f" => reply(connection, answer),
                _ => honestly(connection, method),
            }
            true
        });
        let manager = Manager::connect(liar.address.as_str(), None).unwrap();
        let proxy: Proxy = manager.create("x", ()).unwrap();
        let error = proxy.call::<i64>("f", ()).unwrap_err();
        assert!(
            error.is_codec() && error.may_have_run(),
            "{answer}: {error}"
        );
        assert!(error.to_string().contains(told), "{answer}: {error}");
    }
}

#[test]
fn an_answer_that_nobody_asked_for_is_not_taken_for_the_next() {
    let liar = Liar::start(|connection, method| {
        match method {
            "f" => {
                reply(connection, "('#RETURN', 'first')");
                reply(connection, "('#RETURN', 'lie')");
            }
            "g" => reply(connection, "('#RETURN', 'second')"),
            _ => honestly(connection, method),
        }
        true
    });
    let manager = Manager::connect(liar.address.as_str(), None).unwrap();
    let proxy: Proxy = manager.create("x", ()).unwrap();
    for _ in 0..3 {
        assert_eq!(proxy.call::<String>("f", ()).unwrap(), "first");
        // Once it has come the connection is not used again.
        thread::sleep(Duration::from_millis(50));
        assert_eq!(proxy.call::<String>("g", ()).unwrap(), "second");
    }
}

#[test]
fn a_call_is_cancelled_wherever_the_manager_stalls() {
    for stalls in ["accept_connection", "f"] {
        let liar = Liar::start(move |connection, method| {
            if method != stalls {
                honestly(connection, method);
            }
            true
        });
        let manager = Manager::connect(liar.address.as_str(), None).unwrap();
        let proxy: Proxy = manager.create("x", ()).unwrap();
        let cancel = Cancel::new();
        let options = CallOptions::new().cancel(&cancel);
        thread::scope(|scope| {
            let calling = scope.spawn(|| proxy.call_with::<i64>("f", (), (), &options));
            thread::sleep(Duration::from_millis(100));
            cancel.cancel();
            let error = calling.join().unwrap().unwrap_err();
            assert!(error.is_cancelled() && !error.is_lost(), "{error}");
            // What may have run is the method, never what comes before it.
            assert_eq!(error.may_have_run(), stalls == "f", "{error}");
        });
    }
}

#[test]
fn an_answer_in_drops_is_late() {
    let liar = Liar::start(|connection, method| {
        if method != "f" {
            honestly(connection, method);
            return true;
        }
        let mut stream = std::fs::File::from(connection.as_fd().try_clone_to_owned().unwrap());
        let _ = stream.write_all(&[0, 0, 1, 0]);
        for _ in 0..200 {
            if stream.write_all(b"x").is_err() {
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
        false
    });
    let manager = Manager::builder()
        .call_timeout(Duration::from_millis(200))
        .connect(liar.address.as_str())
        .unwrap();
    let proxy: Proxy = manager.create("x", ()).unwrap();
    let error = proxy.call::<i64>("f", ()).unwrap_err();
    assert!(error.is_timed_out() && error.may_have_run(), "{error}");
}

#[test]
fn answers_that_go_deep_are_errors_and_no_overflow() {
    // ('#RETURN' or another kind, [[[...]]])
    fn deep(kind: &str, depth: usize) -> Vec<u8> {
        let mut message = b"\x80\x04\x8c".to_vec();
        message.push(u8::try_from(kind.len()).unwrap());
        message.extend(kind.as_bytes());
        message.extend(vec![b']'; depth]);
        message.extend(vec![b'a'; depth - 1]);
        message.extend(b"\x86.");
        message
    }
    for kind in [
        "#RETURN",
        "#PROXY",
        "#ERROR",
        "#TRACEBACK",
        "#UNSERIALIZABLE",
        "#LIE",
    ] {
        for depth in [400, 50_000] {
            let liar = Liar::start(move |connection, method| {
                match method {
                    "f" | "__reversed__" | "#GETVALUE" | "debug_info" => {
                        connection.send_bytes(&deep(kind, depth)).unwrap();
                    }
                    _ => honestly(connection, method),
                }
                true
            });
            let manager = Manager::connect(liar.address.as_str(), None).unwrap();
            let proxy: Proxy = manager.create("x", ()).unwrap();
            let list = List::<Value>::from(proxy.clone());
            let told = [
                proxy.call::<Value>("f", ()).map(|value| value.to_string()),
                proxy
                    .call::<Returned>("f", ())
                    .map(|value| format!("{value:?}")),
                proxy.call::<i64>("f", ()).map(|value| value.to_string()),
                proxy
                    .call::<Proxy>("f", ())
                    .map(|value| format!("{value:?}")),
                list.reversed().map(|value| format!("{value:?}")),
                list.get_value().map(|value| format!("{value:?}")),
                manager.debug_info(),
            ];
            for told in told {
                if let Err(error) = told {
                    let _ = (error.to_string(), format!("{error:?}"));
                }
            }
        }
    }
}

#[test]
fn a_proxy_in_an_answer_is_connected_to_by_who_wants_a_proxy_alone() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let port = elsewhere.local_addr().unwrap().port();
    let liar = Liar::start(move |connection, method| {
        if method != "f" {
            honestly(connection, method);
            return true;
        }
        let token = Token {
            typeid: "list".into(),
            address: Value::tuple(["127.0.0.1".into(), Value::from(port)]),
            id: "7f".into(),
        };
        let class = Class::new("multiprocessing.managers", "AutoProxy");
        let arguments = vec![
            class.into(),
            token.into(),
            "pickle".into(),
            Dict::new().into(),
        ];
        let rebuild = Class::new("multiprocessing.managers", "RebuildProxy");
        let proxy = Value::from(Instance::call(rebuild, arguments));
        let answer = Value::tuple(["#RETURN".into(), Value::list([proxy])]);
        connection
            .send_bytes(&dumps(&answer, Protocol::V2).unwrap())
            .unwrap();
        true
    });
    let manager = Manager::builder()
        .call_timeout(Duration::from_millis(300))
        .connect(liar.address.as_str())
        .unwrap();
    let proxy: Proxy = manager.create("x", ()).unwrap();
    let value: Value = proxy.call("f", ()).unwrap();
    assert!(value.to_string().contains("AutoProxy"), "{value}");
    drop((value.clone(), value));
    assert!(proxy.call::<Vec<i64>>("f", ()).unwrap_err().is_codec());
    assert!(matches!(proxy.call("f", ()).unwrap(), Returned::Value(_)));
    assert!(elsewhere.accept().is_err());
    assert!(proxy.call::<Vec<Proxy>>("f", ()).is_err());
    assert!(elsewhere.accept().is_ok());
}

#[test]
fn what_breaks_off_or_is_no_manager_is_told() {
    let liar = Liar::start(|connection, method| {
        if method == "f" {
            return false;
        }
        honestly(connection, method);
        true
    });
    let manager = Manager::connect(liar.address.as_str(), None).unwrap();
    let proxy: Proxy = manager.create("x", ()).unwrap();
    let error = proxy.call::<i64>("f", ()).unwrap_err();
    assert!(error.is_lost() && error.may_have_run(), "{error}");

    let http = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = http.local_addr().unwrap();
    let serving = thread::spawn(move || {
        let (mut client, _) = http.accept().unwrap();
        let _ = client.read(&mut [0; 1000]);
        client
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
    });
    let error = Manager::connect(address, None).unwrap_err();
    assert!(error.to_string().contains("HTTP"), "{error}");
    serving.join().unwrap();
}
