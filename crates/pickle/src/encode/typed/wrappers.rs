//! Wrappers for structs whose Python class is not pickled by its `__dict__`.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! wrapper {
    ($(#[$doc:meta])* $name:ident $serde_name:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name<T>(pub T);

        impl<T> $name<T> {
            /// Returns the wrapped value.
            pub fn into_inner(self) -> T {
                self.0
            }
        }

        impl<T> From<T> for $name<T> {
            fn from(value: T) -> Self {
                $name(value)
            }
        }

        impl<T> Deref for $name<T> {
            type Target = T;

            fn deref(&self) -> &T {
                &self.0
            }
        }

        impl<T> DerefMut for $name<T> {
            fn deref_mut(&mut self) -> &mut T {
                &mut self.0
            }
        }

        /// In formats other than pickle, as the wrapped value.
        impl<T: Serialize> Serialize for $name<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_newtype_struct($serde_name, &self.0)
            }
        }

        /// As the wrapped value: all forms are read without a wrapper.
        impl<'de, T: Deserialize<'de>> Deserialize<'de> for $name<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                T::deserialize(deserializer).map($name)
            }
        }
    };
}

wrapper! {
    /// Writes a struct that is named as a Python class as an instance with `__slots__`, whose state is
    /// `(None, {slot: value})`. Python pickles classes with `__slots__` and `@dataclass(slots=True)` so.
    ///
    /// ```
    /// use mpconn_pickle::{Slots, to_value};
    ///
    /// #[derive(serde::Serialize)]
    /// #[serde(rename = "shop.Point")]
    /// struct Point {
    ///     x: f64,
    ///     y: f64,
    /// }
    ///
    /// let value = to_value(&Slots(Point { x: 1.0, y: 2.0 }))?;
    /// let instance = value.as_instance().expect("a Python class");
    /// assert_eq!(instance.class().map(ToString::to_string).as_deref(), Some("shop.Point"));
    /// let state = instance.state().and_then(|state| state.items()).expect("a pair");
    /// assert!(state[0].is_none());
    /// assert_eq!(state[1].get("y").and_then(|y| y.as_f64()), Some(2.0));
    /// # Ok::<(), mpconn_pickle::PickleError>(())
    /// ```
    Slots "$mpconn::Slots"
}

wrapper! {
    /// Writes a struct that is named as a Python class as an instance whose state is the list of
    /// its fields: `[1.0, 2.0]`. Python pickles a `@dataclass(slots=True, frozen=True)` so, whose
    /// attributes cannot be set from outside. The fields have to be in Python's order.
    ///
    /// ```
    /// use mpconn_pickle::{ListState, Value, to_value};
    ///
    /// #[derive(serde::Serialize)]
    /// #[serde(rename = "shop.Frozen")]
    /// struct Frozen {
    ///     x: f64,
    ///     y: f64,
    /// }
    ///
    /// let value = to_value(&ListState(Frozen { x: 1.0, y: 2.0 }))?;
    /// let state = value.as_instance().and_then(|instance| instance.state());
    /// assert_eq!(state, Some(&Value::list([1.0, 2.0])));
    /// # Ok::<(), mpconn_pickle::PickleError>(())
    /// ```
    ListState "$mpconn::ListState"
}

wrapper! {
    /// Writes a struct that is named as a Python class or function as a call with its fields:
    /// `shop.Point(1.0, 2.0)`, so that `__init__` runs. The fields have to be in Python's
    /// order. A `__reduce__` that returns `(cls, args)` has this form.
    ///
    /// ```
    /// use mpconn_pickle::{Called, Construction, to_value};
    ///
    /// #[derive(serde::Serialize)]
    /// #[serde(rename = "shop.Point")]
    /// struct Point(f64, f64);
    ///
    /// let value = to_value(&Called(Point(1.0, 2.0)))?;
    /// let instance = value.as_instance().expect("a Python class");
    /// assert_eq!(instance.parts().construction, Construction::Call);
    /// assert_eq!(instance.args(), [1.0.into(), 2.0.into()]);
    /// # Ok::<(), mpconn_pickle::PickleError>(())
    /// ```
    Called "$mpconn::Called"
}

wrapper! {
    /// Writes a struct with named fields that is named as a Python class as a named tuple:
    /// `shop.Point.__new__(shop.Point, 1.0, 2.0)`. The fields have to be in Python's order. A
    /// tuple struct needs no wrapper for it.
    ///
    /// ```
    /// use mpconn_pickle::{AsNamedTuple, Construction, to_value};
    ///
    /// #[derive(serde::Serialize)]
    /// #[serde(rename = "shop.Point")]
    /// struct Point {
    ///     x: f64,
    ///     y: f64,
    /// }
    ///
    /// let value = to_value(&AsNamedTuple(Point { x: 1.0, y: 2.0 }))?;
    /// let instance = value.as_instance().expect("a Python class");
    /// assert_eq!(instance.parts().construction, Construction::New);
    /// assert_eq!(instance.args(), [1.0.into(), 2.0.into()]);
    /// # Ok::<(), mpconn_pickle::PickleError>(())
    /// ```
    AsNamedTuple "$mpconn::AsNamedTuple"
}
