"""``/console/mails``: the log of mails, one mail, and another try."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import admins_only
from webapp.console.addresses import requested_page, requested_search
from webapp.console.forms import Form, submitting
from webapp.console.mails.blueprint import blueprint, document
from webapp.domain.mail.commands import resend_mail
from webapp.domain.mail.kinds import KINDS
from webapp.domain.mail.models import MailStatus
from webapp.domain.mail.queries import count_mails, list_mails
from webapp.domain.mail.reading import show_mail
from webapp.web import current_ports, current_work

PAGE_SIZE = 25


@blueprint.route("")
@admins_only
def mails() -> ResponseReturnValue:
    """What was sent, waits or failed, the newest first."""
    work, args = current_work(), request.args
    status = args["status"] if args.get("status") in set(MailStatus) else None
    kind = args["kind"] if args.get("kind") in KINDS else None
    q = requested_search()
    page = list_mails(work, requested_page(PAGE_SIZE), status=status, kind=kind, q=q)
    return render_template(
        "console/mails/mails.html",
        page=page,
        counts=count_mails(work),
        status=status,
        kinds=KINDS,
        is_filtered=bool(status or kind or q),
        reaches_people=current_ports().mailer.reaches_people,
    )


@blueprint.route("/<uuid:mail_id>")
@admins_only
def mail(mail_id: UUID) -> ResponseReturnValue:
    """One mail as it was sent, and how that went."""
    shown = show_mail(current_work(), mail_id, current_ports())
    return render_template("console/mails/mail.html", shown=shown, mail=shown.mail, kinds=KINDS)


@blueprint.route("/<uuid:mail_id>/html")
@admins_only
def mail_document(mail_id: UUID) -> ResponseReturnValue:
    """The HTML of one mail, alone, for a frame."""
    return document(show_mail(current_work(), mail_id, current_ports()).html)


@blueprint.route("/<uuid:mail_id>/resend", methods=["POST"])
@admins_only
def resend(mail_id: UUID) -> ResponseReturnValue:
    """Try a failed mail once more."""
    form = Form()
    with submitting(form):
        resend_mail(current_work(), mail_id)
        flash("The mail is on its way again.", "success")
    form.flash_errors()
    return redirect(url_for(".mail", mail_id=mail_id), 303)
