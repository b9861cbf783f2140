//! A worker of several threads on a Python manager, python-fixtures/jobs.py. README.md shows it.

use std::thread;

use mpconn::manager::{Cancel, DictProxy, EventProxy, Manager, Queue};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(untagged)]
enum Job {
    Mean { id: u32, numbers: Vec<f64> }, // a dict
    Power(u32, f64, i32),                // a tuple
    Order(Order),                        // instances
    Item(Item),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Mean { id: u32, mean: f64 },
    Power(u32, f64),
    Invoice(Invoice),
    Item(Item),
}

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

fn answer(job: Job, discount: f64) -> Answer {
    match job {
        Job::Mean { id, numbers } => {
            let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
            Answer::Mean { id, mean }
        }
        Job::Power(id, base, exponent) => Answer::Power(id, base.powi(exponent)),
        Job::Order(order) => {
            let cost = |item: &Item| item.price * f64::from(item.count);
            let total = order.items.iter().map(cost).sum();
            Answer::Invoice(Invoice { order, total })
        }
        Job::Item(item) => Answer::Item(Item {
            price: item.price * (1.0 - discount),
            ..item
        }),
    }
}

fn work(manager: &Manager, end: &Cancel) -> mpconn::Result<()> {
    let jobs: Queue<Job> = manager.create("jobs", ())?;
    let results: Queue<Answer> = manager.create("results", ())?;
    let config: DictProxy<String, f64> = manager.create("config", ())?;
    loop {
        let job = match jobs.get_with(end) {
            Err(error) if error.is_cancelled() => return Ok(()), // and no job is lost
            job => job?,
        };
        let discount = config.get_item("discount")?;
        results.put(&answer(job, discount))?;
        jobs.task_done()?;
    }
}

fn main() -> mpconn::Result<()> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or("localhost:6000".into());
    let manager = Manager::connect(address, "secret password")?;
    let config: DictProxy<String, u32> = manager.create("config", ())?;
    let stop: EventProxy = manager.create("stop", ())?;
    let threads = config.get_item("threads")?;

    let end = Cancel::new();
    thread::scope(|scope| {
        // The first that fails ends all.
        let run = || work(&manager, &end).inspect_err(|_| end.cancel());
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let told = stop.wait_with(&end);
        end.cancel();
        for thread in threads {
            thread.join().expect("no thread panics")?;
        }
        told.map(drop)
    })
}
