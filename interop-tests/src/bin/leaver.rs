//! Ends in the way it is told, with a reference to an object of a manager that nobody dropped.
//! Used by `tests/managers/leaving.rs`.

use std::sync::OnceLock;
use std::time::Duration;
use std::{env, process, thread};

use mpconn::manager::{Manager, Proxy};

static KEPT: OnceLock<Proxy> = OnceLock::new();

fn main() {
    let mut arguments = env::args().skip(1);
    let (Some(address), Some(way)) = (arguments.next(), arguments.next()) else {
        panic!("leaver ADDRESS return|exit|thread|panic");
    };
    let key = interop_tests::managers::KEY.into();
    let manager = Manager::connect(address.as_str(), Some(&key)).expect("connects");
    let object: Proxy = manager.create("Calculator", ()).expect("creates");
    object.call::<i64>("add", (1,)).expect("calls");
    println!("{}", manager.number_of_objects().expect("counts"));
    match way.as_str() {
        "return" => KEPT.set(object).expect("once"),
        "exit" => process::exit(0),
        "thread" => {
            thread::spawn(move || {
                thread::sleep(Duration::from_secs(60));
                drop(object);
            });
        }
        "panic" => panic!("as it was told"),
        other => panic!("no way to leave: {other}"),
    }
}
