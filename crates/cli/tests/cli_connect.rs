//! `mpconn connect`, with this crate's listener and with Python's.

mod cli_env;

use std::thread::{self, JoinHandle};
use std::time::Duration;

use cli_env::{KEY, Running, mpconn, mpconn_with_key, python, run};
use mpconn::{Connection, Listener, Value};

/// A listener that serves one connection.
fn serve<R: Send + 'static>(
    key: Option<&str>,
    work: impl FnOnce(Connection) -> R + Send + 'static,
) -> (String, JoinHandle<R>) {
    let mut builder = Listener::builder().address(("127.0.0.1", 0));
    if let Some(key) = key {
        builder = builder.authkey(key);
    }
    let mut listener = builder.bind().unwrap();
    let address = listener.address().to_string();
    let served = thread::spawn(move || {
        let connection = listener.accept_timeout(cli_env::LIMIT).unwrap().connection;
        connection.set_recv_timeout(Some(cli_env::LIMIT));
        work(connection)
    });
    (address, served)
}

/// All objects until the end.
fn take_all(connection: Connection) -> Vec<String> {
    let mut all = Vec::new();
    loop {
        match connection.recv::<Value>() {
            Ok(value) => all.push(value.to_string()),
            Err(error) => {
                assert!(error.is_eof(), "{error}");
                return all;
            }
        }
    }
}

fn echo(connection: Connection) {
    while let Ok(message) = connection.recv_bytes() {
        connection.send_bytes(&message).unwrap();
    }
}

#[test]
fn lines_are_sent_as_objects_and_it_ends_with_the_input() {
    let (address, served) = serve(None, take_all);
    let ended = run(
        mpconn(["connect", &address]),
        "{'a': (1, b'x')}\n\n  \n'last'",
    )
    .expect(0);
    assert_eq!(ended.stdout, "");
    assert_eq!(served.join().unwrap(), ["{'a': (1, b'x')}", "'last'"]);
}

#[test]
fn a_python_listener_answers() {
    let program = "
import sys
from multiprocessing.connection import Listener
listener = Listener(('127.0.0.1', 0), authkey=b'secret')
print('%d' % listener.address[1])
sys.stdout.flush()
conn = listener.accept()
for _ in range(3):
    conn.send([conn.recv(), 'seen'])
conn.close()
";
    let mut python = Running::start(python(program, &[]));
    let address = format!("127.0.0.1:{}", python.stdout_line());
    let connect = mpconn_with_key(["connect", &address, "--replies", "3"]);
    let ended = run(
        connect,
        "1\n{'a': None}\n-1267650600228229401496703205376\n",
    )
    .expect(0);
    assert_eq!(
        ended.stdout,
        "[1, 'seen']\n[{'a': None}, 'seen']\n[-1267650600228229401496703205376, 'seen']\n"
    );
    python.end().expect(0);
}

#[test]
fn what_comes_back_is_printed_even_when_no_replies_were_asked_for() {
    let (address, served) = serve(None, echo);
    let ended = run(mpconn(["connect", &address]), "1\n2\n").expect(0);
    assert_eq!(ended.stdout, "1\n2\n");
    served.join().unwrap();
}

#[test]
fn an_echo_of_much_input_does_not_block() {
    let (address, served) = serve(None, echo);
    let line = format!("'{}'\n", "x".repeat(1000));
    let input = line.repeat(20_000);
    let ended = run(
        mpconn(["connect", &address, "--replies", "20000"]),
        input.clone(),
    )
    .expect(0);
    assert!(
        ended.stdout == input,
        "{} bytes came back",
        ended.stdout.len()
    );
    served.join().unwrap();
}

#[test]
fn a_bad_line_is_named_and_nothing_else_is_lost() {
    let (address, served) = serve(None, |connection| {
        let first: Value = connection.recv().unwrap();
        connection.send(&first).unwrap();
        let mut rest = take_all(connection);
        rest.insert(0, first.to_string());
        rest
    });
    let input = b"1\n[2, oops]\n\xff\n4\n".to_vec();
    let ended = run(mpconn(["connect", &address, "--replies", "3"]), input).expect(1);
    assert!(
        ended.stderr.contains("line 2, column 5: "),
        "{}",
        ended.stderr
    );
    assert!(
        ended.stderr.contains("line 3, column 1: "),
        "{}",
        ended.stderr
    );
    assert!(
        ended.stderr.contains("2 lines left out"),
        "{}",
        ended.stderr
    );
    // Two of the three that could have had a reply were not sent.
    assert_eq!(ended.stdout, "1\n");
    assert_eq!(served.join().unwrap(), ["1", "4"]);
}

#[test]
fn values_as_json_and_messages_as_they_are() {
    let (address, served) = serve(None, take_all);
    run(
        mpconn(["connect", &address, "--json"]),
        "{\"a\": [1, null, true]}\n",
    )
    .expect(0);
    assert_eq!(served.join().unwrap(), ["{'a': [1, None, True]}"]);

    let (address, served) = serve(None, |connection| {
        let message = connection.recv_bytes().unwrap();
        connection.send_bytes(b"\x00reply").unwrap();
        message
    });
    let ended = run(
        mpconn(["connect", &address, "--raw", "--replies", "1"]),
        "b'\\xff\\n'\n",
    );
    assert_eq!(ended.expect(0).stdout, "b'\\x00reply'\n");
    assert_eq!(served.join().unwrap(), b"\xff\n");

    let (address, _served) = serve(None, |_| ());
    let ended = run(mpconn(["connect", &address, "--raw"]), "'text'\n").expect(1);
    assert!(ended.stderr.contains("bytes literal"), "{}", ended.stderr);
}

#[test]
fn replies_until_the_other_side_closes() {
    let (address, served) = serve(None, |connection| {
        for n in 0..3 {
            connection.send(&n).unwrap();
        }
    });
    let ended = run(mpconn(["connect", &address, "--replies", "all"]), "").expect(0);
    assert_eq!(ended.stdout, "0\n1\n2\n");
    served.join().unwrap();
}

#[test]
fn replies_come_while_a_person_types() {
    let (address, served) = serve(None, echo);
    let mut connect = Running::start(mpconn(["connect", &address]));
    for line in ["1", "'two'"] {
        connect.write_line(line);
        assert_eq!(connect.stdout_line(), line);
    }
    connect.end().expect(0);
    served.join().unwrap();
}

#[test]
fn a_peer_that_closes_too_early_is_a_failure() {
    let (address, served) = serve(None, |connection| {
        connection.recv::<Value>().unwrap();
        connection.send(&1).unwrap();
    });
    let ended = run(mpconn(["connect", &address, "--replies", "2"]), "0\n").expect(1);
    assert_eq!(ended.stdout, "1\n");
    assert!(ended.stderr.contains("1 of 2 replies"), "{}", ended.stderr);
    served.join().unwrap();
}

#[test]
fn a_reply_that_does_not_come_times_out() {
    let (address, served) = serve(None, take_all);
    let args = ["connect", &address, "--replies", "1", "--timeout", "0.2"];
    let ended = run(mpconn(args), "0\n").expect(5);
    assert!(ended.stderr.contains("0 of 1 replies"), "{}", ended.stderr);
    assert_eq!(served.join().unwrap(), ["0"]);
}

#[test]
fn a_peer_that_never_reads_times_out() {
    let (ended_in, ended) = std::sync::mpsc::channel::<()>();
    let (address, served) = serve(None, move |connection| {
        // Kept open until the program has ended.
        let _ = ended.recv_timeout(cli_env::LIMIT);
        drop(connection);
    });
    let input = format!("'{}'\n", "x".repeat(1 << 20)).repeat(32);
    run(mpconn(["connect", &address, "--timeout", "0.2"]), input).expect(5);
    drop(ended_in);
    served.join().unwrap();
}

#[test]
fn failed_authentication_has_an_exit_code_of_its_own() {
    let listener = || {
        let mut listener = Listener::builder()
            .address(("127.0.0.1", 0))
            .authkey("other")
            .bind()
            .unwrap();
        let address = listener.address().to_string();
        thread::spawn(move || listener.accept_timeout(Duration::from_secs(20)));
        address
    };
    let ended = run(mpconn_with_key(["connect", &listener()]), "").expect(3);
    assert!(ended.stderr.contains("same authkey"), "{}", ended.stderr);
}

#[test]
fn a_listener_that_stays_silent_times_out() {
    let (address, _served) = serve(None, |connection| {
        let _ = connection.recv_bytes();
    });
    let ended = run(
        mpconn_with_key(["connect", &address, "--timeout", "0.2"]),
        "",
    )
    .expect(5);
    assert!(ended.stderr.contains("without authkey"), "{}", ended.stderr);
}

#[test]
fn without_a_key_the_challenge_is_explained() {
    let mut listener = Listener::builder()
        .address(("127.0.0.1", 0))
        .authkey(KEY)
        .bind()
        .unwrap();
    let address = listener.address().to_string();
    thread::spawn(move || listener.accept_timeout(Duration::from_secs(20)));
    let ended = run(mpconn(["connect", &address, "--replies", "1"]), "1\n").expect(3);
    assert!(ended.stderr.contains("MPCONN_AUTHKEY"), "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
}

#[test]
fn nobody_there_is_a_failure() {
    let ended = run(mpconn(["connect", "/nowhere/at/all.sock"]), "").expect(1);
    assert!(
        ended.stderr.contains("/nowhere/at/all.sock"),
        "{}",
        ended.stderr
    );
    assert!(
        ended.stderr.contains("is the listener running"),
        "{}",
        ended.stderr
    );
}
