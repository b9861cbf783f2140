use super::*;

#[test]
fn each_name_is_there_once() {
    let mut typeids: Vec<_> = TYPES.iter().flat_map(|of| of.typeids).collect();
    typeids.sort();
    assert!(typeids.windows(2).all(|two| two[0] != two[1]));
    for of in TYPES {
        let mut names: Vec<_> = of.methods.iter().map(|method| method.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|two| two[0] != two[1]), "{names:?}");
        for method in of.methods {
            assert_eq!(method.returns.is_empty(), method.returns_proxy.is_some());
            let shared = method.returns_proxy.map(shared_type);
            assert!(shared.is_none_or(|of| of.is_some()), "{}", method.name);
        }
    }
}

#[test]
fn versions_are_half_open() {
    let has_key = shared_type("dict").unwrap().method("has_key").unwrap();
    assert!(has_key.versions.contains((2, 7)) && has_key.versions.contains((3, 6)));
    assert!(!has_key.versions.contains((3, 7)));
    assert_eq!(exposed("set", (3, 13)).count(), 0);
    assert_eq!(exposed("nothing", (3, 13)).count(), 0);
}
