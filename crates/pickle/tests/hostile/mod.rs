//! Small messages that would print very long text.

/// Concatenates slices of bytes.
macro_rules! bytes {
    ($($part:expr),* $(,)?) => {{
        let mut joined = Vec::new();
        $(joined.extend_from_slice(&$part[..]);)*
        joined
    }};
}

mod cheap_instances;

/// Returns hostile pickles of up to about `size` bytes, by name: some have one large object and
/// many references to it, others containers that hold the previous one several times.
pub(crate) fn messages(size: usize) -> Vec<(&'static str, Vec<u8>)> {
    let mut all = shapes();
    all.extend(leaves(size));
    all.extend(names(size));
    all.extend(small(size));
    all.extend(arguments(size));
    all.extend(states(size));
    all.extend(cheap_instances::messages(size));
    all
}

/// Returns containers that hold the previous one several times.
fn shapes() -> Vec<(&'static str, Vec<u8>)> {
    let laughs = |levels: u8, times: usize, close: &[u8]| {
        let level = |level| bytes![b"(", &get(level).repeat(times), close, b"\x94"];
        let levels: Vec<_> = (0..levels).flat_map(level).collect();
        bytes![b"\x80\x04K\x01\x94", &levels, b"."]
    };
    let pair = |level, tag| bytes![&get(level), &[b'K', tag], b"\x86"];
    let sets = (0..19).flat_map(|level| {
        let items: Vec<_> = (0..10).flat_map(|tag| pair(level, tag)).collect();
        bytes![b"(", &items, b"\x91\x94"]
    });
    let orders = (2..28).flat_map(|level| {
        let inside = get(if level == 2 { 1 } else { level }).repeat(3);
        bytes![&get(0), b"(", &inside, b"t\x81\x94"]
    });
    let orders: Vec<_> = orders.collect();
    let dicts = (0..19).flat_map(|level| {
        let pairs = (0..10).flat_map(|key| bytes![&[b'K', key], &get(level)]);
        bytes![b"(", &pairs.collect::<Vec<_>>(), b"d\x94"]
    });
    vec![
        ("lists in lists", laughs(19, 10, b"l")),
        ("tuples in tuples", laughs(19, 10, b"t")),
        ("ids in lists", laughs(19, 10, b"lQ")),
        (
            "sets in sets",
            bytes![b"\x80\x04K\x01\x94", &sets.collect::<Vec<_>>(), b"."],
        ),
        (
            "dicts in dicts",
            bytes![b"\x80\x04K\x01\x94", &dicts.collect::<Vec<_>>(), b"."],
        ),
        (
            "instances in instances",
            bytes![
                b"\x80\x04\x8c\x04shop\x8c\x05Order\x93\x94)\x94N\x94",
                &orders,
                b".",
            ],
        ),
    ]
}

/// Returns a large object and many references to it.
fn leaves(size: usize) -> Vec<(&'static str, Vec<u8>)> {
    let half = size / 2;
    let digits = vec![1; half];
    let lone = b"\xed\xb2\x80".repeat(half / 3);
    let many = |object: Vec<u8>| many(size, &object, &get(0));
    vec![
        ("text", many(text(&"x".repeat(half)))),
        ("text of escapes", many(text(&"\x01".repeat(half)))),
        ("text of surrogates", many(counted(b'X', &lone))),
        ("bytes", many(counted(b'B', &digits))),
        ("bytearray", {
            let length = (half as u64).to_le_bytes();
            many(bytes![b"\x96", &length, &digits])
        }),
        ("an integer", many(counted(0x8b, &digits))),
        ("an integer in decimal", {
            many(counted(0x8b, &digits[..half.min(1780)]))
        }),
        ("a list", many(list(half / 2))),
        ("many lists", {
            let all: Vec<u8> = (0..200).flat_map(get).collect();
            let lists =
                (1..200).flat_map(|level| bytes![b"(", &get(level - 1).repeat(2), b"l\x94"]);
            let first = list(30);
            let head = bytes![&first, b"\x94", &lists.collect::<Vec<_>>()];
            let times = size.saturating_sub(head.len()) / all.len();
            bytes![b"\x80\x04", &head, b"(", &all.repeat(times), b"l."]
        }),
        ("keys of dicts", {
            let one = bytes![b"}", &get(0), b"K\x01s"];
            self::many(size, &text(&"k".repeat(half)), &one)
        }),
        ("persistent ids", {
            let one = bytes![&get(0), b"Q"];
            self::many(size, &text(&"k".repeat(half)), &one)
        }),
    ]
}

/// Returns classes with long names.
fn names(size: usize) -> Vec<(&'static str, Vec<u8>)> {
    let class = class(&"m".repeat(size / 3), &"q\x01".repeat(size / 20));
    vec![
        ("a class", many(size, &class, &get(0))),
        ("instances of a class", {
            many(size, &class, &bytes![&get(0), b")\x81"])
        }),
        ("a cycle of a class", {
            let count = size / 4;
            let body = bytes![b")\x81\x94(", &get(0).repeat(count), b"lb."];
            bytes![b"\x80\x04", &class, &body]
        }),
        ("classes of one name", {
            let names = bytes![text(&"m\x01".repeat(size / 4)), b"\x94\x8c\x01q"];
            // Copies made by a reader have a limit of their own.
            let count = 200;
            let one = bytes![get(0), get(1), b"\x93"];
            let room = (size / 2 / one.len()).min(count);
            bytes![b"\x80\x04", names, b"\x940(", one.repeat(room), b"l."]
        }),
        ("exceptions with long names", {
            let name = self::class("builtins", &("q".repeat(size / 2) + "Error"));
            many(size, &name, &bytes![&get(0), b")R"])
        }),
    ]
}

/// Returns objects that take a few bytes each.
fn small(size: usize) -> Vec<(&'static str, Vec<u8>)> {
    let dup = |object: &[u8]| bytes![b"\x80\x04(", object, &b"2".repeat(size), b"l."];
    let tuple = bytes![b")\x94(", &get(0).repeat(15), b"t"];
    vec![
        ("short text of escapes", dup(&text(&"\x01".repeat(22)))),
        ("longer text of escapes", dup(&text(&"\x01".repeat(63)))),
        ("longer text of others", dup(&text(&"\u{80}".repeat(31)))),
        ("floats", dup(&[b'G', 0x80, 0x10, 0, 0, 0, 0, 0, 1])),
        ("integers", dup(&counted(0x8b, &[0x71; 31]))),
        ("tuples of tuples", dup(&tuple)),
        ("nested tuples", dup(&bytes![b"K\x01", &[0x85; 14]])),
    ]
}

/// Returns instances that share arguments.
fn arguments(size: usize) -> Vec<(&'static str, Vec<u8>)> {
    let half = size / 2;
    let call = |args: &[u8], module: &str, name: &str, make: &[u8]| {
        let head = bytes![args, b"\x940", &class(module, name)];
        many(size, &head, &bytes![&get(1), make])
    };
    let reduced = bytes![&get(0), b"R"];
    let one = |object: &[u8]| bytes![object, b"\x85"];
    let numbers = bytes![b"(", &b"K\x01".repeat(half / 2), b"t"];
    let pairs = bytes![b"(", &b"K\x01K\x02\x86".repeat(half / 5), b"l"];
    let count = u16::try_from(half / 6).unwrap_or(u16::MAX);
    let keyed = (0..count).flat_map(|key| bytes![b"M", &key.to_le_bytes(), b"K\x01"]);
    let counts = bytes![b"}(", &keyed.collect::<Vec<_>>(), b"u"];
    let named = (0..200).flat_map(|key| {
        let name = format!("a{key}{}", "b".repeat(half / 400));
        bytes![text(&name), b"K\x01".to_vec()]
    });
    let kwargs = bytes![b"}(", &named.collect::<Vec<_>>(), b"u"];
    let with_kwargs = bytes![b")", &get(0), b"\x92"];
    let parts = bytes![b"(", &text("x").repeat(half / 6), b"t"];
    let method = b"cbuiltins\ngetattr\n(czoneinfo\nZoneInfo\n\x8c\x09_unpicklet";
    let digits = text(&"1".repeat(half));
    vec![
        (
            "of a class",
            call(&numbers, "shop", "Order", &bytes![&get(0), b"\x81"]),
        ),
        ("by keyword", call(&kwargs, "shop", "Order", &with_kwargs)),
        (
            "by other keys",
            call(&counts, "shop", "Order", &with_kwargs),
        ),
        (
            "exceptions",
            call(&numbers, "builtins", "ValueError", &reduced),
        ),
        (
            "Decimal",
            call(&one(&digits), "decimal", "Decimal", &reduced),
        ),
        ("Decimal of one text", {
            call(&digits, "decimal", "Decimal", &bytes![&get(0), b"\x85R"])
        }),
        ("Fraction", {
            let args = bytes![&counted(0x8b, &vec![1; half]), b"K\x07\x86"];
            call(&args, "fractions", "Fraction", &reduced)
        }),
        ("array", {
            let args = bytes![b"\x8c\x01q", &list(half / 2), b"\x86"];
            call(&args, "array", "array", &reduced)
        }),
        (
            "deque",
            call(&one(&list(half / 2)), "collections", "deque", &reduced),
        ),
        (
            "OrderedDict",
            call(&one(&pairs), "collections", "OrderedDict", &reduced),
        ),
        (
            "Counter",
            call(&one(&counts), "collections", "Counter", &reduced),
        ),
        ("Path", call(&parts, "pathlib", "PosixPath", &reduced)),
        ("ZoneInfo", {
            let key = text(&"E".repeat(half));
            let head = bytes![&key, b"\x940", method, b"R"];
            many(size, &head, &bytes![&get(1), &get(0), b"K\x01\x86R"])
        }),
        ("counts of two integers", {
            let number = |last: u8| {
                let digits = bytes![&[last], &vec![1; size / 4]];
                bytes![&counted(0x8b, &digits), b"\x940"]
            };
            let pairs = (0..count).flat_map(|key| {
                let number = get(usize::from(key % 2));
                bytes![b"M", &key.to_le_bytes(), &number]
            });
            let pairs: Vec<_> = pairs.collect();
            let counter = b"ccollections\nCounter\n}(";
            bytes![
                b"\x80\x04",
                &number(1),
                &number(2),
                counter,
                &pairs,
                b"u\x85R.",
            ]
        }),
    ]
}

/// Returns instances that share a state.
fn states(size: usize) -> Vec<(&'static str, Vec<u8>)> {
    let attributes = |last: &[u8]| {
        let names =
            (0..size / 20).flat_map(|name| bytes![text(&format!("_{name}")), b"K\x01".to_vec()]);
        bytes![b"}(", &names.collect::<Vec<_>>(), last, b"u"]
    };
    let of = |state: &[u8], module: &str, name: &str| {
        let head = bytes![state, b"\x940", &class(module, name)];
        many(size, &head, &bytes![&get(1), b")\x81", &get(0), b"b"])
    };
    let partial = bytes![b"N(", &b"K\x01".repeat(size / 4), b"t}N(tt"];
    let partial = bytes![b"(", &partial];
    vec![
        ("state of a class", of(&attributes(b""), "shop", "Order")),
        (
            "UserDict",
            of(&attributes(b"\x8c\x04data}"), "collections", "UserDict"),
        ),
        ("UUID", of(&attributes(b"\x8c\x03intK\x05"), "uuid", "UUID")),
        (
            "SimpleNamespace",
            of(&attributes(b""), "types", "SimpleNamespace"),
        ),
        (
            "Namespace",
            of(&attributes(b""), "multiprocessing.managers", "Namespace"),
        ),
        ("partial", of(&partial, "functools", "partial")),
        ("UserDicts in UserDicts", {
            let user = (2..900)
                .flat_map(|level| bytes![&get(0), b")\x81}", &get(1), &get(level), b"sb\x94"]);
            let user: Vec<_> = user.collect();
            let head = b"ccollections\nUserDict\n\x940\x8c\x04data\x940K\x01\x94";
            let gets = get(900).repeat(size / 5);
            bytes![b"\x80\x04", &head, &user, b"(", &gets, b"l."]
        }),
    ]
}

/// Makes the object and a list of as many references as fit.
fn many(size: usize, object: &[u8], reference: &[u8]) -> Vec<u8> {
    let room = size.saturating_sub(object.len()) / reference.len();
    let references = reference.repeat(room);
    bytes![b"\x80\x05", object, b"\x940(", &references, b"l."]
}

fn list(length: usize) -> Vec<u8> {
    bytes![b"(", &b"K\x01".repeat(length), b"l"]
}

fn class(module: &str, name: &str) -> Vec<u8> {
    bytes![&text(module), &text(name), b"\x93"]
}

fn text(text: &str) -> Vec<u8> {
    counted(b'X', text.as_bytes())
}

/// Writes an argument with its length before it.
fn counted(opcode: u8, bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or_default();
    bytes![&[opcode], &length.to_le_bytes(), bytes]
}

fn get(number: impl TryInto<u32>) -> Vec<u8> {
    let number = number.try_into().unwrap_or_default();
    match u8::try_from(number) {
        Ok(number) => vec![b'h', number],
        Err(_) => bytes![b"j", &number.to_le_bytes()],
    }
}
