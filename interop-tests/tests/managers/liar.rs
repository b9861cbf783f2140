//! A server that speaks a manager's protocol and answers what a test wants.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use mpconn::listener::ListenerHandle;
use mpconn::pickle::types::Token;
use mpconn::pickle::{Class, Dict, Instance, Protocol, dumps};
use mpconn::{Connection, Listener, Value};

/// A server that answers as a test says, until it is dropped.
pub(crate) struct Liar {
    pub(crate) address: String,
    handle: ListenerHandle,
    serving: Option<JoinHandle<()>>,
}

impl Liar {
    /// Starts a server; `answer` answers a method call, or ends the connection.
    pub(crate) fn start(
        answer: impl Fn(&Connection, &str) -> bool + Send + Sync + 'static,
    ) -> Liar {
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

pub(crate) fn reply(connection: &Connection, literal: &str) {
    let value: Value = literal.parse().unwrap();
    answer_with(connection, &value);
}

/// Answers with any value. A client that has given up does not read it.
pub(crate) fn answer_with(connection: &Connection, answer: &Value) {
    let _ = connection.send_bytes(&dumps(answer, Protocol::V2).unwrap());
}

/// Makes a proxy of a list as a manager sends it, with this address and id.
pub(crate) fn proxy(address: impl Into<Value>, id: &str) -> Value {
    let token = Token {
        typeid: "list".into(),
        address: address.into(),
        id: id.into(),
    };
    let class = Class::new("multiprocessing.managers", "AutoProxy");
    let arguments = vec![
        class.into(),
        token.into(),
        "pickle".into(),
        Dict::new().into(),
    ];
    let rebuild = Class::new("multiprocessing.managers", "RebuildProxy");
    Instance::call(rebuild, arguments).into()
}

/// Answers as a real manager does, apart from what the test is about.
pub(crate) fn honestly(connection: &Connection, method: &str) {
    match method {
        "create" => reply(connection, "('#RETURN', ('7f', ('f',)))"),
        _ => reply(connection, "('#RETURN', None)"),
    }
}
