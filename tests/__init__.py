"""The tests. They start many processes of the product: each compiles only what changed since the last."""

import gc
import os
import sys

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
gc.disable()  # conftest looks for garbage between tests
