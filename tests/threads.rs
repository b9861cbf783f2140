//! Connections and threads: halves that end each other, time limits, and which types go where.

#![cfg(unix)]

use std::thread;
use std::time::Duration;

use mpconn::{AuthKey, Connect, Connection, Listener};

#[test]
fn either_half_ends_the_connection_for_a_thread_in_the_other() {
    // A thread that receives, ended by the sending half.
    let (connection, peer) = Connection::pair().unwrap();
    let (receiver, sender) = connection.split();
    let receiving = thread::spawn(move || receiver.recv_bytes());
    thread::sleep(Duration::from_millis(50));
    sender.shutdown().unwrap();
    assert!(receiving.join().unwrap().unwrap_err().is_eof());
    assert!(peer.recv_bytes().unwrap_err().is_eof());

    // A thread that sends more than anybody takes, ended by the receiving half.
    let (connection, peer) = Connection::pair().unwrap();
    let (receiver, sender) = connection.split();
    let sending = thread::spawn(move || sender.send_bytes(&vec![0; 64 << 20]));
    thread::sleep(Duration::from_millis(50));
    receiver.shutdown().unwrap();
    assert!(sending.join().unwrap().unwrap_err().is_disconnected());
    drop(peer);

    // A pipe goes one way: its end is that of the half.
    let (reader, writer) = Connection::one_way_pair().unwrap();
    let (_, sender) = writer.split();
    assert!(sender.shutdown().is_err());
    drop(sender);
    assert!(reader.recv_bytes().unwrap_err().is_eof());
}

#[test]
fn a_time_limit_is_a_duration_or_none() {
    let (a, b) = Connection::pair().unwrap();
    assert!(!a.poll(Duration::ZERO).unwrap());
    b.send_bytes(b"x").unwrap();
    assert!(a.poll(None).unwrap());
    for connection in [&a, &b] {
        connection.set_recv_timeout(Duration::from_secs(1));
        connection.set_send_timeout(None);
        connection.set_rest_timeout(Some(Duration::from_secs(1)));
    }
    assert_eq!(mpconn::wait(&mut [(&a).into()], None).unwrap(), [0]);
    assert_eq!(
        mpconn::wait(&mut [(&b).into()], Duration::ZERO).unwrap(),
        [0_usize; 0]
    );
}

/// All public types, but guards that stay in their thread by design: `ThreadGuard`.
#[test]
fn types_go_to_other_threads_and_are_shared_by_them() {
    fn both<T: Send + Sync>() {}
    fn sends<T: Send>() {}
    both::<Connection>();
    both::<mpconn::Receiver>();
    both::<mpconn::Sender>();
    both::<Connect>();
    // One thread at a time uses it, and its hook.
    sends::<Listener>();
    sends::<mpconn::listener::ListenerBuilder>();
    both::<mpconn::listener::ListenerHandle>();
    both::<mpconn::listener::Accepted>();
    both::<mpconn::os::unix::InheritedSocket>();
    both::<mpconn::Address>();
    both::<AuthKey>();
    both::<mpconn::Budget>();
    both::<mpconn::Error>();
    both::<mpconn::Value>();
    both::<mpconn::pickle::Graph<'static>>();
    both::<mpconn::pickle::Limits>();
    both::<mpconn::pickle::ReadOptions>();
    sends::<mpconn::Waitable<'static>>();
}

#[cfg(feature = "manager")]
#[test]
fn types_of_managers_go_to_other_threads_and_are_shared_by_them() {
    use mpconn::manager::{
        ArrayProxy, AsyncResult, Barrier, BoundedSemaphore, Builder, CallOptions, Cancel,
        Condition, DictProxy, EventProxy, Function, Guard, IteratorProxy, ListProxy, Lock, Manager,
        Namespace, OtherManagers, Pool, Proxy, Queue, RLock, Reconnect, RemoteError, Returned,
        Semaphore, SetProxy, ValueProxy, Wait,
    };
    fn both<T: Send + Sync>() {}
    both::<(ArrayProxy<u8>, AsyncResult<u8>, Barrier, BoundedSemaphore)>();
    both::<(Builder, CallOptions, Cancel, Condition, DictProxy<u8, u8>)>();
    both::<(
        EventProxy,
        Function,
        Guard,
        IteratorProxy<u8>,
        ListProxy<u8>,
    )>();
    both::<(
        Lock,
        Manager,
        Namespace,
        OtherManagers,
        Pool,
        Proxy,
        Queue<u8>,
    )>();
    both::<(
        RLock,
        Reconnect,
        RemoteError,
        Returned,
        Semaphore,
        SetProxy<u8>,
    )>();
    both::<(ValueProxy<u8>, Wait)>();
    // What a proxy is of does not matter: it holds none.
    both::<(Queue<*const u8>, IteratorProxy<*const u8>)>();
}
