"""The public face: start page, stylesheets, media, health, metrics, API documentation."""

from flask import Flask

from webapp.site import api_docs, cards, media, metrics, pictures, routes, stylesheets


def register_site(app: Flask) -> None:
    """Mount the public pages."""
    for module in (routes, stylesheets, media, cards, pictures, api_docs, metrics):
        app.register_blueprint(module.blueprint)
