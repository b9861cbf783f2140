//! `mpconn listen`, with this crate's client and with Python's.

mod cli_env;

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use cli_env::{Directory, KEY, Running, mpconn, mpconn_with_key, python, run};
use mpconn::{AuthKey, Connection, Value, connect};

fn client(address: &str, key: Option<&str>) -> Connection {
    connect(address, key.map(AuthKey::from)).unwrap()
}

fn value(literal: &str) -> Value {
    literal.parse().unwrap()
}

#[test]
fn objects_are_printed_one_a_line_and_counted() {
    let mut listen = Running::start(mpconn(["listen", "127.0.0.1:0", "--count", "3"]));
    let address = listen.address();
    assert!(!address.ends_with(":0"), "{address}");
    let one = client(&address, None);
    one.send(&value("{'text': 'a\\nb', 'n': [1, 2.5, None]}"))
        .unwrap();
    assert_eq!(
        listen.stdout_line(),
        "{'text': 'a\\nb', 'n': [1, 2.5, None]}"
    );
    let two = client(&address, None);
    two.send(&value("(b'\\x00', 'ä')")).unwrap();
    assert_eq!(listen.stdout_line(), "(b'\\x00', 'ä')");
    one.send(&value("True")).unwrap();
    let ended = listen.end().expect(0);
    assert_eq!(ended.stdout.lines().last(), Some("True"));
}

#[test]
fn python_sends_and_gets_its_echo() {
    let program = "
import sys
from multiprocessing.connection import Client
conn = Client(sys.argv[1], authkey=b'secret')
mine = [{'deep': [1, {'x': (None, True)}]}, 2 ** 100]
conn.send(mine)
assert conn.recv() == mine
";
    let directory = Directory::new();
    let path = directory.path("s");
    let mut listen = Running::start(mpconn_with_key(["listen", &path, "--echo", "--count", "1"]));
    assert_eq!(listen.address(), path);
    run(python(program, &[&path]), "").expect(0);
    let ended = listen.end().expect(0);
    assert_eq!(
        ended.stdout,
        "[{'deep': [1, {'x': (None, True)}]}, 1267650600228229401496703205376]\n"
    );
    assert!(
        ended.stderr.contains("authenticated with"),
        "{}",
        ended.stderr
    );
    assert!(!std::path::Path::new(&path).exists());
}

#[test]
fn wrong_keys_are_told_and_end_nothing() {
    let mut listen = Running::start(mpconn_with_key(["listen", "127.0.0.1:0", "--count", "1"]));
    let address = listen.address();
    let error = connect(address.as_str(), "other").unwrap_err();
    assert!(error.is_wrong_key());
    assert!(listen.stderr_line().contains("wrong key"));
    let keyless = client(&address, None);
    keyless.send(&1).unwrap();
    listen.stderr_with("has no key");
    client(&address, Some(KEY)).send(&value("'fine'")).unwrap();
    assert_eq!(listen.end().expect(0).stdout, "'fine'\n");
}

#[test]
fn keys_come_from_files_and_as_hex() {
    let directory = Directory::new();
    let file = directory.file("key", b"secret\n");
    let hex = directory.file("hex", b"736563 726574\n");
    for args in [
        &["--authkey-file", &file][..],
        &["--authkey-hex", "--authkey-file", &hex],
    ] {
        let all = ["listen", "127.0.0.1:0", "--count", "1"].iter().chain(args);
        // The file goes before the environment.
        let mut command = mpconn(all);
        command.env("MPCONN_AUTHKEY", "another");
        let mut listen = Running::start(command);
        client(&listen.address(), Some(KEY)).send(&1).unwrap();
        assert_eq!(listen.end().expect(0).stdout, "1\n");
    }
}

#[test]
fn an_empty_key_is_a_key() {
    let mut command = mpconn(["listen", "127.0.0.1:0", "--count", "1"]);
    command.env("MPCONN_AUTHKEY", "");
    let mut listen = Running::start(command);
    client(&listen.address(), Some("")).send(&1).unwrap();
    assert!(listen.end().expect(0).stderr.contains("authenticated with"));
}

#[test]
fn values_as_json_and_messages_as_they_are() {
    let mut listen = Running::start(mpconn(["listen", "127.0.0.1:0", "--count", "1", "--json"]));
    client(&listen.address(), None)
        .send(&value("{'a': [1, 2.5, None, True, 'ä\\n']}"))
        .unwrap();
    let ended = listen.end().expect(0);
    assert_eq!(ended.stdout, "{\"a\":[1,2.5,null,true,\"ä\\n\"]}\n");

    let mut listen = Running::start(mpconn(["listen", "127.0.0.1:0", "--count", "2", "--raw"]));
    let raw = client(&listen.address(), None);
    raw.send_bytes(b"{\"json\": 1}\n\x00\xff").unwrap();
    raw.send_bytes(b"").unwrap();
    let ended = listen.end().expect(0);
    assert_eq!(ended.stdout, "b'{\"json\": 1}\\n\\x00\\xff'\nb''\n");
}

#[test]
fn what_is_no_pickle_is_told_and_fails_at_the_end() {
    let mut listen = Running::start(mpconn(["listen", "127.0.0.1:0", "--count", "2"]));
    let peer = client(&listen.address(), None);
    peer.send_bytes(b"hello").unwrap();
    assert!(listen.stderr_with("cannot be decoded").contains("b'hello'"));
    peer.send(&value("'fine'")).unwrap();
    let ended = listen.end().expect(1);
    assert_eq!(ended.stdout, "'fine'\n");
}

#[test]
fn slow_peers_hold_up_nobody() {
    let mut listen = Running::start(mpconn(["listen", "127.0.0.1:0", "--count", "1", "--echo"]));
    let address = listen.address();
    let mut half = TcpStream::connect(&address).unwrap();
    half.write_all(b"\0\0\0\x09half").unwrap();
    // This one never reads its echo.
    let never = client(&address, None);
    never.set_send_timeout(Some(Duration::from_millis(10)));
    let good = client(&address, None);
    good.send(&value("'good'")).unwrap();
    assert_eq!(good.recv::<Value>().unwrap(), value("'good'"));
    assert_eq!(listen.end().expect(0).stdout, "'good'\n");
}

#[test]
fn broken_messages_end_their_connection_only() {
    let mut listen = Running::start(mpconn(["listen", "127.0.0.1:0", "--count", "1"]));
    let address = listen.address();
    let mut cut = TcpStream::connect(&address).unwrap();
    cut.write_all(b"\0\0\0\x09half").unwrap();
    drop(cut);
    listen.stderr_with("end of file during message");
    let mut negative = TcpStream::connect(&address).unwrap();
    negative.write_all(b"\xff\xff\xff\xfe").unwrap();
    listen.stderr_with("bad message length");
    client(&address, None).send(&1).unwrap();
    listen.end().expect(0);
}

#[test]
fn signals_end_it_in_good_order() {
    for signal in ["INT", "TERM"] {
        let directory = Directory::new();
        let path = directory.path("s");
        let mut listen = Running::start(mpconn(["listen", &path]));
        listen.address();
        let _open = client(&path, None);
        listen.stderr_with("opened");
        listen.signal(signal);
        listen.end().expect(0);
        assert!(!std::path::Path::new(&path).exists());
    }
}

#[test]
fn a_signal_before_the_count_is_a_failure() {
    let mut listen = Running::start(mpconn(["listen", "127.0.0.1:0", "--count", "2"]));
    client(&listen.address(), None).send(&1).unwrap();
    assert_eq!(listen.stdout_line(), "1");
    listen.signal("TERM");
    assert!(listen.end().expect(1).stderr.contains("1 message to go"));
}

#[test]
fn silence_times_out() {
    let ended = run(mpconn(["listen", "127.0.0.1:0", "--timeout", "0.1"]), "").expect(5);
    assert!(ended.stderr.contains("--timeout"), "{}", ended.stderr);
}

#[test]
fn an_address_in_use_is_told() {
    let mut first = Running::start(mpconn(["listen", "127.0.0.1:0"]));
    let address = first.address();
    let ended = run(mpconn(["listen", &address]), "").expect(1);
    assert!(ended.stderr.contains(&address), "{}", ended.stderr);
}

#[test]
fn a_closed_output_is_a_failure() {
    let mut listen = Running::start(mpconn(["listen", "127.0.0.1:0"]));
    let address = listen.address();
    listen.close_stdout();
    let peer = client(&address, None);
    // The reader of the pipe goes at its next line.
    while peer.send(&1).is_ok() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let ended = listen.end().expect(1);
    let told = "mpconn: standard output was closed before everything was printed";
    assert_eq!(ended.stderr.lines().last(), Some(told));
}

#[test]
fn the_count_is_exact_and_each_connection_keeps_its_order() {
    const CLIENTS: usize = 8;
    let args = ["listen", "127.0.0.1:0", "--count", "200", "--echo"];
    let mut listen = Running::start(mpconn(args));
    let address = listen.address();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client_number| {
            let connection = client(&address, None);
            std::thread::spawn(move || {
                // More than the count allows; the end disconnects.
                let echoed = (0..50).map(|n| {
                    connection.send(&(client_number, n)).ok()?;
                    connection.recv::<(usize, i32)>().ok()
                });
                echoed.take_while(Option::is_some).count()
            })
        })
        .collect();
    let ended = listen.end().expect(0);
    let echoed: usize = clients.into_iter().map(|it| it.join().unwrap()).sum();
    assert_eq!(ended.stdout.lines().count(), 200);
    // What was printed was sent back, up to the last one.
    assert_eq!(echoed, 200);
    let mut next = [0; CLIENTS];
    for line in ended.stdout.lines() {
        let pair = line.trim_matches(['(', ')']).split_once(", ").unwrap();
        let (number, n) = (
            pair.0.parse::<usize>().unwrap(),
            pair.1.parse::<i32>().unwrap(),
        );
        assert_eq!(next[number], n, "{line}");
        next[number] += 1;
    }
}
