"""Ends with 0 when this container's web server says that it is healthy.

It asks under the host of ``PUBLIC_ORIGIN``, since other hosts are turned away.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

port = int(os.environ.get("PORT") or "8000")
host = urlsplit(os.environ.get("PUBLIC_ORIGIN", "")).netloc or f"127.0.0.1:{port}"
connection = HTTPConnection("127.0.0.1", port, timeout=4)
try:
    connection.request("GET", "/health", headers={"Host": host})
    status = connection.getresponse().status
except (HTTPException, OSError) as error:
    sys.exit(f"no answer: {error}")
finally:
    connection.close()
sys.exit(status != 200)
