//! A listener with several sockets, one of which misbehaves.

use std::fs::File;
use std::net::{Shutdown, TcpListener};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use mpconn::os::unix::ListenerBuilderExt;
use mpconn::{Connect, Listener, Waitable, wait};
use socket2::SockRef;

use crate::besieged::{KEY, LONG};
use crate::raw::dial;

#[test]
fn a_socket_that_was_shut_down_elsewhere_does_not_hold_up_the_others() {
    let broken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let elsewhere = broken.try_clone().unwrap();
    let (events, told) = mpsc::channel();
    let mut listener = Listener::builder()
        .socket(broken, 1)
        .tagged(("127.0.0.1", 0), 2)
        .authkey(KEY)
        .on_event(move |event| {
            if event.is_failure() {
                events.send(event.to_string()).unwrap();
            }
        })
        .bind()
        .unwrap();
    SockRef::from(&elsewhere).shutdown(Shutdown::Both).unwrap();
    let address = listener.addresses()[1].clone();
    for _ in 0..20 {
        let address = address.clone();
        let client = thread::spawn(move || Connect::new().authkey(KEY).connect(address));
        assert_eq!(listener.accept_timeout(LONG).unwrap().tag, 2);
        client.join().unwrap().unwrap();
    }
    assert!(told.try_recv().unwrap().contains("cannot accept"));
    // It reports the broken one at intervals and does not spin meanwhile.
    told.try_iter().for_each(drop);
    let error = listener.accept_timeout(Duration::from_secs(1)).unwrap_err();
    assert!(error.is_timed_out(), "{error}");
    let reports = told.try_iter().count();
    assert!((1..=20).contains(&reports), "{reports} in a second");
}

#[test]
fn a_crowd_at_one_address_leaves_the_others_their_turn() {
    for key in [None, Some(KEY)] {
        let mut builder = Listener::builder().backlog(1024);
        builder = builder
            .tagged(("127.0.0.1", 0), 1)
            .tagged(("127.0.0.1", 0), 2);
        if let Some(key) = key {
            builder = builder.authkey(key).max_pending(8);
        }
        let mut listener = builder.bind().unwrap();
        let addresses = listener.addresses().to_vec();
        let crowd: Vec<File> = (0..200).map(|_| dial(&addresses[0])).collect();
        let lonely = thread::spawn(move || {
            let mut connect = Connect::new().handshake_timeout(LONG);
            if let Some(key) = key {
                connect = connect.authkey(key);
            }
            connect.connect(&addresses[1])
        });
        if key.is_none() {
            // Without a handshake it is connected once it is in the backlog.
            assert!(lonely.join().unwrap().is_ok());
            let tags: Vec<u64> = (0..4)
                .map(|_| listener.accept_timeout(LONG).unwrap().tag)
                .collect();
            assert!(tags.contains(&2), "{tags:?}");
        } else {
            assert_eq!(listener.accept_timeout(LONG).unwrap().tag, 2);
            assert!(lonely.join().unwrap().is_ok());
        }
        drop(crowd);
    }
}

#[test]
fn waiting_for_two_listeners_under_attack_finds_the_good_clients() {
    let bind = || {
        Listener::builder()
            .address(("127.0.0.1", 0))
            .authkey(KEY)
            .bind()
            .unwrap()
    };
    let (mut one, mut two) = (bind(), bind());
    let addresses = [one.address().clone(), two.address().clone()];
    let mut silent: Vec<File> = Vec::new();
    for place in [1, 0, 1, 1, 0] {
        for address in &addresses {
            silent.extend((0..30).map(|_| dial(address)));
        }
        let address = addresses[place].clone();
        let client = thread::spawn(move || Connect::new().authkey(KEY).connect(address));
        let mut objects = [Waitable::from(&mut one), Waitable::from(&mut two)];
        assert_eq!(wait(&mut objects, Some(LONG)).unwrap(), [place]);
        let listener = [&mut one, &mut two].into_iter().nth(place).unwrap();
        listener.accept_timeout(Duration::ZERO).unwrap();
        client.join().unwrap().unwrap();
    }
    let mut objects = [Waitable::from(&mut one), Waitable::from(&mut two)];
    let none = wait(&mut objects, Some(Duration::from_millis(50))).unwrap();
    assert!(none.is_empty(), "{none:?}");
}
