//! Names of classes and modules between Python 2 and Python 3: what `_compat_pickle` says.
//!
//! Protocols below 3 hold Python 2's names, and Python 3 translates both ways (`fix_imports`). A
//! whole name goes first; only where that is unknown, the module alone.

/// The name in Python 3 of what Python 2 calls `module.name`; unknown names stay.
pub(crate) fn to_python3<'a>(module: &'a str, name: &'a str) -> (&'a str, &'a str) {
    if module == "__builtin__" {
        return builtin_to_python3(name).unwrap_or(("builtins", name));
    }
    if module == "exceptions" {
        return exception_to_python3(name).unwrap_or((module, name));
    }
    name_to_python3(module, name)
        .unwrap_or_else(|| (module_to_python3(module).unwrap_or(module), name))
}

/// The name in Python 2 of what Python 3 calls `module.name`; unknown names stay.
pub(crate) fn to_python2<'a>(module: &'a str, name: &'a str) -> (&'a str, &'a str) {
    if module == "builtins" {
        return builtin_to_python2(name).unwrap_or(("__builtin__", name));
    }
    name_to_python2(module, name)
        .unwrap_or_else(|| (module_to_python2(module).unwrap_or(module), name))
}

/// Exceptions that both have, in alphabetical order: Python 2 in the module `exceptions`.
/// `WindowsError` only exists on Windows.
static EXCEPTIONS: &[&str] = &[
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "BufferError",
    "BytesWarning",
    "DeprecationWarning",
    "EOFError",
    "EnvironmentError",
    "Exception",
    "FloatingPointError",
    "FutureWarning",
    "GeneratorExit",
    "IOError",
    "ImportError",
    "ImportWarning",
    "IndentationError",
    "IndexError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "NameError",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PendingDeprecationWarning",
    "ReferenceError",
    "RuntimeError",
    "RuntimeWarning",
    "StopIteration",
    "SyntaxError",
    "SyntaxWarning",
    "SystemError",
    "SystemExit",
    "TabError",
    "TypeError",
    "UnboundLocalError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeError",
    "UnicodeTranslateError",
    "UnicodeWarning",
    "UserWarning",
    "ValueError",
    "Warning",
    "WindowsError",
    "ZeroDivisionError",
];

fn exception_to_python3(name: &str) -> Option<(&'static str, &'static str)> {
    if name == "StandardError" {
        return Some(("builtins", "Exception"));
    }
    let known = EXCEPTIONS.binary_search(&name).ok()?;
    Some(("builtins", EXCEPTIONS[known]))
}

fn builtin_to_python3(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "basestring" => ("builtins", "str"),
        "intern" => ("sys", "intern"),
        "long" => ("builtins", "int"),
        "reduce" => ("functools", "reduce"),
        "unichr" => ("builtins", "chr"),
        "unicode" => ("builtins", "str"),
        "xrange" => ("builtins", "range"),
        _ => return None,
    })
}

fn builtin_to_python2(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "chr" => ("__builtin__", "unichr"),
        "filter" => ("itertools", "ifilter"),
        "int" => ("__builtin__", "long"),
        "map" => ("itertools", "imap"),
        "range" => ("__builtin__", "xrange"),
        "str" => ("__builtin__", "unicode"),
        "zip" => ("itertools", "izip"),
        "BrokenPipeError"
        | "ChildProcessError"
        | "ConnectionAbortedError"
        | "ConnectionError"
        | "ConnectionRefusedError"
        | "ConnectionResetError"
        | "FileExistsError"
        | "FileNotFoundError"
        | "InterruptedError"
        | "IsADirectoryError"
        | "NotADirectoryError"
        | "PermissionError"
        | "ProcessLookupError"
        | "TimeoutError" => ("exceptions", "OSError"),
        "ModuleNotFoundError" => ("exceptions", "ImportError"),
        _ => (
            "exceptions",
            EXCEPTIONS[EXCEPTIONS.binary_search(&name).ok()?],
        ),
    })
}

fn name_to_python3<'a>(module: &str, name: &'a str) -> Option<(&'static str, &'a str)> {
    Some(match (module, name) {
        ("UserDict", "UserDict") => ("collections", name),
        ("UserDict", "IterableUserDict") => ("collections", "UserDict"),
        ("UserList", "UserList") => ("collections", name),
        ("UserString", "UserString") => ("collections", name),
        ("_multiprocessing", "Connection") => ("multiprocessing.connection", name),
        ("_socket", "fromfd") => ("socket", name),
        ("itertools", "ifilter") => ("builtins", "filter"),
        ("itertools", "imap") => ("builtins", "map"),
        ("itertools", "izip") => ("builtins", "zip"),
        ("itertools", "ifilterfalse") => ("itertools", "filterfalse"),
        ("itertools", "izip_longest") => ("itertools", "zip_longest"),
        (
            "multiprocessing",
            "AuthenticationError" | "BufferTooShort" | "ProcessError" | "TimeoutError",
        ) => ("multiprocessing.context", name),
        ("multiprocessing.forking", "Popen") => ("multiprocessing.popen_fork", name),
        ("multiprocessing.process", "Process") => ("multiprocessing.context", name),
        ("socket", "_socketobject") => ("socket", "SocketType"),
        ("urllib", "ContentTooShortError") => ("urllib.error", name),
        ("urllib", "quote" | "quote_plus" | "unquote" | "unquote_plus" | "urlencode") => {
            ("urllib.parse", name)
        }
        (
            "urllib",
            "getproxies" | "pathname2url" | "url2pathname" | "urlcleanup" | "urlopen"
            | "urlretrieve",
        ) => ("urllib.request", name),
        ("urllib2", "HTTPError" | "URLError") => ("urllib.error", name),
        ("whichdb", "whichdb") => ("dbm", name),
        _ => return None,
    })
}

fn name_to_python2<'a>(module: &str, name: &'a str) -> Option<(&'static str, &'a str)> {
    Some(match (module, name) {
        ("_functools", "reduce") => ("__builtin__", name),
        ("_socket", "socket") => ("socket", "_socketobject"),
        ("collections", "UserList") => ("UserList", name),
        ("collections", "UserString") => ("UserString", name),
        ("collections", "UserDict") => ("UserDict", "IterableUserDict"),
        ("dbm", "whichdb") => ("whichdb", name),
        ("functools", "reduce") => ("__builtin__", name),
        ("http.server", "CGIHTTPRequestHandler") => ("CGIHTTPServer", name),
        ("http.server", "SimpleHTTPRequestHandler") => ("SimpleHTTPServer", name),
        ("itertools", "filterfalse") => ("itertools", "ifilterfalse"),
        ("itertools", "zip_longest") => ("itertools", "izip_longest"),
        ("multiprocessing.connection", "Connection") => ("_multiprocessing", name),
        (
            "multiprocessing.context",
            "AuthenticationError" | "BufferTooShort" | "ProcessError" | "TimeoutError",
        ) => ("multiprocessing", name),
        ("multiprocessing.context", "Process") => ("multiprocessing.process", name),
        ("multiprocessing.popen_fork", "Popen") => ("multiprocessing.forking", name),
        ("socket", "fromfd") => ("_socket", name),
        ("sys", "intern") => ("__builtin__", name),
        ("tkinter.filedialog", "FileDialog" | "LoadFileDialog" | "SaveFileDialog") => {
            ("FileDialog", name)
        }
        ("tkinter.simpledialog", "SimpleDialog") => ("SimpleDialog", name),
        ("urllib.error", "ContentTooShortError") => ("urllib", name),
        ("urllib.error", "HTTPError" | "URLError") => ("urllib2", name),
        ("urllib.parse", "quote" | "quote_plus" | "unquote" | "unquote_plus" | "urlencode") => {
            ("urllib", name)
        }
        (
            "urllib.request",
            "getproxies" | "pathname2url" | "url2pathname" | "urlcleanup" | "urlopen"
            | "urlretrieve",
        ) => ("urllib", name),
        (
            "xmlrpc.server",
            "DocCGIXMLRPCRequestHandler"
            | "DocXMLRPCRequestHandler"
            | "DocXMLRPCServer"
            | "ServerHTMLDoc"
            | "XMLRPCDocGenerator",
        ) => ("DocXMLRPCServer", name),
        _ => return None,
    })
}

fn module_to_python3(module: &str) -> Option<&'static str> {
    Some(match module {
        "BaseHTTPServer" => "http.server",
        "CGIHTTPServer" => "http.server",
        "ConfigParser" => "configparser",
        "Cookie" => "http.cookies",
        "Dialog" => "tkinter.dialog",
        "DocXMLRPCServer" => "xmlrpc.server",
        "FileDialog" => "tkinter.filedialog",
        "HTMLParser" => "html.parser",
        "Queue" => "queue",
        "ScrolledText" => "tkinter.scrolledtext",
        "SimpleDialog" => "tkinter.simpledialog",
        "SimpleHTTPServer" => "http.server",
        "SimpleXMLRPCServer" => "xmlrpc.server",
        "SocketServer" => "socketserver",
        "StringIO" => "io",
        "Tix" => "tkinter.tix",
        "Tkconstants" => "tkinter.constants",
        "Tkdnd" => "tkinter.dnd",
        "Tkinter" => "tkinter",
        "UserDict" => "collections",
        "UserList" => "collections",
        "UserString" => "collections",
        "_abcoll" => "collections.abc",
        "_elementtree" => "xml.etree.ElementTree",
        "_winreg" => "winreg",
        "anydbm" => "dbm",
        "cPickle" => "pickle",
        "cStringIO" => "io",
        "commands" => "subprocess",
        "cookielib" => "http.cookiejar",
        "copy_reg" => "copyreg",
        "dbhash" => "dbm.bsd",
        "dbm" => "dbm.ndbm",
        "dumbdbm" => "dbm.dumb",
        "dummy_thread" => "_dummy_thread",
        "gdbm" => "dbm.gnu",
        "htmlentitydefs" => "html.entities",
        "httplib" => "http.client",
        "markupbase" => "_markupbase",
        "repr" => "reprlib",
        "robotparser" => "urllib.robotparser",
        "test.test_support" => "test.support",
        "thread" => "_thread",
        "tkColorChooser" => "tkinter.colorchooser",
        "tkCommonDialog" => "tkinter.commondialog",
        "tkFileDialog" => "tkinter.filedialog",
        "tkFont" => "tkinter.font",
        "tkMessageBox" => "tkinter.messagebox",
        "tkSimpleDialog" => "tkinter.simpledialog",
        "ttk" => "tkinter.ttk",
        "urllib2" => "urllib.request",
        "urlparse" => "urllib.parse",
        "whichdb" => "dbm",
        "xmlrpclib" => "xmlrpc.client",
        _ => return None,
    })
}

fn module_to_python2(module: &str) -> Option<&'static str> {
    Some(match module {
        "_bz2" => "bz2",
        "_dbm" => "dbm",
        "_dummy_thread" => "dummy_thread",
        "_functools" => "functools",
        "_gdbm" => "gdbm",
        "_markupbase" => "markupbase",
        "_pickle" => "pickle",
        "_thread" => "thread",
        "collections.abc" => "_abcoll",
        "configparser" => "ConfigParser",
        "copyreg" => "copy_reg",
        "dbm" => "anydbm",
        "dbm.bsd" => "dbhash",
        "dbm.dumb" => "dumbdbm",
        "dbm.gnu" => "gdbm",
        "dbm.ndbm" => "dbm",
        "html.entities" => "htmlentitydefs",
        "html.parser" => "HTMLParser",
        "http.client" => "httplib",
        "http.cookiejar" => "cookielib",
        "http.cookies" => "Cookie",
        "http.server" => "BaseHTTPServer",
        "queue" => "Queue",
        "reprlib" => "repr",
        "socketserver" => "SocketServer",
        "subprocess" => "commands",
        "test.support" => "test.test_support",
        "tkinter" => "Tkinter",
        "tkinter.colorchooser" => "tkColorChooser",
        "tkinter.commondialog" => "tkCommonDialog",
        "tkinter.constants" => "Tkconstants",
        "tkinter.dialog" => "Dialog",
        "tkinter.dnd" => "Tkdnd",
        "tkinter.filedialog" => "tkFileDialog",
        "tkinter.font" => "tkFont",
        "tkinter.messagebox" => "tkMessageBox",
        "tkinter.scrolledtext" => "ScrolledText",
        "tkinter.simpledialog" => "tkSimpleDialog",
        "tkinter.tix" => "Tix",
        "tkinter.ttk" => "ttk",
        "urllib.parse" => "urlparse",
        "urllib.request" => "urllib2",
        "urllib.robotparser" => "robotparser",
        "winreg" => "_winreg",
        "xmlrpc.client" => "xmlrpclib",
        "xmlrpc.server" => "SimpleXMLRPCServer",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_go_before_modules() {
        for (python2, python3) in [
            (("__builtin__", "set"), ("builtins", "set")),
            (("__builtin__", "unicode"), ("builtins", "str")),
            (("__builtin__", "reduce"), ("functools", "reduce")),
            (("itertools", "izip"), ("builtins", "zip")),
            (("exceptions", "ValueError"), ("builtins", "ValueError")),
            (
                ("copy_reg", "_reconstructor"),
                ("copyreg", "_reconstructor"),
            ),
            (("urllib2", "URLError"), ("urllib.error", "URLError")),
            (("urllib2", "Request"), ("urllib.request", "Request")),
            (
                ("multiprocessing", "ProcessError"),
                ("multiprocessing.context", "ProcessError"),
            ),
            (("shop", "Order"), ("shop", "Order")),
        ] {
            assert_eq!(to_python3(python2.0, python2.1), python3);
            assert_eq!(to_python2(python3.0, python3.1), python2);
        }
    }

    #[test]
    fn some_names_go_one_way() {
        assert_eq!(
            to_python3("exceptions", "StandardError"),
            ("builtins", "Exception")
        );
        assert_eq!(
            to_python3("exceptions", "Unknown"),
            ("exceptions", "Unknown")
        );
        assert_eq!(to_python3("cPickle", "loads"), ("pickle", "loads"));
        assert_eq!(
            to_python2("builtins", "BrokenPipeError"),
            ("exceptions", "OSError")
        );
        assert_eq!(
            to_python2("builtins", "ModuleNotFoundError"),
            ("exceptions", "ImportError")
        );
        assert_eq!(
            to_python2("_functools", "partial"),
            ("functools", "partial")
        );
        assert_eq!(
            to_python2("_functools", "reduce"),
            ("__builtin__", "reduce")
        );
    }

    #[test]
    fn exceptions_stand_in_order() {
        assert!(EXCEPTIONS.is_sorted());
    }
}
