"""What CPython's own tests leave open about `multiprocessing.connection`.

Nothing in them knows whose module it tests. The runner has CPython's own pass first, which
shows that what is expected is Python's behaviour, and then the Rust one.
"""

from extra_errors import ExtraAuthentication, ExtraErrors  # noqa: F401
from extra_live import ExtraForks, ExtraSignals, ExtraThreads  # noqa: F401
from extra_values import ExtraValues  # noqa: F401
