//! Proxies in values: calls of `RebuildProxy`.

use mpconn_pickle::python_names::{MANAGERS, REBUILD_PROXY, TOKEN};
use mpconn_pickle::types::PickledProxy;
use mpconn_pickle::{Bytes, Class, Instance, Str, Tuple, Value};

/// Returns whether a value is a proxy.
pub fn is_proxy(value: &Value) -> bool {
    let instance = value.as_instance();
    instance.is_some_and(|instance| instance.is(MANAGERS, REBUILD_PROXY))
}

/// Returns a proxy as Python 2 reads it: its `AutoProxy` makes the name of a class of the typeid, for which
/// it takes nothing but a `str`, and that is bytes.
pub fn for_python2(proxy: PickledProxy) -> Value {
    let native = |text: &Str| Value::from(Bytes::from(text.as_str().as_bytes()));
    let PickledProxy {
        proxy_type,
        token,
        serializer,
        kwds,
    } = proxy;
    let state = Tuple::from(vec![
        native(&token.typeid),
        token.address,
        native(&token.id),
    ]);
    let token = Instance::new(Class::new(MANAGERS, TOKEN)).with_state(state);
    let arguments = vec![
        proxy_type.into(),
        token.into(),
        native(&serializer),
        kwds.into(),
    ];
    Instance::call(Class::new(MANAGERS, REBUILD_PROXY), arguments).into()
}
