use crate::value::*;

fn numbers(count: i64) -> Dict {
    (0..count).map(|n| (n, n * 2)).collect()
}

#[test]
fn keys_are_found_in_small_and_large_dicts() {
    for count in [0, 1, 8, 9, 1000] {
        let mut dict = numbers(count);
        for n in 0..count {
            assert_eq!(dict.get(&n.into()), Some(&(n * 2).into()));
        }
        assert_eq!(dict.get(&count.into()), None);
        assert!(!dict.contains_key(&"a".into()));
        assert_eq!(dict.insert("a".into(), 1.into()), None);
        assert_eq!(dict.get_str("a"), Some(&1.into()));
        assert_eq!(dict.get_str("b"), None);
        assert_eq!(dict.get(&"a".into()), Some(&1.into()));
    }
}

#[test]
fn what_is_inserted_is_found_and_a_key_keeps_its_first_form() {
    let mut dict = Dict::new();
    for n in 0..10_000_i64 {
        assert_eq!(dict.insert(n.into(), "first".into()), None);
        assert!(dict.contains_key(&n.into()));
    }
    assert_eq!(
        dict.insert(5.0.into(), "second".into()),
        Some("first".into())
    );
    assert_eq!(dict.pairs()[5], (5.into(), "second".into()));
    assert_eq!(dict.insert(true.into(), ().into()), Some("first".into()));
    assert_eq!(dict.len(), 10_000);
}

#[test]
fn many_threads_may_look_at_once() {
    let dict = numbers(1000);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..1000).for_each(|n: i64| assert!(dict.contains_key(&n.into()))));
        }
    });
}

#[test]
fn a_changed_copy_leaves_the_others_as_they_were() {
    let original = numbers(20);
    assert!(original.contains_key(&3.into()));
    let mut copy = original.clone();
    assert!(copy.ptr_eq(&original));
    copy.insert("new".into(), 1.into());
    copy.insert(3.into(), "three".into());
    assert!(!copy.ptr_eq(&original));
    assert_eq!((original.len(), copy.len()), (20, 21));
    assert_eq!(original.get(&3.into()), Some(&6.into()));
    assert_eq!(copy.get(&3.into()), Some(&"three".into()));

    let list = List::from(vec![1.into()]);
    let mut other = list.clone();
    other.make_mut().push(2.into());
    assert_eq!((list.len(), other.len()), (1, 2));
    let address = other.address();
    other.make_mut().push(3.into());
    assert_eq!(other.address(), address, "nobody else has it: no copy");

    let instance = Instance::new(Class::new("shop", "Order"));
    let changed = instance.clone().with_state(1);
    assert!(instance.state().is_none() && changed.state().is_some());
}

#[test]
fn sets_contain_what_python_finds_in_them() {
    let set = Set::from(vec![1.into(), (1, "a").into(), b"b".into()]);
    let frozen = FrozenSet::from(set.to_vec());
    for (item, is_in) in [
        (Value::from(true), true),
        (1.0.into(), true),
        ((1.0, "a").into(), true),
        (b"b".into(), true),
        ("b".into(), false),
        (2.into(), false),
    ] {
        assert_eq!(set.contains(&item), is_in);
        assert_eq!(frozen.contains(&item), is_in);
    }
}
