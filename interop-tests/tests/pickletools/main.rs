//! Our opcodes and disassembly against `pickletools` of every Python found.

// The table of opcodes is not public.
#[path = "../../../crates/pickle/src/opcode.rs"]
#[allow(dead_code, unreachable_pub)]
mod opcode;
mod samples;

use interop_tests::Interpreter;
use mpconn::pickle::{Disassembly, disassemble};

/// Name, code, protocol, argument, stack before and stack after.
type Described = (String, u8, u8, Option<String>, Vec<String>, Vec<String>);

#[test]
fn the_table_is_that_of_pickletools() {
    for mut python in Interpreter::all("pickletools") {
        let theirs: Vec<Described> = python.ask_json("opcodes");
        assert!(theirs.len() > 50);
        for (name, code, protocol, argument, takes, leaves) in theirs {
            let ours = opcode::describe(code).unwrap_or_else(|| panic!("{name} is missing"));
            assert_eq!(ours.name, name);
            assert_eq!(ours.protocol, protocol, "{name}");
            let argument = argument.map(|kind| argument_now(kind, &name));
            assert_eq!(ours.argument.name(), argument.as_deref(), "{name}");
            let names = |items: &[opcode::StackItem]| -> Vec<_> {
                items.iter().map(|item| item.name()).collect()
            };
            let kinds = |items: &[String]| -> Vec<_> {
                items
                    .iter()
                    .map(|item| normal(item, &name, python.version()))
                    .collect()
            };
            assert_eq!(
                names(ours.takes),
                kinds(&takes),
                "{name} of {:?}",
                python.version()
            );
            assert_eq!(
                names(ours.leaves),
                kinds(&leaves),
                "{name} of {:?}",
                python.version()
            );
        }
    }
}

/// Returns the name of an argument in recent Pythons, which read as unsigned what 2.7 does not.
fn argument_now(kind: String, opcode: &str) -> String {
    if opcode.starts_with("LONG_BIN") {
        kind.replace("int4", "uint4").replace("uuint4", "uint4")
    } else {
        kind
    }
}

/// Returns the name of a stack object in recent Pythons.
fn normal(item: &str, opcode: &str, version: (u32, u32)) -> String {
    match item {
        // Python 2's `str` is today's bytes.
        "str" if version.0 == 2 && opcode.contains("STRING") => "bytes_or_str",
        "unicode" => "str",
        "long" => "int",
        _ => item,
    }
    .to_owned()
}

#[test]
fn the_latest_python_knows_no_opcode_that_we_do_not() {
    let newest = Interpreter::all("pickletools")
        .into_iter()
        .max_by_key(|python| python.version());
    let mut newest = newest.unwrap();
    let theirs: Vec<Described> = newest.ask_json("opcodes");
    if newest.version() >= (3, 8) {
        assert_eq!(theirs.len(), opcode::OPCODES.len());
    }
}

#[test]
fn real_pickles_print_as_in_pickletools() {
    let golden = samples::golden();
    assert!(golden.len() > 100, "{} golden pickles", golden.len());
    for mut python in Interpreter::all("pickletools") {
        let own: Vec<String> = python.ask_json("pickled");
        assert!(own.len() > 100);
        let own = own.iter().map(|text| samples::unhex(text));
        let python_knows = match python.version() {
            (2, _) => 2,
            (3, ..8) => 4,
            _ => 5,
        };
        let (mut same, mut all) = (0, 0);
        let newer = |pickle: &Vec<u8>| matches!(pickle[..], [0x80, n, ..] if n > python_knows);
        let golden = golden.iter().filter(|pickle| !newer(pickle)).cloned();
        for pickle in golden.chain(own).chain(samples::by_hand()) {
            all += 1;
            same += usize::from(compare(&mut python, &pickle) == Outcome::Same);
        }
        let version = python.version();
        println!("{version:?}: {same} of {all} pickles print the same");
        assert!(
            same * 10 > all * 6,
            "{version:?}: too many of {all} were not read: {}",
            all - same
        );
    }
}

#[test]
fn damaged_pickles_print_as_far_as_pickletools_comes() {
    for mut python in Interpreter::all("pickletools") {
        let mut outcomes = [0; 3];
        for pickle in samples::damaged() {
            outcomes[compare(&mut python, &pickle) as usize] += 1;
        }
        println!(
            "{:?}: same, they failed, we failed: {outcomes:?}",
            python.version()
        );
        assert!(outcomes[Outcome::Same as usize] > 0 && outcomes[Outcome::TheyFailed as usize] > 0);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Same,
    /// Our output begins with every line that they printed.
    TheyFailed,
    /// A MARK is used as an object, or Python would not load an argument.
    WeFailed,
}

/// Compares our lines with those of this Python.
fn compare(python: &mut Interpreter, pickle: &[u8]) -> Outcome {
    let (text, error): (String, Option<String>) =
        python.ask_json(&format!("dis {}", samples::hex(pickle)));
    let mut ours = disassemble(pickle).like_pickletools();
    let (mut lines, failed) = our_lines(&mut ours);
    let theirs: Vec<&str> = text.lines().collect();
    if ours.is_complete()
        && theirs
            .last()
            .is_some_and(|line| line.starts_with("highest"))
    {
        let protocol = ours.highest_protocol().unwrap();
        lines.push(format!("highest protocol among opcodes = {protocol}"));
    }
    let what = || {
        format!(
            "Python {:?}, {pickle:?}: {error:?}, {failed:?}",
            python.version()
        )
    };
    for (ours, theirs) in lines.iter().zip(&theirs) {
        // Their last line is about the error; ours has the error after it.
        let theirs = theirs
            .trim_end_matches("no MARK exists on stack")
            .trim_end();
        if python.version().0 == 2 {
            // Python 2's repr has other prefixes.
            assert_eq!(beginning(ours), beginning(theirs), "{}", what());
        } else {
            assert_eq!(ours.trim_end(), theirs, "{}", what());
        }
    }
    match (&error, &failed) {
        (None, None) => assert_eq!(lines.len(), theirs.len(), "{}", what()),
        (Some(_), _) => {
            if !stricter(&failed) {
                assert!(lines.len() >= theirs.len(), "lost a line: {}", what());
            }
            return Outcome::TheyFailed;
        }
        (None, Some(_)) => {
            assert!(stricter(&failed), "{}", what());
            return Outcome::WeFailed;
        }
    }
    Outcome::Same
}

fn our_lines(ours: &mut Disassembly<'_>) -> (Vec<String>, Option<String>) {
    let (mut lines, mut failed) = (Vec::new(), None);
    for instruction in ours {
        match instruction {
            Ok(instruction) => lines.push(instruction.to_string()),
            Err(error) => failed = Some(error.to_string()),
        }
    }
    (lines, failed)
}

/// Returns whether it is an error that `load` has and `pickletools` does not.
fn stricter(failed: &Option<String>) -> bool {
    let reasons = [
        "above the MARK at",
        "a MARK cannot be stored",
        "not a number",
        "text that is not UTF-8",
    ];
    let text = failed.as_deref().unwrap_or_default();
    reasons.iter().any(|reason| text.contains(reason))
}

/// Returns offset, code, indentation and name.
fn beginning(line: &str) -> &str {
    let name = line.char_indices().skip(12).find(|(_, c)| *c != ' ');
    let start = name.map_or(line.len(), |(at, _)| at);
    let end = line[start..]
        .find(' ')
        .map_or(line.len(), |length| start + length);
    &line[..end]
}
