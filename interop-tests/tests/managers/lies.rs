//! Servers that are not correct managers.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use mpconn::frame::FrameError;
use mpconn::manager::{
    ArrayProxy, Barrier, CallOptions, Cancel, DictProxy, ListProxy, Manager, Proxy, Queue,
    Returned, SetProxy,
};
use mpconn::pickle::BigInt;
use mpconn::{Connection, Value};

use super::liar::{Liar, answer_with, honestly, reply};

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
        // Once it has arrived, the connection is not used again.
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
            // The method may have run, but not when an earlier step failed.
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
    // ('#RETURN' or another kind, [[[...]]]).
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
            let list = ListProxy::<Value>::from(proxy.clone());
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
fn a_count_that_is_none_is_told_with_the_call_and_what_came() {
    for (answer, told) in [
        ("2**70", "1180591620717411303424 of type int"),
        ("-1", "-1 of type int"),
        ("-2**70", "-1180591620717411303424 of type int"),
        ("2.0", "2.0 of type float"),
        ("'3'", "'3' of type str"),
    ] {
        let value = match answer {
            "2**70" => Value::from(1_i128 << 70),
            "-2**70" => Value::from(-(1_i128 << 70)),
            _ => answer.parse().unwrap(),
        };
        let answer = Value::tuple(["#RETURN".into(), value]);
        let liar = Liar::start(move |connection, method| {
            match method {
                "number_of_objects" | "__len__" | "qsize" | "count" | "index" | "wait"
                | "__getattribute__" => answer_with(connection, &answer),
                _ => honestly(connection, method),
            }
            true
        });
        let manager = Manager::connect(liar.address.as_str(), None).unwrap();
        let proxy: Proxy = manager.create("x", ()).unwrap();
        let list = ListProxy::<i64>::from(proxy.clone());
        let barrier = Barrier::from(proxy.clone());
        for (call, counted) in [
            ("number_of_objects", manager.number_of_objects()),
            ("__len__", list.len()),
            ("count", list.count(&1)),
            ("index", list.index(&1)),
            ("index", list.index_in(&1, 0, 9)),
            ("__len__", DictProxy::<i64, i64>::from(proxy.clone()).len()),
            ("__len__", SetProxy::<i64>::from(proxy.clone()).len()),
            ("__len__", ArrayProxy::<i64>::from(proxy.clone()).len()),
            ("qsize", Queue::<i64>::from(proxy.clone()).qsize()),
            ("wait", barrier.wait()),
            ("wait", barrier.wait_timeout(Duration::from_secs(1))),
            ("__getattribute__", barrier.parties()),
            ("__getattribute__", barrier.n_waiting()),
        ] {
            let error = counted.unwrap_err();
            let text = error.to_string();
            let whole = format!("{call} at {}: ", liar.address);
            assert!(error.is_codec() && text.starts_with(&whole), "{text}");
            assert!(
                text.contains("a count from 0 to ") && text.contains(told),
                "{text}"
            );
        }
    }
}

/// An int may be as long as a message.
#[test]
fn a_long_number_is_told_in_short() {
    let huge = Value::from(BigInt::from_signed_bytes_le(&vec![0x7f; 1 << 20]));
    let answer = Value::tuple(["#RETURN".into(), huge]);
    let liar = Liar::start(move |connection, method| {
        match method {
            "number_of_objects" => answer_with(connection, &answer),
            _ => honestly(connection, method),
        }
        true
    });
    let manager = Manager::connect(liar.address.as_str(), None).unwrap();
    let text = manager.number_of_objects().unwrap_err().to_string();
    assert!(text.contains("0x7f7f") && text.len() < 5000, "{text}");
}

/// Errors of serde quote received text.
#[test]
fn an_answer_of_another_type_is_told_in_short() {
    let long = Value::tuple([
        Value::from("#RETURN"),
        "\x1b\n".repeat(1 << 20).as_str().into(),
    ]);
    let liar = Liar::start(move |connection, method| {
        match method {
            "f" => answer_with(connection, &long),
            _ => honestly(connection, method),
        }
        true
    });
    let manager = Manager::connect(liar.address.as_str(), None).unwrap();
    let proxy: Proxy = manager.create("x", ()).unwrap();
    let error = proxy.call::<i64>("f", ()).unwrap_err();
    let text = error.to_string();
    assert!(error.is_codec() && text.len() < 20_000, "{text}");
    assert!(text.contains("invalid type: string"), "{text}");
    assert_eq!(mpconn::escaped(&text), text);
}

/// Messages above the limit are not read.
#[test]
fn an_answer_has_a_limit() {
    let liar = Liar::start(|connection, method| {
        match method {
            "f" => answer_with(
                connection,
                &Value::tuple([
                    Value::from("#TRACEBACK"),
                    "x\n".repeat(100_000).as_str().into(),
                ]),
            ),
            _ => honestly(connection, method),
        }
        true
    });
    let builder = Manager::builder().max_message_len(100_000);
    let manager = builder.connect(liar.address.as_str()).unwrap();
    let proxy: Proxy = manager.create("x", ()).unwrap();
    let error = proxy.call::<Value>("f", ()).unwrap_err();
    let told = error.frame_error();
    assert!(
        matches!(told, Some(FrameError::TooLong { max: 100_000, .. })),
        "{error}"
    );
    assert!(error.may_have_run() && error.to_string().contains("limit here is 100000"));
    // The next call uses a connection of its own.
    proxy.call::<Value>("g", ()).unwrap();

    let claims = Liar::start(|connection, method| {
        if method == "f" {
            // A length just below 2 GiB, without a body.
            let mut stream = std::fs::File::from(connection.as_fd().try_clone_to_owned().unwrap());
            stream.write_all(&i32::MAX.to_be_bytes()).unwrap();
        } else {
            honestly(connection, method);
        }
        true
    });
    let manager = Manager::connect(claims.address.as_str(), None).unwrap();
    let proxy: Proxy = manager.create("x", ()).unwrap();
    let error = proxy.call::<Value>("f", ()).unwrap_err();
    let max = Connection::DEFAULT_MAX_MESSAGE_LEN_WITHOUT_KEY;
    assert!(
        error.to_string().contains(&format!("limit here is {max}")),
        "{error}"
    );

    let manager = Manager::connect(liar.address.as_str(), None).unwrap();
    let proxy: Proxy = manager.create("x", ()).unwrap();
    let error = proxy.call::<Value>("f", ()).unwrap_err();
    assert_eq!(error.remote().unwrap().traceback().unwrap().len(), 199_999);
    assert!(error.to_string().len() < 400_000);
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

/// Makes `('#RETURN', [n, n, ...])`: one integer of 300 kB in 350,000 places, which would take
/// 105 GB when written back.
fn grows_when_it_is_sent_back() -> Vec<u8> {
    let mut message = b"\x80\x04\x8c\x07#RETURN\x8b".to_vec();
    message.extend(300_000_u32.to_le_bytes());
    message.extend(vec![1; 300_000]);
    message.extend(b"\x940](");
    message.extend(b"h\x00".repeat(350_000));
    message.extend(b"e\x86.");
    message
}

#[test]
fn what_grows_when_it_is_put_back_is_an_error_of_that_call() {
    let connected = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connected);
    let returned = grows_when_it_is_sent_back();
    let liar = Liar::start(move |connection, method| {
        match method {
            "get" => connection.send_bytes(&returned).unwrap(),
            "qsize" => reply(connection, "('#RETURN', 7)"),
            "put" | "f" => panic!("{method} was to fail before anything is sent"),
            "accept_connection" => {
                counted.fetch_add(1, Ordering::Relaxed);
                honestly(connection, method);
            }
            _ => honestly(connection, method),
        }
        true
    });
    let manager = Manager::connect(liar.address.as_str(), None).unwrap();
    let queue: Queue<Value> = manager.create("Queue", ()).unwrap();
    let proxy = queue.proxy();
    let value = queue.get().unwrap();
    let rows: Vec<Value> = proxy.call("get", ()).unwrap();
    let before = connected.load(Ordering::Relaxed);
    for error in [
        queue.put(&value).unwrap_err(),
        queue.put_nowait(&value).unwrap_err(),
        queue.put_with(&value, Duration::from_secs(5)).unwrap_err(),
        proxy.call::<Value>("f", (&value,)).unwrap_err(),
        proxy.call::<Value>("f", (1, &rows)).unwrap_err(),
        proxy
            .call_kw::<Value>("f", (), [("rows", &rows)])
            .unwrap_err(),
    ] {
        assert!(error.is_codec() && !error.may_have_run(), "{error}");
        let reason = error.codec_error().unwrap();
        let reason: &mpconn::pickle::PickleError = reason.downcast_ref().unwrap();
        assert!(reason.is_limit(), "{error}");
        assert!(error.to_string().contains("Limits::repeated"), "{error}");
        assert_eq!(queue.qsize().unwrap(), 7);
    }
    assert_eq!(connected.load(Ordering::Relaxed), before);
}
