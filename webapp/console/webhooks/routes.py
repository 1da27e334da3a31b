"""``/console/webhooks``: addresses that are told of changes, and the log of what was sent."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import admins_only
from webapp.console.addresses import requested_page
from webapp.console.conflicts import Difference, form_differences
from webapp.console.forms import Form, submitting
from webapp.console.webhooks.forms import WebhookForm
from webapp.domain.webhooks import commands, queries
from webapp.domain.webhooks.models import DeliveryStatus, Webhook
from webapp.domain.webhooks.signing import secret_of
from webapp.domain.webhooks.topics import TOPICS
from webapp.kernel.errors import Stale
from webapp.web import current_ports, current_work, rollback

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")

PAGE_SIZE = 25


@blueprint.route("")
@admins_only
def webhooks() -> ResponseReturnValue:
    """Webhooks by name."""
    page = queries.list_webhooks(current_work(), requested_page(PAGE_SIZE))
    return render_template("console/webhooks/webhooks.html", page=page, topics=TOPICS)


@blueprint.route("/new", methods=["GET", "POST"])
@admins_only
def new() -> ResponseReturnValue:
    """Make a webhook; its secret is shown once, in the answer that makes it."""
    form = WebhookForm(data={"is_active": True})
    if form.validate_on_submit():
        with submitting(form):
            made = commands.create_webhook(current_work(), form.fields())
            return webhook_page(made, secret=secret_of(made, current_ports().site))
    page = render_template("console/webhooks/form.html", form=form, webhook=None, topics=TOPICS)
    return page, 422 if form.errors else 200


@blueprint.route("/<uuid:webhook_id>")
@admins_only
def webhook(webhook_id: UUID) -> ResponseReturnValue:
    """One webhook with the log of its deliveries."""
    return webhook_page(queries.get_webhook(current_work(), webhook_id))


def webhook_page(webhook: Webhook, *, secret: str | None = None) -> str:
    status = request.args["status"] if request.args.get("status") in set(DeliveryStatus) else None
    page = queries.list_deliveries(current_work(), webhook.id, requested_page(PAGE_SIZE), status=status)
    return render_template(
        "console/webhooks/webhook.html",
        webhook=webhook, page=page, secret=secret, status=status, topics=TOPICS,
    )  # fmt: skip


@blueprint.route("/<uuid:webhook_id>/edit", methods=["GET", "POST"])
@admins_only
def edit(webhook_id: UUID) -> ResponseReturnValue:
    """Change a webhook."""
    form, conflict = WebhookForm.of(queries.get_webhook(current_work(), webhook_id)), None
    try:
        if form.validate_on_submit():
            with submitting(form):
                commands.update_webhook(current_work(), webhook_id, form.fields(), expected={form.tag.data})
                flash("The webhook is saved.", "success")
                return redirect(url_for(".webhook", webhook_id=webhook_id), 303)
    except Stale:
        conflict = conflict_of(webhook_id, form)
    return edit_page(webhook_id, form, conflict)


def conflict_of(webhook_id: UUID, form: WebhookForm) -> list[Difference]:
    """Both values of what somebody else changed; saving again takes one's own."""
    rollback()
    found = queries.get_webhook(current_work(), webhook_id)
    form.tag.data = found.tag
    return form_differences(form, {name: getattr(found, name) for name in form.fields()})


def edit_page(webhook_id: UUID, form: WebhookForm, conflict: list[Difference] | None) -> ResponseReturnValue:
    found = queries.get_webhook(current_work(), webhook_id)
    page = render_template(
        "console/webhooks/form.html", form=form, webhook=found, topics=TOPICS, conflict=conflict
    )
    return page, 412 if conflict is not None else 422 if form.errors else 200


@blueprint.route("/<uuid:webhook_id>/delete", methods=["GET", "POST"])
@admins_only
def delete(webhook_id: UUID) -> ResponseReturnValue:
    """Ask, and delete a webhook."""
    form, found = Form(), queries.get_webhook(current_work(), webhook_id)
    if form.validate_on_submit():
        with submitting(form):
            commands.delete_webhook(current_work(), webhook_id)
            flash("The webhook is deleted.", "success")
            return redirect(url_for(".webhooks"), 303)
    page = render_template("console/webhooks/delete.html", form=form, webhook=found)
    return page, 422 if form.errors else 200


@blueprint.route("/<uuid:webhook_id>/secret", methods=["POST"])
@admins_only
def renew_secret(webhook_id: UUID) -> ResponseReturnValue:
    """Make a new secret, shown once, in this answer."""
    renewed = commands.renew_secret(current_work(), webhook_id)
    return webhook_page(renewed, secret=secret_of(renewed, current_ports().site))


@blueprint.route("/<uuid:webhook_id>/ping", methods=["POST"])
@admins_only
def ping(webhook_id: UUID) -> ResponseReturnValue:
    """Send an event that only says that it has arrived."""
    delivery = commands.ping(current_work(), webhook_id)
    flash("The ping is on its way.", "success")
    return redirect(url_for(".delivery", webhook_id=webhook_id, delivery_id=delivery.id), 303)


@blueprint.route("/<uuid:webhook_id>/deliveries/<uuid:delivery_id>")
@admins_only
def delivery(webhook_id: UUID, delivery_id: UUID) -> ResponseReturnValue:
    """One delivery: what was sent, and what came back."""
    work = current_work()
    return render_template(
        "console/webhooks/delivery.html",
        webhook=queries.get_webhook(work, webhook_id),
        delivery=queries.get_delivery(work, webhook_id, delivery_id),
        attempts=queries.list_attempts(work, webhook_id, delivery_id, requested_page(PAGE_SIZE)),
    )


@blueprint.route("/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/resend", methods=["POST"])
@admins_only
def resend(webhook_id: UUID, delivery_id: UUID) -> ResponseReturnValue:
    """Send something once more."""
    form = Form()
    with submitting(form):
        commands.resend(current_work(), webhook_id, delivery_id)
        flash("It is on its way again.", "success")
    form.flash_errors()
    return redirect(url_for(".delivery", webhook_id=webhook_id, delivery_id=delivery_id), 303)
