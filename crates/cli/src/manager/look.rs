//! `manager`: what a manager says of itself.

use std::time::Instant;

use mpconn::Value;
use mpconn::manager::{Manager, OtherManagers};
use serde_json::json;

use super::{Recipe, Way, raised};
use crate::args::{At, Look, ManagerVerb, Methods};
use crate::exit_codes::Exit;
use crate::output;
use crate::values::Format;

pub(crate) fn run(verb: &ManagerVerb) -> anyhow::Result<Exit> {
    match verb {
        ManagerVerb::Ping(args) => ping(args),
        ManagerVerb::Methods(args) => methods(args),
        ManagerVerb::NumberOfObjects(args) => number_of_objects(args),
        ManagerVerb::DebugInfo(args) => debug_info(args),
        ManagerVerb::Shutdown(at) => shutdown(at),
    }
    .map_err(raised::with_options)?;
    Ok(Exit::Done)
}

fn connect(at: &At) -> anyhow::Result<Manager> {
    let way = Way {
        address: &at.address,
        timeout: Some(at.timeout),
        max_message: at.max_message,
        // Nothing that is asked for here has proxies in it.
        others: OtherManagers::none(),
        serializer: &at.serializer,
        key: &at.key,
    };
    way.connect()
}

fn ping(args: &Look) -> anyhow::Result<()> {
    let manager = connect(&args.at)?;
    let start = Instant::now();
    manager.dummy()?;
    let took = start.elapsed().as_secs_f64();
    let address = args.at.address.to_string();
    match args.json {
        true => output::print_json(&json!({ "address": address, "seconds": took }).to_string()),
        false => output::print(&format!(
            "{address}: a manager, which answers in {:.3} ms (connecting and handshake included)",
            took * 1e3
        )),
    }
}

fn methods(args: &Methods) -> anyhow::Result<()> {
    let recipe = Recipe::read(&args.making, Format::of_values(args.json))?;
    let proxy = recipe.make(&connect(&args.at)?, &args.typeid)?;
    let mut exposed = proxy.exposed()?;
    exposed.sort_unstable();
    match args.json {
        true => output::print_json(&json!(exposed).to_string()),
        false => exposed.iter().try_for_each(|method| output::print(method)),
    }
}

fn number_of_objects(args: &Look) -> anyhow::Result<()> {
    let count = connect(&args.at)?.number_of_objects()?;
    // The same in JSON.
    output::print(&count.to_string())
}

fn debug_info(args: &Look) -> anyhow::Result<()> {
    let info = connect(&args.at)?.debug_info()?;
    match args.json {
        true => output::print_json(&Value::from(info).to_json()),
        false if info.is_empty() => {
            output::note("no shared objects");
            Ok(())
        }
        // Lines are what it consists of, and nothing else is printed here.
        false => output::print_lines(&info),
    }
}

fn shutdown(at: &At) -> anyhow::Result<()> {
    connect(at)?.shutdown()?;
    output::note(&format!("{}: the manager ends", at.address));
    Ok(())
}
