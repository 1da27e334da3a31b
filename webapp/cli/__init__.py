"""The command line: ``flask setup``, ``create-admin``, ``demo``, ``doctor``, ``serve``, ``backup``,
``restore`` and ``move``."""

from flask import Flask

from webapp.cli import backup, doctor, people, serve, setup


def register_commands(app: Flask) -> None:
    """Add our commands to ``flask``."""
    for module in (setup, people, doctor, serve):
        app.cli.add_command(module.command)
    for command in (setup.demo, backup.backup, backup.restore_command, backup.move):
        app.cli.add_command(command)
