//! Exceptions: the name of the class, and the arguments.

use super::super::fragment::Fragment;
use super::lists::called;
use crate::types::is_os_error;
use crate::{Class, Construction, Instance, python_names};

pub(super) fn fragments<'a>(class: &'a Class, instance: &'a Instance) -> Option<Vec<Fragment<'a>>> {
    let called_so = instance.parts().construction == Construction::Call;
    if !called_so || !is_exception(class) {
        return None;
    }
    let args = match instance.args() {
        // Python removes the file from the arguments of the exception.
        [number, text, _file, ..] if is_os_error(class) => {
            let _ = (number, text);
            &instance.args()[..2]
        }
        args => args,
    };
    Some(called(class.name(), args))
}

/// Returns whether it is a built-in exception; all of them print alike.
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
