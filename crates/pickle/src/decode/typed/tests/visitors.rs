//! Types that do not ask for everything, or not in order: the fast path gives up where the graph
//! would not give them the same.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, Deserializer, EnumAccess, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::fast::agree;
use crate::from_slice;

/// How a type reads what it gets.
trait Way {
    fn pairs<'de, A: MapAccess<'de>>(_: A) -> Result<Vec<String>, A::Error> {
        Ok(Vec::new())
    }

    fn items<'de, A: SeqAccess<'de>>(_: A) -> Result<Vec<String>, A::Error> {
        Ok(Vec::new())
    }

    fn variant<'de, A: EnumAccess<'de>>(_: A) -> Result<Vec<String>, A::Error> {
        Ok(Vec::new())
    }
}

#[derive(Debug)]
struct Read<W>(Vec<String>, PhantomData<W>);

struct ReadVisitor<W>(PhantomData<W>);

impl<'de, W: Way> Visitor<'de> for ReadVisitor<W> {
    type Value = Read<W>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("whatever it is read from")
    }

    fn visit_map<A: MapAccess<'de>>(self, pairs: A) -> Result<Read<W>, A::Error> {
        W::pairs(pairs).map(|read| Read(read, PhantomData))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Read<W>, A::Error> {
        W::items(items).map(|read| Read(read, PhantomData))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<Read<W>, A::Error> {
        W::variant(variant).map(|read| Read(read, PhantomData))
    }
}

macro_rules! ways {
    ($($name:ident by $method:ident($($argument:expr),*): $way:item)*) => {$(
        #[derive(Debug)]
        struct $name;

        impl Way for $name {
            $way
        }

        impl<'de> Deserialize<'de> for Read<$name> {
            fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                source.$method($($argument,)* ReadVisitor(PhantomData::<$name>))
            }
        }
    )*};
}

fn keys<'de, A: MapAccess<'de>>(mut pairs: A) -> Result<Vec<String>, A::Error> {
    std::iter::from_fn(|| pairs.next_key().transpose()).collect()
}

ways! {
    Keys by deserialize_map():
    fn pairs<'de, A: MapAccess<'de>>(pairs: A) -> Result<Vec<String>, A::Error> {
        keys(pairs)
    }

    Names by deserialize_struct("Names", &["a", "b"]):
    fn pairs<'de, A: MapAccess<'de>>(pairs: A) -> Result<Vec<String>, A::Error> {
        keys(pairs)
    }

    OneKey by deserialize_map():
    fn pairs<'de, A: MapAccess<'de>>(mut pairs: A) -> Result<Vec<String>, A::Error> {
        Ok(pairs.next_key()?.into_iter().collect())
    }

    Values by deserialize_map():
    fn pairs<'de, A: MapAccess<'de>>(mut pairs: A) -> Result<Vec<String>, A::Error> {
        Ok(vec![pairs.next_value()?, pairs.next_value()?])
    }

    ValueTwice by deserialize_map():
    fn pairs<'de, A: MapAccess<'de>>(mut pairs: A) -> Result<Vec<String>, A::Error> {
        let key: Option<String> = pairs.next_key()?;
        let values = [pairs.next_value()?, pairs.next_value()?];
        Ok(key.into_iter().chain(values).collect())
    }

    Nothing by deserialize_seq():
    fn items<'de, A: SeqAccess<'de>>(_: A) -> Result<Vec<String>, A::Error> {
        Ok(Vec::new())
    }

    Tag by deserialize_enum("Tag", &["a"]):
    fn variant<'de, A: EnumAccess<'de>>(variant: A) -> Result<Vec<String>, A::Error> {
        Ok(vec![variant.variant()?.0])
    }

    Lenient by deserialize_enum("Lenient", &["a"]):
    fn variant<'de, A: EnumAccess<'de>>(variant: A) -> Result<Vec<String>, A::Error> {
        let (tag, content) = variant.variant::<String>()?;
        let content = content.struct_variant(&["a", "b"], ReadVisitor(PhantomData::<Keys>));
        Ok(vec![tag, content.is_ok().to_string()])
    }

    Variants by deserialize_struct("Variants", &["a", "c"]):
    fn pairs<'de, A: MapAccess<'de>>(mut pairs: A) -> Result<Vec<String>, A::Error> {
        #[derive(Debug, serde::Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum Name { A, C }
        let mut names = Vec::new();
        while let Some((name, IgnoredAny)) = pairs.next_entry::<Name, _>()? {
            names.push(format!("{name:?}"));
        }
        Ok(names)
    }

    Ignored by deserialize_ignored_any():
    fn pairs<'de, A: MapAccess<'de>>(mut pairs: A) -> Result<Vec<String>, A::Error> {
        while pairs.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Vec::new())
    }
}

// {'a': 'b', 'c': 'd'}, {'a': 'b'}, and what no pickler writes: keys without values
const DICTS: [&[u8]; 5] = [
    b"\x80\x04}\x94(\x8c\x01a\x94\x8c\x01b\x94\x8c\x01c\x94\x8c\x01d\x94u.",
    b"\x80\x04}\x94\x8c\x01a\x94\x8c\x01b\x94s.",
    b"\x80\x04}\x94(\x8c\x01a\x94u.",
    b"\x80\x04}\x94(\x8c\x01a\x94\x8c\x01b\x94\x8c\x01c\x94u.",
    b"\x80\x04}(\x8c\x01a\x94h\0h\0h\0u.",
];

#[test]
fn keys_and_values_come_in_turns() {
    for dict in DICTS {
        agree::<Read<Keys>>(dict);
        agree::<Read<Names>>(dict);
        agree::<Read<OneKey>>(dict);
        agree::<Read<Values>>(dict);
        agree::<Read<ValueTwice>>(dict);
    }
    assert_eq!(from_slice::<Read<Keys>>(DICTS[0]).unwrap().0, ["a", "c"]);
    assert_eq!(from_slice::<Read<Names>>(DICTS[0]).unwrap().0, ["a", "c"]);
    for dict in DICTS {
        assert!(from_slice::<Read<Values>>(dict).is_err());
        assert!(from_slice::<Read<ValueTwice>>(dict).is_err());
    }
}

#[test]
fn names_of_fields_are_read_as_variants() {
    assert!(agree::<Read<Variants>>(DICTS[0]));
    assert_eq!(
        from_slice::<Read<Variants>>(DICTS[0]).unwrap().0,
        ["A", "C"]
    );
}

#[test]
fn bytes_are_read_to_their_end() {
    for bytes in [&b"\x80\x04C\x02\x01\x02."[..], b"\x80\x04C\0."] {
        agree::<Read<Nothing>>(bytes);
        agree::<(Read<Nothing>,)>(
            &[&b"\x80\x04"[..], &bytes[2..bytes.len() - 1], b"\x85."].concat(),
        );
    }
    assert!(from_slice::<[u8; 0]>(b"\x80\x04C\x02\x01\x02.").is_err());
    assert!(agree::<[u8; 0]>(b"\x80\x04C\0."));
}

#[test]
fn what_is_in_a_variant_is_there_and_is_read() {
    for message in [
        &b"\x80\x04}\x8c\x01aK\x01s."[..],
        b"\x80\x04}\x8c\x01as.",
        b"\x80\x04}\x8c\x01a\x87s.",
        b"\x80\x04}\x8c\x01a)s.",
        b"\x80\x04}\x8c\x01a}\x8c\x01aK\x01ss.",
    ] {
        agree::<Read<Tag>>(message);
        agree::<Read<Lenient>>(message);
    }
    assert!(from_slice::<Read<Tag>>(b"\x80\x04}\x8c\x01as.").is_err());
}

#[test]
fn whoever_reads_nothing_gets_nothing_from_nothing() {
    #[derive(Debug)]
    struct Blind;
    impl<'de> Deserialize<'de> for Blind {
        fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
            Ok(Blind)
        }
    }
    agree::<Blind>(b"\x80\x04.");
    assert!(from_slice::<Blind>(b"\x80\x04.").is_err());
    assert!(from_slice::<Blind>(b"\x80\x04N.").is_ok());
}

#[test]
fn the_only_argument_may_be_the_fields() {
    #[derive(Debug, Default, serde::Deserialize)]
    #[serde(default)]
    struct Options {
        more: BTreeMap<String, i64>,
        level: i64,
    }
    // shop.Options.__new__(shop.Options, {'level': 5})
    let message = b"\x80\x04cshop\nOptions\n}\x8c\x05levelK\x05s\x85\x81.";
    agree::<Options>(message);
    assert_eq!(from_slice::<Options>(message).unwrap().level, 5);
}

#[test]
fn classes_have_names() {
    for class in [
        &b"\x8c\0\x8c\x01C\x93"[..],
        b"\x8c\x01m\x8c\0\x93",
        b"c\nC\n",
        b"cm\n\n",
    ] {
        agree::<BTreeMap<String, i64>>(&[b"\x80\x04", class, b")\x81}b."].concat());
        agree::<Read<Names>>(&[b"\x80\x04", class, b")\x81}b."].concat());
    }
}

#[test]
fn what_is_ignored_is_nothing_to_any_type() {
    assert!(!agree::<Read<Ignored>>(DICTS[0]));
    for dict in DICTS {
        agree::<IgnoredAny>(dict);
    }
}

#[test]
fn memoize_among_numbers_from_1() {
    // Python 2's pickler counts from 1, and MEMOIZE is later than that: it puts 'b' where 'a' was.
    for again in [b"h\x01", b"h\x02"] {
        let message = [
            &b"\x80\x02](X\x01\0\0\0aq\x01\x8c\x01b\x94"[..],
            again,
            b"e.",
        ]
        .concat();
        agree::<Vec<String>>(&message);
    }
    let read = from_slice::<Vec<String>>(b"\x80\x02](X\x01\0\0\0aq\x01\x8c\x01b\x94h\x01e.");
    assert_eq!(read.unwrap(), ["a", "b", "b"]);
}
