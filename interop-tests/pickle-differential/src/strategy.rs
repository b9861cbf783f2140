//! Generates models of every kind.

use num_bigint::BigInt;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::model::{Class, Model, NAMES, Object};

/// Sizes around which pickles change: batches of 1,000 items.
const FILLS: [usize; 6] = [2, 256, 999, 1000, 1001, 2001];

/// Lengths around which other opcodes are used, or the data leave the frame.
const LENGTHS: [usize; 6] = [255, 256, 257, 65_535, 65_536, 65_537];

/// An object whose items are still to be chosen.
#[derive(Debug, Clone)]
enum Plan {
    Leaf(Object),
    Tuple(Vec<u16>),
    List(Vec<u16>),
    Dict(Vec<(u16, u16)>),
    Set(Vec<u16>),
    FrozenSet(Vec<u16>),
    Instance(Class, Vec<u16>, Vec<u16>),
    /// A list, dict, set or frozenset of that many ints.
    Fill(u8, usize),
}

/// Generates graphs of up to forty objects, some with thousands of ints.
pub fn models() -> impl Strategy<Value = Model> {
    vec(plan(), 1..40).prop_map(|plans| resolve(&plans))
}

/// Generates models without `complex` and instances. A `complex` is an instance in a pickle, but
/// has no identity here and is written anew each time. CPython writes names of instances' classes
/// as one text or as several equal ones.
pub fn plain() -> impl Strategy<Value = Model> {
    models().prop_map(|mut model| {
        for object in &mut model.objects {
            match object {
                Object::Complex(real, _) => *object = Object::Float(*real),
                Object::Instance(_, _, held) => *object = Object::List(held.clone()),
                _ => {}
            }
        }
        model
    })
}

fn plan() -> impl Strategy<Value = Plan> {
    let picks = || vec(any::<u16>(), 0..6);
    prop_oneof![
        24 => leaf().prop_map(Plan::Leaf),
        6 => picks().prop_map(Plan::Tuple),
        6 => picks().prop_map(Plan::List),
        6 => vec(any::<(u16, u16)>(), 0..6).prop_map(Plan::Dict),
        3 => picks().prop_map(Plan::Set),
        3 => picks().prop_map(Plan::FrozenSet),
        4 => (class(), picks(), picks()).prop_map(|(class, args, held)| Plan::Instance(class, args, held)),
        1 => (any::<u8>(), prop::sample::select(&FILLS)).prop_map(|(kind, len)| Plan::Fill(kind, len)),
    ]
}

fn class() -> impl Strategy<Value = Class> {
    prop::sample::select(vec![Class::Attributes, Class::Slots, Class::Made])
}

fn leaf() -> impl Strategy<Value = Object> {
    let complex = (float(), float()).prop_map(|(real, imag)| Object::Complex(real, imag));
    prop_oneof![
        1 => Just(Object::None),
        1 => any::<bool>().prop_map(Object::Bool),
        5 => int().prop_map(Object::Int),
        3 => float().prop_map(Object::Float),
        6 => text().prop_map(Object::Str),
        4 => bytes().prop_map(Object::Bytes),
        1 => complex,
        2 => bytes().prop_map(Object::ByteArray),
    ]
}

fn int() -> impl Strategy<Value = BigInt> {
    let near_a_power = (0_u32..80, -2_i8..3, any::<bool>()).prop_map(|(power, off, negative)| {
        let value = (BigInt::from(1) << power) + off;
        if negative { -value } else { value }
    });
    prop_oneof![
        (-300_i32..300).prop_map(BigInt::from),
        any::<i64>().prop_map(BigInt::from),
        near_a_power,
        vec(any::<u8>(), 0..300).prop_map(|bytes| BigInt::from_signed_bytes_le(&bytes)),
    ]
}

fn float() -> impl Strategy<Value = u64> {
    prop_oneof![
        any::<u64>(),
        (-1000_i32..1000).prop_map(|value| (f64::from(value) / 8.0).to_bits()),
        prop::sample::select(vec![
            0.0_f64.to_bits(),
            (-0.0_f64).to_bits(),
            f64::NAN.to_bits(),
            (-f64::NAN).to_bits(),
            f64::INFINITY.to_bits(),
            f64::NEG_INFINITY.to_bits(),
            1, // the smallest
        ]),
    ]
}

fn text() -> impl Strategy<Value = Vec<u32>> {
    let point = prop_oneof![
        4 => 0x20_u32..0x7f,
        1 => prop::sample::select(vec![0_u32, 9, 10, 13, 0x1a, 0x5c, 0x27, 0x22, 0x7f, 0x80, 0xff]),
        1 => any::<char>().prop_map(u32::from),
        1 => 0xd800_u32..0xe000,
    ];
    prop_oneof![
        12 => vec(point, 0..12),
        1 => (prop::sample::select(&LENGTHS), 0x61_u32..0x64).prop_map(|(len, point)| vec![point; len]),
        // The opcodes count bytes of UTF-8, not characters.
        1 => prop::sample::select(&LENGTHS).prop_map(|len| vec![0xe9; len / 2]),
    ]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        10 => vec(any::<u8>(), 0..12),
        1 => (prop::sample::select(&LENGTHS), any::<u8>()).prop_map(|(len, byte)| vec![byte; len]),
    ]
}

fn resolve(plans: &[Plan]) -> Model {
    let fill = |plan: &Plan| match plan {
        Plan::Fill(_, len) => *len,
        _ => 0,
    };
    let ints = plans.iter().map(fill).max().unwrap_or(0);
    let mut resolver = Resolver {
        model: Model {
            objects: (0..ints).map(|n| Object::Int(n.into())).collect(),
        },
        ints,
        total: ints + plans.len(),
    };
    for plan in plans {
        let object = resolver.object(plan);
        resolver.model.objects.push(object);
    }
    resolver.model
}

struct Resolver {
    model: Model,
    /// Number of ints that come first, for the large containers.
    ints: usize,
    total: usize,
}

impl Resolver {
    fn object(&self, plan: &Plan) -> Object {
        match plan {
            Plan::Leaf(object) => object.clone(),
            Plan::Tuple(picks) => Object::Tuple(self.earlier(picks)),
            Plan::List(picks) => Object::List(picks.iter().filter_map(|&p| self.any(p)).collect()),
            Plan::Dict(picks) => {
                let keys = self.keys(picks.iter().map(|pick| pick.0));
                let pairs = keys.into_iter().zip(picks);
                let pairs = pairs.filter_map(|(key, pick)| Some((key, self.any(pick.1)?)));
                Object::Dict(pairs.collect())
            }
            Plan::Set(picks) => Object::Set(self.keys(picks.iter().copied())),
            Plan::FrozenSet(picks) => Object::FrozenSet(self.keys(picks.iter().copied())),
            Plan::Instance(class, args, held) => {
                // A reference back to it from its arguments would make it twice, in CPython too.
                let args = match class {
                    Class::Made => self.keys(args.iter().copied()),
                    _ => Vec::new(),
                };
                let held = held.iter().take(NAMES.len());
                Object::Instance(*class, args, held.filter_map(|&p| self.any(p)).collect())
            }
            Plan::Fill(kind, len) => match kind % 4 {
                0 => Object::List((0..*len).collect()),
                1 => Object::Dict((0..*len).map(|n| (n, n)).collect()),
                2 => Object::Set((0..*len).collect()),
                _ => Object::FrozenSet((0..*len).collect()),
            },
        }
    }

    fn earlier(&self, picks: &[u16]) -> Vec<usize> {
        picks.iter().filter_map(|&pick| self.before(pick)).collect()
    }

    /// Chooses an object made before: small picks mean recent ones.
    fn before(&self, pick: u16) -> Option<usize> {
        let made = self.model.objects.len();
        let back = usize::from(pick).checked_rem(made - self.ints)?;
        Some(made - 1 - back)
    }

    /// Chooses any object, sometimes one that is not made yet.
    fn any(&self, pick: u16) -> Option<usize> {
        if pick % 8 == 7 {
            let at = usize::from(pick / 8) % (self.total - self.ints);
            return Some(self.ints + at);
        }
        self.before(pick)
    }

    fn keys(&self, picks: impl Iterator<Item = u16>) -> Vec<usize> {
        let able: Vec<usize> = (self.ints..self.model.objects.len())
            .filter(|&at| self.model.is_small_key(at))
            .collect();
        let picked: Vec<usize> = picks
            .filter_map(|pick| Some(able[usize::from(pick).checked_rem(able.len())?]))
            .collect();
        self.model.distinct(picked)
    }
}
