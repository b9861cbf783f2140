//! Names in protocol 2, as a real Python translates them: `MPCONN_PYTHON`, or `python3`.

use std::process::Command;

use interop_tests::python;
use mpconn::pickle::{Class, Protocol, Value, dumps, loads};

/// Prints each name in `_compat_pickle` with its translation, one a line.
const TABLES: &str = r"
try:
    import _compat_pickle as c
except ImportError:
    raise SystemExit
for way, names, modules in (
    ('to3', c.NAME_MAPPING, c.IMPORT_MAPPING),
    ('to2', c.REVERSE_NAME_MAPPING, c.REVERSE_IMPORT_MAPPING),
):
    for before, after in names.items():
        print(' '.join((way,) + before + after))
    for before, after in modules.items():
        print(' '.join((way, before, 'no_such_name', after, 'no_such_name')))
";

/// Returns whether Python 3.13 removed the module.
fn is_gone(module: &str) -> bool {
    module == "Tix" || module == "tkinter.tix"
}

fn global(module: &str, name: &str) -> Vec<u8> {
    format!("\u{80}\u{2}c{module}\n{name}\n")
        .chars()
        .map(|c| u8::try_from(c).unwrap())
        .collect()
}

#[test]
fn names_become_what_python_makes_of_them() {
    let output = Command::new(python())
        .args(["-c", TABLES])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let &[way, module, name, new_module, new_name] = words.as_slice() else {
            panic!("{line}");
        };
        if is_gone(module) {
            continue;
        }
        if way == "to2" {
            let class = Value::Class(Class::new(module, name));
            let pickle = dumps(&class, Protocol::V2).unwrap();
            assert!(pickle.starts_with(&global(new_module, new_name)), "{line}");
        } else {
            let mut pickle = global(module, name);
            pickle.push(b'.');
            let read = loads(pickle).unwrap();
            let class = read
                .as_class()
                .unwrap_or_else(|| panic!("{line}: {read:?}"));
            assert!(class.is(new_module, new_name), "{line}: {class}");
        }
    }
}
