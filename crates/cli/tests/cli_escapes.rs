//! Text of peers, files and the system steers no terminal and forges no line, whatever the verb.

mod cli_env;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;

use cli_env::{Directory, Ended, Running, mpconn, mpconn_with_key, run};
use mpconn::os::unix::ConnectionExt;
use mpconn::{Connection, Listener, connect};
use socket2::{Domain, SockAddr, Socket, Type};

/// Clears a terminal, colours it in two ways, forges a line, and turns the direction of writing.
const NAME: &str = "a\x1b[2J\u{9b}31m\r\n#9 forged\n\u{202e}\u{2028}\u{7f}z";

/// What no terminal should get from us: controls, separators, and what turns the direction.
fn steers(character: char) -> bool {
    character != '\n'
        && (character.is_control()
            || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}')
            || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}

#[track_caller]
fn clean(text: &str) {
    let bad = text.chars().find(|character| steers(*character));
    assert_eq!(bad, None, "{text:?}");
    for line in text.lines() {
        assert!(!line.starts_with("#9 forged"), "a forged line in {text:?}");
        assert!(!line.starts_with('\u{fffd}'), "{text:?}");
    }
}

/// Fails unless all that was printed is clean and has the name, escaped, in it.
#[track_caller]
fn clean_and_told(ended: Ended) -> Ended {
    clean(&ended.stdout);
    clean(&ended.stderr);
    let all = ended.stdout.clone() + &ended.stderr;
    // Python's escapes, those of JSON, and Python's in JSON.
    let is_there = ["a\\x1b[2J", "a\\u001b[2J", "a\\\\x1b[2J"]
        .iter()
        .any(|shown| all.contains(shown));
    assert!(is_there, "{ended:#?}");
    ended
}

fn text(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    [&[0x8c, length], text.as_bytes()].concat()
}

/// Pickles that have the name in every place where a pickle can have one.
fn messages() -> Vec<Vec<u8>> {
    let class = [text("shop"), text(NAME), b"\x93".to_vec()].concat();
    let module = [text(NAME), text("Order"), b"\x93".to_vec()].concat();
    let exception = [text("builtins"), text("ValueError"), b"\x93".to_vec()].concat();
    let error = [text(NAME), text("Error"), b"\x93".to_vec()].concat();
    let name = text(NAME);
    [
        name.clone(),
        class.clone(),
        module.clone(),
        // An instance, with arguments, with an attribute of that name.
        [&class, b")R".as_slice()].concat(),
        [&class, name.as_slice(), b"\x85R"].concat(),
        [&module, b")\x81}".as_slice(), &name, b"K\x01sb"].concat(),
        // Keywords.
        [&class, b")}".as_slice(), &name, b"K\x01s\x92"].concat(),
        [&exception, name.as_slice(), b"\x85R"].concat(),
        [&error, name.as_slice(), b"\x85R"].concat(),
        // A persistent id, a set, a dict.
        [name.as_slice(), b"Q"].concat(),
        [b"}".as_slice(), &name, &name, b"s"].concat(),
    ]
    .into_iter()
    .map(|body| [b"\x80\x04".as_slice(), &body, b"."].concat())
    .chain([
        // No pickles.
        NAME.into(),
        [b"\x80\x04c".as_slice(), NAME.as_bytes()].concat(),
        // An extension, an opcode and a name that there are not.
        b"\x80\x04\x82\x1b.".to_vec(),
        b"\x80\x04\x9b.".to_vec(),
    ])
    .collect()
}

/// A listener that sends each client these messages and reads until it goes.
fn server(messages: Vec<Vec<u8>>) -> String {
    let mut listener = Listener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.address().to_string();
    thread::spawn(move || {
        while let Ok(accepted) = listener.accept_timeout(cli_env::LIMIT) {
            let messages = messages.clone();
            thread::spawn(move || {
                for message in &messages {
                    accepted.connection.send_bytes(message).unwrap();
                }
                while accepted.connection.recv_bytes().is_ok() {}
            });
        }
    });
    address
}

/// A server of another kind, that says this and waits until the client goes.
fn banner(says: Vec<u8>) -> String {
    let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = server.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for client in server.incoming() {
            let (mut client, says) = (client.unwrap(), says.clone());
            thread::spawn(move || {
                let _ = client.write_all(&says);
                let _ = client.read_to_end(&mut Vec::new());
            });
        }
    });
    address
}

fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap();
    [&length.to_be_bytes(), message].concat()
}

#[test]
fn listen() {
    let count = messages().len().to_string();
    for format in [&[][..], &["--json"], &["--raw"]] {
        let args = ["listen", "127.0.0.1:0", "--count", &count];
        let mut listen = Running::start(mpconn(args.iter().chain(format)));
        let address = listen.address();
        let client = connect(address.as_str(), None).unwrap();
        for message in messages() {
            client.send_bytes(&message).unwrap();
        }
        let ended = clean_and_told(listen.end());
        if *format == ["--json"] {
            for line in ended.stdout.lines() {
                serde_json::from_str::<serde_json::Value>(line).unwrap();
            }
        }
    }
}

#[test]
fn connect_() {
    let count = messages().len().to_string();
    for format in [&[][..], &["--json"], &["--raw"]] {
        let address = server(messages());
        let args = ["connect", &address, "--replies", &count];
        clean_and_told(run(mpconn(args.iter().chain(format)), ""));
    }
    // Lines of the input that are no values are quoted.
    let address = server(Vec::new());
    let ended = run(mpconn(["connect", &address]), "a\x1b[2J\u{9b}(\n\u{202e}\n");
    clean(&ended.stderr);
}

#[test]
fn probe() {
    for message in messages() {
        for format in [&[][..], &["--json"]] {
            let address = server(vec![message.clone()]);
            let args = ["probe", &address];
            let ended = run(mpconn(args.iter().chain(format)), "");
            clean(&ended.stdout);
            clean(&ended.stderr);
        }
    }
    let digest = format!("#CHALLENGE#{{{NAME}}}{}", "x".repeat(40));
    let named = format!("#CHALLENGE#{{sha256}}{NAME}{}", "x".repeat(40));
    for says in [
        NAME.as_bytes().to_vec(),
        framed(digest.as_bytes()),
        framed(named.as_bytes()),
    ] {
        for format in [&[][..], &["--json"], &["--nudge"]] {
            let address = banner(says.clone());
            let args = ["probe", &address, "--timeout", "0.2"];
            let args = args.iter().chain(format);
            for command in [mpconn(args.clone()), mpconn_with_key(args)] {
                let ended = run(command, "");
                clean(&ended.stdout);
                clean(&ended.stderr);
            }
        }
    }
}

#[test]
fn relay() {
    for format in [&[][..], &["--json"]] {
        let target = server(messages());
        let args = ["relay", "127.0.0.1:0", &target];
        let mut relay = Running::start(mpconn(args.iter().chain(format)));
        let address = relay.address();
        let client = connect(address.as_str(), None).unwrap();
        for message in messages() {
            client.recv_bytes().unwrap();
            client.send_bytes(&message).unwrap();
        }
        drop(client);
        // What is no message either.
        let mut other = TcpStream::connect(&address).unwrap();
        other
            .write_all(b"\xff\xff\xff\x1b\x1b[2J\r\n#9 forged\n")
            .unwrap();
        drop(other);
        for _ in 0..2 {
            match format.is_empty() {
                true => drop(relay.stderr_with("closed")),
                false => while !relay.stdout_line().contains("\"closed\"") {},
            }
        }
        relay.signal("INT");
        clean_and_told(relay.end().expect(0));
    }
}

/// A client of a Unix socket whose own socket has that path.
fn client_at(path: &Path, listener: &str) -> Connection {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    socket.bind(&SockAddr::unix(path).unwrap()).unwrap();
    socket.connect(&SockAddr::unix(listener).unwrap()).unwrap();
    Connection::from_fd(socket).unwrap()
}

#[test]
fn paths_of_sockets() {
    let directory = Directory::new();
    let path = directory.path("s");
    let mut listen = Running::start(mpconn(["listen", &path, "--count", "1"]));
    listen.address();
    let client = client_at(Path::new(&directory.path(&format!("c{NAME}"))), &path);
    client.send_bytes(b"K\x01.").unwrap();
    clean_and_told(listen.end().expect(0));

    let target = server(Vec::new());
    for format in [&[][..], &["--json"]] {
        let path = directory.path(&format!("relay{}", format.len()));
        let args = ["relay", &path, &target];
        let mut relay = Running::start(mpconn(args.iter().chain(format)));
        relay.address();
        let bound = directory.path(&format!("{}{NAME}", format.len()));
        let client = client_at(Path::new(&bound), &path);
        client.send_bytes(b"K\x01.").unwrap();
        relay.stdout_line();
        relay.signal("INT");
        clean_and_told(relay.end().expect(0));
    }

    // Where it listens itself.
    let mut addresses = vec![directory.path(NAME)];
    if cfg!(target_os = "linux") {
        addresses.push(format!("@{NAME}{}", std::process::id()));
    }
    for address in addresses {
        let mut listen = Running::start(mpconn_with_key(["listen", &address]));
        listen.address();
        let ended = clean_and_told(run(mpconn(["probe", &address]), ""));
        assert_eq!(ended.code, Some(3), "{ended:#?}");
        clean_and_told(run(mpconn(["probe", &address, "--json"]), "").expect(3));
        clean_and_told(run(mpconn(["listen", &address]), "").expect(1));
        let mut wrong = mpconn(["connect", &address]);
        wrong.env("MPCONN_AUTHKEY", "other");
        clean_and_told(run(wrong, "").expect(3));
        listen.signal("INT");
        clean_and_told(listen.end().expect(0));
    }
}

#[test]
fn names_that_lead_nowhere() {
    let directory = Directory::new();
    let missing = directory.path(NAME);
    let below = format!("{missing}/s");
    let free = directory.path("free");
    for args in [
        &["listen", &below][..],
        &["connect", &missing],
        &["probe", &missing],
        &["call", &missing, "get_queue", "qsize"],
        &["manager", "ping", &missing],
        &["manager", "methods", &missing, "list"],
        &["manager", "debug-info", &missing],
        &["manager", "number-of-objects", &missing],
        &["manager", "shutdown", &missing],
        &["pickle", "load", &missing],
        &["pickle", "show", &missing],
        &["pickle", "recode", "--protocol", "2", &missing],
        &["pickle", "dump", &missing, "-o", &free],
        &["demo", "--python", &missing],
        &["connect", &free, "--authkey-file", &missing],
        // Errors of the command line.
        &["listen", NAME],
        &["connect", NAME],
        &[NAME],
        &["listen", ":0", NAME],
        &["listen", ":0", "--count", NAME],
        &["listen", ":0", "--timeout", NAME],
        &["connect", ":1", "--replies", NAME],
        &["connect", ":1", "--policy", NAME],
        &["pickle", NAME],
    ] {
        let ended = clean_and_told(run(mpconn(args), ""));
        assert_ne!(ended.code, Some(0), "{args:?}");
    }
    // These do not quote what they were given.
    for args in [
        ["call", ":1", "get", "get", NAME],
        ["call", ":1", "get", NAME, "1"],
        ["call", ":1", NAME, "get", "1"],
        ["call", ":1", "get", "get", &format!("--kw={NAME}=1")],
    ] {
        let ended = run(mpconn(args), "");
        clean(&ended.stderr);
        assert_ne!(ended.code, Some(0), "{args:?}");
    }
    let mut odd_key = mpconn(["connect", &free, "--authkey-hex"]);
    odd_key.env("MPCONN_AUTHKEY", NAME);
    clean(&run(odd_key, "").expect(2).stderr);
    // A target that is not there.
    let mut relay = Running::start(mpconn(["relay", "127.0.0.1:0", &missing]));
    let client = connect(relay.address().as_str(), None).unwrap();
    assert!(client.recv_bytes().is_err());
    relay.stderr_with("closed: ");
    relay.signal("INT");
    clean_and_told(relay.end().expect(0));
}

#[test]
fn files_of_pickles_and_literals() {
    let directory = Directory::new();
    for message in messages() {
        let path = directory.file(NAME, &message);
        for args in [
            &["pickle", "load", &path][..],
            &["pickle", "load", "--json", &path],
            &["pickle", "load", "--json", "--exact", &path],
            &["pickle", "show", &path],
        ] {
            let ended = run(mpconn(args), "");
            clean(&ended.stdout);
            clean(&ended.stderr);
        }
    }
    let path = directory.file(NAME, NAME.as_bytes());
    let pickled = directory.path("pickled");
    clean_and_told(run(mpconn(["pickle", "dump", &path, "-o", &pickled]), "").expect(1));
    // A key that others can read.
    let key = directory.file(&format!("{NAME}.key"), b"secret");
    let args = ["connect", &directory.path("none"), "--authkey-file", &key];
    clean_and_told(run(mpconn(args), "").expect(1));
}

#[test]
fn the_python_of_the_demo() {
    let directory = Directory::new();
    for script in [
        format!("printf '%s' '{NAME}' >&2; exit 3"),
        format!(
            "case \"$2\" in *platform*) printf '{0}\\n{0}\\n' ;; *) exit 7;; esac",
            "a\\033[2J\\302\\23331m\\r#9 forged\\342\\200\\256"
        ),
    ] {
        let fake = directory.file("fake", format!("#!/bin/sh\n{script}\n").as_bytes());
        std::fs::set_permissions(&fake, std::fs::Permissions::from_mode(0o755)).unwrap();
        let ended = run(mpconn(["demo", "--timeout", "5", "--python", &fake]), "").expect(1);
        clean(&ended.stdout);
        clean(&ended.stderr);
        let all = ended.stdout + &ended.stderr;
        assert!(all.contains("a\\x1b[2J\\x9b31m"), "{all}");
    }
}

#[test]
fn what_strangers_say_in_the_handshake() {
    let mut listen = Running::start(mpconn_with_key(["listen", "127.0.0.1:0"]));
    let address = listen.address();
    for says in [
        NAME.as_bytes().to_vec(),
        framed(NAME.as_bytes()),
        framed(format!("{{{NAME}}}{}", "x".repeat(32)).as_bytes()),
    ] {
        let mut stranger = TcpStream::connect(&address).unwrap();
        stranger.write_all(&says).unwrap();
        stranger.shutdown(std::net::Shutdown::Write).unwrap();
        let _ = stranger.read_to_end(&mut Vec::new());
        listen.stderr_with("authentication with");
    }
    listen.signal("INT");
    let ended = listen.end().expect(0);
    clean(&ended.stderr);
    assert!(ended.stderr.contains("\\x1b[2J"), "{}", ended.stderr);
}
