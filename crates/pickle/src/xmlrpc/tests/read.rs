//! Tests of reading: what is accepted and what is refused.

use crate::Value;
use crate::xmlrpc::{Result, XmlRpcLimits, loads};

fn read(values: &str) -> Result<Value> {
    let message = format!("<params><param>{values}</param></params>");
    loads(message.as_bytes(), &XmlRpcLimits::new())
}

fn problem(values: &str) -> String {
    match read(values) {
        Ok(value) => panic!("{values}: {value}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn each_type_is_read() {
    for (message, expected) in [
        ("<value><nil/></value>", "None"),
        ("<value><ex:nil></ex:nil></value>", "None"),
        ("<value><boolean>0</boolean></value>", "False"),
        (
            "<value><i8> -9223372036854775809 </i8></value>",
            "-9223372036854775809",
        ),
        ("<value><float>1</float></value>", "1.0"),
        (
            "<value>a&amp;&#60;&#x1F600;<!-- no -->b<![CDATA[<&\r\n]]></value>",
            "'a&<😀b<&\\n'",
        ),
        ("<value/>", "''"),
        ("<value> </value>", "' '"),
        (
            "<value>\n <string>a\r\n\rb&#13;</string>\n </value>",
            "'a\\n\\nb\\r'",
        ),
        ("<value><array/></value>", "[]"),
        (
            "<value><array><data><value>a</value><value><i4>1</i4></value></data></array></value>",
            "['a', 1]",
        ),
        (
            "<value><struct><member><name>a</name><value>b</value></member></struct></value>",
            "{'a': 'b'}",
        ),
        (
            "<value><struct><name>a</name><i4>1</i4><name>a</name><i4>2</i4></struct></value>",
            "{'a': 2}",
        ),
        ("<value><base64>AP8=</base64></value>", "b'\\x00\\xff'"),
        (
            "<value><bigdecimal>1.50</bigdecimal></value>",
            "Decimal('1.50')",
        ),
        (
            "<value><dateTime.iso8601>20240229T00:00:01</dateTime.iso8601></value>",
            "datetime.datetime(2024, 2, 29, 0, 0, 1)",
        ),
        (
            "<unknown a='1'>x</unknown><value xmlns:a=\"b\">c</value>",
            "'c'",
        ),
    ] {
        assert_eq!(read(message).unwrap().to_string(), expected, "{message}");
    }
    for message in [
        "\u{feff}<?xml version='1.0'?>\n<methodResponse><params><value>a</value></params></methodResponse>\n",
        "<methodCall><methodName>go</methodName><params><value>a</value></params></methodCall>",
        "<!-- a --><?b c?><params><value>a</value></params><!-- d -->",
    ] {
        assert_eq!(
            loads(message.as_bytes(), &XmlRpcLimits::new()).unwrap(),
            "a".into()
        );
    }
}

#[test]
fn what_is_no_xml_rpc_is_refused() {
    for (message, words) in [
        ("<value><int>1</int>", "byte 34: ill-formed"),
        (
            "<value><int>x</int></value>",
            "byte 22: not an integer: \"x\"",
        ),
        ("<value><boolean>true</boolean></value>", "not a boolean"),
        (
            "<value><what>1</what></value>",
            "byte 22: a value of unknown type \"what\"",
        ),
        (
            "<value><string>a<b/></string></value>",
            "byte 31: an element where only text",
        ),
        ("<value><base64>*</base64></value>", "not base64"),
        (
            "<value><struct><name>a</name></struct></value>",
            "without a value",
        ),
        (
            "<value><struct><i4>1</i4><i4>2</i4></struct></value>",
            "is not text",
        ),
        ("", "0 parameters"),
        ("<value/><value/>", "2 parameters"),
        ("<value>&nbsp;</value>", "the entity \"nbsp\""),
        ("<value>&#0;</value>", "the entity \"#0\""),
        ("<value>&#xd800;</value>", "the entity"),
        ("<value>&#x110000;</value>", "the entity"),
        ("<value>a & b</value>", "byte 24"),
        ("<value>]]></value>", "]]&gt;"),
        ("<value>\u{1}</value>", "byte 22: U+0001"),
        ("<value a></value>", "byte 15"),
        ("< value></ value>", "not the name of an element"),
        ("<!-- -- -->", "byte"),
        ("<?xml version='1.0'?>", "in the middle of the message"),
    ] {
        let problem = problem(message);
        assert!(problem.contains(words), "{message}: {problem}");
        assert!(problem.starts_with("XML-RPC, byte "), "{problem}");
    }
    for (message, words) in [
        ("", "no element"),
        ("\n", "no element"),
        ("x", "outside"),
        ("<params/>x", "byte 9: text outside"),
        ("<params/><params/>", "byte 9: a second"),
        (
            "<params><value>",
            "byte 15: the message is cut off: 2 elements",
        ),
        ("<params", "byte 0"),
        ("</params>", "byte 0"),
        ("<value>1</value>", "neither params nor a fault"),
        ("<fault><value>1</value></fault>", "without faultCode"),
    ] {
        let error = loads(message.as_bytes(), &XmlRpcLimits::new()).unwrap_err();
        assert!(
            error.is_malformed() && error.to_string().contains(words),
            "{message}: {error}"
        );
    }
    let error = loads(b"<params>\xff</params>", &XmlRpcLimits::new()).unwrap_err();
    assert_eq!(error.offset(), Some(8));
}
