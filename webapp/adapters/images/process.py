"""Starting :mod:`webapp.adapters.images.child`, and ending it when it takes too long."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from webapp.adapters.temporary import make_folder
from webapp.kernel.concurrency import waiting
from webapp.kernel.errors import FieldError, Invalid, Unavailable, Unsupported
from webapp.kernel.processors import on_any
from webapp.ports import Picture, Scanner, VariantRequest

CHILD = Path(__file__).with_name("child.py")
MEMORY = 1024 * 1024 * 1024
"""Bytes of address space; a sound image of the most pixels needs some 600 MB of it."""
SECONDS = 20
AT_ONCE = 2
"""Children of one process at a time, so that many uploads cannot fill the memory."""
WAIT = 20
"""Seconds that a request waits for its turn."""
PIXELS_MAX = 50_000_000
SIDE_MAX = 4096
"""Pixels of the longer side of an image that is kept."""
REASONS = {
    "unsupported_image": "Send a JPEG, PNG, WebP, AVIF or GIF image.",
    "invalid_image": "The image is damaged or incomplete.",
    "too_many_pixels": f"The image has more than {PIXELS_MAX // 1_000_000} million pixels.",
    "image_too_costly": "The image takes too much time or memory to read.",
}


class ChildProcessImages:
    """Images decoded by a child process for each, within limits of memory, time and pixels."""

    def __init__(
        self, scanner: Scanner | None = None, *, memory: int = MEMORY, seconds: int = SECONDS
    ) -> None:
        self.scanner = scanner
        self.limits = {"memory": memory, "seconds": seconds, "pixels": PIXELS_MAX, "side": SIDE_MAX}
        self._turns = BoundedSemaphore(AT_ONCE)

    def keep(self, source: Iterable[bytes]) -> Picture:
        digest = hashlib.sha256()

        def hashed() -> Iterator[bytes]:
            for piece in source:
                digest.update(piece)
                yield piece

        answer, (data,) = self._run(hashed(), {}, ["result"], self.scanner)
        return Picture(data=data, content_hash=digest.hexdigest(), **answer)

    def vary(self, source: Iterable[bytes], requests: Sequence[VariantRequest]) -> list[bytes]:
        job = {"requests": [asdict(request) for request in requests]}
        return self._run(source, job, [f"result-{number}" for number in range(len(requests))])[1]

    @waiting()
    def _run(
        self, source: Iterable[bytes], job: dict[str, Any], results: list[str], scanner: Scanner | None = None
    ) -> tuple[dict[str, Any], list[bytes]]:
        folder = make_folder("image")
        try:
            with (folder / "source").open("wb") as file:
                file.writelines(source)
            if scanner is not None:
                with (folder / "source").open("rb") as scanned:
                    scanner.scan(scanned)
            answer = self._answer(folder, {**job, **self.limits})
            return answer, [(folder / name).read_bytes() for name in results]
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _answer(self, folder: Path, job: dict[str, Any]) -> dict[str, Any]:
        """What the child says. One that dies or is ended says that the image is too costly."""
        if not self._turns.acquire(timeout=WAIT):
            raise Unavailable("Too many images are being read right now.", code="images_busy")
        try:
            with on_any():
                run = subprocess.run(  # noqa: S603  our own program, and a job of our own making
                    [sys.executable, "-I", str(CHILD), json.dumps(job)],
                    cwd=folder,
                    env={},
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=self.limits["seconds"] + 2,
                )
            answer = json.loads(run.stdout) if run.returncode == 0 else {"error": "image_too_costly"}
        except subprocess.TimeoutExpired:
            answer = {"error": "image_too_costly"}
        finally:
            self._turns.release()
        if error := answer.get("error"):
            raise refusal(error)
        return dict(answer)


def refusal(code: str) -> Invalid | Unsupported:
    """The child's word as an error."""
    reason = REASONS[code]
    if code == "unsupported_image":
        return Unsupported(reason, code=code, errors=[FieldError("/file", reason, code)])
    return Invalid([FieldError("/file", reason, code)], reason, code=code)
