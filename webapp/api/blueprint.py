"""flask-smorest's blueprint with our request parser, and operations that document who may call them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask_smorest

from webapp.access import Access
from webapp.api.requests import StrictParser


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A feature of the JSON API."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(self._prepare_access_doc)

    def _store_endpoint_docs(
        self, endpoint: str, obj: Callable[..., Any], parameters: Any, tags: Any, **options: Any
    ) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        for method, doc in self._docs[endpoint].items():
            if method != "parameters":
                doc["access"] = getattr(obj, "__access__", None)

    def _prepare_access_doc(
        self, doc: dict[str, Any], doc_info: dict[str, Any], *, method: str, **_: Any
    ) -> dict[str, Any]:
        responses = doc.setdefault("responses", {})
        responses["default"] = "DEFAULT_ERROR"
        if doc_info.get("access") is Access.PUBLIC:
            doc["security"] = []
        else:
            responses["401"] = "UNAUTHORIZED"
            responses["403"] = "FORBIDDEN"
        if method in ("post", "put", "patch"):
            responses["400"] = "BAD_REQUEST"
        return doc
