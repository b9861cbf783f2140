//! Pools of processes in a manager, their results and iterators.

use std::ops::Deref;
use std::time::Duration;

use interop_tests::managers::ManagerProcess;
use mpconn::manager::{AsyncResult, Cancel, Function, Manager, Pool};
use mpconn::pickle::{Class, Instance};

use super::connect;

const SHORT: Duration = Duration::from_millis(50);
/// Time limit of a task on a slow machine.
const LONG: Duration = Duration::from_secs(60);

/// A pool whose processes are ended with the test, even if it fails.
struct Ending(Pool);

impl Deref for Ending {
    type Target = Pool;

    fn deref(&self) -> &Pool {
        &self.0
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let ended = self.0.terminate();
        assert!(ended.is_ok() || std::thread::panicking(), "{ended:?}");
    }
}

fn pool(manager: &Manager) -> Ending {
    Ending(manager.pool(2).unwrap())
}

fn sqrt() -> Function {
    Function::new("math", "sqrt")
}

fn sleep() -> Function {
    Function::new("time", "sleep")
}

#[test]
fn functions_run_once() {
    let server = ManagerProcess::serve();
    let pool = pool(&connect(&server));
    assert_eq!(pool.apply::<f64>(&sqrt(), (9.0,)).unwrap(), 3.0);
    let int = Function::from(Class::new("builtins", "int"));
    assert_eq!(
        pool.apply_kw::<i64>(&int, ("ff",), [("base", 16)]).unwrap(),
        255
    );
    let item = Instance::call(
        Class::new("functools", "partial"),
        vec![Class::new("operator", "mul").into(), 6.into()],
    );
    assert_eq!(pool.apply::<i64>(&item.into(), (7,)).unwrap(), 42);
    let error = pool.apply::<f64>(&sqrt(), (-1.0,)).unwrap_err();
    assert!(error.remote().unwrap().is_value_error(), "{error}");
    let result: AsyncResult<f64> = pool.apply_async(&sqrt(), (16.0,)).unwrap();
    assert_eq!(result.get().unwrap(), 4.0);
    // Again, with a time limit.
    assert_eq!(result.get_with(LONG).unwrap(), 4.0);
    assert!(result.ready().unwrap() && result.successful().unwrap());
    let result: AsyncResult<i64> = pool.apply_async_kw(&int, ("11",), [("base", 2)]).unwrap();
    assert_eq!(result.get_with(LONG).unwrap(), 3);
    let exposed = result.proxy().exposed().unwrap();
    assert_eq!(exposed, ["get", "ready", "successful", "wait"]);
    let result: AsyncResult<f64> = pool.apply_async(&sqrt(), ("x",)).unwrap();
    assert!(result.wait_with(LONG).unwrap());
    assert!(!result.successful().unwrap());
    assert!(result.get().unwrap_err().is("TypeError"));
}

#[test]
fn results_that_are_late() {
    let server = ManagerProcess::serve();
    let manager = connect(&server);
    let pool = pool(&manager);
    let result: AsyncResult<()> = pool.apply_async(&sleep(), (3600,)).unwrap();
    let late = result.get_with(SHORT).unwrap_err();
    assert!(late.is("multiprocessing.TimeoutError"), "{late}");
    assert!(late.remote().unwrap().is_timeout());
    assert!(!result.wait_with(SHORT).unwrap());
    assert!(!result.ready().unwrap());
    let early = result.successful().unwrap_err();
    let expected = match server.version() >= (3, 7) {
        true => "ValueError",
        false => "AssertionError",
    };
    assert!(early.is(expected), "{early}");
    let cancel = Cancel::new();
    std::thread::scope(|scope| {
        let getting = scope.spawn(|| result.get_with(&cancel));
        let waiting = scope.spawn(|| result.wait_with(&cancel));
        std::thread::sleep(SHORT);
        cancel.cancel();
        assert!(getting.join().unwrap().unwrap_err().is_cancelled());
        assert!(waiting.join().unwrap().unwrap_err().is_cancelled());
    });
    // A waiting thread is notified at the end, whether it waits in pieces or not.
    let result: AsyncResult<()> = pool.apply_async(&sleep(), (0.3,)).unwrap();
    assert!(result.wait_with(&Cancel::new()).unwrap());
    result.wait().unwrap();
    result.get().unwrap();
}

#[test]
fn functions_run_for_each_item() {
    let server = ManagerProcess::serve();
    let pool = pool(&connect(&server));
    let squares = [0.0, 1.0, 4.0, 9.0];
    for chunksize in [None, Some(1), Some(3)] {
        let roots: Vec<f64> = pool.map(&sqrt(), &squares, chunksize).unwrap();
        assert_eq!(roots, [0.0, 1.0, 2.0, 3.0]);
        let later: AsyncResult<Vec<f64>> = pool.map_async(&sqrt(), &squares, chunksize).unwrap();
        assert_eq!(later.get_with(LONG).unwrap(), roots);
        let iterated: Result<Vec<f64>, _> =
            pool.imap(&sqrt(), &squares, chunksize).unwrap().collect();
        assert_eq!(iterated.unwrap(), roots);
        let unordered = pool
            .imap_unordered::<f64>(&sqrt(), &squares, chunksize)
            .unwrap();
        let mut unordered: Vec<f64> = unordered.collect::<Result<_, _>>().unwrap();
        unordered.sort_by(f64::total_cmp);
        assert_eq!(unordered, roots);
        let pairs = [(7, 2), (9, 4)];
        let divmod = Function::new("builtins", "divmod");
        let star = pool.starmap::<(i64, i64)>(&divmod, &pairs, chunksize);
        let star_async = pool.starmap_async::<(i64, i64)>(&divmod, &pairs, chunksize);
        if server.version() < (3, 0) {
            assert!(star.unwrap_err().remote().unwrap().is_not_exposed());
            assert!(star_async.unwrap_err().remote().unwrap().is_not_exposed());
        } else {
            assert_eq!(star.unwrap(), [(3, 1), (2, 1)]);
            assert_eq!(star_async.unwrap().get().unwrap(), [(3, 1), (2, 1)]);
        }
    }
    let nothing: Vec<f64> = pool.map(&sqrt(), &[0.0; 0], None).unwrap();
    assert!(nothing.is_empty());
    let error = pool.map::<f64>(&sqrt(), &[1.0, -1.0], None).unwrap_err();
    assert!(error.remote().unwrap().is_value_error(), "{error}");
}

#[test]
fn items_that_fail_or_are_late() {
    let server = ManagerProcess::serve();
    let pool = pool(&connect(&server));
    let mut roots = pool.imap::<f64>(&sqrt(), &[1.0, -1.0, 4.0], None).unwrap();
    assert_eq!(roots.next().unwrap().unwrap(), 1.0);
    assert!(
        roots
            .next()
            .unwrap()
            .unwrap_err()
            .remote()
            .unwrap()
            .is_value_error()
    );
    assert_eq!(roots.next_with(LONG).unwrap(), Some(2.0));
    assert!(roots.next().is_none() && roots.next().is_none());
    assert_eq!(roots.next_with(LONG).unwrap(), None);
    let mut sleepers = pool.imap::<()>(&sleep(), &[3600], None).unwrap();
    let late = sleepers.next_with(SHORT).unwrap_err();
    assert!(late.is("multiprocessing.TimeoutError"), "{late}");
    let cancel = Cancel::new();
    cancel.cancel();
    assert!(sleepers.next_with(&cancel).unwrap_err().is_cancelled());
}

#[test]
fn a_pool_is_patient_where_a_manager_is_not() {
    let server = ManagerProcess::serve();
    let manager = Manager::builder()
        .authkey(interop_tests::managers::KEY)
        .call_timeout(Duration::from_secs(20))
        .connect(server.address())
        .unwrap();
    let pool = pool(&manager);
    let mut sleepers = pool.imap::<()>(&sleep(), &[0.1, 0.2], None).unwrap();
    sleepers.next().unwrap().unwrap();
    sleepers.next().unwrap().unwrap();
    assert!(sleepers.next().is_none());
    let result: AsyncResult<()> = pool.apply_async(&sleep(), (0.1,)).unwrap();
    result.get().unwrap();
}

#[test]
fn a_pool_ends() {
    let server = ManagerProcess::serve();
    let pool = connect(&server).pool(None).unwrap();
    let exposed = pool.proxy().exposed().unwrap();
    let known = [
        "apply",
        "apply_async",
        "close",
        "imap",
        "imap_unordered",
        "join",
        "map",
        "map_async",
        "starmap",
        "starmap_async",
        "terminate",
    ];
    assert!(
        exposed.iter().all(|name| known.contains(&name.as_str())),
        "{exposed:?}"
    );
    let early = pool.join().unwrap_err();
    assert!(
        early.is("ValueError") || early.is("AssertionError"),
        "{early}"
    );
    pool.close().unwrap();
    pool.join().unwrap();
    let closed = pool.apply::<f64>(&sqrt(), (1.0,)).unwrap_err();
    assert!(
        closed.is("ValueError") || closed.is("AssertionError"),
        "{closed}"
    );
    pool.terminate().unwrap();
}
