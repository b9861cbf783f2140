//! A Rust program that connects to Python's `Listener`. README.md shows it.

use mpconn::Value;

fn main() -> mpconn::Result<()> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or("localhost:6001".into());
    let python = mpconn::connect(address, "secret password")?;

    python.send(&("add", 2, 3))?;
    let sum: i64 = python.recv()?;
    println!("2 + 3 = {sum}");

    python.send(&("versions",))?;
    let anything: Value = python.recv()?;
    println!("{anything}"); // as Python's repr prints it
    Ok(())
}
