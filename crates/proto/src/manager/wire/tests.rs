//! Requests and replies, both ways.

use super::*;
use mpconn_pickle::Value;
use mpconn_pickle::types::Token;
use mpconn_pickle::{Class, Instance, Protocol, from_slice, loads, to_vec};
use serde::{Deserialize, Serialize};

fn written(request: &impl Serialize) -> String {
    loads(to_vec(request, Protocol::V2).unwrap())
        .unwrap()
        .to_string()
}

fn read<T: for<'de> Deserialize<'de>>(value: &str) -> Result<Reply<T>, mpconn_pickle::PickleError> {
    let value: Value = value.parse().unwrap();
    from_slice(&to_vec(&value, Protocol::V4).unwrap())
}

#[test]
fn a_request_is_what_dispatch_sends() {
    let request = Request {
        ident: None,
        method: "create",
        args: &("Queue", 3),
        kwds: &(),
    };
    assert_eq!(written(&request), "(None, 'create', ('Queue', 3), {})");
    let request = Request {
        ident: Some("7f00"),
        method: "get",
        args: &(),
        kwds: &[("timeout", 1.5)],
    };
    assert_eq!(written(&request), "('7f00', 'get', (), {'timeout': 1.5})");
    let request = Request {
        ident: Some("7f00"),
        method: "put",
        args: &vec![Value::from(1), Value::None],
        kwds: &(),
    };
    assert_eq!(written(&request), "('7f00', 'put', (1, None), {})");
}

#[test]
fn answers_are_read_into_the_type_that_their_kind_has() {
    let returned: Reply<Vec<u8>> = read("('#RETURN', [1, 2])").unwrap();
    assert!(matches!(returned, Reply::Return(list) if list == [1, 2]));
    let failed = |answer| match read::<()>(answer) {
        Ok(Reply::Failed(error)) => error,
        other => panic!("{answer}: {other:?}"),
    };
    let error = failed("('#TRACEBACK', 'Traceback')");
    assert_eq!(error.traceback(), Some("Traceback"));
    let error = failed("('#UNSERIALIZABLE', b'\\xff')");
    assert_eq!(error.traceback(), Some("\u{fffd}"));
    assert!(error.is_unserializable());
    let error = Value::from(Instance::call(Class::new("queue", "Empty"), vec![]));
    let answer = Value::tuple([Value::from("#ERROR"), error.clone()]);
    let answer = to_vec(&answer, Protocol::V2).unwrap();
    match from_slice::<Reply<u8>>(&answer).unwrap() {
        Reply::Failed(raised) => assert_eq!(raised.value(), Some(error)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_proxy_comes_with_what_it_exposes() {
    let token = Token {
        typeid: "Iterator".into(),
        address: Value::from("/tmp/socket"),
        id: "7f01".into(),
    };
    let answer = ("#PROXY", (("__next__", "close"), token.clone()));
    let answer = to_vec(&answer, Protocol::V2).unwrap();
    let exposed = vec!["__next__".to_owned(), "close".to_owned()];
    match from_slice::<Reply<u8>>(&answer).unwrap() {
        Reply::Proxy(names, of) => assert_eq!((names, of), (exposed, token)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_no_manager_says_is_an_error_that_says_so() {
    for (answer, reason) in [
        ("('#SOMETHING', 1)", "no kind of a manager's answer"),
        ("('#RETURN',)", "two parts"),
        ("('#RETURN', 1, 2)", "invalid length 3"),
        ("(1, 2)", "such as '#RETURN'"),
        ("5", "(kind, result)"),
    ] {
        let error = read::<u8>(answer).unwrap_err().to_string();
        assert!(error.contains(reason), "{answer}: {error}");
    }
}

#[test]
fn a_request_comes_back_as_it_was() {
    let request = Request {
        ident: Some("7f00"),
        method: "get",
        args: (1, "two"),
        kwds: [("timeout", 1.5)],
    };
    for protocol in [Protocol::V2, Protocol::V3, Protocol::V5] {
        let read: OwnedRequest = from_slice(&to_vec(&request, protocol).unwrap()).unwrap();
        assert_eq!(read.ident.as_deref(), Some("7f00"));
        assert_eq!(read.method, "get");
        assert_eq!(read.args.to_string(), "(1, 'two')");
        assert_eq!(read.kwds.to_string(), "{'timeout': 1.5}");
    }
    for flawed in ["(None, 'dummy', ())", "(None, 1, (), {})", "5"] {
        let value: Value = flawed.parse().unwrap();
        let message = to_vec(&value, Protocol::V4).unwrap();
        assert!(from_slice::<OwnedRequest>(&message).is_err(), "{flawed}");
    }
}

#[test]
fn a_reply_comes_back_as_it_was() {
    let written = |reply: &Reply<&[u8]>| to_vec(reply, Protocol::V2).unwrap();
    let shown = |reply: &Reply<&[u8]>| loads(written(reply)).unwrap().to_string();
    assert_eq!(shown(&Reply::Return(&[1, 2])), "('#RETURN', [1, 2])");
    let token = Token {
        typeid: "Iterator".into(),
        address: Value::from("/tmp/socket"),
        id: "7f01".into(),
    };
    let proxy = Reply::Proxy(vec!["close".to_owned()], token.clone());
    assert!(shown(&proxy).starts_with("('#PROXY', (('close',), "));
    match from_slice::<Reply<u8>>(&written(&proxy)).unwrap() {
        Reply::Proxy(names, of) => assert_eq!((names, of), (vec!["close".to_owned()], token)),
        other => panic!("{other:?}"),
    }
    let raised = Instance::call(Class::new("queue", "Empty"), vec![]);
    for error in [
        RemoteError::raised(raised.into()),
        RemoteError::raised(Value::dict([("code", 7)])),
        RemoteError::from_traceback("Traceback\nKeyError: 'x'".into()),
        RemoteError::unserializable("Traceback\nTypeError: no".into()),
    ] {
        let text = error.report().to_string();
        match from_slice::<Reply<u8>>(&written(&Reply::Failed(error))).unwrap() {
            Reply::Failed(read) => assert_eq!(read.report().to_string(), text),
            other => panic!("{other:?}"),
        }
    }
}
