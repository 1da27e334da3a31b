"""The command line: ``flask setup``, ``create-admin``, ``demo``, ``doctor`` and ``serve``."""

from flask import Flask

from webapp.cli import doctor, people, serve, setup


def register_commands(app: Flask) -> None:
    """Add our commands to ``flask``."""
    for module in (setup, people, doctor, serve):
        app.cli.add_command(module.command)
    app.cli.add_command(setup.demo)
