//! Arrays with a real numpy: that of the interpreter in `MPCONN_NUMPY`, or of `python3` if it has
//! one. The nox session `numpy` runs this with numpy 1 and numpy 2.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mpconn::pickle::types::numpy::{Dtype, NdArray, Order, Scalar};
use mpconn::pickle::{Protocol, Value, dumps, dumps_with_buffers, loads};

use super::python::{ask, hex, unhex};

fn numpy() -> Option<PathBuf> {
    if let Some(python) = std::env::var_os("MPCONN_NUMPY") {
        return Some(python.into());
    }
    let mut import = Command::new("python3");
    import.args(["-c", "import numpy"]).stderr(Stdio::null());
    let has_one = import.status().is_ok_and(|status| status.success());
    if !has_one {
        eprintln!("left out: python3 has no numpy; set MPCONN_NUMPY to a Python that has");
    }
    has_one.then(|| "python3".into())
}

fn arrays() -> Vec<(NdArray, &'static str)> {
    let of_bytes = |dtype: &str, shape: &[usize], order, bytes: Vec<u8>| {
        NdArray::from_bytes(dtype.parse().unwrap(), shape, order, bytes).unwrap()
    };
    let objects = vec![Value::None, "a".into(), Value::list([1]), 2.5.into()];
    vec![
        (
            NdArray::from_slice(&[0.0, 1.5, -2.0, f64::NAN, 4.0, 5.0], &[2, 3]).unwrap(),
            "numpy.array([[0, 1.5, -2], [numpy.nan, 4, 5]])",
        ),
        (
            NdArray::from_slice(&[1_i32, -2], &[2]).unwrap(),
            "numpy.array([1, -2], 'i4')",
        ),
        (
            NdArray::from_slice(&[true, false], &[2]).unwrap(),
            "numpy.array([True, False])",
        ),
        (
            NdArray::from_slice(&[[1.0_f32, 2.0]], &[1]).unwrap(),
            "numpy.array([1+2j], 'c8')",
        ),
        (
            NdArray::from_slice(&[7_u64], &[]).unwrap(),
            "numpy.array(7, 'u8')",
        ),
        (
            NdArray::from_slice::<f32>(&[], &[0, 3]).unwrap(),
            "numpy.zeros((0, 3), 'f4')",
        ),
        (
            of_bytes(">i2", &[2], Order::C, vec![0, 1, 0, 2]),
            "numpy.array([1, 2], '>i2')",
        ),
        (
            of_bytes("|u1", &[2, 3], Order::Fortran, (0..6).collect()),
            "numpy.array([[0, 2, 4], [1, 3, 5]], 'u1')",
        ),
        (
            of_bytes("|S3", &[2], Order::C, b"abcd\0\0".to_vec()),
            "numpy.array([b'abc', b'd'], 'S3')",
        ),
        (
            of_bytes("<U2", &[1], Order::C, b"a\0\0\0\x16\x4e\0\0".to_vec()),
            "numpy.array([u'a\\u4e16'], '<U2')",
        ),
        (
            of_bytes("<M8[25s]", &[1], Order::C, vec![1, 0, 0, 0, 0, 0, 0, 0]),
            "numpy.array([1], '<M8[25s]')",
        ),
        (
            NdArray::from_objects(objects, &[2, 2]).unwrap(),
            "numpy.array([[None, 'a'], [[1], 2.5]], object)",
        ),
        (
            NdArray::from_slice(&vec![0.5; 100_000], &[1000, 100]).unwrap(),
            "numpy.full((1000, 100), 0.5)",
        ),
    ]
}

#[test]
fn numpy_takes_arrays_for_its_own() {
    let Some(python) = numpy() else { return };
    let mut questions = Vec::new();
    for (array, expression) in arrays() {
        let value = Value::from(array.clone());
        for protocol in [Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5] {
            questions.push(format!(
                "{}\t{expression}",
                hex(&dumps(&value, protocol).unwrap())
            ));
        }
        let (pickle, buffers) = dumps_with_buffers(&array.into_out_of_band()).unwrap();
        let parts = std::iter::once(hex(&pickle)).chain(buffers.iter().map(|one| hex(one)));
        let parts: Vec<String> = parts.collect();
        // An empty buffer has no hexadecimal digits.
        if parts.iter().all(|part| !part.is_empty()) {
            questions.push(format!("{}\t{expression}", parts.join(" ")));
        }
    }
    for (value, expression) in [
        (Scalar::new(1.5).into(), "numpy.float64(1.5)"),
        (Scalar::new(-7_i32).into(), "numpy.int32(-7)"),
        (Scalar::new(true).into(), "numpy.bool_(True)"),
        (
            Value::from(">f8".parse::<Dtype>().unwrap()),
            "numpy.dtype('>f8')",
        ),
        (
            Value::from("<M8[ns]".parse::<Dtype>().unwrap()),
            "numpy.dtype('<M8[ns]')",
        ),
    ] {
        questions.push(format!(
            "{}\t{expression}",
            hex(&dumps(&value, Protocol::V2).unwrap())
        ));
    }
    check(&python, &questions);
}

fn check(python: &Path, questions: &[String]) {
    let (_, answers) = ask(python, questions);
    for (answer, question) in answers.iter().zip(questions) {
        let (_, expression) = question.split_once('\t').unwrap();
        assert_eq!(answer, "ok", "{expression}");
    }
}

#[test]
fn structures_go_there_and_back() {
    let Some(python) = numpy() else { return };
    let expressions = [
        "numpy.array([(1, 'one', (.5, 1.5))], [('id', '<i4'), ('name', 'U3'), ('xy', '<f8', (2,))])",
        "numpy.zeros(2, numpy.dtype('i1,f8', align=True))",
        "numpy.asfortranarray(numpy.arange(6).reshape(2, 3))",
        "numpy.arange(10.)[::2]",
    ];
    let questions = expressions.map(|expression| format!("\t!{expression}"));
    let (_, answers) = ask(&python, &questions);
    let mut back = Vec::new();
    for (answer, expression) in answers.iter().zip(expressions) {
        for pickle in answer.split(' ') {
            let array = NdArray::try_from(&loads(unhex(pickle)).unwrap()).unwrap();
            let message = dumps(&Value::from(array), Protocol::V4).unwrap();
            back.push(format!("{}\t{expression}", hex(&message)));
        }
    }
    assert!(back.len() >= 4 * 3);
    check(&python, &back);
}
