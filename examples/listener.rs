//! A Rust service that Python's `Client` connects to. README.md shows it.

use mpconn::Listener;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Job {
    name: String,
    numbers: Vec<f64>,
}

#[derive(Serialize)]
struct Answer {
    name: String,
    mean: f64,
}

fn main() -> mpconn::Result<()> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or("localhost:6000".into());
    let mut listener = Listener::builder()
        .address(address)
        .authkey("secret password")
        .on_event(|event| eprintln!("{event}"))
        .bind()?;
    println!("listening on {}", listener.address());

    let client = listener.accept()?;
    loop {
        let job: Job = match client.recv() {
            Err(error) if error.is_eof() => return Ok(()),
            job => job?,
        };
        let mean = job.numbers.iter().sum::<f64>() / job.numbers.len() as f64;
        client.send(&Answer {
            name: job.name,
            mean,
        })?;
    }
}
