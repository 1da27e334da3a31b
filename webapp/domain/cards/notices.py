"""Telling people by mail what editors decided about their templates and reviews."""

from __future__ import annotations

from webapp.domain.accounts.models import User
from webapp.domain.accounts.notices import tell
from webapp.domain.cards.models import Standing, Template, TemplateReview
from webapp.domain.mail.message import one_line
from webapp.kernel.work import Work


def tell_maker(work: Work, template: Template, before: str, reason: str | None) -> None:
    """Tell the maker of a template how it stands now, where that is news; ``before`` is how it stood."""
    maker = work.session.get(User, template.created_by) if template.created_by else None
    _tell(work, maker, "template", template, (before, template.standing), reason)


def tell_reviewer(work: Work, review: TemplateReview, before: str, reason: str | None) -> None:
    """The same for the writer of a review."""
    template = work.session.get_one(Template, review.template_id)
    _tell(work, work.session.get(User, review.user_id), "review", template, (before, review.standing), reason)


def _tell(
    work: Work,
    person: User | None,
    what: str,
    template: Template,
    standing: tuple[str, str],
    reason: str | None,
) -> None:
    """Everybody saw it already where it was listed, so that its approval is no news."""
    before, now = standing
    was_shown = before in (Standing.LISTED, Standing.APPROVED)
    if person is None or person.id == work.actor.id or now == before:
        return
    if now == Standing.REJECTED:
        tell(work, person, f"{what}_rejected", title=one_line(template.name), reason=reason)
    elif not was_shown:
        tell(work, person, f"{what}_approved", title=one_line(template.name))
