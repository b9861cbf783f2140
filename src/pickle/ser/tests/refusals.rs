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
