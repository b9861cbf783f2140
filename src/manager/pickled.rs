//! What a proxy is in a pickle: `BaseProxy.__reduce__`.

use serde::{Serialize, Serializer};

use super::classes;
use super::proxy::Proxy;
use crate::pickle::python_names::{MANAGERS, REBUILD_PROXY, TOKEN};
use crate::pickle::types::PickledProxy as Pickled;
use crate::pickle::{Bytes, Class, Dict, Instance, Str, Tuple, Value};

impl Proxy {
    /// As the types of pickles have it.
    pub(super) fn pickled(&self) -> Pickled {
        let (class, exposed) = self.class_and_exposed();
        let class = class.unwrap_or_else(|| classes::of(self.typeid(), exposed.as_deref()));
        let mut kwds = Dict::new();
        if let (true, Some(exposed)) = (classes::is_auto(&class), exposed) {
            kwds.insert(
                "exposed".into(),
                Value::tuple(exposed.iter().map(String::as_str)),
            );
        }
        Pickled {
            proxy_type: class,
            token: self.token(),
            serializer: self.inner().settings.serializer.name().into(),
            kwds,
        }
    }
}

/// What it is in a pickle. The object must live until whoever gets it has counted it.
impl From<&Proxy> for Value {
    fn from(proxy: &Proxy) -> Self {
        let pickled = proxy.pickled();
        match proxy.inner().is_python2() {
            true => in_python2(pickled),
            false => pickled.into(),
        }
    }
}

impl Serialize for Proxy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::from(self).serialize(serializer)
    }
}

/// Python 2's `AutoProxy` makes the name of a class of the typeid, which only its `str` can be:
/// bytes, where text is `unicode`.
fn in_python2(pickled: Pickled) -> Value {
    let native = |text: &Str| Value::from(Bytes::from(text.as_str().as_bytes()));
    let Pickled {
        proxy_type,
        token,
        serializer,
        kwds,
    } = pickled;
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
