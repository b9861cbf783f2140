//! Descriptors that arrive, that do not, and what becomes of the connection.

use crate::os::unix::{ReceiveFd, SendFd};
use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use rustix::io::{FdFlags, fcntl_getfd};

use super::*;
use crate::connection::Connection;
use crate::handshake::{Handshake, Policy};
use crate::{Address, AuthKey, Listener};

const SOON: Duration = Duration::from_millis(20);

/// Connected to each other; the second is ready for descriptors.
fn pair() -> (Connection, Connection) {
    let (a, b) = Connection::pair().unwrap();
    b.set_read_ahead(false);
    b.set_recv_timeout(Some(Duration::from_secs(20)));
    (a, b)
}

/// Pipes to pass the writing ends of.
fn pipes(count: usize) -> (Vec<PipeReader>, Vec<PipeWriter>) {
    (0..count).map(|_| std::io::pipe().unwrap()).unzip()
}

fn send(connection: &Connection, writers: &[PipeWriter]) -> Result<()> {
    let fds: Vec<_> = writers.iter().map(AsFd::as_fd).collect();
    connection.send_fds(&fds)
}

/// Nobody has the other end any more: what was passed is closed.
fn assert_closed(readers: Vec<PipeReader>) {
    for mut reader in readers {
        assert_eq!(reader.read(&mut [0]).unwrap(), 0);
    }
}

fn assert_passes(from: &Connection, to: &Connection) {
    let (mut reader, writer) = std::io::pipe().unwrap();
    from.send_fd(&writer).unwrap();
    drop(writer);
    assert_writes_to(to.recv_fd().unwrap(), &mut reader);
}

/// The descriptor is the writing end of the pipe, and the only one.
fn assert_writes_to(fd: OwnedFd, reader: &mut PipeReader) {
    let mut file = File::from(fd);
    file.write_all(b"hello").unwrap();
    drop(file);
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!(text, "hello");
}

#[test]
fn a_descriptor_arrives_between_two_messages() {
    let (a, b) = pair();
    let (mut reader, writer) = std::io::pipe().unwrap();
    a.send_bytes(b"before").unwrap();
    a.send_fd(writer).unwrap();
    a.send_bytes(b"after").unwrap();
    assert_eq!(b.recv_bytes().unwrap(), b"before");
    assert!(b.poll(Some(Duration::ZERO)).unwrap());
    let fd = b.recv_fd().unwrap();
    assert!(fcntl_getfd(&fd).unwrap().contains(FdFlags::CLOEXEC));
    assert_writes_to(fd, &mut reader);
    assert_eq!(b.recv_bytes().unwrap(), b"after");
}

#[test]
fn halves_pass_them_too() {
    let (a, b) = pair();
    let ((_a, sender), (receiver, _b)) = (a.split(), b.split());
    let (mut reader, writer) = std::io::pipe().unwrap();
    sender.send_fd(writer).unwrap();
    assert_writes_to(receiver.recv_fd().unwrap(), &mut reader);
}

#[test]
fn several_arrive_in_their_order() {
    let (a, b) = pair();
    for count in [1, 2, 7, usize::from(MAX)] {
        // One pipe many times over: descriptors are scarce.
        let (mut reader, writer) = std::io::pipe().unwrap();
        let (mut last, other) = std::io::pipe().unwrap();
        let mut fds = vec![writer.as_fd(); count];
        fds[count - 1] = other.as_fd();
        a.send_fds(&fds).unwrap();
        drop((writer, other));
        let mut came = b.recv_fds(count).unwrap();
        assert_eq!(came.len(), count);
        assert_writes_to(came.pop().unwrap(), &mut last);
        match came.pop() {
            Some(first) => {
                drop(came);
                assert_writes_to(first, &mut reader);
            }
            None => assert_closed(vec![reader]),
        }
    }
}

#[test]
fn another_number_than_expected_is_an_error_and_all_are_closed() {
    // 60 do not fit the room for 1, the others may.
    for (sent, expected) in [(2, 1), (1, 2), (60, 1), (3, 200)] {
        let (a, b) = pair();
        let (readers, writers) = pipes(sent);
        send(&a, &writers).unwrap();
        drop(writers);
        let error = b.recv_fds(expected).unwrap_err().to_string();
        assert!(error.contains("closed"), "{error}");
        assert_closed(readers);
        // Nothing is out of step.
        assert_passes(&a, &b);
        a.send_bytes(b"x").unwrap();
        assert_eq!(b.recv_bytes().unwrap(), b"x");
    }
}

#[test]
fn a_message_instead_can_still_be_received() {
    let (a, b) = pair();
    a.send_bytes(b"hello").unwrap();
    let error = b.recv_fd().unwrap_err().to_string();
    assert!(error.contains("receive that one first"), "{error}");
    // Part of it is here now.
    assert!(b.recv_fd().is_err());
    assert_eq!(b.recv_bytes().unwrap(), b"hello");
    assert_passes(&a, &b);
}

#[test]
fn what_was_read_ahead_is_refused() {
    let (a, b) = pair();
    b.set_read_ahead(true);
    let (readers, writers) = pipes(1);
    a.send_bytes(b"before").unwrap();
    send(&a, &writers).unwrap();
    drop(writers);
    assert_eq!(b.recv_bytes().unwrap(), b"before");
    // The trap: the system has closed it.
    assert_closed(readers);
    let error = b.recv_fd().unwrap_err().to_string();
    assert!(error.contains("set_read_ahead(false)"), "{error}");
    // Not even after the next one has come.
    a.send_fd(std::io::pipe().unwrap().1).unwrap();
    assert!(b.recv_fd().is_err());
}

#[test]
fn messages_that_were_read_ahead_come_first() {
    let (a, b) = pair();
    b.set_read_ahead(true);
    a.send_bytes_all([b"one", b"two"]).unwrap();
    assert_eq!(b.recv_bytes().unwrap(), b"one");
    b.set_read_ahead(false);
    let (mut reader, writer) = std::io::pipe().unwrap();
    a.send_fd(writer).unwrap();
    assert!(b.recv_fd().is_err());
    assert_eq!(b.recv_bytes().unwrap(), b"two");
    assert_writes_to(b.recv_fd().unwrap(), &mut reader);
}

#[test]
fn never_inside_a_message() {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let ours = Connection::try_from(ours).unwrap();
    ours.set_read_ahead(false);
    ours.set_recv_timeout(Some(SOON));
    theirs.write_all(b"\0\0\0\x02x").unwrap();
    assert!(ours.recv_bytes().unwrap_err().is_timed_out());
    theirs.write_all(b"y").unwrap();
    assert!(!ours.recv_fd().unwrap_err().is_timed_out());
    assert_eq!(ours.recv_bytes().unwrap(), b"xy");
}

#[test]
fn a_receive_times_out_and_loses_nothing() {
    let (a, b) = pair();
    b.set_recv_timeout(Some(SOON));
    assert!(b.recv_fd().unwrap_err().is_timed_out());
    assert_passes(&a, &b);
}

#[test]
fn a_send_times_out_and_breaks_nothing_off() {
    let (a, b) = pair();
    // The smallest that the system allows: descriptors in flight are scarce, too.
    socket2::SockRef::from(&a).set_send_buffer_size(1).unwrap();
    a.set_send_timeout(Some(SOON));
    let (_readers, writers) = pipes(1);
    let mut sent = 0;
    let error = loop {
        match send(&a, &writers) {
            Ok(()) => sent += 1,
            Err(error) => break error,
        }
    };
    assert!(error.is_timed_out(), "{error}");
    for _ in 0..sent {
        b.recv_fd().unwrap();
    }
    assert_passes(&a, &b);
}

#[test]
fn the_end_of_file_is_one() {
    let (a, b) = pair();
    drop(a);
    assert!(b.recv_fd().unwrap_err().is_eof());
    assert!(b.send_fd(&b).unwrap_err().is_disconnected());
}

#[test]
fn only_unix_sockets_and_sensible_numbers() {
    let (reader, writer) = Connection::one_way_pair().unwrap();
    for error in [
        reader.recv_fd().unwrap_err(),
        writer.send_fd(&reader).unwrap_err(),
    ] {
        assert!(error.to_string().contains("not supported over a pipe"));
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let tcp = Connection::try_from(stream).unwrap();
    for error in [tcp.recv_fd().unwrap_err(), tcp.send_fd(&tcp).unwrap_err()] {
        assert!(error.to_string().contains("not supported over TCP"));
    }
    let (a, b) = pair();
    for count in [0, usize::from(MAX) + 1, 1 << 20] {
        assert!(a.send_fds(&vec![a.as_fd(); count]).is_err());
        assert!(b.recv_fds(count).is_err());
    }
    assert_passes(&a, &b);
}

#[test]
fn they_are_acknowledged_where_that_is_the_custom() {
    let (a, b) = pair();
    thread::scope(|scope| {
        let sent = scope.spawn(|| a.io.send_fds(&[a.as_fd(), b.as_fd()], true));
        assert_eq!(b.io.recv_fds(2, true).unwrap().len(), 2);
        sent.join().unwrap().unwrap();
    });
    b.send_bytes(b"in step").unwrap();
    assert_eq!(a.recv_bytes().unwrap(), b"in step");
}

#[test]
fn without_an_acknowledgement_nothing_more_is_read() {
    let (a, b) = pair();
    b.send_bytes(b"no descriptors wanted").unwrap();
    let error = a.io.send_fds(&[a.as_fd()], true).unwrap_err().to_string();
    assert!(error.contains("did not acknowledge"), "{error}");
    assert!(!a.readable());

    let (a, _b) = pair();
    a.set_send_timeout(Some(SOON));
    assert!(
        a.io.send_fds(&[a.as_fd()], true)
            .unwrap_err()
            .is_timed_out()
    );
    assert!(!a.readable());
}

/// A client's end of the handshake, whose listener is driven by the same thread.
fn log_in(client: &Connection, listener: &mut Listener, key: &AuthKey) {
    let mut handshake = Handshake::client(key, &Policy::default());
    while handshake.outcome().is_none() {
        assert!(listener.accept_timeout(SOON).unwrap_err().is_timed_out());
        if client.poll(Some(Duration::ZERO)).unwrap() {
            handshake.handle_message(&client.recv_bytes().unwrap());
        }
        while let Some(message) = handshake.poll_transmit() {
            client.send_bytes(&message).unwrap();
        }
    }
    assert!(matches!(handshake.outcome(), Some(Ok(_))));
}

#[test]
fn a_client_may_send_one_right_behind_its_handshake() {
    let key = AuthKey::from("k");
    let mut listener = Listener::builder()
        .family(crate::Family::Unix)
        .authkey(key.clone())
        .bind()
        .unwrap();
    let Address::Unix(path) = listener.address().clone() else {
        panic!("a path");
    };
    let client = Connection::try_from(UnixStream::connect(path).unwrap()).unwrap();
    log_in(&client, &mut listener, &key);
    let (mut reader, writer) = std::io::pipe().unwrap();
    client.send_fd(writer).unwrap();
    // Both the last message of the handshake and the descriptor are there by now.
    let accepted = listener.accept().unwrap();
    accepted.set_read_ahead(false);
    assert_writes_to(accepted.recv_fd().unwrap(), &mut reader);
}
