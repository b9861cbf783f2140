//! Instances that take few bytes to name and somewhat more to print.

use super::{class, counted, get, many, text};

/// Returns instances of known classes that share a few small arguments, from which each is made and
/// printed anew.
pub(super) fn messages(size: usize) -> Vec<(&'static str, Vec<u8>)> {
    let call = |module: &str, name: &str, args: &[u8]| {
        let head = bytes![args, b"\x940", &class(module, name)];
        many(size, &head, &bytes![&get(1), &get(0), b"R"])
    };
    let of = |module: &str, name: &str, state: &[u8]| {
        let head = bytes![state, b"\x940", &class(module, name)];
        many(size, &head, &bytes![&get(1), b")\x81", &get(0), b"b"])
    };
    let counts: Vec<u8> = (0..6).flat_map(|key| [b'K', key, b'K', key]).collect();
    let counts = bytes![b"}(", &counts, b"u\x85"];
    let big = (0..4).flat_map(|key| {
        bytes![
            &[b'K', key],
            &counted(0x8b, &[0x71, key, 1, 1, 1, 1, 1, 1, 9])
        ]
    });
    let big = bytes![b"}(", &big.collect::<Vec<_>>(), b"u\x85"];
    let names: Vec<u8> = (0..6_u8)
        .flat_map(|name| bytes![text(&format!("n{}", 9 - name)), b"N".to_vec()])
        .collect();
    let names = bytes![b"}(", &names, b"u"];
    let parts = bytes![b"(", &text("x").repeat(12), b"t"];
    let numbers = bytes![
        b"\x8c\x01d(",
        &b"G\x80\x10\0\0\0\0\0\x01".repeat(12),
        b"l\x86"
    ];
    let floats = bytes![b"(", &b"G\x80\x10\0\0\0\0\0\x01".repeat(13), b"t"];
    let day = b"C\x0a\x07\xe8\x01\x02\x03\x04\x05\x06\x07\x08";
    let zone = bytes![
        class("datetime", "timezone"),
        class("datetime", "timedelta"),
        b"K\0M\x10\x0eK\0\x87R\x85R"
    ];
    let id = bytes![b"}\x8c\x03int", &counted(0x8b, &[0x71; 16]), b"s"];
    let fraction = bytes![
        &counted(0x8b, &[0x71; 60]),
        &counted(0x8b, &[0x73; 60]),
        b"\x86"
    ];
    let odd = bytes![text(&"\x01".repeat(72)), b"\x85"];
    vec![
        ("light Counters", call("collections", "Counter", &counts)),
        (
            "Counters of large counts",
            call("collections", "Counter", &big),
        ),
        (
            "light Namespaces",
            of("multiprocessing.managers", "Namespace", &names),
        ),
        ("light paths", call("pathlib", "PosixPath", &parts)),
        ("light arrays", call("array", "array", &numbers)),
        ("light exceptions", call("builtins", "ValueError", &floats)),
        ("light Fractions", call("fractions", "Fraction", &fraction)),
        (
            "light Decimals",
            call(
                "decimal",
                "Decimal",
                &bytes![text(&"1".repeat(100)), b"\x85"],
            ),
        ),
        ("light escapes", call("builtins", "ValueError", &odd)),
        (
            "light times",
            call("datetime", "datetime", &bytes![day, zone, b"\x86"]),
        ),
        ("light UUIDs", of("uuid", "UUID", &id)),
        (
            "light addresses",
            call(
                "ipaddress",
                "IPv6Address",
                &bytes![&counted(0x8b, &[0x71; 15]), b"\x85"],
            ),
        ),
        (
            "light networks",
            call(
                "ipaddress",
                "IPv6Network",
                &bytes![text(&"1:".repeat(7)), b"\x85"],
            ),
        ),
    ]
}
