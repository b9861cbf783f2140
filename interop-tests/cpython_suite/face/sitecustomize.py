"""Puts the Rust face where Python looks for `multiprocessing.connection`.

Python imports this file by itself at its start when it stands on PYTHONPATH, so the
process under test and every child that it starts (spawn, forkserver) are covered
before anything can have imported the module. Forked children inherit it.
MPCONN_FACE=stock leaves CPython's own module alone: to see what the tests do without us.
"""

import os
import sys


class FaceFinder:
    """Answers for one name only; all else goes its usual way."""

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
