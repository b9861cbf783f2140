//! Pickles recorded by `python-fixtures/generate_numpy.py`: `tests/golden/pickles-numpy-N.json`.

use serde_json::Value as Json;

use super::{Dtype, NdArray, NdArrayView, Order, Scalar};
use crate::{
    Bytes, Class, Dict, Graph, Instance, Protocol, ReadOptions, Value, dumps, dumps_with_buffers,
    from_slice, from_value_ref, loads, loads_with, to_value, to_vec,
};

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

fn text<'a>(case: &'a Json, key: &str) -> &'a str {
    case[key].as_str().unwrap_or_default()
}

/// Returns the cases of both numpys, except for those that only Python can unpack.
fn cases(kind: &str) -> Vec<Json> {
    let mut cases = Vec::new();
    for major in ["1", "2"] {
        let path = format!(
            "{}/tests/golden/pickles-numpy-{major}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let file = std::fs::read_to_string(path).unwrap();
        let file: Json = serde_json::from_str(&file).unwrap();
        let all = file["cases"].as_array().unwrap().iter();
        cases.extend(all.filter(|case| text(case, "kind") == kind).cloned());
    }
    assert!(cases.len() > 20, "{kind}");
    cases
}

fn pickles(case: &Json) -> impl Iterator<Item = (&String, Value)> {
    let pickles = case["pickles"].as_object().unwrap();
    assert_eq!(pickles.len(), 4);
    pickles.iter().map(|(protocol, pickle)| {
        let value = loads(unhex(pickle.as_str().unwrap())).unwrap();
        (protocol, value)
    })
}

fn shape(case: &Json) -> Vec<usize> {
    let lengths = case["shape"].as_array().unwrap().iter();
    lengths
        .map(|length| length.as_u64().unwrap().try_into().unwrap())
        .collect()
}

/// Checks that an array is the recorded one.
fn check(array: &NdArray, case: &Json, protocol: &str) {
    let name = format!("{} protocol {protocol}", text(case, "name"));
    assert_eq!(array.shape(), shape(case), "{name}");
    assert_eq!(array.dtype().to_string(), text(case, "dtype"), "{name}");
    let itemsize = case["itemsize"].as_u64().unwrap();
    assert_eq!(array.dtype().itemsize() as u64, itemsize, "{name}");
    if text(case, "order") == "F" {
        assert_eq!(array.order(), Order::Fortran, "{name}");
    }
    if array.order() == Order::C && case["data"].is_string() {
        assert_eq!(array.bytes(), unhex(text(case, "data")), "{name}");
    }
    // numpy converts some to Python's datetimes.
    if !text(case, "dtype").contains(['M', 'm']) {
        assert_eq!(array.to_list().to_string(), text(case, "tolist"), "{name}");
    }
    let again = NdArray::try_from(&Value::from(array.clone())).unwrap();
    assert_eq!(
        again.to_list().to_string(),
        array.to_list().to_string(),
        "{name}"
    );
    assert_eq!(again.bytes(), array.bytes(), "{name}");
}

#[test]
fn arrays_of_numpy_1_and_2() {
    for case in cases("array") {
        for (protocol, value) in pickles(&case) {
            let array = NdArray::try_from(&value);
            let array = array.unwrap_or_else(|error| panic!("{}: {error}", text(&case, "name")));
            check(&array, &case, protocol);
        }
    }
}

#[test]
fn arrays_with_their_data_beside() {
    let mut several = 0;
    for case in cases("array") {
        let beside = &case["out_of_band"];
        let buffers = beside["buffers"].as_array().unwrap().iter();
        let buffers: Vec<Bytes> = buffers.map(|one| unhex(text(one, "hex")).into()).collect();
        several += buffers.len();
        let first = buffers.first().map(|buffer| buffer.as_ptr());
        let options = ReadOptions::new().buffers(buffers);
        let value = loads_with(unhex(text(beside, "pickle")), &options).unwrap();
        let array = NdArray::try_from(&value).unwrap();
        check(&array, &case, "5, out of band");
        if let Some(first) = first {
            assert_eq!(array.bytes().as_ptr(), first, "a copy was made");
        }
        // Ours can be pickled out of band, too.
        let (pickle, buffers) = dumps_with_buffers(&array.clone().into_out_of_band()).unwrap();
        if !array.bytes().is_empty() {
            assert_eq!(buffers.len(), 1);
            assert_eq!(buffers[0].as_ptr(), array.bytes().as_ptr());
            let options = ReadOptions::new().buffers(buffers);
            let value = loads_with(pickle, &options).unwrap();
            check(&NdArray::try_from(&value).unwrap(), &case, "ours");
        }
    }
    assert!(several > 100);
}

#[test]
fn scalars_of_numpy_1_and_2() {
    for case in cases("scalar") {
        for (protocol, value) in pickles(&case) {
            let scalar = Scalar::try_from(&value).unwrap();
            let name = format!("{} protocol {protocol}", text(&case, "name"));
            assert_eq!(scalar.dtype().to_string(), text(&case, "dtype"), "{name}");
            if !text(&case, "dtype").contains(['M', 'm']) {
                let item = scalar.to_value().to_string();
                assert_eq!(item, text(&case, "item"), "{name}");
            }
            let again = dumps(&Value::from(scalar.clone()), Protocol::V2).unwrap();
            assert_eq!(Scalar::try_from(&loads(again).unwrap()).unwrap(), scalar);
        }
    }
}

#[test]
fn types_of_numpy_1_and_2() {
    for case in cases("dtype") {
        for (protocol, value) in pickles(&case) {
            let dtype = Dtype::try_from(&value).unwrap();
            let name = format!("{} protocol {protocol}", text(&case, "name"));
            assert_eq!(dtype.to_string(), text(&case, "dtype"), "{name}");
            let fields = case["fields"].as_array().map_or(0, Vec::len);
            assert_eq!(dtype.fields().len(), fields, "{name}");
            for (field, told) in dtype
                .fields()
                .iter()
                .zip(case["fields"].as_array().into_iter().flatten())
            {
                assert_eq!(field.name(), text(told, "name"));
                assert_eq!(field.offset() as u64, told["offset"].as_u64().unwrap());
            }
            assert_eq!(Dtype::try_from(&Value::from(dtype.clone())).unwrap(), dtype);
        }
    }
}

#[test]
fn views_lie_in_the_message() {
    let mut borrowed = 0;
    for case in cases("array") {
        for (protocol, pickle) in case["pickles"].as_object().unwrap() {
            let message = unhex(pickle.as_str().unwrap());
            let graph = Graph::read(&message).unwrap();
            let view = NdArrayView::try_from(graph.root());
            if text(&case, "dtype") == "|O" {
                assert!(view.unwrap_err().to_string().contains("read an NdArray"));
                continue;
            }
            let view = view.unwrap();
            check(&view.to_owned(), &case, protocol);
            if protocol != "2" && !view.is_empty() {
                let inside = message.as_ptr_range();
                assert!(
                    inside.contains(&view.bytes().as_ptr()),
                    "{}",
                    text(&case, "name")
                );
                borrowed += 1;
            }
        }
    }
    assert!(borrowed > 300);
}

#[test]
fn views_through_serde() {
    #[derive(serde::Deserialize, serde::Serialize)]
    struct Frame<'a> {
        id: u32,
        #[serde(borrow)]
        pixels: NdArrayView<'a>,
    }
    let array = NdArray::from_slice(&[1_u16, 2, 3, 4, 5, 6], &[2, 3]).unwrap();
    let address = array.bytes().as_ptr();
    let value = Value::dict([("id", Value::Int(7)), ("pixels", array.into())]);
    let frame: Frame<'_> = from_value_ref(&value).unwrap();
    assert_eq!(frame.id, 7);
    assert_eq!(frame.pixels.bytes().as_ptr(), address);
    assert_eq!(frame.pixels.to_list().to_string(), "[[1, 2, 3], [4, 5, 6]]");
    let written = to_value(&frame).unwrap();
    assert_eq!(written, value);
    for protocol in [Protocol::V3, Protocol::V4, Protocol::V5] {
        let message = to_vec(&frame, protocol).unwrap();
        let read: Frame<'_> = from_slice(&message).unwrap();
        assert!(read.pixels.is_borrowed() && read.id == 7);
        let inside = message.as_ptr_range();
        assert!(inside.contains(&read.pixels.bytes().as_ptr()));
        assert_eq!(read.pixels.bytes(), frame.pixels.bytes());
    }
    // Protocol 2 has no bytes, so the data are copied.
    let message = to_vec(&frame, Protocol::V2).unwrap();
    let read: Frame<'_> = from_slice(&message).unwrap();
    assert_eq!(read.pixels.to_vec::<u16>().unwrap(), [1, 2, 3, 4, 5, 6]);
    // Other formats have no views.
    let foreign = serde_json::from_str::<Frame<'_>>(r#"{"id": 1, "pixels": [1, 2]}"#);
    assert!(foreign.is_err());
}

#[test]
fn one_may_not_lie_about_sizes() {
    let dtype = || "<f8".parse::<Dtype>().unwrap();
    for (shape, bytes) in [
        (&[2, 2][..], 31),
        (&[usize::MAX, 16], 0),
        (&[], 0),
        (&[1 << 62], 8),
    ] {
        assert!(NdArray::from_bytes(dtype(), shape, Order::C, vec![0; bytes]).is_err());
    }
    // Elements of size 0 could be any number.
    let nothing: Dtype = "|V0".parse().unwrap();
    assert!(NdArray::from_bytes(nothing, &[1 << 40], Order::C, vec![]).is_err());
    assert!(NdArray::from_slice(&[1.5; 5], &[2, 3]).is_none());
    assert!(NdArray::from_bytes(dtype(), &[1 << 40, 0], Order::C, vec![]).is_ok());
}

#[test]
fn structures_in_structures_have_an_end() {
    // Each level has two fields of the level below, all of them one object.
    let mut dtype = Value::from("<f8".parse::<Dtype>().unwrap());
    for _ in 0..40 {
        let field = |name: &str| (name.to_owned(), Value::from((dtype.clone(), 0)));
        let fields: Dict = [field("a"), field("b")].into_iter().collect();
        let state = Value::tuple([
            Value::Int(3),
            "|".into(),
            Value::None,
            Value::tuple(["a", "b"]),
            fields.into(),
            8.into(),
            1.into(),
            0.into(),
        ]);
        let class = Class::new("numpy", "dtype");
        let made = Instance::call(class, vec!["V8".into()]);
        dtype = made.with_state(state).into();
    }
    let error = Dtype::try_from(&dtype).unwrap_err();
    assert!(error.to_string().contains("numpy: structures"), "{error}");
}

#[test]
fn fortran_order_reads_in_the_order_of_c() {
    let bytes: Vec<u8> = (0..24).collect();
    let array = NdArray::from_bytes("|u1".parse().unwrap(), &[2, 3, 4], Order::Fortran, bytes);
    let array = array.unwrap();
    let numbers = array.to_vec::<u8>().unwrap();
    for (at, number) in numbers.iter().enumerate() {
        let (i, j, k) = (at / 12, at / 4 % 3, at % 4);
        assert_eq!(usize::from(*number), i + 2 * j + 6 * k);
    }
}

#[cfg(feature = "numpy")]
#[test]
fn slices_where_memory_allows() {
    let array = NdArray::from_slice(&[[1.0, 2.0], [3.0, 4.0]], &[2]).unwrap();
    if let Some(slice) = array.as_slice::<[f64; 2]>() {
        assert_eq!(slice, [[1.0, 2.0], [3.0, 4.0]]);
        assert_eq!(slice.as_ptr().addr(), array.bytes().as_ptr().addr());
    }
    assert_eq!(array.as_slice::<f64>(), None);
    let (foreign, one) = match cfg!(target_endian = "big") {
        true => ("<i2", [1, 0]),
        false => (">i2", [0, 1]),
    };
    let array = NdArray::from_bytes(foreign.parse().unwrap(), &[1], Order::C, &one[..]).unwrap();
    assert_eq!(array.as_slice::<i16>(), None);
    assert_eq!(array.to_vec::<i16>(), Some(vec![1]));
    // Only the bytes 0 and 1 are a bool.
    let array = NdArray::from_bytes("|b1".parse().unwrap(), &[2], Order::C, vec![1, 2]).unwrap();
    assert_eq!(array.as_slice::<bool>(), None);
    assert_eq!(array.to_vec::<bool>(), Some(vec![true, true]));
}

#[cfg(feature = "ndarray")]
#[test]
fn to_and_from_ndarray() {
    use ndarray::{Array3, ArrayD, ArrayViewD};

    let theirs = Array3::from_shape_fn((2, 3, 4), |(i, j, k)| {
        i32::try_from(i * 100 + j * 10 + k).unwrap()
    });
    let transposed = theirs.t();
    let ours = NdArray::from(&transposed);
    assert_eq!(ours.shape(), [4, 3, 2]);
    assert_eq!(
        ArrayD::<i32>::try_from(&ours).unwrap(),
        transposed.into_dyn()
    );
    assert!(ArrayD::<f64>::try_from(&ours).is_err());
    let bytes: Vec<u8> = (0..6).collect();
    let fortran =
        NdArray::from_bytes("|u1".parse().unwrap(), &[2, 3], Order::Fortran, bytes).unwrap();
    let view = ArrayViewD::<u8>::try_from(&fortran).unwrap();
    assert_eq!(view.as_ptr(), fortran.bytes().as_ptr());
    assert_eq!(view, ArrayD::<u8>::try_from(&fortran).unwrap());
    assert_eq!(view[[0, 1]], 2);
}
