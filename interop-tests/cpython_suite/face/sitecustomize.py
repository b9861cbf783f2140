"""Makes Python import the Rust implementation as `multiprocessing.connection`.

Python imports this file at startup if it is on PYTHONPATH. That covers the process under test
and every child that it starts (spawn, forkserver) before anything can import the module; forked
children inherit it. MPCONN_FACE=stock keeps CPython's own module, for comparison.
"""

import os
import sys


class FaceFinder:
    """Finds this one module only; all others are found as usual."""

    NAME = "multiprocessing.connection"
    FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "connection_face.py")

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name != cls.NAME:
            return None
        from importlib.util import spec_from_file_location

        return spec_from_file_location(name, cls.FILE)


if os.environ.get("MPCONN_FACE") == "rust":
    if FaceFinder.NAME in sys.modules:
        raise ImportError("multiprocessing.connection was imported before the Rust face was in place")
    sys.meta_path.insert(0, FaceFinder)
