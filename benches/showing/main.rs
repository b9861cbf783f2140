//! How long it takes to show hostile messages of up to 1 MB, as text and as JSON: a second at
//! most, each.
//!
//!     cargo bench --bench showing

#[path = "../../crates/pickle/tests/hostile/mod.rs"]
mod hostile;

use std::time::{Duration, Instant};

use mpconn::pickle::{Value, loads};

const SIZE: usize = 999_000;

fn main() {
    let mut worst = (Duration::ZERO, "nothing");
    println!(
        "{:28} {:>9} {:>10} {:>10} {:>10} {:>10}",
        "message", "bytes", "read", "text", "JSON", "exact JSON"
    );
    for (name, message) in hostile::messages(SIZE) {
        let length = message.len();
        let (value, read) = timed(|| loads(message));
        let value = value.unwrap_or_else(|error| panic!("{name}: {error}"));
        let shown = [
            timed(|| value.to_string()).1,
            timed(|| value.to_json()).1,
            timed(|| Value::to_exact_json(&value)).1,
        ];
        let [text, json, exact] = shown.map(milliseconds);
        println!(
            "{name:28} {length:9} {:>10} {text:>10} {json:>10} {exact:>10}",
            milliseconds(read)
        );
        worst = shown
            .into_iter()
            .map(|time| (time, name))
            .fold(worst, Ord::max);
    }
    println!("worst: {}, {}", milliseconds(worst.0), worst.1);
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let done = work();
    (done, begun.elapsed())
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
