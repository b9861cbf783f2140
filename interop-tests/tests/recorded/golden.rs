//! The golden files: see `python-fixtures/README.md`.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use flate2::read::ZlibDecoder;
use interop_tests::golden_files;
use mpconn::pickle::{Class, ReadOptions};
use serde_json::Value as Json;

/// A golden file.
pub(crate) struct Recording {
    /// The version of Python, such as `"3.13"`.
    pub(crate) python: String,
    pub(crate) cases: Vec<Case>,
    /// The options with which its pickles are read.
    pub(crate) options: ReadOptions,
}

pub(crate) struct Case {
    pub(crate) name: String,
    /// The complete description.
    pub(crate) described: Json,
}

/// Returns all files of that kind except numpy's, oldest Python first.
pub(crate) fn recorded(kind: &str) -> Vec<Recording> {
    let of_kind = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with(kind) && !name.contains("numpy")
    };
    let files = golden_files().into_iter().filter(of_kind);
    let mut all: Vec<_> = files.map(|path| Recording::read(&path)).collect();
    assert!(all.len() >= 9, "recordings of {} Pythons alone", all.len());
    all.sort_by_key(Recording::version);
    all
}

impl Recording {
    fn read(path: &Path) -> Recording {
        let text = fs::read_to_string(path).unwrap();
        let mut file: Json = serde_json::from_str(&text).unwrap();
        let cases = file["cases"].as_array_mut().unwrap();
        Recording {
            cases: cases
                .iter_mut()
                .map(|case| Case::new(case.take()))
                .collect(),
            options: options(&file["extensions"]),
            python: text_of(&file["python"]),
        }
    }

    pub(crate) fn version(&self) -> (u32, u32) {
        let (major, minor) = self.python.split_once('.').unwrap();
        (major.parse().unwrap(), minor.parse().unwrap())
    }
}

impl Case {
    fn new(mut described: Json) -> Case {
        if let Some(compressed) = described["zlib"].as_str() {
            let compressed = bytes(compressed);
            let mut text = String::new();
            ZlibDecoder::new(&*compressed)
                .read_to_string(&mut text)
                .unwrap();
            let name = described["name"].take();
            described = serde_json::from_str(&text).unwrap();
            described["name"] = name;
        }
        Case {
            name: text_of(&described["name"]),
            described,
        }
    }

    /// Returns the pickles by protocol; for Python 2 those of both picklers.
    pub(crate) fn pickles(&self) -> Vec<(u8, Vec<u8>)> {
        let kinds = ["pickles", "pickles_by_python"];
        let maps = kinds
            .iter()
            .filter_map(|kind| self.described[kind].as_object());
        maps.flatten()
            .map(|(protocol, pickle)| (protocol.parse().unwrap(), bytes(pickle.as_str().unwrap())))
            .collect()
    }
}

fn options(extensions: &Json) -> ReadOptions {
    let named = extensions.as_object().into_iter().flatten();
    named.fold(ReadOptions::new(), |options, (code, name)| {
        options.extension(code.parse().unwrap(), Class::new("shop", text_of(name)))
    })
}

fn text_of(json: &Json) -> String {
    json.as_str()
        .unwrap_or_else(|| panic!("{json} is no text"))
        .to_owned()
}

/// Decodes hexadecimal.
pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let digit = |digit: u8| u8::try_from(char::from(digit).to_digit(16).unwrap()).unwrap();
    hex.as_bytes()
        .chunks(2)
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}
