//! examples/worker.rs with python-fixtures/jobs.py, on every Python of this machine.

#![cfg(unix)]

mod pairs;

use std::process::Command;

use pairs::{Guarded, example, file, pythons};

/// With these the worker is told to stop while there are jobs, or while it waits for one; every job
/// is done once, or still there. What is put later is nobody's.
const MANY: &str = r#"
import sys
fixtures, when, worker = sys.argv[1:]
sys.path.insert(0, fixtures)
import jobs

def job(number):
    item = jobs.Item("tea", 2.5, number)
    kinds = [{"id": number, "numbers": [1.0]}, (number, 2.0, 2), jobs.Order(number, "Ann", [item]), item]
    return kinds[number % 4]

def number(thing):
    if isinstance(thing, dict):
        return thing["id"]
    if isinstance(thing, tuple):
        return thing[0]
    thing = getattr(thing, "order", thing)
    return thing.count if isinstance(thing, jobs.Item) else thing.number

def rest(queue):
    return [number(queue.get()) for _ in range(queue.qsize())]

count = 600
worker = jobs.start([worker])
for i in range(count):
    jobs.jobs.put(job(i))
done = [number(jobs.result(worker)) for _ in range(100 if when == "early" else count)]
jobs.stop.set()
assert worker.wait() == 0, worker.returncode
done += rest(jobs.results)
assert jobs.jobs.unfinished_tasks == count - len(done), (jobs.jobs.unfinished_tasks, len(done))
left = rest(jobs.jobs)
assert sorted(done + left) == list(range(count)), (sorted(done), sorted(left))
if when == "late":
    assert not left, left
    jobs.jobs.put(job(count))
    assert number(jobs.jobs.get(timeout=20)) == count
print("every job was done once, or is there")
"#;

fn run(what: &str, command: &mut Command) -> String {
    let output = Guarded::start(command).finish();
    let [out, error] = [&output.stdout, &output.stderr].map(|b| String::from_utf8_lossy(b));
    assert!(output.status.success(), "{what}: {out}{error}");
    out.into_owned()
}

fn python(python: &str) -> Command {
    let mut command = Command::new(python);
    command.args(["-B", "-E", "-s"]);
    command
}

#[test]
fn every_kind_of_job_is_done() {
    // In 2.7 text has a prefix, and dicts have no order.
    let expected = [
        "(2, 1024.0)",
        "Ann: 4 x tea, 1 x milk = 10.75",
        "Item(name='tea', price=2.0, count=4)",
        "{'id': 1, 'mean': 3.0}",
    ];
    for name in pythons() {
        let mut command = python(&name);
        command
            .arg(file("python-fixtures/jobs.py"))
            .arg(example("worker"));
        let out = run(&name, &mut command).replace("u'", "'");
        let out = out.replace("{'mean': 3.0, 'id': 1}", expected[3]);
        let mut lines: Vec<_> = out.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, expected, "{name}");
    }
}

#[test]
fn no_job_is_lost_or_done_twice() {
    for name in pythons() {
        for when in ["early", "late"] {
            let mut command = python(&name);
            command.args(["-c", MANY]).arg(file("python-fixtures"));
            command.arg(when).arg(example("worker"));
            let out = run(&format!("{name}, {when}"), &mut command);
            assert_eq!(
                out, "every job was done once, or is there\n",
                "{name}, {when}"
            );
        }
    }
}

#[test]
fn a_worker_that_fails_fails_as_a_whole() {
    // The first job is none, so that the others wait for more.
    const PROGRAM: &str = "import sys; sys.path.insert(0, sys.argv[1]); import jobs
worker = jobs.start([sys.argv[2]]); jobs.jobs.put('no job'); sys.exit(worker.wait() != 1)";
    let name = &pythons()[0];
    let mut command = python(name);
    command
        .args(["-c", PROGRAM])
        .arg(file("python-fixtures"))
        .arg(example("worker"));
    let output = Guarded::start(&mut command).finish();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    assert!(error.contains("untagged enum Job"), "{error}");
}
