//! Exceptions: the name of the class, and the arguments.

use super::super::part::Part;
use super::lists::called;
use crate::types::is_os_error;
use crate::{Class, Construction, Instance, python_names};

pub(super) fn parts<'a>(class: &'a Class, instance: &'a Instance) -> Option<Vec<Part<'a>>> {
    let called_so = instance.parts().construction == Construction::Call;
    if !called_so || !is_exception(class) {
        return None;
    }
    let args = match instance.args() {
        // The file is no argument to Python, once the exception is made.
        [number, text, _file, ..] if is_os_error(class) => {
            let _ = (number, text);
            &instance.args()[..2]
        }
        args => args,
    };
    Some(called(class.name(), args))
}

/// Whether it is an exception of Python's own, all of which print alike.
fn is_exception(class: &Class) -> bool {
    const ENDINGS: [&str; 7] = [
        "Error",
        "Exception",
        "Warning",
        "Iteration",
        "Exit",
        "Interrupt",
        "Group",
    ];
    let name = class.qualname().as_str();
    let named_so = ENDINGS.iter().any(|ending| name.ends_with(ending));
    match class.module().as_str() {
        "builtins" => named_so,
        "queue" | "_queue" => matches!(name, "Empty" | "Full"),
        "multiprocessing" | python_names::CONTEXT => named_so || name == "BufferTooShort",
        python_names::MANAGERS => name == "RemoteError",
        _ => false,
    }
}
