//! What types of Rust's are made of.

// It is about the fast reader itself.
#[cfg(not(mpconn_no_fast))]
mod fast;
mod fixtures;
mod handles;
mod instances;
mod shapes;
mod sharing;
// Visitors that a type may have, read by the fast reader and by the graph reader alike.
#[cfg(not(mpconn_no_fast))]
mod visitors;

use serde::de::DeserializeOwned;

use crate::{Class, Instance, Tuple, Value, from_value};

fn value(text: &str) -> Value {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn read<T: DeserializeOwned>(text: &str) -> T {
    from_value(value(text)).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refusal<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> String {
    from_value::<T>(value(text)).unwrap_err().to_string()
}

/// An instance of the module `shop` with this state.
fn of_shop(name: &str, state: &str) -> Value {
    Instance::new(Class::new("shop", name))
        .with_state(value(state))
        .into()
}

/// `cls(*args)`
fn call(module: &str, name: &str, args: &str) -> Value {
    let Value::Tuple(args) = value(args) else {
        panic!("arguments are a tuple: {args}");
    };
    Instance::call(Class::new(module, name), args).into()
}

/// `cls.__new__(cls, *args)`
fn new(name: &str, args: &str) -> Value {
    let mut instance = Instance::new(Class::new("shop", name));
    instance.make_mut().args = value(args);
    instance.into()
}

fn tuple(items: impl IntoIterator<Item = Value>) -> Tuple {
    items.into_iter().collect()
}
