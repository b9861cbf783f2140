//! What a program does with connections, listeners and descriptors of its own, by the public
//! API alone.

#![cfg(unix)]

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use mpconn::os::unix::{ConnectExt, ConnectionExt, ListenerExt};
use mpconn::{
    AuthKey, Budget, Connect, Connection, Direction, ErrorKind, Listener, Value, Waitable, wait,
};

/// Against hanging.
const LIMIT: Duration = Duration::from_secs(30);

/// Both ends of a connection, made by these settings.
fn meet(listener: Listener, client: Connect) -> (Connection, Connection) {
    let mut listener = listener;
    let address = listener.address().clone();
    let client = thread::spawn(move || client.timeout(LIMIT).connect(address));
    let accepted = listener.accept_timeout(LIMIT).unwrap().connection;
    (accepted, client.join().unwrap().unwrap())
}

#[test]
fn a_limit_holds_wherever_a_receive_names_no_other() {
    let listener = || Listener::builder().address(("127.0.0.1", 0)).authkey("k");
    let client = || Connect::new().authkey("k");
    let (limited, free) = meet(listener().max_message_len(10).bind().unwrap(), client());
    free.send_bytes(&[1; 10]).unwrap();
    free.send_bytes(&[2; 11]).unwrap();
    assert_eq!(limited.recv_bytes().unwrap(), [1; 10]);
    assert!(limited.recv::<Value>().unwrap_err().is_bad_length());
    assert!(!limited.readable() && limited.writable());

    let (free, limited) = meet(listener().bind().unwrap(), client().max_message_len(10));
    free.send_bytes(&[3; 11]).unwrap();
    free.send_bytes(&[4; 11]).unwrap();
    assert_eq!(limited.recv_bytes_max(11).unwrap(), [3; 11]);
    let mut buffer = [0; 11];
    let refused = limited.recv_bytes_into(&mut buffer).unwrap_err();
    assert!(refused.is_bad_length(), "{refused}");
    free.set_max_message_len(3);
    limited.send_bytes(b"four").unwrap();
    assert!(
        free.recv_bytes()
            .unwrap_err()
            .to_string()
            .contains("limit here is 3")
    );
}

#[test]
fn foreign_descriptors_and_halves_are_waited_for() {
    let (pipe, mut end) = std::io::pipe().unwrap();
    let (a, b) = Connection::pair().unwrap();
    let (receiver, _sender) = b.split();
    let ready = |timeout| {
        let mut objects: [Waitable<'_>; 2] = [(&receiver).into(), pipe.as_fd().into()];
        wait(&mut objects, Some(timeout)).unwrap()
    };
    assert_eq!(ready(Duration::ZERO), [0; 0]);
    std::io::Write::write_all(&mut end, b"x").unwrap();
    assert_eq!(ready(LIMIT), [1]);
    a.send_bytes(b"one").unwrap();
    a.send_bytes(b"two").unwrap();
    assert_eq!(ready(LIMIT), [0, 1]);
    // The second message has been read ahead: no descriptor shows it.
    receiver.recv_bytes().unwrap();
    assert_eq!(ready(LIMIT), [0, 1]);
    receiver.recv_bytes().unwrap();
    assert_eq!(ready(LIMIT), [1]);
    // The end of file is something to be told of.
    drop((a, end));
    assert_eq!(ready(LIMIT), [0, 1]);
}

#[test]
fn streams_and_pipes_become_connections() {
    let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let one = TcpStream::connect(server.local_addr().unwrap()).unwrap();
    let other = server.accept().unwrap().0;
    let tcp: [Connection; 2] = [one.try_into().unwrap(), other.try_into().unwrap()];
    let (one, other) = UnixStream::pair().unwrap();
    let unix: [Connection; 2] = [one.try_into().unwrap(), other.try_into().unwrap()];
    for [one, other] in [tcp, unix] {
        one.send(&("text", 1)).unwrap();
        assert_eq!(other.recv::<(String, u8)>().unwrap(), ("text".into(), 1));
    }
    let (reader, writer) = std::io::pipe().unwrap();
    let reader = Connection::from_fd_with(reader, Direction::Receive).unwrap();
    let writer = Connection::from_fd_with(writer, Direction::Send).unwrap();
    writer.send_bytes(b"one way").unwrap();
    assert_eq!(reader.recv_bytes().unwrap(), b"one way");
    assert!(reader.send_bytes(b"").is_err() && writer.recv_bytes().is_err());
}

#[test]
fn sockets_of_the_callers_are_authenticated_on_both_sides() {
    let socket = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = socket.local_addr().unwrap();
    let key = AuthKey::from(String::from("key"));
    let mut listener = Listener::builder()
        .address(("127.0.0.1", 0))
        .authkey(&key)
        .bind()
        .unwrap();
    listener.add_socket(socket, 7).unwrap();
    assert_eq!(listener.addresses().len(), 2);
    let client = thread::spawn(move || {
        let stream = TcpStream::connect(address).unwrap();
        Connect::new().authkey(key).over(stream)
    });
    let accepted = listener.accept_timeout(LIMIT).unwrap();
    assert_eq!(accepted.tag, 7);
    let client = client.join().unwrap().unwrap();
    assert!(client.authentication().is_some());
    client.send_bytes(b"hello").unwrap();
    assert_eq!(accepted.connection.recv_bytes().unwrap(), b"hello");
    // An address in a String that is still needed is an address too.
    let text = listener.address().to_string();
    assert!(mpconn::connect(&text, None).is_ok());
}

#[test]
fn a_host_that_nobody_knows_is_an_error_that_says_so() {
    // No name at all, so no other machine is asked for it.
    let error = Connect::new().connect(("no such host", 6000)).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("is it spelt right"), "{text}");
    let kind = error.io_error().map(std::io::Error::kind);
    assert_eq!(kind, Some(std::io::ErrorKind::NotFound));
}

/// What a connection without a key says of a peer that sends this and goes.
fn told_of(first_bytes: &[u8], max_message_len: u64) -> mpconn::Error {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let connect = Connect::new().max_message_len(max_message_len);
    let connection = connect.over(ours).unwrap();
    theirs.write_all(first_bytes).unwrap();
    drop(theirs);
    connection.recv_bytes().unwrap_err()
}

#[test]
fn other_protocols_are_named_where_no_key_is_asked_for() {
    let http = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    let tls = b"\x16\x03\x01\x02\x00\x01";
    for (first_bytes, name) in [
        (&http[..], "'GET ' (an HTTP request)"),
        (tls, "(a TLS handshake)"),
    ] {
        let too_long = told_of(first_bytes, 1024);
        assert!(too_long.is_bad_length(), "{too_long}");
        assert!(too_long.to_string().contains(name), "{too_long}");
        let truncated = told_of(first_bytes, u64::MAX);
        assert!(truncated.is_truncated(), "{truncated}");
        assert!(truncated.to_string().contains(name), "{truncated}");
    }
    let plain = told_of(b"\0\0\0\x05abc", 1024).to_string();
    assert!(plain.ends_with("after 3 of 5 bytes"), "{plain}");
}

/// The listener's side of a handshake in the manner of Python's: each message in a write of its own,
/// and Nagle's algorithm left on.
#[cfg(target_os = "linux")]
fn accept_as_python_does(listener: &TcpListener, key: &AuthKey) -> std::io::Result<()> {
    use mpconn::handshake::{Handshake, Policy};
    use std::io::Read;

    let (mut stream, _) = listener.accept()?;
    let mut handshake = Handshake::listener(key, &Policy::compatible());
    while handshake.outcome().is_none() {
        while let Some(message) = handshake.poll_transmit() {
            let length = u32::try_from(message.len()).unwrap().to_be_bytes();
            stream.write_all(&[&length, &message[..]].concat())?;
        }
        if handshake.outcome().is_none() {
            let mut length = [0; 4];
            stream.read_exact(&mut length)?;
            let mut message = vec![0; u32::from_be_bytes(length) as usize];
            stream.read_exact(&mut message)?;
            handshake.handle_message(&message);
        }
    }
    Ok(())
}

/// Its verdict and its response are two small writes of the listener's: the second waits until the
/// first is acknowledged, which takes the kernel 40 ms unless it is told not to wait.
#[cfg(target_os = "linux")]
#[test]
fn a_handshake_over_tcp_waits_for_no_acknowledgement() {
    const TRIES: usize = 50;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let key = AuthKey::new("k");
    thread::scope(|scope| {
        let accepting =
            scope.spawn(|| (0..TRIES).try_for_each(|_| accept_as_python_does(&listener, &key)));
        let once = || {
            let start = std::time::Instant::now();
            mpconn::connect(address, &key).unwrap();
            start.elapsed()
        };
        // One that does not wait is enough: on a slow machine others may take as long as they like.
        let fastest = (0..TRIES).map(|_| once()).min().unwrap();
        accepting.join().unwrap().unwrap();
        assert!(fastest < Duration::from_millis(30), "{fastest:?}");
    });
}

#[test]
fn connections_of_a_listener_share_a_budget() {
    let budget = Budget::new(8 << 20, 10_000);
    let listener = Listener::builder().address(("127.0.0.1", 0)).authkey("k");
    let (limited, free) = meet(
        listener.budget(&budget).bind().unwrap(),
        Connect::new().authkey("k"),
    );
    let send = thread::spawn(move || {
        free.send(&Value::list(0..9_000)).unwrap();
        free.send(&Value::list(0..20_000)).unwrap();
        free.send(&(0..9_000).collect::<Vec<u32>>()).unwrap();
        free.send_bytes(&[1; 4 << 20]).unwrap();
        // It breaks off: the other end reads no more.
        let _ = free.send_bytes(&[1; 9 << 20]);
        free
    });
    let fits: Value = limited.recv().unwrap();
    assert_eq!(fits.items().unwrap().len(), 9_000);
    // A message with too many values is gone; the next one is received.
    let error = limited.recv::<Value>().unwrap_err();
    assert!(error.is_over_budget() && error.is_codec(), "{error}");
    assert!(error.to_string().contains("allow more"), "{error}");
    assert_eq!(limited.recv::<Vec<u32>>().unwrap().len(), 9_000);
    assert_eq!(limited.recv_bytes().unwrap().len(), 4 << 20);
    assert_eq!((budget.bytes_held(), budget.values_held()), (0, 0));
    let error = limited.recv_bytes().unwrap_err();
    assert!(error.is_over_budget() && !error.is_bad_length(), "{error}");
    assert_eq!(error.kind(), ErrorKind::OverBudget);
    assert!(!limited.readable());
    assert_eq!(budget.bytes_held(), 0);
    drop(limited);
    drop(send.join().unwrap());
}

#[test]
fn a_message_that_has_begun_has_a_deadline_and_silence_between_two_has_none() {
    let (near, mut far) = UnixStream::pair().unwrap();
    let connection = Connection::try_from(near).unwrap();
    connection.set_rest_timeout(Some(Duration::from_millis(30)));
    connection.set_recv_timeout(Some(Duration::from_millis(100)));
    let error = connection.recv_bytes().unwrap_err();
    assert!(error.is_timed_out() && connection.readable(), "{error}");
    for piece in [&b"\0\0\0\x05hello"[..], b"\0\0\0\x05he"] {
        far.write_all(piece).unwrap();
    }
    assert_eq!(connection.recv_bytes().unwrap(), b"hello");
    connection.set_recv_timeout(Some(LIMIT));
    let error = connection.recv_bytes().unwrap_err();
    assert!(error.is_timed_out() && !connection.readable(), "{error}");
    assert!(error.to_string().contains("2 of 5 bytes"), "{error}");
}

#[test]
fn memory_is_reused_for_messages_of_any_length() {
    let (a, b) = Connection::pair().unwrap();
    let lens = [10, 70_000, 0, 1 << 20, 9_000, 70_000];
    let send = thread::spawn(move || {
        for len in lens {
            a.send_bytes(&vec![3; len]).unwrap();
        }
        a.send_bytes(&[4; 20]).unwrap();
    });
    let mut memory = Vec::with_capacity(1 << 20);
    let place = memory.as_ptr();
    for len in lens {
        b.recv_into(&mut memory).unwrap();
        assert_eq!(memory, vec![3; len]);
        assert_eq!(memory.as_ptr(), place);
    }
    b.set_max_message_len(19);
    assert!(b.recv_into(&mut memory).unwrap_err().is_bad_length());
    assert!(memory.is_empty() && !b.readable());
    send.join().unwrap();
}

#[test]
fn an_event_loop_of_others_waits_for_a_listener() {
    use rustix::event::{PollFd, PollFlags, poll};
    use std::sync::{Arc, Mutex};

    let events = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&events);
    let mut listener = Listener::builder()
        .address(("127.0.0.1", 0))
        .authkey("k")
        .on_event(move |event| told.lock().unwrap().push(event.to_string()))
        .bind()
        .unwrap();
    assert!(listener.try_accept().unwrap().is_none());
    let address = listener.address().clone();
    // One is silent, one has another key.
    let mpconn::Address::Tcp { host, port, .. } = address.clone() else {
        panic!("{address}");
    };
    let _silent = TcpStream::connect((host.as_str(), port)).unwrap();
    let clients = thread::spawn(move || {
        let wrong = Connect::new().authkey("wrong").timeout(LIMIT);
        assert!(wrong.connect(address.clone()).unwrap_err().is_wrong_key());
        let good = Connect::new().authkey("k").timeout(LIMIT);
        good.connect(address).unwrap().send_bytes(b"hello").unwrap();
    });
    let accepted = loop {
        if let Some(accepted) = listener.try_accept().unwrap() {
            break accepted;
        }
        let pollables = listener.pollables();
        assert!(pollables.len() >= 2, "the socket and the handle's");
        let interest = |writable| {
            if writable {
                PollFlags::OUT
            } else {
                PollFlags::IN
            }
        };
        let mut fds: Vec<_> = pollables
            .iter()
            .map(|pollable| PollFd::new(pollable, interest(pollable.writable)))
            .collect();
        let timeout = listener.timeout().map(|time| time.try_into().unwrap());
        poll(&mut fds, timeout.as_ref()).unwrap();
    };
    assert_eq!(accepted.connection.recv_bytes().unwrap(), b"hello");
    clients.join().unwrap();
    let events = events.lock().unwrap();
    let count = |text: &str| events.iter().filter(|event| event.contains(text)).count();
    assert_eq!(count("a client connected from 127.0.0.1"), 3, "{events:?}");
    assert_eq!(
        count("accepted a connection from 127.0.0.1"),
        1,
        "{events:?}"
    );
    assert_eq!(count("authentication with 127.0.0.1"), 1, "{events:?}");
    // The handle wakes a loop that waits.
    listener.handle().cancel();
    assert!(listener.try_accept().unwrap_err().is_cancelled());
}

#[test]
fn a_message_that_stalls_ends_a_poll_and_a_wait() {
    for waits in [false, true] {
        let (near, mut far) = UnixStream::pair().unwrap();
        let connection = Connection::try_from(near).unwrap();
        connection.set_rest_timeout(Some(Duration::from_millis(30)));
        far.write_all(b"\0\0\0\x05he").unwrap();
        connection.set_recv_timeout(Some(Duration::from_millis(1)));
        assert!(connection.recv_bytes().unwrap_err().is_timed_out());
        assert!(connection.readable());
        connection.set_recv_timeout(Some(LIMIT));
        match waits {
            false => assert!(connection.poll(Some(LIMIT)).unwrap()),
            true => {
                let mut objects = [Waitable::from(&connection)];
                assert_eq!(wait(&mut objects, Some(LIMIT)).unwrap(), [0]);
            }
        }
        assert!(connection.recv_bytes().unwrap_err().is_timed_out());
        assert!(!connection.readable());
        // Nothing to wait for: a receive fails at once.
        let mut objects = [Waitable::from(&connection)];
        assert_eq!(wait(&mut objects, None).unwrap(), [0]);
        assert!(connection.poll(None).is_err());
        let mut memory = b"old".to_vec();
        assert!(connection.recv_into(&mut memory).is_err());
        assert!(memory.is_empty());
    }
}

#[test]
fn a_limit_of_one_receive_holds_after_a_poll() {
    let (a, b) = Connection::pair().unwrap();
    a.send_bytes_all([&[1; 10][..], &[2; 5000]]).unwrap();
    assert_eq!(b.recv_bytes().unwrap(), [1; 10]);
    assert!(b.poll(Some(LIMIT)).unwrap());
    assert!(b.recv_bytes_max(16).unwrap_err().is_bad_length());
    assert!(!b.readable());
}

#[test]
fn an_empty_message_is_called_one() {
    let (a, b) = Connection::pair().unwrap();
    a.send_bytes(b"").unwrap();
    let error = b.recv::<i32>().unwrap_err().to_string();
    assert!(error.contains("an empty message is no pickle"), "{error}");
}
