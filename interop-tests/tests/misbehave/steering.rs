//! Calls of a listener's handle from other threads, at any moment.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use mpconn::{Address, Connect, Connection, Listener, Result, Waitable, wait};

use crate::besieged::{KEY, LONG};
use crate::raw::dial;

const ROUNDS: usize = 300;

fn keyed() -> Listener {
    let builder = Listener::builder().address(("127.0.0.1", 0)).authkey(KEY);
    builder.backlog(1024).bind().unwrap()
}

fn connect(address: &Address) -> Result<Connection> {
    connect_in(LONG, address)
}

fn connect_in(timeout: Duration, address: &Address) -> Result<Connection> {
    Connect::new()
        .authkey(KEY)
        .handshake_timeout(timeout)
        .connect(address)
}

/// For clients that connect while a listener closes. Linux sometimes drops such a connection on the
/// listener's side without telling the client, which then waits until its own deadline.
const CROSSING: Duration = Duration::from_secs(5);

/// Waits for a time that differs in each round.
fn moment(round: usize) {
    match round % 4 {
        0 => {}
        1 => thread::yield_now(),
        more => thread::sleep(Duration::from_micros(20 * (more * round % 17) as u64)),
    }
}

#[test]
fn every_cancellation_ends_one_accept() {
    let mut listener = keyed();
    let handle = listener.handle();
    thread::scope(|scope| {
        let (done, told) = std::sync::mpsc::channel();
        scope.spawn(move || {
            for round in 0..ROUNDS {
                moment(round);
                handle.cancel();
                told.recv_timeout(LONG).unwrap();
            }
        });
        for _ in 0..ROUNDS {
            let error = listener.accept_timeout(LONG).unwrap_err();
            assert!(error.is_cancelled(), "{error}");
            done.send(()).unwrap();
        }
    });
    // No client is left over, and the listener is usable as before.
    let client = thread::spawn({
        let address = listener.address().clone();
        move || connect(&address).map(drop)
    });
    listener.accept_timeout(LONG).unwrap();
    client.join().unwrap().unwrap();
}

#[test]
fn a_cancellation_is_an_end_of_waiting_too() {
    let mut listener = keyed();
    for round in 0..ROUNDS {
        let handle = listener.handle();
        thread::scope(|scope| {
            scope.spawn(move || {
                moment(round);
                handle.cancel();
            });
            let ready = wait(&mut [Waitable::from(&mut listener)], Some(LONG)).unwrap();
            assert_eq!(ready, [0]);
        });
        let error = listener.accept_timeout(Duration::ZERO).unwrap_err();
        assert!(error.is_cancelled(), "{error}");
    }
}

#[test]
fn clients_are_served_whatever_is_ordered_meanwhile() {
    let mut listener = keyed();
    let (handle, address) = (listener.handle(), listener.address().clone());
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0.. {
                handle.pause();
                moment(round);
                handle.cancel();
                handle.resume();
                moment(round + 1);
                if over.load(Relaxed) {
                    return;
                }
            }
        });
        let clients = scope.spawn(|| (0..ROUNDS).try_for_each(|_| connect(&address).map(drop)));
        let silent = (0..20).map(|_| dial(&address)).collect::<Vec<_>>();
        let mut accepted = 0;
        while accepted < ROUNDS {
            match listener.accept_timeout(LONG) {
                Ok(_) => accepted += 1,
                Err(error) => assert!(error.is_cancelled(), "{error}"),
            }
        }
        over.store(true, Relaxed);
        clients.join().unwrap().unwrap();
        drop(silent);
    });
}

#[test]
fn a_shutdown_at_any_moment_drains_and_ends() {
    for round in 0..ROUNDS / 3 {
        let mut listener = keyed();
        let (handle, address) = (listener.handle(), listener.address().clone());
        thread::scope(|scope| {
            let clients: Vec<_> = (0..3)
                .map(|_| scope.spawn(|| connect_in(CROSSING, &address)))
                .collect();
            scope.spawn(move || {
                moment(round);
                handle.shutdown();
            });
            let mut accepted = Vec::new();
            let error = loop {
                match listener.accept_timeout(LONG) {
                    Ok(it) => accepted.push(it),
                    Err(error) => break error,
                }
            };
            assert!(error.is_closed(), "{error}");
            let served = clients
                .into_iter()
                .filter_map(|c| c.join().unwrap().ok())
                .count();
            assert_eq!(served, accepted.len(), "round {round}");
        });
        assert!(listener.accept().unwrap_err().is_closed());
        assert!(connect(&address).is_err());
    }
}
