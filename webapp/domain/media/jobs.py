"""Background work on images."""

from __future__ import annotations

from datetime import timedelta

from webapp.domain.jobs.registry import GiveUp, JobRun, handles
from webapp.domain.media.collecting import ABANDONED, collect_abandoned, incoming_strays
from webapp.domain.media.variants import make_ready
from webapp.kernel.errors import Invalid, NotFound

VARIANTS_TOTAL = 4 * 1024**3
"""Bytes of variants that are kept on the disk."""


@handles("media.make_variants", time_limit=300)
def make_variants(run: JobRun) -> None:
    """Make the variants of a new image that pages are offered first."""
    run.step()
    try:
        make_ready(run.ports, run.payload["key"])
    except NotFound:  # deleted meanwhile
        return
    except Invalid as error:
        raise GiveUp(error.detail) from error


@handles("media.remove")
def remove(run: JobRun) -> None:
    """Remove the files of images that are forgotten."""
    run.step()
    for key in run.payload["keys"]:
        run.ports.storage.delete(key)
        run.ports.variant_files.forget(key)


@handles("media.collect", time_limit=300, every=timedelta(hours=1))
def collect(run: JobRun) -> None:
    """Forget uploads that were never finished and images of people who are gone; keep the disk in bounds."""
    collect_abandoned(run.work)
    run.step()
    for key in incoming_strays(run.ports.storage, run.work.now):
        run.ports.storage.delete(key)
    run.ports.storage.sweep(run.work.now - ABANDONED)
    run.ports.variant_files.trim(VARIANTS_TOTAL)
