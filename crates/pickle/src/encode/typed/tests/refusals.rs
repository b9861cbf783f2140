//! What Python cannot have, and how deep it may be.

use super::*;

#[test]
fn what_python_cannot_hash_is_no_key() {
    let lists = BTreeMap::from([(vec![vec![1], vec![]], "value")]);
    assert_eq!(shown(&lists), "{((1,), ()): 'value'}");
    assert_eq!(shown(&AsSet(vec![vec![1]])), "{(1,)}");
    let key = Value::list([Value::tuple([Value::list([1])])]);
    assert_eq!(shown(&AsSet(vec![key])), "{(((1,),),)}");

    assert!(
        refused(&BTreeMap::from([(BTreeMap::from([(1, 2)]), 3)]))
            .starts_with("at [key number 0]: a dict")
    );
    assert!(refused(&AsSet(vec![AsSet(vec![1])])).starts_with("at [0]: a set as a dict key"));
    assert!(refused(&AsSet(vec![(1, Point { x: 1, y: 1 })])).starts_with("at [0][1]: a dict"));
    assert!(refused(&AsSet(vec![Shape::Circle(1.0)])).starts_with("at [0]: a dict"));
    let dict = Value::tuple([Value::dict([(1, 2)])]);
    assert!(refused(&AsSet(vec![dict])).starts_with("at [0]: a dict"));
    // An instance can be hashed, whatever is in it.
    both(&AsSet(vec![PointOfShop { x: 1, y: 2 }]));
    both(&AsSet(vec![Color::Red, Color::Green]));
}

/// Tuples or lists, each of which holds the one below twice.
fn doubled(pair: impl Fn([Value; 2]) -> Value) -> Value {
    (0..21).fold(Value::from(1), |part, _| pair([part.clone(), part]))
}

#[test]
fn a_key_becomes_no_more_than_a_million_values() {
    let of_a_key = |key: Value| refused(&AsSet(vec![key]));
    for key in [
        doubled(Value::list),
        doubled(Value::tuple),
        Value::list(vec![Value::None; (1 << 20) + 1]),
    ] {
        let error = of_a_key(key);
        assert!(error.contains("more than 1048576 values"), "{error}");
    }
    let long = to_value(&AsSet(vec![Value::list(vec![Value::None; 1 << 20])])).unwrap();
    let tuple = &long.items().unwrap()[0];
    assert_eq!(tuple.items().map(<[Value]>::len), Some(1 << 20));
}

#[test]
fn a_list_that_many_keys_share_does_not_become_a_tuple_in_each() {
    let list = Value::list(vec![Value::None; 100_000]);
    let keys = (0..10_000).map(|n| Value::tuple([n.into(), list.clone()]));
    let keys = AsSet(keys.collect::<Vec<_>>());
    assert!(to_value(&keys).unwrap_err().is_limit());
    for protocol in PROTOCOLS {
        assert!(to_vec(&keys, protocol).unwrap_err().is_limit());
    }
    // A tuple stays as it is, with what it shares.
    let tuple = Value::tuple(vec![Value::tuple([1]); 1000]);
    let keys = (0..10).map(|n| Value::tuple([n.into(), tuple.clone()]));
    let set = to_value(&AsSet(keys.collect::<Vec<_>>())).unwrap();
    let ids: Vec<_> = set
        .items()
        .unwrap()
        .iter()
        .map(|key| key.items().unwrap()[1].id())
        .collect();
    assert!(ids.iter().all(|id| *id == tuple.id()));
}

struct Fails;

impl Serialize for Fails {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("out of paper"))
    }
}

#[derive(Serialize)]
enum Tagged {
    New(Fails),
    Row(i32, Fails),
    Struct { field: Fails },
}

#[test]
fn errors_have_a_path() {
    let nested = Rows {
        rows: vec![BTreeMap::from([("a", (1, Fails))])],
    };
    assert_eq!(refused(&nested), "at ['rows'][0]['a'][1]: out of paper");
    assert_eq!(refused(&Tagged::New(Fails)), "at ['New']: out of paper");
    assert_eq!(
        refused(&Tagged::Row(1, Fails)),
        "at ['Row'][1]: out of paper"
    );
    assert_eq!(
        refused(&Tagged::Struct { field: Fails }),
        "at ['Struct']['field']: out of paper"
    );
    assert_eq!(
        refused(&BTreeMap::from([(7, Fails)])),
        "at [7]: out of paper"
    );
}

#[derive(Serialize)]
struct Chain(Option<Box<Chain>>);

#[derive(Serialize)]
struct Linked {
    next: Option<Box<Linked>>,
}

fn nest(depth: usize) -> Nested {
    (0..depth).fold(Nested(vec![]), |inner, _| Nested(vec![inner]))
}

#[derive(Serialize)]
#[serde(transparent)]
struct Nested(Vec<Nested>);

#[test]
fn depth_has_a_limit() {
    both(&nest(MAX_DEPTH - 1));
    let refusal = to_vec(&nest(MAX_DEPTH), Protocol::V4).unwrap_err();
    assert!(refusal.is_limit() && refusal.to_string().contains("nested deeper than 500"));
    let linked = |depth| (0..depth).fold(None, |next, _| Some(Box::new(Linked { next })));
    both(&linked(MAX_DEPTH));
    assert!(to_value(&linked(MAX_DEPTH + 1)).unwrap_err().is_limit());
    // Nothing but stack: it all is None.
    let chain = (0..5_000).fold(Chain(None), |inner, _| Chain(Some(Box::new(inner))));
    assert!(to_value(&chain).unwrap_err().is_limit());
    // A value may be deeper than a type.
    let deep = (0..100_000).fold(Value::None, |inner, _| Value::list([inner]));
    let pickle = to_vec(&(1, &deep), Protocol::V4).unwrap();
    assert!(pickle.len() > 100_000);
    assert!(
        serde_json::to_string(&deep)
            .unwrap_err()
            .to_string()
            .contains("nested deeper than 128 levels")
    );
    // Which any thread's stack holds.
    let most = (0..128).fold(Value::None, |inner, _| Value::list([inner]));
    assert!(serde_json::to_string_pretty(&most).is_ok());
}
