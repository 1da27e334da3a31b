"""The WSGI entry point: ``granian --interface wsgi wsgi:app``."""

import gc
import sys
from multiprocessing import parent_process
from pathlib import Path
from signal import SIG_DFL, SIGINT, SIGTERM, signal
from tempfile import gettempdir

if parent_process() is not None:
    # granian forks its web processes with handlers that only the parent listens to: told to stop while it
    # still loads the application, such a process would never end. When it serves it has its own.
    signal(SIGTERM, SIG_DFL)
    signal(SIGINT, SIG_DFL)

gc.disable()  # nothing of what is loaded now is garbage

from config import ConfigError, Settings

try:
    settings = Settings.from_env()
except ConfigError as error:  # told at once: loading the application takes a while
    sys.exit(str(error))

from webapp.api.view_counting import keep_views_written
from webapp.app import create_app
from webapp.kernel.processors import stay_on_one

app = create_app(settings)
keep_views_written(app)
if parent_process() is not None:
    stay_on_one(Path(gettempdir()))  # the server's threads are started after this
gc.freeze()  # and processes that fork share it
gc.enable()
