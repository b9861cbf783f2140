"""Tests of `multiprocessing.connection` beyond CPython's own.

The tests do not depend on whose module they run on. The runner first runs them on CPython's own,
which shows that they expect Python's behaviour, and then on the Rust one.
"""

from extra_errors import ExtraAuthentication, ExtraErrors  # noqa: F401
from extra_live import ExtraForks, ExtraSignals, ExtraThreads  # noqa: F401
from extra_values import ExtraValues  # noqa: F401
