//! XML-RPC with every Python found: the marshaller of managers with `serializer='xmlrpclib'`.

mod documents;
mod edges;
mod live;
mod peer;
mod samples;

use mpconn::Value;
use mpconn::xmlrpc::{XmlRpcLimits, dumps, loads};

use peer::{hex, pythons};
use samples::{has_bytes, received, values};

#[test]
fn the_bytes_are_those_of_python_and_are_read() {
    for mut python in pythons() {
        let version = python.version();
        let mut compared = 0;
        for value in values().iter().filter(|value| fits(version, value)) {
            // The same value in this Python's own types and order of members.
            let (message, same) = python.dump(value).unwrap();
            let ours = dumps(&same).unwrap_or_else(|error| panic!("{same}: {error}"));
            assert_eq!(text(&ours), text(&message), "{value}, {:?}", version);
            let read = loads(&message, &XmlRpcLimits::new());
            let read = read.unwrap_or_else(|error| panic!("{value}: {error}"));
            // NaN differs from itself, but its text does not.
            assert_eq!(read.to_string(), received(&same).to_string());
            compared += 1;
        }
        assert!(compared > 300, "too little was compared: {compared}");
    }
}

#[test]
fn what_is_written_is_read_by_python() {
    for mut python in pythons() {
        let version = python.version();
        for value in &values() {
            let message = dumps(value).unwrap();
            let read = python.load(&message);
            let read = read.unwrap_or_else(|error| panic!("{value}: {error}"));
            let expected = samples::as_bytearrays(&received(value));
            let sort = version.0 == 2;
            assert_eq!(
                samples::repr(&read, sort),
                samples::repr(&expected, sort),
                "{:?}",
                version
            );
        }
    }
}

fn text(message: &[u8]) -> &str {
    std::str::from_utf8(message).unwrap()
}

/// Returns whether the value is valid for Python 2, which takes bytes for text.
fn fits(version: (u32, u32), value: &Value) -> bool {
    version.0 > 2 || !has_bytes(value)
}

#[test]
fn bytes_of_every_length_come_in_the_same_lines() {
    for mut python in pythons() {
        for length in 0..300 {
            let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
            let wrapped = python.ask("wrapped", &hex(&bytes)).unwrap();
            let value = Value::from(bytes);
            assert_eq!(wrapped, hex(&dumps(&value).unwrap()));
            assert_eq!(
                loads(&peer::unhex(&wrapped), &XmlRpcLimits::new()).unwrap(),
                value
            );
        }
    }
}
