//! The interpreter in this process.

use std::env;
use std::sync::OnceLock;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyByteArray, PyBytes, PyComplex, PyDict, PyFloat, PyFrozenSet, PyList, PyModule, PySet, PyTuple,
};

use crate::model::{Model, Object};

/// The variable with the expected interpreter's answer to [`WHO`].
const ASKED: &str = "MPCONN_DIFFERENTIAL_PYTHON";

/// An expression that identifies an interpreter; the runner evaluates it too.
const WHO: &std::ffi::CStr =
    c"ascii((__import__('sys').version, tuple(__import__('sys').version_info), __import__('sys').prefix))";

/// Runs `work` in the expected interpreter.
///
/// # Panics
/// Panics if another one is running: a library of another version links without an error.
pub fn with<T>(work: impl FnOnce(&Python3<'_>) -> T) -> T {
    static CHECKED: OnceLock<()> = OnceLock::new();
    Python::initialize();
    // Attach inside: a waiting thread must not block the one that checks.
    CHECKED.get_or_init(|| Python::attach(check));
    Python::attach(|py| {
        let python = Python3::new(py);
        work(&python.unwrap_or_else(|error| panic!("the interpreter cannot be used: {error}")))
    })
}

fn check(py: Python<'_>) {
    let asked = env::var(ASKED).unwrap_or_else(|_| {
        panic!("{ASKED} is not set: run interop-tests/pickle_differential.py --python PYTHON")
    });
    let running = py.eval(WHO, None, None).and_then(|who| who.extract());
    let running: String = running.unwrap_or_else(|error| panic!("no version: {error}"));
    assert_eq!(running, asked, "another Python runs than was asked for");
    println!("running in CPython {}", Python::version_str());
}

/// The interpreter with the modules that the tests need.
pub struct Python3<'py> {
    py: Python<'py>,
    pickle: Bound<'py, PyModule>,
    describe: Bound<'py, PyAny>,
    classes: Bound<'py, PyModule>,
}

/// Made once: instances must be of the module's own classes.
static CLASSES: PyOnceLock<Py<PyModule>> = PyOnceLock::new();

/// One of Python's two picklers, which read the same and write almost the same.
#[derive(Debug, Clone, Copy)]
pub enum Pickler {
    /// `_pickle`, the default.
    C,
    /// `pickle._dumps` and `pickle._loads`.
    Python,
}

impl Pickler {
    /// Both picklers.
    pub const BOTH: [Pickler; 2] = [Pickler::C, Pickler::Python];
}

impl<'py> Python3<'py> {
    fn new(py: Python<'py>) -> PyResult<Self> {
        let code = pyo3::ffi::c_str!(include_str!("description.py"));
        let description = PyModule::from_code(py, code, c"description.py", c"description")?;
        let classes = CLASSES.get_or_try_init(py, || {
            let code = pyo3::ffi::c_str!(include_str!("classes.py"));
            PyModule::from_code(py, code, c"classes.py", c"classes").map(Bound::unbind)
        })?;
        Ok(Python3 {
            py,
            pickle: py.import("pickle")?,
            describe: description.getattr("describe")?,
            classes: classes.bind(py).clone(),
        })
    }

    /// Describes an object: see [`crate::describe()`].
    pub fn describe(&self, object: &Bound<'py, PyAny>, sharing: bool) -> PyResult<String> {
        self.describe.call1((object, sharing))?.extract()
    }

    /// Calls `pickle.dumps`.
    pub fn dumps(
        &self,
        pickler: Pickler,
        object: &Bound<'py, PyAny>,
        protocol: u8,
    ) -> PyResult<Vec<u8>> {
        let function = match pickler {
            Pickler::C => "dumps",
            Pickler::Python => "_dumps",
        };
        self.pickle
            .call_method1(function, (object, protocol))?
            .extract()
    }

    /// Calls `pickle.loads`.
    pub fn loads(&self, pickler: Pickler, data: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        let function = match pickler {
            Pickler::C => "loads",
            Pickler::Python => "_loads",
        };
        let data = PyBytes::new(self.py, data);
        self.pickle.call_method1(function, (data,))
    }

    /// Builds the object of a model.
    pub fn build(&self, model: &Model) -> PyResult<Bound<'py, PyAny>> {
        let mut made: Vec<Bound<'py, PyAny>> = Vec::with_capacity(model.objects.len());
        for object in &model.objects {
            made.push(self.make(object, &made)?);
        }
        for (object, holder) in model.objects.iter().zip(&made) {
            fill(object, holder, &made)?;
        }
        made.pop()
            .ok_or_else(|| PyValueError::new_err("an empty model"))
    }

    /// Makes lists, dicts and instances empty; they are filled once all objects exist.
    fn make(&self, object: &Object, made: &[Bound<'py, PyAny>]) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        let all = |items: &[usize]| -> Vec<Bound<'py, PyAny>> {
            items.iter().map(|&item| made[item].clone()).collect()
        };
        Ok(match object {
            Object::None => py.None().into_bound(py),
            Object::Bool(value) => value.into_pyobject(py)?.to_owned().into_any(),
            Object::Int(value) => value.into_pyobject(py)?.into_any(),
            Object::Float(bits) => PyFloat::new(py, f64::from_bits(*bits)).into_any(),
            Object::Complex(real, imag) => {
                PyComplex::from_doubles(py, f64::from_bits(*real), f64::from_bits(*imag)).into_any()
            }
            Object::Str(points) => {
                let bytes: Vec<u8> = points.iter().flat_map(|p| p.to_le_bytes()).collect();
                PyBytes::new(py, &bytes)
                    .call_method1("decode", ("utf-32-le", "surrogatepass"))?
                    .into_any()
            }
            Object::Bytes(bytes) => PyBytes::new(py, bytes).into_any(),
            Object::ByteArray(bytes) => PyByteArray::new(py, bytes).into_any(),
            Object::Tuple(items) => PyTuple::new(py, all(items))?.into_any(),
            Object::List(_) => PyList::empty(py).into_any(),
            Object::Dict(_) => PyDict::new(py).into_any(),
            Object::Set(items) => PySet::new(py, all(items))?.into_any(),
            Object::FrozenSet(items) => PyFrozenSet::new(py, all(items))?.into_any(),
            Object::Instance(class, args, _) => {
                let args = PyTuple::new(py, all(args))?;
                self.classes.getattr(class.name())?.call1(args)?
            }
        })
    }
}

fn fill<'py>(
    object: &Object,
    holder: &Bound<'py, PyAny>,
    made: &[Bound<'py, PyAny>],
) -> PyResult<()> {
    match object {
        Object::List(items) => {
            let list = holder.cast::<PyList>()?;
            items.iter().try_for_each(|&item| list.append(&made[item]))
        }
        Object::Dict(pairs) => {
            let dict = holder.cast::<PyDict>()?;
            pairs
                .iter()
                .try_for_each(|&(key, value)| dict.set_item(&made[key], &made[value]))
        }
        Object::Instance(_, _, held) => {
            let held: Vec<_> = held.iter().map(|&item| &made[item]).collect();
            holder.call_method1("hold", (held,)).map(drop)
        }
        _ => Ok(()),
    }
}
