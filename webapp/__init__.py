"""Rangoli: a self-hosted back end for sites and apps that have a look, content and people."""

__version__ = "0.1.0"
