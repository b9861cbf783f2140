//! Answers with proxies. Proxies of other managers are refused by default. All of them share the
//! time limit of the call.

use std::io::{ErrorKind, Read};
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use interop_tests::managers::{KEY, ManagerProcess};
use mpconn::manager::{CallOptions, Cancel, ListProxy, Manager, OtherManagers, Proxy, Returned};
use mpconn::{Address, Value};

use super::liar::{Liar, answer_with, honestly, proxy};

const MANY: usize = 1000;

/// The loopback address of listeners that count who arrives. At the usual one a reference may arrive that
/// another test gives back to a manager which had the same port.
const ALONE: &str = "127.0.0.7";

/// Counts requests.
#[derive(Default)]
struct Counted {
    increfs: AtomicUsize,
    decrefs: AtomicUsize,
}

impl Counted {
    fn is(&self) -> (usize, usize) {
        (self.increfs.load(SeqCst), self.decrefs.load(SeqCst))
    }
}

/// Starts a manager that is slow to count references.
fn counting(
    slowly: Duration,
    answer: impl Fn() -> Value + Send + Sync + 'static,
) -> (Liar, Arc<Counted>) {
    let counted = Arc::new(Counted::default());
    let counts = Arc::clone(&counted);
    let liar = Liar::start(move |connection, method| {
        match method {
            "f" => {
                answer_with(connection, &Value::tuple(["#RETURN".into(), answer()]));
                return true;
            }
            "incref" => counts.increfs.fetch_add(1, SeqCst),
            "decref" => counts.decrefs.fetch_add(1, SeqCst),
            _ => {
                honestly(connection, method);
                return true;
            }
        };
        thread::sleep(slowly);
        honestly(connection, method);
        true
    });
    (liar, counted)
}

fn tcp(listener: &TcpListener) -> Value {
    let address = listener.local_addr().unwrap();
    let host = address.ip().to_string();
    Value::tuple([host.as_str().into(), Value::from(address.port())])
}

fn address(liar: &Liar) -> Value {
    let port: u16 = liar.address.rsplit_once(':').unwrap().1.parse().unwrap();
    Value::tuple(["127.0.0.1".into(), Value::from(port)])
}

/// Connects to a manager whose method `f` returns `answer`.
fn connected(answer: Value) -> (Liar, Manager, Proxy) {
    let (liar, _) = counting(Duration::ZERO, move || answer.clone());
    let manager = Manager::connect(liar.address.as_str(), None).unwrap();
    let proxy = manager.create("x", ()).unwrap();
    (liar, manager, proxy)
}

#[test]
fn no_answer_leads_anywhere_by_default() {
    let here = TcpListener::bind((ALONE, 0)).unwrap();
    let here_too = TcpListener::bind("[::1]:0").unwrap();
    let directory = tempdir();
    let path = directory.join("socket");
    let at_path = UnixListener::bind(&path).unwrap();
    let name = format!("mpconn-elsewhere-{}", std::process::id());
    let abstract_name = SocketAddr::from_abstract_name(&name).unwrap();
    let at_name = UnixListener::bind_addr(&abstract_name).unwrap();
    let v6 = here_too.local_addr().unwrap().port();
    for listener in [&here, &here_too] {
        listener.set_nonblocking(true).unwrap();
    }
    for listener in [&at_path, &at_name] {
        listener.set_nonblocking(true).unwrap();
    }
    let arrived = || {
        let mut arrived = 0;
        for listener in [&here, &here_too] {
            arrived += usize::from(
                !matches!(listener.accept(), Err(e) if e.kind() == ErrorKind::WouldBlock),
            );
        }
        for listener in [&at_path, &at_name] {
            arrived += usize::from(
                !matches!(listener.accept(), Err(e) if e.kind() == ErrorKind::WouldBlock),
            );
        }
        arrived
    };
    for elsewhere in [
        tcp(&here),
        Value::tuple(["::1".into(), Value::from(v6)]),
        Value::tuple(["localhost".into(), Value::from(v6)]),
        path.to_str().unwrap().into(),
        format!("\0{name}").as_str().into(),
        Value::from(format!("\0{name}").as_bytes()),
    ] {
        let one = proxy(elsewhere.clone(), "7f");
        let (_liar, manager, alone) = connected(one.clone());
        let (_liar_too, _, listed) = connected(Value::list(vec![one.clone(); MANY]));
        let refused = [
            alone.call::<Proxy>("f", ()).map(drop),
            alone.call::<Returned>("f", ()).map(drop),
            alone.call::<ListProxy<i64>>("f", ()).map(drop),
            alone.call::<Option<Proxy>>("f", ()).map(drop),
            listed.call::<Vec<Proxy>>("f", ()).map(drop),
            listed.call::<Vec<Returned>>("f", ()).map(drop),
            listed.call::<Vec<ListProxy<Proxy>>>("f", ()).map(drop),
            manager.proxy::<Proxy>(&one).map(drop),
        ];
        for refused in refused {
            let error = refused.unwrap_err();
            let text = error.to_string();
            assert!(error.other_manager().is_some(), "{elsewhere}: {text}");
            assert!(text.contains("Builder::other_managers"), "{text}");
            assert!(!error.is_lost() && !error.is_codec(), "{text}");
        }
        // Reading a value never connects anywhere.
        assert!(listed.call::<Value>("f", ()).is_ok());
        assert!(listed.call::<Vec<i64>>("f", ()).unwrap_err().is_codec());
        assert!(alone.call::<Vec<Returned>>("f", ()).is_err());
        assert_eq!(arrived(), 0, "{elsewhere}");
    }
    drop((at_path, at_name));
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn an_error_tells_which_manager_it_would_have_been() {
    let listener = TcpListener::bind((ALONE, 0)).unwrap();
    let (_liar, _, object) = connected(proxy(tcp(&listener), "7f"));
    let error = object.call::<Proxy>("f", ()).unwrap_err();
    let elsewhere = Address::from(listener.local_addr().unwrap());
    assert_eq!(error.other_manager(), Some(&elsewhere));
    assert!(error.may_have_run());
    let told =
        format!("a shared list of another manager, at {elsewhere}, which is not connected to");
    assert!(error.to_string().contains(&told), "{error}");
}

#[test]
fn references_that_were_counted_before_are_given_back() {
    let listener = TcpListener::bind((ALONE, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let elsewhere = tcp(&listener);
    let (own, told) = (Arc::new(std::sync::OnceLock::new()), Arc::default());
    let answer = {
        let (own, elsewhere): (Arc<std::sync::OnceLock<Value>>, _) = (Arc::clone(&own), elsewhere);
        move || {
            let own = own.get().unwrap();
            let mut proxies: Vec<Value> =
                (0..3).map(|n| proxy(own.clone(), &n.to_string())).collect();
            proxies.push(proxy(elsewhere.clone(), "7f"));
            proxies.push(proxy(own.clone(), "3"));
            Value::list(proxies)
        }
    };
    let (liar, counted) = counting(Duration::ZERO, answer);
    own.set(address(&liar)).unwrap();
    let told_too: Arc<AtomicUsize> = Arc::clone(&told);
    let manager = Manager::builder()
        .on_event(move |_| {
            told_too.fetch_add(1, SeqCst);
        })
        .connect(liar.address.as_str())
        .unwrap();
    let object: Proxy = manager.create("x", ()).unwrap();
    let error = object.call::<Vec<Proxy>>("f", ()).unwrap_err();
    assert!(error.other_manager().is_some(), "{error}");
    assert!(manager.flush(Duration::from_secs(10)).unwrap());
    assert_eq!((counted.is(), told.load(SeqCst)), ((3, 3), 0));
    assert!(listener.accept().is_err());
    // The manager itself is still usable.
    object.call::<Value>("f", ()).unwrap();
}

/// Time limit of a whole call, and of each reference.
const CALL: Duration = Duration::from_millis(1200);
const EACH: Duration = Duration::from_millis(300);

#[test]
fn adopting_belongs_to_the_call_and_its_deadline() {
    for is_other in [true, false] {
        let (other, others) = counting(EACH, || Value::None);
        let place = Arc::new(std::sync::OnceLock::new());
        let known: Arc<std::sync::OnceLock<Value>> = Arc::clone(&place);
        let (liar, own) = counting(EACH, move || {
            let address = known.get().unwrap();
            Value::list((0..MANY).map(|n| proxy(address.clone(), &n.to_string())))
        });
        let (holder, counted) = if is_other {
            (&other, &others)
        } else {
            (&liar, &own)
        };
        place.set(address(holder)).unwrap();
        let manager = Manager::builder()
            .call_timeout(CALL)
            .other_managers(OtherManagers::none().allow_any_with_the_same_key())
            .connect(liar.address.as_str())
            .unwrap();
        let object: Proxy = manager.create("x", ()).unwrap();
        let start = Instant::now();
        let error = object.call::<Vec<Proxy>>("f", ()).unwrap_err();
        let took = start.elapsed();
        assert!(error.is_timed_out() && error.may_have_run(), "{error}");
        assert!(
            error
                .to_string()
                .contains("cannot use the shared list in the answer"),
            "{error}"
        );
        let (increfs, decrefs) = counted.is();
        // Four fit into the time limit, and some of the counted references can be released.
        assert!(
            (1..=5).contains(&increfs) && decrefs <= 3,
            "{increfs}, {decrefs}"
        );
        assert!(took < 3 * CALL, "{took:?}");
    }
}

#[test]
fn adopting_is_cancelled_with_the_call() {
    let listener = TcpListener::bind((ALONE, 0)).unwrap();
    let one = proxy(tcp(&listener), "7f");
    let (liar, _) = counting(Duration::ZERO, move || Value::list(vec![one.clone(); MANY]));
    let builder =
        Manager::builder().other_managers(OtherManagers::none().allow_any_with_the_same_key());
    let manager = builder.connect(liar.address.as_str()).unwrap();
    let object: Proxy = manager.create("x", ()).unwrap();
    let cancel = Cancel::new();
    let options = CallOptions::new().cancel(&cancel);
    thread::scope(|scope| {
        let calling = scope.spawn(|| object.call_with::<Vec<Proxy>>("f", (), (), &options));
        // The client connects and sends its request.
        let (mut asked, _) = listener.accept().unwrap();
        asked.read_exact(&mut [0; 4]).unwrap();
        cancel.cancel();
        let error = calling.join().unwrap().unwrap_err();
        assert!(error.is_cancelled() && error.may_have_run(), "{error}");
    });
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err());
}

#[test]
fn others_that_say_nothing_take_no_more_than_the_call_may() {
    let silent: Vec<_> = (0..20)
        .map(|_| TcpListener::bind((ALONE, 0)).unwrap())
        .collect();
    let proxies: Vec<Value> = silent
        .iter()
        .map(|listener| proxy(tcp(listener), "7f"))
        .collect();
    let (liar, _) = counting(Duration::ZERO, move || Value::list(proxies.clone()));
    let manager = Manager::builder()
        .call_timeout(CALL)
        .other_managers(OtherManagers::none().allow_any_with_the_same_key())
        .connect(liar.address.as_str())
        .unwrap();
    let object: Proxy = manager.create("x", ()).unwrap();
    let error = object.call::<Vec<Proxy>>("f", ()).unwrap_err();
    assert!(error.is_timed_out(), "{error}");
    let arrived = silent.iter().filter(|listener| {
        listener.set_nonblocking(true).unwrap();
        listener.accept().is_ok()
    });
    assert_eq!(arrived.count(), 1);
}

#[test]
fn giving_back_what_was_adopted_in_vain_has_one_deadline_too() {
    let listener = TcpListener::bind((ALONE, 0)).unwrap();
    let elsewhere = tcp(&listener);
    let decrefs = Arc::new(AtomicUsize::new(0));
    let (counts, place) = (Arc::clone(&decrefs), Arc::new(std::sync::OnceLock::new()));
    let known: Arc<std::sync::OnceLock<Value>> = Arc::clone(&place);
    let liar = Liar::start(move |connection, method| {
        match method {
            "f" => {
                let own = known.get().unwrap();
                let mut proxies: Vec<_> = (0..100)
                    .map(|n| proxy(own.clone(), &n.to_string()))
                    .collect();
                proxies.push(proxy(elsewhere.clone(), "7f"));
                answer_with(
                    connection,
                    &Value::tuple(["#RETURN".into(), Value::list(proxies)]),
                );
            }
            // Never answers.
            "decref" => drop(counts.fetch_add(1, SeqCst)),
            _ => honestly(connection, method),
        }
        true
    });
    place.set(address(&liar)).unwrap();
    let manager = Manager::builder()
        .call_timeout(CALL)
        .connect(liar.address.as_str())
        .unwrap();
    let object: Proxy = manager.create("x", ()).unwrap();
    let start = Instant::now();
    let error = object.call::<Vec<Proxy>>("f", ()).unwrap_err();
    assert!(error.other_manager().is_some(), "{error}");
    // The call does not wait for any of them.
    assert!(start.elapsed() < CALL);
    assert!(!manager.flush(CALL).unwrap());
    assert_eq!(decrefs.load(SeqCst), 1);
}

#[test]
fn a_manager_is_itself_by_whatever_name_it_was_reached() {
    let directory = tempdir();
    std::fs::create_dir(directory.join("real")).unwrap();
    std::os::unix::fs::symlink(directory.join("real"), directory.join("alias")).unwrap();
    let real = directory.join("real/socket");
    let at_path = ManagerProcess::serve_at(real.to_str().unwrap());
    let on_port = ManagerProcess::serve();
    let port = on_port.address().rsplit_once(':').unwrap().1;
    if at_path.version() < (3, 0) {
        return;
    }
    for address in [
        real.to_str().unwrap().to_owned(),
        directory.join("alias/socket").to_str().unwrap().to_owned(),
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
    ] {
        let manager = Manager::builder()
            .authkey(KEY)
            .connect(address.as_str())
            .unwrap();
        let lists: ListProxy<ListProxy<i64>> = manager.list([manager.list([1]).unwrap()]).unwrap();
        let inner = lists.get(0).unwrap();
        assert_eq!(inner.get_value().unwrap(), [1], "{address}");
        assert_eq!(inner.proxy().manager().address(), manager.address());
    }
    std::fs::remove_dir_all(directory).unwrap();
}

fn tempdir() -> std::path::PathBuf {
    let name = format!(
        "mpconn-elsewhere-{}-{:?}",
        std::process::id(),
        thread::current().id()
    );
    let path = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&path).unwrap();
    path
}
