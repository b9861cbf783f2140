//! Listeners against clients in the same process.

use crate::os::unix::ListenerBuilderExt;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::*;
use crate::{AuthKey, Connect, Family, Waitable, connect, wait};

const SOON: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_secs(30);

fn keyed() -> Listener {
    let builder = Listener::builder().address(("127.0.0.1", 0)).authkey("k");
    builder.bind().unwrap()
}

fn client(address: &Address) -> thread::JoinHandle<Result<Connection>> {
    let address = address.clone();
    thread::spawn(move || Connect::new().authkey("k").connect(address))
}

#[test]
fn every_family_is_listened_on_and_connected_to() {
    let directory = std::env::temp_dir().join(format!("mpconn-test-{}", rand::random::<u64>()));
    std::fs::create_dir(&directory).unwrap();
    let path = directory.join("socket");
    let abstract_name = format!("mpconn-test-{}", rand::random::<u64>());
    for address in [
        Address::tcp("127.0.0.1", 0),
        Address::tcp("localhost", 0),
        Address::tcp("::1", 0),
        Address::unix(&path),
        #[cfg(target_os = "linux")]
        Address::abstract_name(abstract_name.as_str()),
    ] {
        let mut listener = Listener::builder()
            .address(address)
            .authkey("k")
            .bind()
            .unwrap();
        let client = client(listener.address());
        let accepted = listener.accept_timeout(LONG).unwrap();
        let client = client.join().unwrap().unwrap();
        client.send_bytes(b"x").unwrap();
        assert_eq!(accepted.connection.recv_bytes().unwrap(), b"x");
        assert!(accepted.connection.authentication().is_some());
    }
    // The socket's file went with its listener, so the directory is empty.
    std::fs::remove_dir(&directory).unwrap();
}

#[test]
fn without_an_address_a_free_one_is_found() {
    for (family, is_unix) in [
        (None, true),
        (Some(Family::Inet), false),
        (Some(Family::Inet6), false),
    ] {
        let mut builder = Listener::builder();
        if let Some(family) = family {
            builder = builder.family(family);
        }
        let mut listener = builder.bind().unwrap();
        let address = listener.address().clone();
        assert_eq!(matches!(address, Address::Unix(_)), is_unix);
        let client = connect(address.clone(), None).unwrap();
        drop(listener.accept().unwrap());
        assert!(client.recv_bytes().unwrap_err().is_eof());
        drop(listener);
        if let Address::Unix(path) = address {
            assert!(!path.parent().unwrap().exists());
        }
    }
}

#[test]
fn a_taken_path_says_by_whom() {
    let listener = Listener::builder().bind().unwrap();
    let Address::Unix(path) = listener.address().clone() else {
        unreachable!()
    };
    let taken = |path: &std::path::Path| Listener::bind(path).unwrap_err();
    assert!(taken(&path).is_address_in_use());
    assert!(taken(&path).to_string().contains("another process listens"));
    let stale = path.with_file_name("stale");
    drop(std::os::unix::net::UnixListener::bind(&stale).unwrap());
    assert!(taken(&stale).to_string().contains("stale socket file"));
    std::fs::remove_file(&stale).unwrap();
    let plain = path.with_file_name("plain");
    std::fs::write(&plain, "").unwrap();
    assert!(taken(&plain).to_string().contains("no socket"));
    std::fs::remove_file(&plain).unwrap();
}

#[test]
fn one_port_serves_both_families_and_tags_come_back() {
    let builder = Listener::builder().any_port(Interfaces::Loopback, 7);
    let mut listener = builder.tagged(("127.0.0.1", 0), 8).bind().unwrap();
    let addresses = listener.addresses().to_vec();
    let port = |address: &Address| match address {
        Address::Tcp { port, .. } => *port,
        _ => unreachable!(),
    };
    assert_eq!(addresses.len(), 3);
    assert_eq!(port(&addresses[0]), port(&addresses[1]));
    assert_ne!(port(&addresses[0]), 0);
    for (address, tag) in addresses.iter().zip([7, 7, 8]) {
        let _client = connect(address, None).unwrap();
        let accepted = listener.accept_tagged().unwrap();
        assert_eq!(accepted.tag, tag);
        assert_eq!(listener.last_accepted(), accepted.peer.as_ref());
    }
}

#[test]
fn clients_of_unix_sockets_have_no_address() {
    let mut listener = Listener::builder().bind().unwrap();
    let _client = connect(listener.address().clone(), None).unwrap();
    assert_eq!(listener.accept_tagged().unwrap().peer, None);
    assert_eq!(listener.last_accepted(), None);
}

#[test]
fn a_bound_socket_from_outside_is_served() {
    let socket = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = socket.local_addr().unwrap();
    let mut listener = Listener::builder().socket(socket, 3).bind().unwrap();
    assert_eq!(listener.address(), &Address::from(address));
    let _client = connect(address, None).unwrap();
    assert_eq!(listener.accept_tagged().unwrap().tag, 3);
    let (a, _b) = std::os::unix::net::UnixStream::pair().unwrap();
    assert!(Listener::builder().socket(a, 0).bind().is_err());
}

#[test]
fn silent_and_wrong_clients_do_not_hold_up_a_good_one() {
    let (events, told) = mpsc::channel();
    let mut listener = Listener::builder()
        .address(("127.0.0.1", 0))
        .authkey("k")
        .max_pending(4)
        .on_event(move |event| {
            if event.is_failure() {
                events.send(event.to_string()).unwrap();
            }
        })
        .bind()
        .unwrap();
    let address = listener.address().clone();
    let silent: Vec<_> = (0..8).map(|_| connect(&address, None).unwrap()).collect();
    let wrong = {
        let address = address.clone();
        thread::spawn(move || Connect::new().authkey("other").connect(address))
    };
    let good = client(&address);
    listener.accept_timeout(LONG).unwrap();
    good.join().unwrap().unwrap();
    while !wrong.is_finished() {
        let _ = listener.accept_timeout(SOON);
    }
    assert!(wrong.join().unwrap().unwrap_err().is_wrong_key());
    let told: Vec<String> = told.try_iter().collect();
    let count = |text| told.iter().filter(|event| event.contains(text)).count();
    assert_eq!(count("wrong key"), 1, "{told:?}");
    assert!(count("make room") >= 4, "{told:?}");
    drop(silent);
}

#[test]
fn silence_ends_at_the_deadline() {
    let (events, told) = mpsc::channel();
    let mut listener = Listener::builder()
        .address(("127.0.0.1", 0))
        .authkey("k")
        .handshake_timeout(SOON)
        .on_event(move |event| {
            if event.is_failure() {
                events.send(event.to_string()).unwrap();
            }
        })
        .bind()
        .unwrap();
    let silent = connect(listener.address(), None).unwrap();
    let error = listener.accept_timeout(SOON * 10).unwrap_err();
    assert!(error.is_timed_out());
    assert!(told.try_recv().unwrap().contains("went silent"));
    silent.recv_bytes().unwrap();
    assert!(silent.recv_bytes().unwrap_err().is_eof());
}

#[test]
fn a_handshake_goes_on_over_several_calls() {
    let mut listener = keyed();
    let client = client(listener.address());
    let accepted = loop {
        match listener.accept_timeout(Duration::ZERO) {
            Ok(accepted) => break accepted,
            Err(error) => assert!(error.is_timed_out()),
        }
    };
    client.join().unwrap().unwrap().send_bytes(b"x").unwrap();
    assert_eq!(accepted.connection.recv_bytes().unwrap(), b"x");
}

#[test]
fn pausing_leaves_clients_in_the_backlog() {
    let mut listener = Listener::bind(("127.0.0.1", 0)).unwrap();
    let handle = listener.handle();
    handle.pause();
    let _client = connect(listener.address(), None).unwrap();
    assert!(listener.accept_timeout(SOON).unwrap_err().is_timed_out());
    handle.resume();
    listener.accept_timeout(LONG).unwrap();
}

#[test]
fn shutting_down_serves_those_who_are_there() {
    let mut listener = keyed();
    let (first, second) = (client(listener.address()), client(listener.address()));
    // They wait for a challenge, whether accepted by now or in the backlog.
    thread::sleep(SOON);
    listener.handle().shutdown();
    assert_eq!(listener.incoming().count(), 2);
    assert!(listener.accept().unwrap_err().is_closed());
    assert!(connect(listener.address(), None).is_err());
    assert!(first.join().unwrap().is_ok() && second.join().unwrap().is_ok());
}

#[test]
fn wait_drives_handshakes_and_sees_what_was_read_ahead() {
    let mut listener = keyed();
    let (a, b) = Connection::pair().unwrap();
    let client = client(listener.address());
    let ready = wait(
        &mut [Waitable::from(&a), (&mut listener).into()],
        Some(LONG),
    )
    .unwrap();
    assert_eq!(ready, [1]);
    listener.accept_timeout(Duration::ZERO).unwrap();
    client.join().unwrap().unwrap();
    b.send_bytes_all([b"one", b"two"]).unwrap();
    assert_eq!(a.recv_bytes().unwrap(), b"one");
    let ready = wait(&mut [(&mut listener).into(), Waitable::from(&a)], None).unwrap();
    assert_eq!(ready, [1]);
    assert!(
        wait(&mut [Waitable::from(&b)], Some(SOON))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_wrong_policy_is_refused_by_name() {
    let mut listener = Listener::builder()
        .address(("127.0.0.1", 0))
        .authkey(AuthKey::from("k"))
        .policy(crate::handshake::Policy::modern_only())
        .bind()
        .unwrap();
    let address = listener.address().clone();
    let old = thread::spawn(move || {
        let policy = crate::handshake::Policy::compatible().offer(crate::handshake::Digest::Md5);
        Connect::new().authkey("k").policy(policy).connect(address)
    });
    while !old.is_finished() {
        let _ = listener.accept_timeout(SOON);
    }
    // The listener answers no challenge that names MD5 and hangs up.
    assert!(old.join().unwrap().unwrap_err().is_authentication());
}

#[test]
fn a_client_without_a_key_is_told_that_the_listener_wants_one() {
    let mut listener = keyed();
    let client = connect(listener.address(), None).unwrap();
    assert!(listener.accept_timeout(SOON).unwrap_err().is_timed_out());
    let error = client.recv::<String>().unwrap_err();
    assert!(error.to_string().contains("wants a key"), "{error}");
}
