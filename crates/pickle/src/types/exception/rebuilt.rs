//! Exceptions that carry the text of their traceback.
//!
//! Pickles lose tracebacks and causes. The workers of two modules of Python therefore send a call
//! that sets the cause again when it is read: `rebuild_exc(exception, text)`.

use crate::{Class, Value};

/// Module, function, and the class that it makes from the text.
static REBUILDERS: [(&str, &str, &str); 2] = [
    ("multiprocessing.pool", "rebuild_exc", "RemoteTraceback"),
    (
        "concurrent.futures.process",
        "_rebuild_exc",
        "_RemoteTraceback",
    ),
];

/// Returns the exception inside such calls, and its cause if there is a call: the class and the
/// text of the traceback. The outermost call counts.
pub(super) fn see_through(mut value: &Value) -> (&Value, Option<(Class, Value)>) {
    let mut cause = None;
    while let Some((inner, made)) = rebuilt(value) {
        value = inner;
        cause.get_or_insert(made);
    }
    (value, cause)
}

fn rebuilt(value: &Value) -> Option<(&Value, (Class, Value))> {
    let call = value.as_instance()?;
    let [exception, text @ Value::Str(_)] = call.args() else {
        return None;
    };
    let mut known = REBUILDERS.iter();
    let (module, _, cause) = known.find(|(module, name, _)| call.is(module, name))?;
    let cause = Class::new(*module, *cause);
    Some((exception, (cause, text.clone())))
}
