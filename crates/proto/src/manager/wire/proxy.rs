//! Proxies in values: calls of `RebuildProxy`.

use mpconn_pickle::types::Proxy;
use mpconn_pickle::{Bytes, Class, Instance, Str, Tuple, Value};

/// The module of `RebuildProxy`, `Token` and the classes of proxies.
pub const MODULE: &str = "multiprocessing.managers";

/// The name of the function that a proxy is pickled as a call of.
pub const REBUILD_PROXY: &str = "RebuildProxy";

/// Returns whether a value is a proxy.
pub fn is_proxy(value: &Value) -> bool {
    let instance = value.as_instance();
    instance.is_some_and(|instance| instance.is(MODULE, REBUILD_PROXY))
}

/// Returns a proxy as Python 2 reads it: its `AutoProxy` makes the name of a class of the typeid, for which
/// it takes nothing but a `str`, and that is bytes.
pub fn for_python2(proxy: Proxy) -> Value {
    let native = |text: &Str| Value::from(Bytes::from(text.as_str().as_bytes()));
    let Proxy {
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
    let token = Instance::new(Class::new(MODULE, "Token")).with_state(state);
    let arguments = vec![
        proxy_type.into(),
        token.into(),
        native(&serializer),
        kwds.into(),
    ];
    Instance::call(Class::new(MODULE, REBUILD_PROXY), arguments).into()
}
