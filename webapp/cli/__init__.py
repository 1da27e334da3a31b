"""The command line: ``flask setup``, ``create-admin``, ``remove-second-factor``, ``demo``, ``doctor``,
``serve``, ``bundle``, ``catalogue``, ``backup``, ``restore`` and ``move``."""

from flask import Flask

from webapp.cli import backup, bundle, catalogue, demo, doctor, people, serve, setup


def register_commands(app: Flask) -> None:
    """Add our commands to ``flask``."""
    for module in (setup, demo, people, doctor, serve, bundle, catalogue):
        app.cli.add_command(module.command)
    app.cli.add_command(people.remove_second_factor)
    for command in (backup.backup, backup.restore_command, backup.move):
        app.cli.add_command(command)
