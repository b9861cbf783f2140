//! Requests and replies in the server's direction: a CPython client talks to a manager of a few lines
//! here, which reads and writes them with the same code as the client.

use std::process::Command;
use std::thread;

use interop_tests::managers::KEY;
use interop_tests::python;
use mpconn::pickle::types::Token;
use mpconn::pickle::{Class, Instance, Protocol, from_slice, to_vec};
use mpconn::{Address, Connection, Listener, Value};
use mpconn_proto::manager::RemoteError;
use mpconn_proto::manager::wire::{OwnedRequest, Reply, token};

/// Prints what a client of the manager sees, a line each.
const CLIENT: &str = r#"
import sys
from multiprocessing import managers, process
class M(managers.BaseManager): pass
M.register("thing", exposed=("echo", "fail", "missing", "lock", "more"), method_to_typeid={"more": "thing"})
key = sys.argv[2].encode()
process.current_process().authkey = key
m = M(("127.0.0.1", int(sys.argv[1])), key)
m.connect()
thing = m.thing(1, two=2)
def show(call):
    try:
        print(repr(call()))
    except Exception as e:
        lines = [line for line in str(e).splitlines() if line.strip("-")]
        print(type(e).__name__ + ": " + lines[-1])
show(lambda: [str(x) for x in thing.echo("a", b=(1, 2))])
show(lambda: thing.fail())
show(lambda: thing.missing())
show(lambda: thing.lock())
more = thing.more()
show(lambda: (more._token.id == "1", more._token.typeid == "thing", [str(x) for x in more.echo()]))
"#;

fn reply_to(request: &OwnedRequest, address: &Address) -> Reply<Value> {
    let none = Reply::Return(Value::None);
    match (request.ident.as_deref(), request.method.as_str()) {
        (None, "create") => {
            assert_eq!(request.args.to_string(), "('thing', 1)");
            assert_eq!(request.kwds.to_string(), "{'two': 2}");
            let exposed = Value::tuple(["echo", "fail", "missing", "lock", "more"]);
            Reply::Return(Value::tuple(["0".into(), exposed]))
        }
        (None, _) => none,
        (Some(_), "echo") => Reply::Return(Value::tuple([
            request.method.as_str().into(),
            request.args.to_string().into(),
            Value::from(request.kwds.to_string()),
        ])),
        (Some(_), "fail") => {
            let error = Instance::call(Class::new("builtins", "ValueError"), vec!["no".into()]);
            Reply::Failed(RemoteError::raised(error.into()))
        }
        (Some(_), "missing") => {
            let text = "Traceback (most recent call last):\n  File \"x\"\nKeyError: 'missing'\n";
            Reply::Failed(RemoteError::from_traceback(text.into()))
        }
        (Some(_), "lock") => {
            let text = "Traceback (most recent call last):\nTypeError: cannot pickle it\n";
            Reply::Failed(RemoteError::unserializable(text.into()))
        }
        (Some(_), "more") => Reply::Proxy(
            vec!["echo".to_owned()],
            Token {
                typeid: "thing".into(),
                address: token::to_value(address),
                id: "1".into(),
            },
        ),
        (Some(_), other) => panic!("{other}"),
    }
}

fn serve(connection: &Connection, address: &Address) {
    while let Ok(message) = connection.recv_bytes() {
        let request: OwnedRequest = from_slice(&message).unwrap();
        let is_object = request.ident.is_some();
        let reply = reply_to(&request, address);
        // Python 2 reads protocol 2, and takes nothing but its `str` for the text of a traceback.
        let message = to_vec(&reply, Protocol::V2).unwrap();
        connection.send_bytes(&message).unwrap();
        if !is_object && request.method != "accept_connection" {
            return;
        }
    }
}

#[test]
fn a_python_client_talks_to_a_manager_that_is_written_with_the_same_messages() {
    let version = Command::new(python())
        .args(["-c", "import sys; print(sys.version_info[0])"])
        .output()
        .unwrap();
    if version.stdout.starts_with(b"2") {
        // Its tracebacks have to be bytes, which is for the server to know: a client never sends them.
        return;
    }
    let mut listener = Listener::builder()
        .address(("127.0.0.1", 0))
        .authkey(KEY)
        .bind()
        .unwrap();
    let address = listener.address().clone();
    let Address::Tcp { port, .. } = address else {
        panic!("{address}")
    };
    let client = Command::new(python())
        .args(["-E", "-s", "-c", CLIENT, &port.to_string(), KEY])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    thread::spawn(move || {
        while let Ok(connection) = listener.accept() {
            let address = address.clone();
            thread::spawn(move || serve(&connection, &address));
        }
    });
    let output = client.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        text.lines().collect::<Vec<_>>(),
        [
            r#"['echo', "('a',)", "{'b': (1, 2)}"]"#,
            "ValueError: no",
            "RemoteError: KeyError: 'missing'",
            "RemoteError: TypeError: cannot pickle it",
            r#"(True, True, ['echo', '()', '{}'])"#,
        ]
    );
    assert!(output.status.success());
}
