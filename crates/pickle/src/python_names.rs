//! Names of CPython's modules and classes that pickles of managers are made of.

/// The module of the managers' classes.
pub const MANAGERS: &str = "multiprocessing.managers";

/// `multiprocessing.managers.Token`
pub const TOKEN: &str = "Token";

/// `multiprocessing.managers.RebuildProxy`, which unpickles a proxy.
pub const REBUILD_PROXY: &str = "RebuildProxy";

/// `multiprocessing.managers.AutoProxy`, which makes a proxy of the methods that an object exposes.
pub const AUTO_PROXY: &str = "AutoProxy";

/// `multiprocessing.managers.Namespace`
pub const NAMESPACE: &str = "Namespace";

/// The module of [`AUTHENTICATION_STRING`].
pub const PROCESS: &str = "multiprocessing.process";

/// `multiprocessing.process.AuthenticationString`
pub const AUTHENTICATION_STRING: &str = "AuthenticationString";

/// The module of the exceptions that all of `multiprocessing` raises, since Python 3.
pub const CONTEXT: &str = "multiprocessing.context";
