//! `mpconn call` and `mpconn manager`, with real Python managers.

mod cli_env;

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use cli_env::{Directory, Ended, Running, mpconn, python, run};
use mpconn::manager::{Manager, Proxy};
use mpconn::{Listener, Value};

const PROGRAM: &str = include_str!("../../../python-fixtures/managers.py");
const KEY: &str = "secret password";

/// A manager in Python, as long as this lives.
struct Server {
    _running: Running,
    address: String,
    is_python2: bool,
}

impl Server {
    fn start() -> Server {
        Server::with_serializer("pickle")
    }

    fn with_serializer(name: &str) -> Server {
        let mut running = Running::start(python(PROGRAM, &["serve", "", name]));
        let hello: serde_json::Value = serde_json::from_str(&running.stdout_line()).unwrap();
        Server {
            address: hello["address"].as_str().unwrap().to_owned(),
            is_python2: hello["release"].as_str().unwrap().starts_with("2."),
            _running: running,
        }
    }

    /// `mpconn call ADDRESS` and these.
    fn call<const N: usize>(&self, args: [&str; N]) -> Ended {
        run(self.command("call", args), "")
    }

    /// `mpconn manager VERB ADDRESS` and these.
    fn manager<const N: usize>(&self, verb: &str, args: [&str; N]) -> Ended {
        let mut command = with_key(["manager", verb, &self.address]);
        command.args(args);
        run(command, "")
    }

    fn command<const N: usize>(&self, verb: &str, args: [&str; N]) -> Command {
        let mut command = with_key([verb, &self.address]);
        command.args(args);
        command
    }

    fn objects(&self) -> String {
        self.manager("number-of-objects", []).expect(0).stdout
    }
}

fn with_key<const N: usize>(args: [&str; N]) -> Command {
    let mut command = mpconn(args);
    command.env("MPCONN_AUTHKEY", KEY);
    command
}

#[track_caller]
fn prints<const N: usize>(server: &Server, args: [&str; N], stdout: &str) {
    let ended = server.call(args).expect(0);
    assert_eq!(
        (ended.stdout.trim_end(), &*ended.stderr),
        (stdout, ""),
        "{args:?}"
    );
}

#[test]
fn a_method_is_called_and_its_result_is_printed() {
    let server = Server::start();
    let before = server.objects();
    prints(&server, ["Calculator", "echo"], "None");
    prints(
        &server,
        ["Calculator", "echo", "{'a': [1, 2.5, (None, b'\\xff')]}"],
        "{'a': [1, 2.5, (None, b'\\xff')]}",
    );
    prints(
        &server,
        ["Calculator", "add", "40", "-1.5", "--kw", "times=2"],
        "77.0",
    );
    let new = ["Calculator", "--new", "-40", "add", "--", "-2"];
    prints(&server, new, "-42");
    let new = ["Calculator", "add", "--new-kw", "start=-40", "-2"];
    prints(&server, new, "-42");
    prints(
        &server,
        ["list", "--new", "[3, 1, 2]", "#GETVALUE"],
        "[3, 1, 2]",
    );
    prints(&server, ["list", "--new", "[3]", "__repr__"], "'[3]'");
    // Not one reference stays behind.
    assert_eq!(server.objects(), before);
}

#[test]
fn values_are_json_where_that_is_asked_for() {
    let server = Server::start();
    let value = r#"{"a":[1,2.5,null,true,{"$bytes":"00ff"}]}"#;
    prints(&server, ["Calculator", "echo", value, "--json"], value);
    prints(&server, ["Calculator", "echo", "--json"], "null");
    let kind = ["Calculator", "kind", r#"{"$tuple":[1]}"#, "--json"];
    prints(&server, kind, r#""tuple""#);
    let new = ["dict", "--json", "--new", r#"{"a":null}"#, "pop", r#""a""#];
    prints(&server, new, "null");
}

#[test]
fn a_manager_with_another_serializer() {
    let server = Server::with_serializer("xmlrpclib");
    let add = |number| ["Calculator", "--serializer", "xmlrpclib", "add", number];
    prints(&server, add("2"), "2");
    let methods = ["Foo2", "--serializer", "xmlrpclib"];
    let ended = server.manager("methods", methods).expect(0);
    assert_eq!(ended.stdout, "_h\ng\n");
    // Of an exception XML-RPC tells no class.
    let ended = server.call(add("'two'")).expect(4);
    let told = "mpconn: an exception, of which only its attributes came: {}\n";
    assert_eq!(ended.stderr, told);
}

#[test]
fn shared_objects_are_printed_by_their_value() {
    let server = Server::start();
    let before = server.objects();
    let ended = server.call(["Store", "open", "'orders'"]).expect(0);
    assert_eq!(ended.stdout, "{'name': 'orders'}\n");
    assert!(
        ended.stderr.starts_with("a shared dict (<dict "),
        "{ended:#?}"
    );
    let ended = server
        .call(["Store", "open", r#""orders""#, "--json"])
        .expect(0);
    assert_eq!(ended.stdout, "{\"name\":\"orders\"}\n");
    assert_eq!(server.objects(), before);
}

#[test]
fn shared_objects_that_cannot_be_copied_are_printed_by_their_repr() {
    let program = "
import sys, threading
from multiprocessing.managers import BaseManager
class Door(object):
    def lock(self):
        return threading.Lock()
BaseManager.register('Door', Door, exposed=['lock'], method_to_typeid={'lock': 'Lock'})
BaseManager.register('Lock')
server = BaseManager(('127.0.0.1', 0), b'secret password').get_server()
print('%d' % server.address[1])
sys.stdout.flush()
server.serve_forever()
";
    let mut python = Running::start(python(program, &[]));
    let address = format!("127.0.0.1:{}", python.stdout_line());
    let ended = run(with_key(["call", &address, "Door", "lock"]), "").expect(0);
    assert!(ended.stdout.contains("lock"), "{ended:#?}");
    assert!(ended.stderr.contains("cannot be copied"), "{ended:#?}");
    let json = with_key(["call", &address, "Door", "lock", "--json"]);
    let ended = run(json, "").expect(0);
    let repr: String = serde_json::from_str(&ended.stdout).unwrap();
    assert!(repr.starts_with('<'), "{repr}");
}

#[test]
fn an_exception_is_exit_code_4_and_printed_as_python_prints_it() {
    let server = Server::start();
    let before = server.objects();
    for (args, line) in [
        (&["fail", "'KeyError'", "'k'"][..], "mpconn: KeyError: 'k'"),
        (
            &["fail", "'OutOfStock'", "'tea'", "3"],
            "mpconn: OutOfStock: ('tea', 3)",
        ),
        (
            &["unpicklable"],
            "mpconn: the method has run, but its result cannot be pickled: TypeError: ",
        ),
    ] {
        let mut command = server.command("call", ["Calculator"]);
        command.args(args);
        let ended = run(command, "").expect(4);
        assert_eq!(ended.stdout, "");
        assert!(ended.stderr.starts_with(line), "{ended:#?}");
    }
    let ended = server
        .call(["jobs", "get", "--kw", "timeout=0.01"])
        .expect(4);
    assert!(ended.stderr.contains("queue.Empty"), "{ended:#?}");
    assert_eq!(server.objects(), before);
}

#[test]
fn what_failed_outside_of_a_method_has_its_traceback_below() {
    let server = Server::start();
    let ended = server
        .call(["Calculator", "--new", "1", "--new", "2", "add"])
        .expect(4);
    assert!(
        ended.stderr.starts_with("mpconn: TypeError: "),
        "{ended:#?}"
    );
    let traceback = "Traceback (most recent call last):\n";
    assert!(ended.stderr.contains(traceback), "{ended:#?}");
}

#[test]
fn a_method_that_is_not_exposed_is_told_with_those_that_are() {
    let server = Server::start();
    for method in ["nothing", "_hidden"] {
        let ended = server.call(["Calculator", method]).expect(4);
        let first = format!("mpconn: AttributeError: method '{method}'");
        assert!(ended.stderr.starts_with(&first), "{ended:#?}");
        let last = ended.stderr.lines().last().unwrap();
        assert!(
            last.starts_with("mpconn: Calculator exposes: add, big, divide, "),
            "{last}"
        );
        assert!(!last.contains("hidden"), "{last}");
    }
}

#[test]
fn a_type_that_is_not_registered_is_told_as_that() {
    let server = Server::start();
    let told = "mpconn: no type of the name \"Nothing\" is registered at ";
    for ended in [
        server.call(["Nothing", "get"]),
        server.manager("methods", ["Nothing"]),
    ] {
        let ended = ended.expect(4);
        assert!(ended.stderr.starts_with(told), "{ended:#?}");
        assert!(ended.stderr.contains("KeyError: "), "{ended:#?}");
    }
}

#[test]
fn lines_are_one_more_argument_each() {
    let server = Server::start();
    let mut add = server.command("call", ["Calculator", "add", "100", "--lines"]);
    add.args(["--kw", "times=2"]);
    // One object: the sum goes on.
    let ended = run(add, "1\n\n  \n2\n").expect(0);
    assert_eq!(ended.stdout, "202\n406\n");
    let echo = || server.command("call", ["Calculator", "echo", "--lines"]);
    let ended = run(echo(), "1\noops\n'last'").expect(1);
    assert_eq!(ended.stdout, "1\n'last'\n");
    assert!(ended.stderr.contains("line 2, column 1"), "{ended:#?}");
    assert!(ended.stderr.contains("1 line left out"), "{ended:#?}");
    let divide = server.command("call", ["Calculator", "divide", "--lines"]);
    let ended = run(divide, "1\n0\n1\n").expect(4);
    assert_eq!(ended.stdout.lines().count(), 1);
    assert!(
        ended
            .stderr
            .starts_with("mpconn: line 2: ZeroDivisionError"),
        "{ended:#?}"
    );
    let ended = run(echo(), "").expect(0);
    assert_eq!(ended.stdout, "");
}

#[test]
fn a_call_that_takes_too_long_is_given_up() {
    let server = Server::start();
    let before = server.objects();
    let ended = server
        .call(["Calculator", "sleep", "600", "--timeout", "3"])
        .expect(5);
    assert!(ended.stderr.contains("timed out"), "{ended:#?}");
    assert!(ended.stderr.contains("may have run"), "{ended:#?}");
    assert_eq!(server.objects(), before);
}

#[test]
fn ctrl_c_gives_the_object_back() {
    let server = Server::start();

    let manager = Manager::connect(server.address.as_str(), KEY).unwrap();
    let before = manager.number_of_objects().unwrap();
    let sleep = Running::start(server.command("call", ["Calculator", "sleep", "600"]));
    await_that(|| manager.number_of_objects().unwrap() > before);
    // What waits for input is no different.
    let lines = Running::start(server.command("call", ["Calculator", "echo", "--lines"]));
    await_that(|| manager.number_of_objects().unwrap() > before + 1);
    for running in [&sleep, &lines] {
        running.signal("INT");
    }
    // The end of its input, which `end` makes, would be another reason to end.
    await_that(|| manager.number_of_objects().unwrap() == before);
    for running in [sleep, lines] {
        let ended = running.end().expect(130);
        assert!(ended.stderr.contains("interrupted"), "{ended:#?}");
    }
}

#[track_caller]
fn await_that(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < cli_env::LIMIT, "it does not come to that");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn keys_that_are_wrong_or_missing_are_exit_code_3() {
    let server = Server::start();
    for verb in ["ping", "number-of-objects", "debug-info", "shutdown"] {
        let args = ["manager", verb, &server.address];
        let ended = run(mpconn(args), "").expect(3);
        assert!(ended.stderr.contains("wants a key"), "{ended:#?}");
        let mut wrong = mpconn(args);
        wrong.env("MPCONN_AUTHKEY", "another");
        let ended = run(wrong, "").expect(3);
        assert!(ended.stderr.contains("our key was rejected"), "{ended:#?}");
    }
    run(mpconn(["call", &server.address, "config", "keys"]), "").expect(3);
    server.manager("ping", []).expect(0);
}

#[test]
fn a_manager_that_goes_is_exit_code_1() {
    let server = Server::start();
    let ended = server.call(["Calculator", "leave"]).expect(1);
    assert!(ended.stderr.contains("may have run"), "{ended:#?}");
    let ended = server.call(["Calculator", "echo"]).expect(1);
    assert!(ended.stderr.contains("nobody listens there"), "{ended:#?}");
}

#[test]
fn ping_says_whether_it_is_there() {
    let server = Server::start();
    let ended = server.manager("ping", []).expect(0);
    let told = format!("{}: a manager, which answers in ", server.address);
    assert!(ended.stdout.starts_with(&told), "{ended:#?}");
}

/// A delayed acknowledgement takes 40 ms and more, each time.
#[test]
fn no_answer_is_held_back_by_nagle_s_algorithm() {
    let server = Server::start();
    await_that(|| {
        let ended = server.manager("ping", ["--json"]).expect(0);
        let found: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!(found["address"], server.address.as_str());
        found["seconds"].as_f64().unwrap() < 0.03
    });
}

#[test]
fn a_plain_listener_is_no_manager() {
    for (answers, code, part) in [(true, 1, "is no manager"), (false, 5, "does not answer")] {
        let mut listener = Listener::builder()
            .address(("127.0.0.1", 0))
            .authkey(KEY)
            .bind()
            .unwrap();
        let address = listener.address().to_string();
        let listening = thread::spawn(move || {
            let client = listener.accept().unwrap();
            let question = client.recv_bytes().unwrap();
            if answers {
                client.send_bytes(&question).unwrap();
            }
            // Until it goes.
            client.recv_bytes().unwrap_err()
        });
        let ping = with_key(["manager", "ping", &address, "--timeout", "3"]);
        let ended = run(ping, "").expect(code);
        assert!(ended.stderr.contains(part), "{ended:#?}");
        listening.join().unwrap();
    }
}

#[test]
fn the_methods_of_a_type() {
    let server = Server::start();
    let before = server.objects();
    let ended = server.manager("methods", ["Calculator"]).expect(0);
    let methods: Vec<_> = ended.stdout.lines().collect();
    assert!(methods.is_sorted(), "{methods:?}");
    assert!(methods.contains(&"add") && methods.contains(&"divide"));
    let ended = server.manager("methods", ["Foo2", "--json"]).expect(0);
    assert_eq!(ended.stdout, "[\"_h\",\"g\"]\n");
    let value = ["Value", "--new", "'d'", "--new", "0.5"];
    let ended = server.manager("methods", value).expect(0);
    assert!(ended.stdout.contains("get\n"), "{ended:#?}");
    assert_eq!(server.objects(), before);
}

#[test]
fn the_objects_and_their_references() {
    let server = Server::start();
    if !server.is_python2 {
        // Which counts what nobody refers to any more, and has no list of these.
        let ended = server.manager("debug-info", []).expect(0);
        assert_eq!(
            (&*ended.stdout, &*ended.stderr),
            ("", "no shared objects\n")
        );
    }
    let before: u64 = server.objects().trim().parse().unwrap();
    let manager = Manager::connect(server.address.as_str(), KEY).unwrap();
    let list: Proxy = manager.create("list", (["tea"],)).unwrap();
    let more = server.manager("objects", ["--json"]).expect(0);
    assert_eq!(more.stdout, format!("{}\n", before + 1));
    let ended = server.manager("debug-info", []).expect(0);
    let id = list.token().id;
    assert!(ended.stdout.contains(id.as_str()), "{ended:#?}");
    assert!(ended.stdout.contains("refcount=1\n"), "{ended:#?}");
    let ended = server.manager("debug-info", ["--json"]).expect(0);
    let info: String = serde_json::from_str(&ended.stdout).unwrap();
    assert!(info.contains(id.as_str()), "{info}");
}

#[test]
fn shutdown_ends_it() {
    let server = Server::start();
    let ended = server.manager("shutdown", []).expect(0);
    assert_eq!(ended.stdout, "");
    assert!(ended.stderr.contains("the manager ends"), "{ended:#?}");
    await_that(|| server.manager("ping", []).code == Some(1));
}

/// The block below a line of `mpconn call --help`, without its indentation.
fn help_block<'h>(help: &'h str, title: &str) -> Vec<&'h str> {
    let lines = help.lines().skip_while(|line| *line != title).skip(1);
    lines.map_while(|line| line.strip_prefix("  ")).collect()
}

#[test]
fn the_examples_of_the_help_run() {
    let help = run(mpconn(["call", "--help"]), "").expect(0).stdout;
    let port = {
        let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        free.local_addr().unwrap().port().to_string()
    };
    let python2 = "import sys\ntry:\n    import queue\nexcept ImportError:\n    \
        import Queue\n    sys.modules['queue'] = Queue\n";
    let program = help_block(&help, "The Python side:").join("\n");
    let program = python2.to_owned() + &program.replace("6000", &port);
    let _running = Running::start(python(&program, &[]));
    let address = format!("127.0.0.1:{port}");
    let with_secret = |mut command: Command| {
        command.env("MPCONN_AUTHKEY", "secret");
        command
    };
    await_that(|| {
        let ping = with_secret(mpconn(["manager", "ping", &address]));
        run(ping, "").code == Some(0)
    });
    let bin = Path::new(env!("CARGO_BIN_EXE_mpconn")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut outputs = Vec::new();
    for line in help_block(&help, "Examples:") {
        // Without the explanation behind it.
        let line = line.split("   ").next().unwrap().replace("6000", &port);
        let mut shell = with_secret(Command::new("sh"));
        shell.args(["-c", &line]).env("PATH", &path);
        outputs.push(run(shell, "").expect(0).stdout);
    }
    assert_eq!(
        [&outputs[1], &outputs[2], &outputs[5], &outputs[6]],
        [
            "{'number': 1, 'name': 'first'}\n",
            "0\n",
            "{'threads': 4}\n",
            "3\n"
        ]
    );
    assert_eq!(outputs[3], "None\n".repeat(100));
}

/// Serves a manager without a key whose objects have a method `f` that returns that.
fn manager_that_returns(value: &Value) -> String {
    let mut listener = Listener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.address().to_string();
    let returned: Value = "('#RETURN', None)".parse().unwrap();
    let created: Value = "('#RETURN', ('7f', ('f',)))".parse().unwrap();
    let answer = Value::tuple(["#RETURN".into(), value.clone()]);
    thread::spawn(move || {
        while let Ok(connection) = listener.accept() {
            let (returned, created, answer) = (returned.clone(), created.clone(), answer.clone());
            thread::spawn(move || {
                while let Ok(request) = connection.recv::<Value>() {
                    let method = request.items().and_then(|parts| parts[1].as_str());
                    let reply = match method {
                        Some("create") => &created,
                        Some("f") => &answer,
                        _ => &returned,
                    };
                    connection.send(reply).unwrap();
                }
            });
        }
    });
    address
}

#[test]
fn a_key_that_another_manager_refuses_is_exit_code_3_and_names_it() {
    let mut serve = python(PROGRAM, &["serve", ""]);
    serve.env("MPCONN_TEST_KEY", "another key");
    let mut other = Running::start(serve);
    let hello: serde_json::Value = serde_json::from_str(&other.stdout_line()).unwrap();
    let there = hello["address"].as_str().unwrap().to_owned();
    let manager = Manager::connect(there.as_str(), "another key").unwrap();
    let list: Proxy = manager.create("list", ([1, 2],)).unwrap();
    let here = manager_that_returns(&Value::from(&list));

    let directory = Directory::new();
    let right = directory.file("right", b"another key\n");
    let wrong = directory.file("wrong", b"no key\n");
    let call = |option: &[&str]| {
        let command = ["call", &here, "x", "f"].into_iter();
        run(mpconn(command.chain(option.iter().copied())), "")
    };
    let with = |file: &str| format!("{there}={file}");
    let refused = [
        call(&["--other-manager", &with(&wrong)]),
        call(&["--other-managers"]),
    ];
    for ended in refused {
        let ended = ended.expect(3);
        assert_eq!(ended.stdout, "");
        let told = format!(
            "cannot use the shared list in the answer: authentication with {there} failed: "
        );
        assert!(ended.stderr.contains(&told), "{ended:#?}");
        assert!(!ended.stderr.contains("pickle, byte"), "{ended:#?}");
    }
    let ended = call(&["--other-manager", &with(&right)]).expect(0);
    assert_eq!(ended.stdout, "[1, 2]\n");
    let missing = call(&["--other-manager", "here"]).expect(2);
    assert!(missing.stderr.contains("ADDRESS=FILE"), "{missing:#?}");
}
