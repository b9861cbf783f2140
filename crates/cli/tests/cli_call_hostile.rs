//! `mpconn call` and `mpconn manager` at a manager that lies: what it says steers no terminal,
//! forges no line, leads to no other place and is not printed without end.

mod cli_env;

use std::fs::File;
use std::io::Write;
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::thread;

use cli_env::{Ended, mpconn, run};
use mpconn::listener::ListenerHandle;
use mpconn::pickle::types::Token;
use mpconn::pickle::{Class, Dict, Instance, Protocol, dumps};
use mpconn::{Connection, Listener, Value};

/// Says what a test wants to each method, until it is dropped.
struct Liar {
    address: String,
    handle: ListenerHandle,
}

impl Liar {
    /// What `say` returns `None` for is answered as a manager would.
    fn start(say: impl Fn(&str) -> Option<Value> + Send + Sync + 'static) -> Liar {
        Liar::raw(move |connection, method| {
            let answer = say(method).unwrap_or_else(|| honest(method));
            let _ = connection.send_bytes(&dumps(&answer, Protocol::V4).unwrap());
        })
    }

    fn raw(answer: impl Fn(&Connection, &str) + Send + Sync + 'static) -> Liar {
        let builder = Listener::builder().address(("127.0.0.1", 0));
        let mut listener = builder.bind().unwrap();
        let (address, handle) = (listener.address().to_string(), listener.handle());
        let answer = Arc::new(answer);
        thread::spawn(move || {
            while let Ok(connection) = listener.accept() {
                let answer = Arc::clone(&answer);
                thread::spawn(move || {
                    while let Ok(request) = connection.recv::<Value>() {
                        let method = request.items().unwrap()[1].as_str().unwrap().to_owned();
                        answer(&connection, &method);
                    }
                });
            }
        });
        Liar { address, handle }
    }

    fn run(&self, line: &str) -> Ended {
        let line = line.replace("ADDRESS", &self.address);
        run(mpconn(line.split(' ')), "")
    }
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}

fn honest(method: &str) -> Value {
    match method {
        "create" => "('#RETURN', ('7f', ('f',)))",
        _ => "('#RETURN', None)",
    }
    .parse()
    .unwrap()
}

fn answer(kind: &str, value: impl Into<Value>) -> Value {
    Value::tuple([kind.into(), value.into()])
}

fn token(typeid: &str, address: impl Into<Value>, id: &str) -> Token {
    Token {
        typeid: typeid.into(),
        address: address.into(),
        id: id.into(),
    }
}

fn rebuilt(token: Token) -> Value {
    let rebuild = Class::new("multiprocessing.managers", "RebuildProxy");
    let class = Class::new("multiprocessing.managers", "AutoProxy");
    let arguments = vec![
        class.into(),
        token.into(),
        "pickle".into(),
        Dict::new().into(),
    ];
    Instance::call(rebuild, arguments).into()
}

/// Clears the screen (two ways), goes back to the start of the line, turns the text round, and
/// begins lines.
const WILD: &str = "a\x1b[2J\u{9b}2J\r\u{202e}b\u{2028}\u{7f}\nmpconn: forged\n\x1b[2Jforged";

/// A reply, and a command line that shows it.
type Case = (&'static str, &'static str, Value);

fn cases() -> Vec<Case> {
    let wild = || Value::from(WILD);
    let class = || Class::new(WILD, WILD);
    let exception = |class: Class, args| {
        let notes = Value::dict([("__notes__", Value::list([WILD]))]);
        answer("#ERROR", Instance::call(class, args).with_state(notes))
    };
    let value_error = || Class::new("builtins", "ValueError");
    let traceback = format!("Traceback\n  File \"{WILD}\"\nshop.{WILD}: {WILD}\n");
    let not_exposed = format!("Traceback\nAttributeError: {WILD} is not in exposed=()\n");
    let shared = Value::tuple([Value::list([WILD]), token(WILD, WILD, WILD).into()]);
    let created = Value::tuple([wild(), Value::tuple([WILD, WILD])]);
    vec![
        (
            "manager ping ADDRESS",
            "dummy",
            answer("#TRACEBACK", traceback.as_str()),
        ),
        ("manager ping ADDRESS", "dummy", answer(WILD, 1)),
        ("manager ping ADDRESS", "dummy", wild()),
        (
            "manager ping ADDRESS",
            "dummy",
            Instance::call(class(), vec![wild()]).into(),
        ),
        (
            "manager methods ADDRESS x",
            "create",
            answer("#RETURN", created.clone()),
        ),
        (
            "manager methods ADDRESS x --json",
            "create",
            answer("#RETURN", created.clone()),
        ),
        (
            "manager objects ADDRESS",
            "number_of_objects",
            answer("#RETURN", WILD),
        ),
        (
            "manager objects ADDRESS",
            "number_of_objects",
            answer("#RETURN", class()),
        ),
        (
            "manager debug-info ADDRESS",
            "debug_info",
            answer("#RETURN", WILD),
        ),
        (
            "manager debug-info ADDRESS --json",
            "debug_info",
            answer("#RETURN", WILD),
        ),
        (
            "manager shutdown ADDRESS",
            "shutdown",
            exception(class(), vec![wild()]),
        ),
        (
            "call ADDRESS x f",
            "create",
            answer("#TRACEBACK", traceback.as_str()),
        ),
        (
            "call ADDRESS x f",
            "accept_connection",
            answer("#TRACEBACK", traceback.as_str()),
        ),
        (
            "call ADDRESS x f",
            "decref",
            answer("#TRACEBACK", traceback.as_str()),
        ),
        (
            "call ADDRESS x f",
            "decref",
            exception(class(), vec![wild()]),
        ),
        ("call ADDRESS x f", "f", answer("#RETURN", WILD)),
        ("call ADDRESS x f --json", "f", answer("#RETURN", WILD)),
        ("call ADDRESS x f", "f", answer("#RETURN", class())),
        ("call ADDRESS x f --json", "f", answer("#RETURN", class())),
        (
            "call ADDRESS x f",
            "f",
            answer("#RETURN", Instance::call(class(), vec![wild()])),
        ),
        ("call ADDRESS x f", "f", answer("#PROXY", shared.clone())),
        ("call ADDRESS x f --json", "f", answer("#PROXY", shared)),
        ("call ADDRESS x f", "f", answer("#PROXY", WILD)),
        (
            "call ADDRESS x f",
            "f",
            answer("#RETURN", rebuilt(token(WILD, WILD, WILD))),
        ),
        (
            "call ADDRESS x f",
            "f",
            answer("#RETURN", rebuilt(token(WILD, 5, WILD))),
        ),
        (
            "call ADDRESS x f",
            "f",
            answer("#TRACEBACK", traceback.as_str()),
        ),
        (
            "call ADDRESS x f",
            "f",
            answer("#TRACEBACK", not_exposed.as_str()),
        ),
        (
            "call ADDRESS x f",
            "f",
            answer("#TRACEBACK", traceback.as_bytes().to_vec()),
        ),
        ("call ADDRESS x f", "f", answer("#TRACEBACK", class())),
        (
            "call ADDRESS x f",
            "f",
            answer("#UNSERIALIZABLE", traceback.as_str()),
        ),
        ("call ADDRESS x f", "f", exception(class(), vec![wild()])),
        (
            "call ADDRESS x f",
            "f",
            exception(value_error(), vec![wild()]),
        ),
        (
            "call ADDRESS x f",
            "f",
            exception(value_error(), vec![wild(), class().into()]),
        ),
        ("call ADDRESS x f", "f", answer("#ERROR", WILD)),
        (
            "call ADDRESS x f",
            "f",
            answer("#ERROR", Value::dict([(WILD, WILD)])),
        ),
        ("call ADDRESS x f", "f", answer("#ERROR", class())),
    ]
}

/// Whether a line of standard error begins as ours do.
fn is_ours(line: &str) -> bool {
    let begins = ["mpconn: ", "    ", "a shared ", "no shared"];
    begins.iter().any(|ours| line.starts_with(ours)) && !line.starts_with("mpconn: forged")
}

#[track_caller]
fn is_harmless(ended: &Ended, command: &str) {
    assert!(!ended.stderr.contains("panicked"), "{command}: {ended:#?}");
    for line in ended.stdout.lines().chain(ended.stderr.lines()) {
        assert_eq!(mpconn::escaped(line), line, "{command}: {ended:#?}");
    }
    let forged = ended.stderr.lines().find(|line| !is_ours(line));
    assert_eq!(forged, None, "{command}: {ended:#?}");
    let lines = ended.stdout.lines().count();
    let allowed = match command.split(' ').nth(1) {
        Some("methods") => 2,
        // Lines of the manager are all that is there.
        Some("debug-info") => 9,
        _ => 1,
    };
    assert!(lines <= allowed, "{command}: {ended:#?}");
}

#[test]
fn nothing_that_a_manager_says_steers_the_terminal_or_forges_a_line() {
    for (command, asked, answers) in cases() {
        let exposed = answer("#RETURN", Value::tuple([WILD, "f"]));
        let liar = Liar::start(move |method| match method {
            _ if method == asked => Some(answers.clone()),
            // What is asked for where a shared object came, or a method is not exposed.
            "#GETVALUE" => Some(answer("#TRACEBACK", WILD)),
            "__repr__" => Some(answer("#RETURN", WILD)),
            "get_methods" => Some(exposed.clone()),
            "create" => Some(answer(
                "#RETURN",
                Value::tuple(["7f".into(), Value::tuple([WILD])]),
            )),
            _ => None,
        });
        let ended = liar.run(command);
        is_harmless(&ended, command);
        assert!(
            !(ended.stdout + &ended.stderr).is_empty(),
            "{command}, {asked}"
        );
    }
}

#[test]
fn an_answer_leads_to_no_other_manager_without_the_option() {
    let trap = TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let elsewhere = trap.local_addr().unwrap();
    let address = Value::tuple(["127.0.0.1".into(), Value::from(elsewhere.port())]);
    let object = answer("#RETURN", rebuilt(token("list", address, "7f")));
    let liar = Liar::start(move |method| (method == "f").then(|| object.clone()));
    let ended = liar.run("call ADDRESS x f").expect(1);
    let told = format!(
        "mpconn: it returned a shared object of another manager, at {elsewhere}; --other-managers \
         connects there, with the same key, and --other-manager {elsewhere}=FILE with the key in \
         FILE\n"
    );
    assert_eq!((&*ended.stdout, &*ended.stderr), ("", &*told));
    let lines = liar.address.clone();
    let ended = run(mpconn(["call", &lines, "x", "f", "--lines"]), "1\n").expect(1);
    assert_eq!(ended.stderr, told.replace("mpconn: ", "mpconn: line 1: "));
    assert!(trap.accept().is_err());

    let ended = liar
        .run("call ADDRESS x f --other-managers --timeout 1")
        .expect(5);
    assert!(ended.stderr.contains("timed out"), "{ended:#?}");
    assert!(trap.accept().is_ok());
}

#[test]
fn a_long_answer_is_refused_before_it_comes() {
    // 200 MB, of which nothing comes.
    let claims = Liar::raw(|connection, method| match method {
        "f" | "debug_info" => {
            let mut stream = File::from(connection.as_fd().try_clone_to_owned().unwrap());
            stream.write_all(&200_000_000_u32.to_be_bytes()).unwrap();
        }
        _ => drop(connection.send_bytes(&dumps(&honest(method), Protocol::V2).unwrap())),
    });
    for command in ["call ADDRESS x f", "manager debug-info ADDRESS"] {
        let ended = claims.run(command).expect(1);
        let told = "mpconn: the answer is longer than --max-message BYTES allows: ";
        assert!(ended.stderr.starts_with(told), "{ended:#?}");
        assert!(ended.stderr.contains("200000000 bytes"), "{ended:#?}");
        assert!(!ended.stderr.contains("max_message_len"), "{ended:#?}");
    }
    let text = "x".repeat(10_000);
    let liar = Liar::start(move |method| (method == "f").then(|| answer("#RETURN", text.as_str())));
    liar.run("call ADDRESS x f --max-message 1000").expect(1);
    liar.run("call ADDRESS x f --max-message 20000").expect(0);
    liar.run("call ADDRESS x f").expect(0);
}

#[test]
fn of_a_long_traceback_the_beginning_and_the_end_are_printed() {
    let frames = "  File \"x\", line 1\n    f()\n".repeat(400_000);
    let text = format!("Traceback (most recent call last):\n{frames}KeyError: 'k'\n");
    let long = answer("#TRACEBACK", text.as_str());
    let liar = Liar::start(move |method| (method == "f").then(|| long.clone()));
    let ended = liar.run("call ADDRESS x f").expect(4);
    assert!(ended.stderr.len() < 200_000, "{}", ended.stderr.len());
    assert!(
        ended
            .stderr
            .starts_with("mpconn: KeyError: 'k'\n    Traceback (most")
    );
    assert!(ended.stderr.contains("bytes are left out here"));
    assert!(ended.stderr.ends_with("\n    KeyError: 'k'\n"));
}

/// Twenty lists, each of which holds the one before ten times: a few hundred bytes, and more text
/// than there is memory.
fn bomb() -> Value {
    (0..20).fold(Value::from(1), |part, _| Value::list(vec![part; 10]))
}

#[test]
fn what_is_larger_than_memory_is_printed_in_part() {
    const MUCH: usize = 8 << 20;
    let key_error = Instance::call(Class::new("builtins", "KeyError"), vec![bomb()]);
    for (reply, codes) in [
        // JSON has each part once, and is whole.
        (answer("#RETURN", bomb()), [1, 0]),
        (answer("#ERROR", key_error), [4, 4]),
        (answer("#ERROR", bomb()), [4, 4]),
        (answer("#TRACEBACK", bomb()), [4, 4]),
    ] {
        let liar = Liar::start(move |method| (method == "f").then(|| reply.clone()));
        let commands = ["call ADDRESS x f", "call ADDRESS x f --json"];
        for (command, code) in commands.into_iter().zip(codes) {
            let ended = liar.run(command).expect(code);
            let printed = ended.stdout.len() + ended.stderr.len();
            assert!((1..MUCH).contains(&printed), "{command}: {printed} bytes");
        }
    }
    let liar = Liar::start(|method| (method == "f").then(|| answer("#RETURN", bomb())));
    let ended = liar.run("call ADDRESS x f --max-growth 1000").expect(1);
    assert!(ended.stdout.len() < 100_000, "{}", ended.stdout.len());
    assert!(ended.stderr.contains("--max-growth"), "{}", ended.stderr);
}

#[test]
fn a_result_that_is_cut_is_printed_and_a_failure() {
    let small = || Value::list(vec![Value::list(["tea".repeat(100)]); 5]);
    let liar = Liar::start(move |method| (method == "f").then(|| answer("#RETURN", small())));
    let ended = liar.run("call ADDRESS x f --max-growth 100").expect(1);
    assert_eq!(ended.stdout.lines().count(), 1, "{ended:#?}");
    assert!(ended.stdout.contains("teatea"), "{ended:#?}");
    let told = "mpconn: 1 result not shown as a whole, see above\n";
    assert!(ended.stderr.ends_with(told), "{ended:#?}");
    assert_eq!(
        ended.stderr.matches("--max-growth").count(),
        1,
        "{ended:#?}"
    );

    // All lines are sent, whatever became of the results before.
    let lines = [
        "call",
        &liar.address,
        "x",
        "f",
        "--lines",
        "--max-growth",
        "100",
    ];
    let ended = run(mpconn(lines), "1\n2\nno value\n3\n").expect(1);
    assert_eq!(ended.stdout.lines().count(), 3, "{ended:#?}");
    let told = "mpconn: 1 line left out, 3 results not shown as a whole, see above\n";
    assert!(ended.stderr.ends_with(told), "{ended:#?}");

    for command in ["call ADDRESS x f", "call ADDRESS x f --json"] {
        assert_eq!(liar.run(command).expect(0).stderr, "", "{command}");
    }
}

#[test]
fn a_number_of_objects_that_is_none_is_told_in_words() {
    let many = answer("#RETURN", Value::from(1_i128 << 70));
    let liar = Liar::start(move |method| (method == "number_of_objects").then(|| many.clone()));
    let ended = liar.run("manager objects ADDRESS").expect(1);
    assert_eq!(ended.stdout, "");
    let told = format!("mpconn: number_of_objects at {}: ", liar.address);
    assert!(ended.stderr.starts_with(&told), "{ended:#?}");
    assert!(
        ended.stderr.contains("1180591620717411303424"),
        "{ended:#?}"
    );
}
