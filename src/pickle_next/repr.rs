//! `repr`.

use std::fmt;

use super::{Dict, FrozenSet, Instance, List, PersistentId, Set, Tuple, Value};

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.type_name())
    }
}

macro_rules! as_value {
    ($($name:ident => $variant:ident;)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&Value::$variant(self.clone()), f)
            }
        }
    )*};
}
as_value! {
    Tuple => Tuple;
    List => List;
    Set => Set;
    FrozenSet => FrozenSet;
    Dict => Dict;
    Instance => Instance;
    PersistentId => Persistent;
}
