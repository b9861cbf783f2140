//! A connection between Python's `XmlListener` and our codec.

use mpconn::codec::XmlRpc;
use mpconn::{AuthKey, Value, connect};

use crate::peer::{hex, pythons};

#[test]
fn values_pass_through_a_connection() {
    let value: Value = "['#RETURN', {'n': [1, 2.5, None, True, 'é < ü']}, b'\\x00\\xff']"
        .parse()
        .unwrap();
    for mut python in pythons() {
        let port: u16 = python
            .ask("serve", &hex(b"secret"))
            .unwrap()
            .parse()
            .unwrap();
        let key = AuthKey::new("secret");
        let connection = connect(("127.0.0.1", port), &key).unwrap();
        for _ in 0..3 {
            connection.send_with(&XmlRpc::new(), &value).unwrap();
            let back: Value = connection.recv_with(&XmlRpc::new()).unwrap();
            assert_eq!(back, value, "{:?}", python.version());
        }
    }
}
