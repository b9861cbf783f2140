//! The table of SyncManager's types against the registry of Python's own.

use std::collections::BTreeSet;
use std::process::Command;

use interop_tests::python;
use mpconn::manager::methods::{self, TYPES};

/// Prints `[version, [[typeid, class of proxies, exposed, {method: typeid of its proxy}], ...]]`.
const REGISTRY: &str = r#"
import json, sys
from multiprocessing import managers
try:
    import queue
except ImportError:
    import Queue as queue
from multiprocessing.pool import AsyncResult
objects = {"Queue": queue.Queue(), "JoinableQueue": queue.Queue()}
rows = []
for typeid, entry in sorted(managers.SyncManager._registry.items()):
    callable_, exposed, methods, proxytype = entry
    if exposed is None:
        exposed = getattr(proxytype, "_exposed_", None)
    if exposed is None:
        shared = objects[typeid] if typeid in objects else AsyncResult
        exposed = managers.public_methods(shared)
    methods = dict(methods or getattr(proxytype, "_method_to_typeid_", None) or {})
    exposed = list(exposed) + list(methods)
    name = "AutoProxy" if proxytype is managers.AutoProxy else proxytype.__name__
    rows.append([typeid, name, exposed, methods])
print(json.dumps([sys.version_info[:2], rows]))
"#;

#[test]
fn the_table_has_what_this_python_registers() {
    let python = python();
    let output = Command::new(&python)
        .args(["-E", "-s", "-c", REGISTRY])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {text}", python.display());
    type Row = (
        String,
        String,
        BTreeSet<String>,
        std::collections::BTreeMap<String, String>,
    );
    let (version, rows): ((u8, u8), Vec<Row>) = serde_json::from_slice(&output.stdout).unwrap();
    let mut registered = BTreeSet::new();
    for (typeid, class, exposed, shared) in rows {
        let place = format!("{version:?} {typeid}");
        let of = methods::shared_type(&typeid).unwrap_or_else(|| panic!("{place}"));
        assert_eq!(of.proxy_class, class, "{place}");
        let ours: BTreeSet<String> = methods::exposed(&typeid, version)
            .map(str::to_owned)
            .collect();
        assert_eq!(ours, exposed, "{place}");
        for method in methods::exposed(&typeid, version) {
            let returns = of.method(method).unwrap().returns_proxy;
            let python = shared.get(method).map(String::as_str);
            assert_eq!(returns, python, "{place} {method}");
        }
        registered.insert(typeid);
    }
    // A type that this Python has not registered has no method there.
    for typeid in TYPES.iter().flat_map(|of| of.typeids) {
        let is_there = methods::exposed(typeid, version).next().is_some();
        assert_eq!(
            registered.contains(*typeid),
            is_there,
            "{version:?} {typeid}"
        );
    }
}
