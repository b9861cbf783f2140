mod costs;
mod read;
mod written;

use crate::pickle::Value;

fn parse(text: &str) -> Value {
    text.parse().unwrap()
}
