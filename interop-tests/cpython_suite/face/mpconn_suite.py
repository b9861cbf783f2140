"""The test classes of CPython's `test._test_multiprocessing` for one start method.

A module that children can import by name: started processes unpickle their target
from it.
"""

import os

from test._test_multiprocessing import install_tests_in_module_dict

install_tests_in_module_dict(globals(), os.environ["MPCONN_START_METHOD"])
