//! Compares the codec with CPython's, on generated values.

use pickle_differential::codec::{self, WRITES};
use pickle_differential::python::{self, Pickler};
use pickle_differential::run::{Doing as _, check, same};
use pickle_differential::{describe, strategy};

#[test]
fn the_interpreter_is_the_one_asked_for() {
    python::with(|_| ());
}

/// The other tests rely on it: both sides build the same.
#[test]
fn a_model_is_the_same_value_on_both_sides() {
    check(strategy::models(), |python, model| {
        let object = python.build(model).doing("building in Python")?;
        let theirs = python.describe(&object, true).doing("describing")?;
        same("the value", &describe(&codec::build(model), true), &theirs)
    });
}

/// Models and descriptions contain only what pickles keep, by CPython's own picklers.
#[test]
fn python_agrees_with_itself() {
    check(strategy::models(), |python, model| {
        let object = python.build(model).doing("building in Python")?;
        let before = python.describe(&object, true).doing("describing")?;
        // Protocol 0 writes floats as text, which loses the bits of a NaN.
        for protocol in 1..=5 {
            let data = python.dumps(Pickler::C, &object, protocol).doing("dumps")?;
            let again = python.loads(Pickler::C, &data).doing("loads")?;
            let after = python.describe(&again, true).doing("describing")?;
            same(format!("protocol {protocol}"), &after, &before)?;
        }
        Ok(())
    });
}

#[test]
fn python_reads_what_we_write() {
    check(strategy::models(), |python, model| {
        let value = codec::build(model);
        let ours = describe(&value, true);
        for protocol in WRITES {
            let data = codec::dumps(&value, protocol).doing("our dumps")?;
            for pickler in Pickler::BOTH {
                let what = format!(
                    "{pickler:?} loads of our protocol {protocol}, {}",
                    hex(&data)
                );
                let object = python.loads(pickler, &data).doing(&what)?;
                let theirs = python.describe(&object, true).doing("describing")?;
                same(what, &ours, &theirs)?;
            }
        }
        Ok(())
    });
}

#[test]
fn we_read_what_python_writes() {
    check(strategy::models(), |python, model| {
        let object = python.build(model).doing("building in Python")?;
        for protocol in 0..=5 {
            for pickler in Pickler::BOTH {
                let data = python
                    .dumps(pickler, &object, protocol)
                    .doing("Python's dumps")?;
                let what = format!("loads of Python's protocol {protocol}, {}", hex(&data));
                // Not `object`: protocol 0 loses the bits of a NaN.
                let again = python.loads(Pickler::C, &data).doing("Python's loads")?;
                let theirs = python.describe(&again, true).doing("describing")?;
                let ours = describe(&codec::loads(&data).doing(&what)?, true);
                same(what, &ours, &theirs)?;
            }
        }
        Ok(())
    });
}

#[test]
fn what_we_read_we_write_in_the_same_bytes() {
    check(strategy::plain(), |python, model| {
        let object = python.build(model).doing("building in Python")?;
        for protocol in WRITES {
            let theirs = python
                .dumps(Pickler::C, &object, protocol)
                .doing("Python's dumps")?;
            let value = codec::loads(&theirs).doing("our loads")?;
            let ours = codec::dumps(&value, protocol).doing("our dumps")?;
            let what = format!("the pickle of protocol {protocol} (as hex)");
            if ours != theirs {
                same(what, &hex(&ours), &hex(&theirs))?;
            }
        }
        Ok(())
    });
}

/// Formats enough of a pickle to recognise it.
fn hex(data: &[u8]) -> String {
    data.iter()
        .take(400)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
