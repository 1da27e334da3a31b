"""flask-smorest's blueprint with our request parser, and operations that document how they may refuse."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

import flask_smorest

from webapp.access import Access
from webapp.api.idempotency import PARAMETER, done_once
from webapp.api.requests import StrictParser

View = TypeVar("View", bound=Callable[..., Any])


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A feature of the JSON API."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(self._prepare_refusals_doc)

    def refuses(self, *statuses: HTTPStatus) -> Callable[[View], View]:
        """Document refusals of a view that its method, path and arguments do not tell of."""
        decorator: Callable[[View], View] = self.doc(responses=_references(statuses))
        return decorator

    def once(self, view: View) -> View:
        """Honour ``Idempotency-Key``: what is sent again is done once. For operations that create."""
        documented: View = self.doc(parameters=[PARAMETER])(done_once(view))
        return documented

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, *args: Any, **options: Any
    ) -> None:
        super().add_url_rule(rule, endpoint, view_func, *args, **options)
        for method, doc in self._docs[self._endpoints[-1]].items():
            if method != "parameters":
                doc["access"] = getattr(view_func, "__access__", None)
                doc["names_a_resource"] = "<" in rule

    def _prepare_refusals_doc(
        self, doc: dict[str, Any], doc_info: dict[str, Any], *, method: str, **_: Any
    ) -> dict[str, Any]:
        is_public = doc_info.get("access") is Access.PUBLIC
        if is_public:
            doc["security"] = []
        refusals = _refusals(
            method, is_public, doc_info["names_a_resource"], "requestBody" in doc, "parameters" in doc
        )
        responses = doc.setdefault("responses", {})
        responses.pop("default", None)
        responses.update(_references(refusals))
        return doc


def _refusals(
    method: str, is_public: bool, names_a_resource: bool, has_body: bool, has_query: bool
) -> set[HTTPStatus]:
    """How an operation may refuse, as far as its signature tells."""
    refusals = {HTTPStatus.SERVICE_UNAVAILABLE}
    if not is_public:
        refusals |= {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    if names_a_resource:
        refusals |= {HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}
    if has_query:
        refusals |= {HTTPStatus.UNPROCESSABLE_ENTITY}
    if has_body:
        refusals |= {
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
        }
    if method != "get" and not is_public:
        refusals |= {HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED}
    return refusals


def _references(statuses: Any) -> dict[str, str]:
    """Responses by the names of their components."""
    return {str(status.value): status.name for status in sorted(statuses)}
