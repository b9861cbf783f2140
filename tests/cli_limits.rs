//! What strangers can cost the network verbs: messages whose text would have no end, outputs that
//! nobody reads, floods of clients. Memory, lines and threads are counted.

#![cfg(feature = "cli")]

mod cli_env;

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cli_env::{Directory, KEY, Running, mpconn, mpconn_with_key, run, with_memory};
use mpconn::{AuthKey, Connection, Listener, Value, connect};

/// Address space that is enough for the program and its threads.
const KIB: u64 = 400_000;
/// Bytes that are printed at most for the bomb: a megabyte of growth, and what it is itself.
const PRINTED: usize = 4 << 20;

/// 20 levels of lists, each of which holds the one below ten times, in 443 bytes.
fn bomb() -> Vec<u8> {
    let mut message = b"\x80\x04K\x01\x94".to_vec();
    for below in 0..19 {
        message.push(b'(');
        message.extend([b'h', below].repeat(10));
        message.extend(b"l\x94");
    }
    message.push(b'.');
    message
}

fn client(address: &str) -> Connection {
    let connection = connect(address, None).unwrap();
    connection.set_recv_timeout(Some(cli_env::LIMIT));
    connection.set_send_timeout(Some(cli_env::LIMIT));
    connection
}

/// A listener that sends each of its clients these messages, and then returns what they send.
fn server(greeting: Vec<Vec<u8>>) -> String {
    let mut listener = Listener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.address().to_string();
    thread::spawn(move || {
        while let Ok(accepted) = listener.accept_timeout(cli_env::LIMIT) {
            let greeting = greeting.clone();
            thread::spawn(move || {
                let connection = accepted.connection;
                for message in &greeting {
                    connection.send_bytes(message).unwrap();
                }
                while let Ok(message) = connection.recv_bytes() {
                    if connection.send_bytes(&message).is_err() {
                        break;
                    }
                }
            });
        }
    });
    address
}

#[cfg(target_os = "linux")]
fn status(id: u32, field: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn the_bomb_is_443_bytes() {
    assert_eq!(bomb().len(), 443);
}

#[test]
fn listen_cuts_a_bomb_and_serves_the_others() {
    let command = mpconn(["listen", "127.0.0.1:0", "--count", "12"]);
    let mut listen = Running::start(with_memory(KIB, &command));
    let address = listen.address();
    let (hostile, good) = (client(&address), client(&address));
    for number in 0..6 {
        hostile.send_bytes(&bomb()).unwrap();
        good.send(&number).unwrap();
    }
    let ended = listen.end().expect(1);
    assert!(ended.stdout.len() < 6 * PRINTED, "{}", ended.stdout.len());
    assert_eq!(ended.stdout.lines().count(), 12);
    for number in 0..6 {
        assert!(ended.stdout.lines().any(|l| l == number.to_string()));
    }
    assert!(ended.stderr.contains("--max-growth"), "{}", ended.stderr);
    let told = "mpconn: 6 messages not shown as a whole, see above";
    assert_eq!(ended.stderr.lines().last(), Some(told));
}

#[test]
fn listen_takes_another_growth_and_json_is_whole() {
    let command = mpconn([
        "listen",
        "127.0.0.1:0",
        "--count",
        "1",
        "--max-growth",
        "100",
    ]);
    let mut listen = Running::start(with_memory(KIB, &command));
    client(&listen.address()).send_bytes(&bomb()).unwrap();
    let ended = listen.end().expect(1);
    assert!(ended.stdout.len() < 4096, "{}", ended.stdout.len());

    let command = mpconn(["listen", "127.0.0.1:0", "--count", "1", "--json"]);
    let mut listen = Running::start(with_memory(KIB, &command));
    client(&listen.address()).send_bytes(&bomb()).unwrap();
    let ended = listen.end().expect(0);
    assert!(ended.stdout.len() < PRINTED, "{}", ended.stdout.len());
    Value::from_json(&ended.stdout).unwrap();
}

#[test]
fn an_output_that_nobody_reads_stops_no_other_client_of_listen() {
    let args = ["listen", "127.0.0.1:0", "--timeout", "3"];
    let mut listen = Running::start_unread(mpconn_with_key(args));
    let address = listen.address();
    let key = AuthKey::from(KEY);
    let first = connect(address.as_str(), Some(&key)).unwrap();
    // More than a pipe takes: this one is stuck in the middle of its line.
    first.send_bytes(&bomb()).unwrap();
    first.send(&1).unwrap();
    for number in 2..6 {
        let other = connect(address.as_str(), Some(&key)).unwrap();
        other.send(&number).unwrap();
        listen.stderr_with(&format!("#{number} opened"));
    }
    // And the time without anything new runs out all the same.
    let ended = listen.end().expect(5);
    assert!(ended.stderr.contains("(--timeout)"), "{}", ended.stderr);
}

#[test]
fn connect_cuts_a_bomb() {
    let address = server(vec![bomb(), b"K\x07.".to_vec()]);
    let command = mpconn(["connect", &address, "--replies", "2"]);
    let ended = run(with_memory(KIB, &command), "").expect(1);
    assert!(ended.stdout.len() < PRINTED, "{}", ended.stdout.len());
    assert_eq!(ended.stdout.lines().last(), Some("7"));
    assert!(ended.stderr.contains("--max-growth"), "{}", ended.stderr);
}

#[test]
fn connect_keeps_no_more_replies_than_bytes_allow() {
    // 32 replies of 4 MiB, whose text nobody reads.
    let reply = [
        b"B".as_slice(),
        &(4_u32 << 20).to_le_bytes(),
        &vec![b'x'; 4 << 20],
        b".",
    ]
    .concat();
    let address = server(vec![reply; 32]);
    let mut connect = Running::start_unread(mpconn(["connect", &address, "--replies", "32"]));
    connect.write(Vec::new());
    connect.stderr_with("connected to");
    thread::sleep(Duration::from_millis(500));
    #[cfg(target_os = "linux")]
    assert!(status(connect.id(), "VmHWM:") < 96 << 10);
    connect.read_stdout();
    let ended = connect.end().expect(0);
    assert_eq!(ended.stdout.len(), 32 * ((4 << 20) + 4));
}

#[test]
fn probe_shows_the_beginning_of_a_bomb() {
    for args in [&[][..], &["--json"], &["--max-growth", "10"]] {
        let address = server(vec![bomb()]);
        let command = mpconn(["probe", &address].iter().chain(args));
        let ended = run(with_memory(KIB, &command), "").expect(0);
        assert!(ended.stdout.contains("first message: [[[["), "{ended:#?}");
        assert!(ended.stdout.len() < 8192, "{}", ended.stdout.len());
    }
    let text = vec![b'x'; 500_000];
    let long = [
        b"\x80\x04X".as_slice(),
        &500_000_u32.to_le_bytes(),
        &text,
        b".",
    ]
    .concat();
    let ended = run(mpconn(["probe", &server(vec![long])]), "").expect(0);
    assert!(
        ended
            .stdout
            .contains("... (the beginning of a message of 500008 bytes)")
    );
    assert!(ended.stdout.len() < 8192, "{}", ended.stdout.len());
}

fn relay(command: &Command, unread: bool) -> (Running, String) {
    let mut relay = match unread {
        true => Running::start_unread(with_memory(2 * KIB, command)),
        false => Running::start(with_memory(2 * KIB, command)),
    };
    let address = relay.address();
    relay.stderr_with("relaying to");
    (relay, address)
}

#[test]
fn relay_forwards_a_bomb_and_cuts_its_text() {
    for json in [&[][..], &["--json"]] {
        let target = server(Vec::new());
        let command = mpconn(["relay", "127.0.0.1:0", &target].iter().chain(json));
        let (relay, address) = relay(&command, false);
        let (hostile, good) = (client(&address), client(&address));
        for number in 0..4 {
            hostile.send_bytes(&bomb()).unwrap();
            assert_eq!(hostile.recv_bytes().unwrap(), bomb());
            good.send(&number).unwrap();
            assert_eq!(good.recv::<i32>().unwrap(), number);
        }
        drop((hostile, good));
        relay.signal("INT");
        let ended = relay.end().expect(1);
        assert!(ended.stdout.len() < 8 * PRINTED, "{}", ended.stdout.len());
        assert!(ended.stderr.contains("--max-growth"), "{}", ended.stderr);
        let told = "mpconn: 8 messages not shown as a whole, see above; all were relayed";
        assert_eq!(ended.stderr.lines().last(), Some(told));
    }
}

#[test]
fn relay_whose_output_nobody_reads_goes_on_and_counts_what_it_drops() {
    const MESSAGES: u64 = 10_000;
    let target = server(Vec::new());
    let command = mpconn(["relay", "127.0.0.1:0", &target]);
    let (mut relay, address) = relay(&command, true);
    let connection = client(&address);
    let message = [b"B\x00\x08\x00\x00".as_slice(), &[b'x'; 2048], b"."].concat();
    for _ in 0..MESSAGES {
        connection.send_bytes(&message).unwrap();
        assert_eq!(connection.recv_bytes().unwrap(), message);
    }
    relay.stderr_with("messages not shown: the output is not read fast enough");
    #[cfg(target_os = "linux")]
    assert!(status(relay.id(), "VmHWM:") < 64 << 10);
    // The rest is shown to whoever reads on: nothing is lost in the count.
    relay.read_stdout();
    let shown = 2 * MESSAGES - dropped_in_the_end(&mut relay);
    assert!(shown > 1000, "{shown}");
}

/// Ends the relay, and returns how many messages it says were dropped, which is checked.
fn dropped_in_the_end(relay: &mut Running) -> u64 {
    // The queue is empty when nothing comes for a while.
    let mut shown = 0;
    while relay.stdout_within(Duration::from_millis(500)).is_some() {
        shown += 1;
    }
    relay.signal("INT");
    let last = relay.stderr_with("all were relayed");
    let words: Vec<&str> = last.split(' ').collect();
    let dropped = words[1].parse().unwrap();
    assert_eq!(shown + dropped, 20_000, "{last}");
    dropped
}

#[test]
fn relay_with_an_output_that_is_never_read_ends_with_its_signal() {
    let target = server(Vec::new());
    let command = mpconn(["relay", "127.0.0.1:0", &target, "--json"]);
    let (relay, address) = relay(&command, true);
    let connection = client(&address);
    for _ in 0..1000 {
        connection.send_bytes(&[b'x'; 1000]).unwrap();
        connection.recv_bytes().unwrap();
    }
    relay.signal("TERM");
    let ended = relay.end().expect(1);
    assert!(ended.stderr.contains("lines not shown"), "{}", ended.stderr);
}

/// Lines about one thing that strangers can cause, and how many there would have been.
#[derive(Default)]
struct Reports {
    lines: u64,
    all: u64,
}

impl Reports {
    fn count(&mut self, line: &str) {
        self.lines += 1;
        self.all += match line.split_once(" more like this") {
            Some((number, _)) => number.parse::<u64>().unwrap(),
            None => 1,
        };
    }
}

#[test]
fn a_flood_of_clients_that_leave_at_once_is_summed_up() {
    const CLIENTS: u64 = 500;
    let mut listen = Running::start(mpconn(["listen", "127.0.0.1:0"]));
    let address = listen.address();
    let start = Instant::now();
    let flood = thread::spawn(move || {
        for _ in 0..CLIENTS {
            drop(std::net::TcpStream::connect(&address).unwrap());
        }
    });
    let [mut opened, mut closed, mut refused] = [const { Reports { lines: 0, all: 0 } }; 3];
    while opened.all + refused.all < CLIENTS || closed.all < opened.all {
        let line = listen.stderr_line();
        if line.contains("opened by") {
            opened.count(&line);
        } else if line.contains("closed after 0 messages") {
            closed.count(&line);
        } else {
            assert!(line.contains("refused"), "{line}");
            refused.count(&line);
        }
    }
    flood.join().unwrap();
    assert_eq!(opened.all + refused.all, CLIENTS);
    assert_eq!(opened.all, closed.all);
    // 20 lines in a second and their sum.
    let seconds = start.elapsed().as_secs() + 2;
    for reports in [opened, closed, refused] {
        assert!(reports.lines <= 21 * seconds, "{} lines", reports.lines);
    }
    listen.signal("INT");
    listen.end().expect(0);
}

#[test]
fn connections_and_threads_are_bounded() {
    let args = ["listen", "127.0.0.1:0", "--max-connections", "2", "--echo"];
    let mut listen = Running::start(mpconn(args));
    let address = listen.address();
    let first = client(&address);
    let second = client(&address);
    listen.stderr_with("#2 opened");
    for _ in 0..300 {
        let refused = client(&address);
        assert!(refused.recv_bytes().unwrap_err().is_disconnected());
    }
    listen.stderr_with("refused: 2 connections open already (--max-connections)");
    // The two, main, and those of signals and summaries.
    #[cfg(target_os = "linux")]
    assert!(status(listen.id(), "Threads:") <= 8);
    drop(first);
    // Until its end is seen there is no room.
    let served = (0..500).any(|_| {
        let third = client(&address);
        let served = third.send(&3).is_ok() && third.recv::<i32>().is_ok();
        thread::sleep(Duration::from_millis(10));
        served
    });
    assert!(served);
    second.send(&2).unwrap();
    assert_eq!(second.recv::<i32>().unwrap(), 2);
}

#[test]
fn without_a_key_64_connections_are_open_at_a_time() {
    let mut listen = Running::start(mpconn(["listen", "127.0.0.1:0"]));
    let address = listen.address();
    let clients: Vec<Connection> = (0..65).map(|_| client(&address)).collect();
    listen.stderr_with("refused: 64 connections open already");
    assert!(clients[64].recv_bytes().unwrap_err().is_disconnected());
    clients[63].send(&63).unwrap();
    assert_eq!(listen.stdout_line(), "63");
}

#[test]
fn relay_bounds_its_connections() {
    let target = server(Vec::new());
    let command = mpconn(["relay", "127.0.0.1:0", &target, "--max-connections", "1"]);
    let (mut relay, address) = relay(&command, false);
    let first = client(&address);
    first.send(&1).unwrap();
    first.recv::<i32>().unwrap();
    assert!(client(&address).recv_bytes().unwrap_err().is_disconnected());
    relay.stderr_with("closed: refused: 1 connection open already (--max-connections)");
    first.send(&1).unwrap();
    first.recv::<i32>().unwrap();
}

#[test]
fn long_messages_are_refused_with_the_option_that_raises_the_limit() {
    let args = ["listen", "127.0.0.1:0", "--max-message", "1000"];
    let mut listen = Running::start(mpconn(args));
    let address = listen.address();
    client(&address).send_bytes(&[b'x'; 1001]).unwrap();
    let told = listen.stderr_with("#1 closed");
    let expected =
        "bad message length: 1001 bytes, the limit here is 1000, which --max-message raises";
    assert!(told.ends_with(expected), "{told}");
    client(&address).send_bytes(b"K\x01.").unwrap();
    assert_eq!(listen.stdout_line(), "1");

    let address = server(vec![vec![b'x'; 1001]]);
    let args = [
        "connect",
        &address,
        "--replies",
        "1",
        "--max-message",
        "1000",
    ];
    let ended = run(mpconn(args), "").expect(1);
    assert_eq!(
        ended.stderr.lines().last(),
        Some(&*format!("mpconn: {expected}"))
    );
    let args = [
        "connect",
        &address,
        "--replies",
        "1",
        "--max-message",
        "1001",
        "--raw",
    ];
    run(mpconn(args), "").expect(0);
}

#[test]
fn without_a_key_messages_have_64_mib() {
    let mut listen = Running::start(mpconn(["listen", "127.0.0.1:0"]));
    let address = listen.address();
    let mut stranger = std::net::TcpStream::connect(address).unwrap();
    let header = ((64_u32 << 20) + 1).to_be_bytes();
    std::io::Write::write_all(&mut stranger, &header).unwrap();
    listen.stderr_with("67108865 bytes, the limit here is 67108864, which --max-message raises");
}

#[cfg(target_os = "linux")]
#[test]
fn a_huge_raw_message_is_printed_piece_by_piece() {
    const SIZE: usize = 16 << 20;
    let directory = Directory::new();
    let path = directory.path("out");
    let mut listen = mpconn(["listen", "127.0.0.1:0", "--raw"]);
    listen
        .stdout(std::fs::File::create(&path).unwrap())
        .stderr(Stdio::piped());
    let mut listen = listen.spawn().unwrap();
    let mut line = String::new();
    let mut stderr = std::io::BufReader::new(listen.stderr.take().unwrap());
    std::io::BufRead::read_line(&mut stderr, &mut line).unwrap();
    let address = line.trim_end().strip_prefix("listening on ").unwrap();
    client(address).send_bytes(&vec![0; SIZE]).unwrap();
    // Each byte becomes `\x00`, in quotes with a `b`, and a line end.
    let expected = 4 * SIZE as u64 + 4;
    let deadline = Instant::now() + cli_env::LIMIT;
    while std::fs::metadata(&path).unwrap().len() < expected && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(10));
    }
    let peak = status(listen.id(), "VmHWM:");
    listen.kill().unwrap();
    listen.wait().unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().len(), expected);
    assert!(peak < ((3 * SIZE) >> 10) as u64, "{peak} KiB");
}

/// Runs it with a standard output that was closed before it began.
fn closed(mut command: Command, input: &'static str) -> cli_env::Ended {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    command
        .stdout(writer)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // The parent's end of the pipe would keep nothing open, but belongs to the command.
    drop(command);
    let mut stdin = child.stdin.take().unwrap();
    let _ = std::io::Write::write_all(&mut stdin, input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    cli_env::Ended {
        code: output.status.code(),
        stdout: String::new(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_closed_output_is_exit_code_1_everywhere() {
    let address = server(vec![b"K\x07.".to_vec()]);
    for (args, input) in [
        (&["--help"][..], ""),
        (&["--version"], ""),
        (&["listen", "--help"], ""),
        (&["connect", &address, "--replies", "1"], ""),
        (&["probe", &address], ""),
        (&["probe", &address, "--json"], ""),
        (&["pickle", "load"], "K\u{1}."),
        (&["pickle", "show"], "K\u{1}."),
        (&["pickle", "dump", "--force"], "1\n"),
        (
            &["pickle", "recode", "--protocol", "2", "--force"],
            "K\u{1}.",
        ),
        (&["demo"], ""),
    ] {
        let ended = closed(mpconn(args), input);
        assert_eq!(ended.code, Some(1), "{args:?} {ended:#?}");
        let last = ended.stderr.lines().last();
        let told = "mpconn: standard output was closed before all was printed";
        assert_eq!(last, Some(told), "{args:?} {ended:#?}");
    }
}

#[test]
fn a_relay_with_a_closed_output_ends() {
    let target = server(Vec::new());
    let command = mpconn(["relay", "127.0.0.1:0", &target]);
    let (mut relay, address) = relay(&command, false);
    relay.close_stdout();
    let connection = client(&address);
    while connection.send(&1).is_ok() && connection.recv::<i32>().is_ok() {
        thread::sleep(Duration::from_millis(5));
    }
    let ended = relay.end().expect(1);
    assert!(
        ended.stderr.contains("standard output was closed"),
        "{}",
        ended.stderr
    );
}
