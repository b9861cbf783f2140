//! A Rust service that receives and sends instances of the classes in examples/orders.py. README.md shows it.

use mpconn::Listener;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
#[serde(rename = "orders.Order")]
struct Order {
    number: u32,
    customer: String,
    items: Vec<Item>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename = "orders.Item")]
struct Item {
    name: String,
    price: f64,
    count: u32,
}

#[derive(Serialize)]
#[serde(rename = "orders.Invoice")]
struct Invoice {
    order: Order,
    total: f64,
}

fn main() -> mpconn::Result<()> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or("localhost:6002".into());
    let mut listener = Listener::builder()
        .address(address)
        .authkey("secret password")
        .bind()?;
    println!("listening on {}", listener.address());

    let client = listener.accept()?;
    loop {
        let mut order: Order = match client.recv() {
            Err(error) if error.is_eof() => return Ok(()),
            order => order?,
        };
        order.items.retain(|item| item.count > 0);
        let cost = |item: &Item| item.price * f64::from(item.count);
        let total = order.items.iter().map(cost).sum();
        client.send(&Invoice { order, total })?;
    }
}
