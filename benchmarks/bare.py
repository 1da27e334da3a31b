"""The limit: two Flask routes that answer constant bytes. No back end in Flask is faster on the same server.

``BARE_STYLESHEET_SIZE`` is the size of the stylesheet in bytes, set to that of the one it is compared with.
"""

import os

from flask import Flask, Response

STYLESHEET = b"/* constant */\n".ljust(int(os.environ.get("BARE_STYLESHEET_SIZE", 8192)), b" ")
DOCUMENT = b'{"name":"constant","values":["%s"]}' % b'","'.join([b"#8b5cf6"] * 90)

app = Flask(__name__)


@app.get("/stylesheet")
def stylesheet() -> Response:
    return Response(STYLESHEET, mimetype="text/css")


@app.get("/document")
def document() -> Response:
    """About 1 KB of JSON, as long as a theme."""
    return Response(DOCUMENT, mimetype="application/json")
