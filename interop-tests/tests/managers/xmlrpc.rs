//! Managers with `serializer='xmlrpclib'`.

use interop_tests::managers::{KEY, ManagerProcess, objects};
use interop_tests::python;
use mpconn::Value;
use mpconn::manager::{Manager, Proxy, Queue, Serializer};

fn connect(server: &ManagerProcess) -> Manager {
    Manager::builder()
        .authkey(KEY)
        .serializer(Serializer::XmlRpc)
        .connect(server.address())
        .unwrap()
}

fn serve() -> ManagerProcess {
    ManagerProcess::start(&python(), &["serve", "", "xmlrpclib"])
}

#[test]
fn what_xml_rpc_can_carry_goes_both_ways() {
    let server = serve();
    let manager = connect(&server);
    let before = objects(&manager);
    let calculator: Proxy = manager.create("Calculator", (40,)).unwrap();
    assert_eq!(calculator.call::<i64>("add", (1, 1)).unwrap(), 42);
    let times = [("times", 2)];
    assert_eq!(calculator.call_kw::<i64>("add", (1,), times).unwrap(), 44);
    for literal in [
        "None",
        "True",
        "-7",
        "2.5",
        "'tea & <b>'",
        "[1, [2]]",
        "{'a': {'b': None}}",
    ] {
        let value: Value = literal.parse().unwrap();
        let echoed: Value = calculator.call("echo", (&value,)).unwrap();
        assert_eq!(echoed.to_string(), literal);
    }
    let queue: Queue<(String, u32)> = manager.queue(0).unwrap();
    queue.put(&("tea".to_owned(), 2)).unwrap();
    assert_eq!(queue.get().unwrap(), ("tea".to_owned(), 2));
    drop((calculator, queue));
    assert_eq!(objects(&manager), before);
}

#[test]
fn what_xml_rpc_cannot_carry_is_told() {
    let server = serve();
    let manager = connect(&server);
    let calculator: Proxy = manager.create("Calculator", ()).unwrap();
    // An error on our side.
    let error = calculator
        .call::<Value>("echo", (1_u64 << 40,))
        .unwrap_err();
    assert!(error.is_codec() && !error.may_have_run(), "{error}");
    assert!(error.to_string().contains("XML-RPC"), "{error}");
    // An error on the manager's side, in its own words.
    let error = calculator
        .call::<Value>("kind", (&calculator,))
        .unwrap_err();
    assert!(!error.to_string().is_empty());
    let error = calculator.call::<Value>("unpicklable", ()).unwrap_err();
    let remote = error.remote().unwrap();
    assert!(remote.is_unserializable(), "{error}");
    // An exception loses its class: only its attributes are sent.
    let error = calculator
        .call::<Value>("fail", ("OutOfStock", "tea", 3))
        .unwrap_err();
    assert!(error.remote().is_some(), "{error}");
    assert!(error.to_string().contains("left"), "{error}");
    assert_eq!(calculator.call::<i64>("add", (1,)).unwrap(), 1);
}

#[test]
fn the_wrong_serializer_is_told() {
    let server = serve();
    let error = Manager::connect(server.address(), KEY).unwrap_err();
    assert!(error.to_string().contains("xmlrpc"), "{error}");
    let pickles = ManagerProcess::serve();
    let error = Manager::builder()
        .authkey(KEY)
        .serializer(Serializer::XmlRpc)
        .connect(pickles.address())
        .unwrap_err();
    assert!(error.to_string().contains("pickle"), "{error}");
}
