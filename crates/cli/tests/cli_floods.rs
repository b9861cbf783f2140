//! Outputs that nobody reads, and floods of clients. Lines, threads and memory are counted.

mod cli_env;

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

#[cfg(target_os = "linux")]
use cli_env::peers::status;
use cli_env::peers::{bomb, client, relay, server};
use cli_env::{KEY, Running, mpconn, mpconn_with_key};
use mpconn::{AuthKey, Connection, connect};

#[test]
fn an_output_that_nobody_reads_stops_no_other_client_of_listen() {
    let args = ["listen", "127.0.0.1:0", "--timeout", "3"];
    let mut listen = Running::start_unread(mpconn_with_key(args));
    let address = listen.address();
    let key = AuthKey::from(KEY);
    let first = connect(address.as_str(), &key).unwrap();
    // More than a pipe takes: this one is stuck in the middle of its line.
    first.send_bytes(&bomb()).unwrap();
    first.send(&1).unwrap();
    for number in 2..6 {
        let other = connect(address.as_str(), &key).unwrap();
        other.send(&number).unwrap();
        listen.stderr_with(&format!("#{number} opened"));
    }
    // And the time without anything new runs out all the same.
    let ended = listen.end().expect(5);
    assert!(ended.stderr.contains("(--timeout)"), "{}", ended.stderr);
}

#[test]
#[cfg(target_os = "linux")]
fn reports_that_nobody_reads_stop_no_client_of_listen() {
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::net::UnixStream;

    // A pipe that takes one page more.
    let (_reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(&[b'.'; 15 << 12]).unwrap();
    let directory = cli_env::Directory::new();
    let path = directory.path("socket");
    let mut command = mpconn(["listen", &path, "--max-connections", "10"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut listen = command.stderr(writer).spawn().unwrap();
    while UnixStream::connect(&path).is_err() {
        thread::sleep(Duration::from_millis(10));
    }
    // More clients than are served at a time; each is reported with what it sent.
    for _ in 0..100 {
        let mut stream = UnixStream::connect(&path).unwrap();
        stream.write_all(b"\0\0\0\x64").unwrap();
        stream.write_all(&[b'x'; 100]).unwrap();
    }
    client(&path).send(&1).unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(listen.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    assert_eq!(line, "1\n");
    listen.kill().unwrap();
    listen.wait().unwrap();
}

#[test]
fn relay_whose_output_nobody_reads_goes_on_and_counts_what_it_drops() {
    const MESSAGES: usize = 10_000;
    let target = server(Vec::new());
    let command = mpconn(["relay", "127.0.0.1:0", &target]);
    let (mut relay, address) = relay(&command, true);
    let connection = client(&address);
    let message = [b"B\x00\x08\x00\x00".as_slice(), &[b'x'; 2048], b"."].concat();
    for _ in 0..MESSAGES {
        connection.send_bytes(&message).unwrap();
        assert_eq!(connection.recv_bytes().unwrap(), message);
    }
    relay.stderr_with("messages not shown: standard output is not read fast enough");
    #[cfg(target_os = "linux")]
    assert!(status(relay.id(), "VmHWM:") < 64 << 10);
    // The rest is shown once the output is read again. The queue is empty when nothing comes for a while; what
    // is left then is shown at the end.
    relay.read_stdout();
    while relay.stdout_within(Duration::from_millis(500)).is_some() {}
    relay.signal("INT");
    let ended = relay.end().expect(1);
    let shown = ended.stdout.lines().count();
    let last = ended.stderr.lines().last().unwrap();
    assert!(
        last.ends_with("not shown, see above; all were relayed"),
        "{last}"
    );
    let dropped: usize = last.split(' ').nth(1).unwrap().parse().unwrap();
    assert!(shown > 1000, "{shown}");
    assert_eq!(shown + dropped, 2 * MESSAGES, "{last}");
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
        let told = "mpconn: standard output was closed before everything was printed";
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
