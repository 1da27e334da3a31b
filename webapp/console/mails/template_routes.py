"""What each mail looks like, in each language, and a sample of it to oneself."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import admins_only
from webapp.console.forms import Form, submitting
from webapp.console.mails.blueprint import blueprint, document
from webapp.domain.mail.commands import send_sample
from webapp.domain.mail.kinds import KINDS
from webapp.domain.mail.queries import preview
from webapp.kernel.errors import Conflict, NotFound
from webapp.web import current_ports, current_work

SCHEMES = {"light": "Light", "dark": "Dark"}


@blueprint.route("/templates")
@admins_only
def templates() -> ResponseReturnValue:
    """All kinds of mail, the chosen one as it would arrive."""
    args, ports = request.args, current_ports()
    languages = ports.mail_renderer.languages
    kind = KINDS.get(args.get("kind", ""), next(iter(KINDS.values())))
    language = args["language"] if args.get("language") in languages else "en"
    scheme = args["scheme"] if args.get("scheme") in SCHEMES else "light"
    sample = preview(current_work(), ports, kind.name, language, scheme=scheme)
    choices = {"kinds": KINDS.values(), "languages": languages, "schemes": SCHEMES}
    chosen = {"kind": kind, "language": language, "scheme": scheme, "sample": sample}
    return render_template("console/mails/templates.html", **choices, **chosen)


@blueprint.route("/templates/<kind>/<language>/html")
@admins_only
def template_document(kind: str, language: str) -> ResponseReturnValue:
    """One kind of mail in one language, alone, for a frame."""
    check(kind, language)
    scheme = request.args.get("scheme", "light")
    return document(preview(current_work(), current_ports(), kind, language, scheme=scheme).html)


@blueprint.route("/templates/<kind>/<language>/send", methods=["POST"])
@admins_only
def send_template(kind: str, language: str) -> ResponseReturnValue:
    """Send a sample to the admin who asks."""
    check(kind, language)
    form, person = Form(), current_user.person
    with submitting(form):
        if not person.email:
            raise Conflict("You have no e-mail address. Add one to your profile.", code="no_address")
        send_sample(current_work(), kind, language, person.email, person.display_name)
        flash(f"A sample is on its way to {person.email}.", "success")
    form.flash_errors()
    return redirect(url_for(".templates", kind=kind, language=language), 303)


def check(kind: str, language: str) -> None:
    """Raise NotFound for a mail that there is not."""
    if kind not in KINDS or language not in current_ports().mail_renderer.languages:
        raise NotFound
