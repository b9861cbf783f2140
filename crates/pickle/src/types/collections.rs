//! `collections` and `range`.

use super::arguments::Arguments;
use super::expect::{instance_of, unexpected};
use super::number::big_int;
use crate::{
    BigInt, Change, Class, Construction, Dict, Instance, InstanceParts, PickleError, Tuple, Value,
};

const MODULE: &str = "collections";

/// `collections.OrderedDict`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrderedDict(pub Dict);

impl From<OrderedDict> for Value {
    fn from(value: OrderedDict) -> Self {
        filled(
            Instance::call(Class::new(MODULE, "OrderedDict"), vec![]),
            value.0,
        )
    }
}

impl TryFrom<&Value> for OrderedDict {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let instance = instance_of(value, MODULE, "OrderedDict")?;
        let mut pairs = match instance.args() {
            [] => Vec::new(),
            // Python 2 pickles a list of pairs.
            [all, ..] => pairs_of(all).ok_or_else(|| unexpected(all, "a list of pairs"))?,
        };
        pairs.extend(set_items(instance));
        Ok(OrderedDict(pairs.into_iter().collect()))
    }
}

/// `collections.defaultdict`: a dict with a factory for missing keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DefaultDict {
    /// `d.default_factory`: `None`, or usually a [`Class`].
    pub default_factory: Value,
    /// The items of the dict.
    pub dict: Dict,
}

impl From<DefaultDict> for Value {
    fn from(value: DefaultDict) -> Self {
        let class = Class::new(MODULE, "defaultdict");
        filled(
            Instance::call(class, vec![value.default_factory]),
            value.dict,
        )
    }
}

impl TryFrom<&Value> for DefaultDict {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let instance = instance_of(value, MODULE, "defaultdict")?;
        Ok(DefaultDict {
            default_factory: instance.args().first().cloned().unwrap_or_default(),
            dict: set_items(instance).into_iter().collect(),
        })
    }
}

/// `collections.Counter`: the number of times each item was seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counter(pub Dict);

impl From<Counter> for Value {
    fn from(value: Counter) -> Self {
        Instance::call(Class::new(MODULE, "Counter"), vec![value.0.into()]).into()
    }
}

impl TryFrom<&Value> for Counter {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let mut arguments = Arguments::of(instance_of(value, MODULE, "Counter")?);
        let counts = arguments.next()?.as_dict().cloned();
        counts
            .map(Counter)
            .ok_or_else(|| arguments.refuse("a dict"))
    }
}

/// `collections.deque`
#[derive(Clone, Default, PartialEq)]
pub struct Deque {
    items: Vec<Value>,
    maxlen: Option<usize>,
}

impl Deque {
    /// Makes `deque(items, maxlen)`: of more than `maxlen` items the last ones stay.
    ///
    /// ```
    /// use mpconn_pickle::Value;
    /// use mpconn_pickle::types::Deque;
    ///
    /// let deque = Deque::new([1, 2, 3].map(Value::from), Some(2));
    /// assert_eq!(Value::from(deque).to_string(), "deque([2, 3], maxlen=2)");
    /// ```
    pub fn new(items: impl IntoIterator<Item = Value>, maxlen: Option<usize>) -> Self {
        let mut items: Vec<Value> = items.into_iter().collect();
        if let Some(maxlen) = maxlen {
            items.drain(..items.len().saturating_sub(maxlen));
        }
        Deque { items, maxlen }
    }

    /// Returns the items from left to right.
    pub fn items(&self) -> &[Value] {
        &self.items
    }

    /// Returns the items without copying them.
    pub fn into_items(self) -> Vec<Value> {
        self.items
    }

    /// Returns `d.maxlen`.
    pub fn maxlen(&self) -> Option<usize> {
        self.maxlen
    }
}

impl From<Deque> for Value {
    fn from(value: Deque) -> Self {
        let arguments = match value.maxlen {
            Some(maxlen) => vec![Tuple::from(vec![]).into(), maxlen.into()],
            None => vec![],
        };
        let mut instance = Instance::call(Class::new(MODULE, "deque"), arguments);
        let changes = &mut instance.make_mut().changes;
        changes.extend(value.items.into_iter().map(Change::Append));
        instance.into()
    }
}

impl TryFrom<&Value> for Deque {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let instance = instance_of(value, MODULE, "deque")?;
        let mut arguments = Arguments::of(instance);
        let mut items = match arguments.optional() {
            Some(first) => first
                .items()
                .ok_or_else(|| arguments.refuse("a row of items"))?,
            None => &[],
        }
        .to_vec();
        let maxlen = match arguments.optional() {
            None | Some(Value::None) => None,
            Some(number) => {
                let number = number.as_i64().and_then(|number| number.try_into().ok());
                Some(number.ok_or_else(|| arguments.refuse("a length"))?)
            }
        };
        items.extend(appended(instance));
        Ok(Deque::new(items, maxlen))
    }
}

macro_rules! debug_as_value {
    ($($name:ident)*) => {$(
        /// Writes it as its [`Value`] does: cut short where there are many items.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(&Value::from(self.clone()), f)
            }
        }
    )*};
}

debug_as_value! {
    Deque NamedTuple
}

/// Instance of a class made by `collections.namedtuple` or `typing.NamedTuple`. A pickle has the
/// values only; the field names are in the class, which stays in Python.
#[derive(Clone, PartialEq)]
pub struct NamedTuple {
    /// The class.
    pub class: Class,
    /// The values, in the order of the fields.
    pub values: Vec<Value>,
}

impl From<NamedTuple> for Value {
    fn from(value: NamedTuple) -> Self {
        let parts = InstanceParts {
            construction: Construction::New,
            callable: value.class.into(),
            args: Tuple::from(value.values).into(),
            ..InstanceParts::default()
        };
        Instance::from(parts).into()
    }
}

impl TryFrom<&Value> for NamedTuple {
    type Error = PickleError;

    /// Accepts any instance made by `cls.__new__(cls, *values)`: only Python knows whether that is
    /// a namedtuple.
    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let instance = value.as_instance();
        let both = instance.and_then(|instance| Some((instance, instance.class()?)));
        let values = both.and_then(|(instance, _)| match instance.parts().construction {
            Construction::New => Some(instance.args()),
            // Protocols 0 and 1: copyreg._reconstructor(cls, tuple, values)
            _ => match (instance.parts().callable.as_class(), instance.args()) {
                (Some(function), [_, Value::Class(base), Value::Tuple(values)])
                    if function.is_reconstructor() && base.is("builtins", "tuple") =>
                {
                    Some(values)
                }
                _ => None,
            },
        });
        match (both, values) {
            (Some((_, class)), Some(values)) => Ok(NamedTuple {
                class: class.clone(),
                values: values.to_vec(),
            }),
            _ => Err(unexpected(value, "a namedtuple")),
        }
    }
}

/// `range`, and Python 2's `xrange`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    start: BigInt,
    stop: BigInt,
    step: BigInt,
}

impl Range {
    /// Makes `range(start, stop, step)`; `None` for a step of 0.
    pub fn new(
        start: impl Into<BigInt>,
        stop: impl Into<BigInt>,
        step: impl Into<BigInt>,
    ) -> Option<Self> {
        let (start, stop, step) = (start.into(), stop.into(), step.into());
        (step != BigInt::from(0)).then_some(Range { start, stop, step })
    }

    /// Returns `r.start`.
    pub fn start(&self) -> &BigInt {
        &self.start
    }

    /// Returns `r.stop`.
    pub fn stop(&self) -> &BigInt {
        &self.stop
    }

    /// Returns `r.step`.
    pub fn step(&self) -> &BigInt {
        &self.step
    }
}

impl From<std::ops::Range<i64>> for Range {
    fn from(range: std::ops::Range<i64>) -> Self {
        Range {
            start: range.start.into(),
            stop: range.end.into(),
            step: 1.into(),
        }
    }
}

impl From<Range> for Value {
    fn from(value: Range) -> Self {
        let arguments = [value.start, value.stop, value.step].map(Value::from);
        Instance::call(Class::new("builtins", "range"), arguments.to_vec()).into()
    }
}

impl TryFrom<&Value> for Range {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let mut arguments = Arguments::of(instance_of(value, "builtins", "range")?);
        let mut next = || big_int(arguments.next()?).ok_or_else(|| arguments.refuse("an int"));
        let (start, stop, step) = (next()?, next()?, next()?);
        Range::new(start, stop, step).ok_or_else(|| arguments.refuse("a step other than 0"))
    }
}

fn filled(mut instance: Instance, dict: Dict) -> Value {
    let changes = dict
        .into_iter()
        .map(|(key, value)| Change::SetItem(key, value));
    instance.make_mut().changes.extend(changes);
    instance.into()
}

fn set_items(instance: &Instance) -> Vec<(Value, Value)> {
    let changes = instance.parts().changes.iter();
    let pairs = changes.filter_map(|change| match change {
        Change::SetItem(key, value) => Some((key.clone(), value.clone())),
        _ => None,
    });
    pairs.collect()
}

fn appended(instance: &Instance) -> impl Iterator<Item = Value> {
    let changes = instance.parts().changes.iter();
    changes.filter_map(|change| match change {
        Change::Append(item) => Some(item.clone()),
        _ => None,
    })
}

fn pairs_of(list: &Value) -> Option<Vec<(Value, Value)>> {
    let pair = |item: &Value| match item.items()? {
        [key, value] => Some((key.clone(), value.clone())),
        _ => None,
    };
    list.items()?.iter().map(pair).collect()
}
