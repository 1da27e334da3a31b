"""What editors do to the days of a festival, year by year, and to its images."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from webapp.domain.audit.events import named, record
from webapp.domain.cards.calendar import fill_dates, set_date
from webapp.domain.cards.festival_models import Festival, FestivalImage
from webapp.domain.cards.festivals import IMAGE_FIELDS, add_image, editable_festival
from webapp.domain.cards.fields import Day, read_fields
from webapp.domain.content.fields import Field
from webapp.domain.media.uploads import Announced, GoOn, UploadLimits, upload_image
from webapp.kernel.errors import FieldError, NotFound, refuse
from webapp.kernel.work import Work
from webapp.ports import Ports

DAYS_MAX = 60
DATE_FIELDS = (Field("date_start", Day()), Field("date_end", Day(), required=False))


def enter_date(
    work: Work, festival_id: UUID, fields: Mapping[str, Any], *, expected: Container[str] | None = None
) -> Festival:
    """Say by hand when a festival is in the year of ``date_start``; no calendar changes that.

    Raises NotFound, Stale, Invalid.
    """
    festival = editable_festival(work, festival_id, expected)
    values, errors = read_fields(DATE_FIELDS, fields, partial=False, required=("date_start",))
    start, end = values.get("date_start"), values.get("date_end") or values.get("date_start")
    if start and end and not 0 <= (end - start).days <= DAYS_MAX:
        detail = f"Must be up to {DAYS_MAX} days after the first day."
        errors.append(FieldError("/date_end", detail, "out_of_range"))
    refuse(errors)
    set_date(festival, values["date_start"], end or values["date_start"])
    _changed(work, festival, {"date_start": values["date_start"]})
    return festival


def forget_date(
    work: Work, festival_id: UUID, year: int, *, expected: Container[str] | None = None
) -> Festival:
    """Take the days of one year away; the calendar's come in their place, where it knows them.

    Raises NotFound, Stale.
    """
    festival = editable_festival(work, festival_id, expected)
    there = next((each for each in festival.dates if each.year == year), None)
    if there is None:
        raise NotFound("The festival has no date in that year")
    festival.dates.remove(there)
    work.session.flush()
    fill_dates(festival, work.now.date())
    festival.dates.sort(key=lambda each: each.year)
    _changed(work, festival, {"year": year})
    return festival


def upload_festival_image(
    work: Work,
    go_on: GoOn,
    ports: Ports,
    festival_id: UUID,
    file: tuple[str, Iterable[bytes]],
    fields: Mapping[str, Any],
    limits: UploadLimits,
) -> FestivalImage:
    """Keep a ``file`` (its name and bytes) in the library and give it to a festival.

    ``fields`` are those of ``add_image`` without an address. Raises NotFound, and what an upload raises.
    """
    editable_festival(work, festival_id, None)
    named_as = Announced("festivals", file[0], fields.get("alt_text", ""))
    media, _ = upload_image(go_on(), go_on, ports, file[1], named_as, limits)
    return add_image(go_on(), festival_id, {**fields, "image_url": f"/media/{media.object_key}"})


def update_image(work: Work, festival_id: UUID, image_id: UUID, changes: Mapping[str, Any]) -> FestivalImage:
    """Change what is said of an image, its place in the order, or make it the primary one.

    Raises NotFound, Invalid.
    """
    festival = editable_festival(work, festival_id, None)
    image = next((each for each in festival.images if each.id == image_id), None)
    if image is None:
        raise NotFound("Image not found")
    values, errors = read_fields(IMAGE_FIELDS, changes, partial=True)
    refuse(errors)
    if values.pop("is_primary", False):
        for other in festival.images:
            other.is_primary = other is image
    for name, value in values.items():
        setattr(image, name, value)
    festival.images.sort(key=lambda each: (each.sort_order, each.id))
    _changed(work, festival, named(changes))
    return image


def arrange_images(work: Work, festival_id: UUID, image_ids: Sequence[UUID]) -> None:
    """Let images stand in this order, in front of those that are not named. Raises NotFound."""
    festival = editable_festival(work, festival_id, None)
    places = {image_id: place for place, image_id in enumerate(image_ids)}
    before = list(festival.images)
    festival.images.sort(key=lambda image: (places.get(image.id, len(places)), image.sort_order, image.id))
    if festival.images == before:
        return
    for place, image in enumerate(festival.images):
        image.sort_order = place
    _changed(work, festival, {"images": "order"})


def _changed(work: Work, festival: Festival, what: Mapping[str, Any]) -> None:
    festival.updated_at = work.now
    record(work, "festival.update", festival.id, named(what))
    work.session.flush()
