//! What a proxy is in a pickle: `BaseProxy.__reduce__`.

use mpconn_proto::manager::wire::proxy::for_python2;
use serde::{Serialize, Serializer};

use super::{Proxy, python_class};
use crate::pickle::types::PickledProxy as Pickled;
use crate::pickle::{Dict, Value};

impl Proxy {
    /// Returns it as the types of pickles have it.
    pub(super) fn pickled(&self) -> Pickled {
        if let Some((pickled, _)) = self.arrival() {
            return pickled;
        }
        let (class, exposed) = self.class_and_exposed();
        let class = class.unwrap_or_else(|| python_class::of(self.typeid(), exposed.as_deref()));
        let mut kwds = Dict::new();
        if let (true, Some(exposed)) = (python_class::is_auto(&class), exposed) {
            kwds.insert(
                "exposed".into(),
                Value::tuple(exposed.iter().map(String::as_str)),
            );
        }
        Pickled {
            proxy_type: class,
            token: self.token(),
            serializer: self.nearest_session().settings.serializer.name().into(),
            kwds,
        }
    }
}

/// Returns it as a pickle has it. The object must live until the receiver has counted its reference.
impl From<&Proxy> for Value {
    fn from(proxy: &Proxy) -> Self {
        let pickled = proxy.pickled();
        match proxy.nearest_session().learned.is_python2() {
            true => for_python2(pickled),
            false => pickled.into(),
        }
    }
}

impl Serialize for Proxy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::from(self).serialize(serializer)
    }
}
