mod costs;
mod read;
mod written;

use crate::Value;

fn parse(text: &str) -> Value {
    text.parse().unwrap()
}
