//! Tests of the cost of messages and values.

use crate::xmlrpc::{XmlRpcLimits, dump_into, dumps, loads};
use crate::{Class, Instance, Value};

#[test]
fn entities_of_ones_own_are_refused() {
    let bomb =
        "<!DOCTYPE a [<!ENTITY b 'xx'><!ENTITY c '&b;&b;'>]><params><value>&c;</value></params>";
    let error = loads(bomb.as_bytes(), &XmlRpcLimits::new()).unwrap_err();
    assert_eq!(error.offset(), Some(0));
    assert!(error.to_string().contains("document type"), "{error}");
}

#[test]
fn limits_are_kept() {
    let limits = XmlRpcLimits::new().depth(3).values(5).message(100);
    let arrays = |depth| {
        format!(
            "<params>{}{}</params>",
            "<array>".repeat(depth),
            "</array>".repeat(depth)
        )
    };
    assert!(loads(arrays(3).as_bytes(), &limits).is_ok());
    let error = loads(arrays(4).as_bytes(), &limits).unwrap_err();
    assert_eq!((error.is_limit(), error.offset()), (true, Some(29)));
    let items = |count| format!("<params><array>{}</array></params>", "<nil/>".repeat(count));
    assert!(loads(items(4).as_bytes(), &limits).is_ok());
    assert!(loads(items(5).as_bytes(), &limits).unwrap_err().is_limit());
    let long = format!("<params><value>{}</value></params>", "x".repeat(100));
    assert!(loads(long.as_bytes(), &limits).unwrap_err().is_limit());
}

#[test]
fn no_depth_overflows_the_stack() {
    const DEPTH: usize = 50_000;
    let mut value = Value::None;
    for level in 0..DEPTH {
        value = match level % 2 {
            0 => Value::list([value]),
            _ => Value::dict([("a", value)]),
        };
    }
    let message = dumps(&value).unwrap();
    assert!(
        loads(&message, &XmlRpcLimits::new())
            .unwrap_err()
            .is_limit()
    );
    assert_eq!(
        loads(&message, &XmlRpcLimits::new().depth(DEPTH)).unwrap(),
        value
    );

    let mut value = Value::from(1_i64 << 40);
    for _ in 0..DEPTH {
        value = Value::list([value]);
    }
    let error = dumps(&value).unwrap_err();
    assert!(error.path().starts_with("...[0][0]") && error.path().len() < 200);
    // Elements that are never closed.
    let open = "<a>".repeat(DEPTH);
    assert!(
        loads(open.as_bytes(), &XmlRpcLimits::new())
            .unwrap_err()
            .is_malformed()
    );
    let many: String = (0..DEPTH).map(|n| format!(" a{n}=''")).collect();
    let wide = format!("<params{many}><value/></params>");
    assert_eq!(
        loads(wide.as_bytes(), &XmlRpcLimits::new()).unwrap(),
        "".into()
    );
}

#[test]
fn what_is_shared_is_written_again_within_limits() {
    let text = Value::from("x".repeat(1000));
    let list = Value::list(vec![text; 100]);
    let twice = Value::list([list.clone(), list]);
    let write = |growth| dump_into(&twice, &XmlRpcLimits::new().growth(growth), &mut Vec::new());
    assert!(write(99_000).unwrap_err().is_limit());
    assert!(write(220_000).is_ok());
    // Keys count like other text, and so does the content of a wrapper.
    let key = Value::from("k".repeat(1000));
    let keys = Value::list(vec![
        Value::dict([(key.clone(), 1)]),
        Value::dict([(key, 2)]),
    ]);
    let data = Value::from(vec![0; 1000]);
    let binary = || {
        let binary = Instance::new(Class::new("xmlrpc.client", "Binary"));
        Value::from(binary.with_state(Value::dict([("data", data.clone())])))
    };
    for value in [keys, Value::list([binary(), binary()])] {
        let write =
            |growth| dump_into(&value, &XmlRpcLimits::new().growth(growth), &mut Vec::new());
        assert!(write(999).unwrap_err().is_limit() && write(1000).is_ok());
    }
    // A handle outside the value is not a repetition.
    let one = Value::dict([("a", Value::list([1]))]);
    let _other = one.clone();
    assert!(dump_into(&one, &XmlRpcLimits::new().growth(0), &mut Vec::new()).is_ok());
}
