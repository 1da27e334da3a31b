"""The API's OpenAPI 3.1 document, and the registration of every feature's routes."""

from __future__ import annotations

from http import HTTPStatus
from threading import Lock
from typing import Any

import flask_smorest
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response, jsonify
from marshmallow import fields

from webapp import __version__
from webapp.access import public
from webapp.api.accounts import (
    admin_routes,
    auth_routes,
    export_routes,
    linked_account_routes,
    login_routes,
    oauth_routes,
    recovery_routes,
    session_routes,
    token_routes,
    users_routes,
)
from webapp.api.analytics import routes as analytics_routes
from webapp.api.audit import routes as audit_routes
from webapp.api.blueprint import Blueprint
from webapp.api.bundles import routes as bundle_routes
from webapp.api.cards import (
    bulk_routes,
    card_routes,
    category_routes,
    collection_routes,
    festival_routes,
    moderation_routes,
    reaction_routes,
    report_routes,
    share_routes,
    template_routes,
)
from webapp.api.content import (
    content_routes,
    entry_routes,
    exchange_routes,
    item_history_routes,
    item_routes,
    kind_routes,
    standing_routes,
    tag_routes,
)
from webapp.api.content.answers import DesignEntrySchema
from webapp.api.content.converter import ContentTypeConverter
from webapp.api.fields import Schema
from webapp.api.gallery import routes as design_routes
from webapp.api.jobs import routes as job_routes
from webapp.api.mail import routes as mail_routes
from webapp.api.media import direct_routes
from webapp.api.media import routes as media_routes
from webapp.api.problems import MEDIA_TYPE
from webapp.api.settings import routes as settings_routes
from webapp.api.status import routes as status_routes
from webapp.api.themes import color_routes, revision_routes
from webapp.api.themes import routes as theme_routes
from webapp.api.webhooks import routes as webhook_routes
from webapp.domain.content.content_types import TYPES
from webapp.kernel.db import INT_MAX
from webapp.web import IdConverter, ObjectKeyConverter, UuidConverter

BLUEPRINTS = (
    auth_routes.blueprint,
    session_routes.blueprint,
    login_routes.blueprint,
    token_routes.blueprint,
    oauth_routes.blueprint,
    linked_account_routes.blueprint,
    export_routes.blueprint,
    recovery_routes.blueprint,
    users_routes.blueprint,
    admin_routes.blueprint,
    settings_routes.blueprint,
    audit_routes.blueprint,
    analytics_routes.blueprint,
    status_routes.blueprint,
    job_routes.blueprint,
    mail_routes.blueprint,
    webhook_routes.blueprint,
    bundle_routes.blueprint,
    theme_routes.blueprint,
    revision_routes.blueprint,
    color_routes.blueprint,
    *entry_routes.BLUEPRINTS,
    standing_routes.blueprint,
    content_routes.blueprint,
    exchange_routes.blueprint,
    tag_routes.blueprint,
    kind_routes.blueprint,
    item_routes.blueprint,
    item_history_routes.blueprint,
    direct_routes.blueprint,
    media_routes.blueprint,
    design_routes.blueprint,
    festival_routes.blueprint,
    category_routes.blueprint,
    template_routes.blueprint,
    moderation_routes.blueprint,
    report_routes.blueprint,
    template_routes.admin,
    reaction_routes.blueprint,
    card_routes.blueprint,
    bulk_routes.blueprint,
    share_routes.blueprint,
    collection_routes.blueprint,
)


class FieldErrorSchema(Schema):
    """One wrong field."""

    pointer = fields.String(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)


class ProblemSchema(Schema):
    """An error (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    errors = fields.List(fields.Nested(FieldErrorSchema))


class Api(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest with our own errors, and a document that is written when it is first asked for.

    Writing it takes more time than all the rest of the start, and most processes are never asked.
    """

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._undocumented: list[Blueprint] = []
        self._writing = Lock()
        super().__init__(*args, **kwargs)

    def register_blueprint(self, blueprint: Blueprint) -> None:
        """Mount the routes now; they are documented on the first request for the document."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint)
        self._undocumented.append(blueprint)

    @public
    def _openapi_json(self) -> Response:
        """The whole API as OpenAPI 3.1."""
        with self._writing:
            while self._undocumented:
                blueprint = self._undocumented[0]
                blueprint.register_views_in_doc(
                    self, self._app, self.spec, name=blueprint.name, parameters=None
                )
                self.spec.tag({"name": blueprint.name, "description": blueprint.description})
                del self._undocumented[0]
        return jsonify(self.spec.to_dict())

    def _register_error_handlers(self) -> None:
        """Errors are mapped once, for every face, by the application."""

    def _register_responses(self) -> None:
        content = {MEDIA_TYPE: {"schema": ProblemSchema}}
        for status in HTTPStatus:
            self.spec.components.response(
                status.name, {"description": status.phrase, "content": content}, lazy=True
            )

    def _register_pagination_header(self) -> None:
        """Lists carry their paging in their envelope."""


def schema_name(schema: Any) -> str:
    """The name of a schema in the document; one whose fields may all be left out is another schema."""
    name = (schema if isinstance(schema, type) else type(schema)).__name__.removesuffix("Schema")
    return f"{name}Changes" if getattr(schema, "partial", False) else name


def register_api(app: Flask) -> None:
    """Mount the JSON API and its OpenAPI document under ``/api/v1``."""
    app.config.update(
        API_TITLE="Rangoli",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = Api(
        app,
        spec_kwargs={
            "marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=schema_name),
            "info": {
                "description": "One back end for sites and apps that have a look, content and people.",
            },
            "security": [{"bearer": []}],
            "servers": [{"url": "/"}],
        },
    )
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    api.register_converter(IdConverter, _id_schema)
    api.register_converter(ObjectKeyConverter, lambda _: {"type": "string"})
    api.register_converter(UuidConverter, lambda _: {"type": "string", "format": "uuid"})
    api.register_converter(ContentTypeConverter, lambda _: {"type": "string", "enum": list(TYPES)})
    api.spec.components.schema("DesignEntry", schema=DesignEntrySchema)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)


def _id_schema(_: Any) -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "maximum": INT_MAX}
