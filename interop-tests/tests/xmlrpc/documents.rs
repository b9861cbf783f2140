//! Messages that no Python writes but any may read: this reader is as tolerant, or stricter for a
//! reason.

use mpconn::Value;
use mpconn::xmlrpc::{XmlRpcLimits, loads};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::peer::{Python, pythons};
use crate::samples::{as_bytearrays, repr, samples};

const DOCUMENTS: usize = 1500;

fn read(document: &str) -> Result<Value, String> {
    let read = loads(document.as_bytes(), &XmlRpcLimits::new());
    read.map_err(|error| error.to_string())
}

fn in_params(values: &str) -> String {
    format!("<params><param>{values}</param></params>")
}

#[test]
fn what_every_python_reads_is_read_the_same() {
    let documents = [
        "<value><int> 12\n</int></value>",
        "<value><i4>+1</i4></value>",
        "<value><i8>9223372036854775808</i8></value>",
        "<value><double> 1 </double></value>",
        "<value><double>-INF</double></value>",
        "<value><base64>YW Jj\n</base64></value>",
        "<value><base64>YR==</base64></value>",
        "<value><dateTime.iso8601> 20240229T00:00:00 </dateTime.iso8601></value>",
        "<value/>",
        "<value> a<!-- b -->c<![CDATA[<&]]>&#100;&#x1F600;&quot;&apos;\r</value>",
        "<value>\n<string>a</string>\n</value>",
        "<value><array/></value>",
        "<value><array><value>1</value><nil/><data/></array></value>",
        "<value><struct/></value>",
        "<value><struct><name>a</name><nil/><member><name>a</name><int>1</int></member></struct></value>",
        "<other b='c'>d</other><value xmlns:e='f'>g</value>",
        "<value><value>a</value></value>",
        "<nil>a</nil>",
    ];
    let wholes = [
        "\u{feff}<params><value>a</value></params>",
        "<?xml version='1.0' encoding='utf-8'?>\n<params><value>\u{e9}</value></params>\n<!-- -->",
        "<methodCall><methodName>a</methodName><params><value>b</value></params></methodCall>",
        "<methodCall><methodName>a</methodName><value>b</value></methodCall>",
    ];
    let documents = documents.map(in_params).into_iter();
    let documents: Vec<_> = documents.chain(wholes.map(str::to_owned)).collect();
    for mut python in pythons() {
        for document in &documents {
            let theirs = python
                .load(document.as_bytes())
                .map(|value| repr(&value, true));
            let ours = read(document).map(|value| repr(&as_bytearrays(&value), true));
            assert_eq!(theirs, ours, "{:?}: {document}", python.version());
            assert!(ours.is_ok(), "{document}: {ours:?}");
        }
    }
}

#[test]
fn what_later_pythons_read_is_read() {
    let documents = [
        ("<value><i1>1</i1></value>", "1"),
        ("<value><ex:i2>-1</ex:i2></value>", "-1"),
        ("<value><biginteger>1_000</biginteger></value>", "1000"),
        ("<value><float>1_0.5</float></value>", "10.5"),
        (
            "<value><bigdecimal> 1_0.50 </bigdecimal></value>",
            "Decimal('10.50')",
        ),
        ("<value><ex:nil/></value>", "None"),
    ];
    for mut python in pythons() {
        for (document, expected) in documents {
            let document = in_params(document);
            assert_eq!(read(&document).unwrap().to_string(), expected);
            let theirs = python.load(document.as_bytes());
            match python.version().0 {
                2 => assert!(theirs.is_err(), "{document}"),
                _ => assert_eq!(theirs.unwrap().to_string(), expected),
            }
        }
    }
}

#[test]
fn what_no_python_reads_is_refused() {
    let documents = [
        "<value><what>1</what></value>",
        "<value><int>1.5</int></value>",
        "<value><int></int></value>",
        "<value><boolean>true</boolean></value>",
        "<value><double>1,5</double></value>",
        "<value><base64>Y</base64></value>",
        "<value><dateTime.iso8601>noon</dateTime.iso8601></value>",
        "<value><struct><name>a</name></struct></value>",
        "<value>a</value><value>b</value>",
        "",
        "<value>&nbsp;</value>",
        "<value>&#0;</value>",
        "<value>&#xFFFE;</value>",
        "<value>&#+65;</value>",
        "<value>&#X41;</value>",
        "<value>]]></value>",
        "<value>a & b</value>",
        "<value>\u{8}</value>",
        "<value a>b</value>",
        "< value>b</ value>",
        "<1/>",
        "<value>a<!-- -- --></value>",
        "<?xml version='1.0'?><value>a</value>",
        "<value>a</valu>",
    ];
    let wholes = [
        "",
        "a",
        "<value>a</value>",
        "<params><value>a</value>",
        "<params><value>a</value></params><params/>",
        "<params><value>a</value></params>b",
        "b<params><value>a</value></params>",
        "<fault><value>a</value></fault>",
    ];
    let documents = documents.map(in_params).into_iter();
    let documents: Vec<_> = documents.chain(wholes.map(str::to_owned)).collect();
    for mut python in pythons() {
        for document in &documents {
            let error = read(document).unwrap_err();
            assert!(error.starts_with("XML-RPC, byte "), "{error}");
            let theirs = python.load(document.as_bytes());
            assert!(
                theirs.is_err(),
                "{:?}: {document}: {theirs:?}",
                python.version()
            );
        }
    }
}

/// Reasons for refusing what Python may read.
const STRICTER: [&str; 4] = [
    "an element where only text may be",
    "name is not text",
    "not base64",
    "not a time in Python's form",
];

/// Generates elements in any order, properly closed.
fn document() -> impl Strategy<Value = String> {
    let names = vec![
        "value",
        "array",
        "data",
        "struct",
        "member",
        "name",
        "int",
        "i4",
        "i8",
        "double",
        "boolean",
        "string",
        "nil",
        "base64",
        "dateTime.iso8601",
        "other",
        "param",
        "params",
    ];
    let texts = vec![
        "",
        "1",
        "0",
        " ",
        "a",
        "&lt;",
        "-7",
        "1.5",
        "YQ==",
        "20240229T01:02:03",
        "\r\n",
    ];
    let text = prop::sample::select(texts).prop_map(str::to_owned);
    let name = prop::sample::select(names);
    let member = |value: String| format!("<member><name>a</name>{value}</member>");
    let tree = text.prop_recursive(6, 40, 4, move |inner| {
        let many = vec(inner.clone(), 0..4).prop_map(|parts| parts.concat());
        prop_oneof![
            3 => (name.clone(), many.clone()).prop_map(|(name, inside)| format!("<{name}>{inside}</{name}>")),
            2 => inner.clone().prop_map(|inside| format!("<value>{inside}</value>")),
            1 => many.clone().prop_map(|inside| format!("<value><array><data>{inside}</data></array></value>")),
            1 => inner.prop_map(move |inside| {
                format!("<value><struct>{}</struct></value>", member(format!("<value>{inside}</value>")))
            }),
            1 => many,
        ]
    });
    tree.prop_map(|inside| format!("<params>{inside}</params>"))
}

#[test]
fn any_elements_are_read_as_by_python() {
    let documents = samples(&document(), DOCUMENTS);
    for mut python in pythons() {
        let (mut same, mut neither, mut stricter) = (0, 0, 0);
        for document in &documents {
            match compare(&mut python, document) {
                Outcome::Same => same += 1,
                Outcome::Neither => neither += 1,
                Outcome::Stricter => stricter += 1,
            }
        }
        println!(
            "{:?}: {same} the same, {neither} refused, {stricter} by us",
            python.version()
        );
        assert!(same > DOCUMENTS / 10 && stricter < DOCUMENTS / 3);
    }
}

enum Outcome {
    Same,
    Neither,
    Stricter,
}

fn compare(python: &mut Python, document: &str) -> Outcome {
    let what = || format!("{:?}: {document}", python.version());
    let ours = read(document).map(|value| repr(&as_bytearrays(&value), true));
    let about = what();
    match (python.load(document.as_bytes()), ours) {
        (Ok(theirs), Ok(ours)) => {
            assert_eq!(repr(&theirs, true), ours, "{about}");
            Outcome::Same
        }
        (Err(_), Err(_)) => Outcome::Neither,
        (Ok(_), Err(error)) if STRICTER.iter().any(|reason| error.contains(reason)) => {
            Outcome::Stricter
        }
        (theirs, ours) => panic!("{about}: {theirs:?}, {ours:?}"),
    }
}
