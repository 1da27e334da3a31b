"""``python -m benchmarks.media``: images and the gallery: variants, memory under uploads, lists of designs.

The peer of variants is plain Pillow in one process, and pyvips where it is installed; that of a kept variant
nginx serving the same file, where it is installed; that of lists is SQL written by hand.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from getpass import getuser
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter, sleep
from typing import Any
from uuid import uuid4

from PIL import Image

from benchmarks import gallery, postgresql
from benchmarks.load import LoadError, Target, ask, check, measure
from benchmarks.product import Administrator, rangoli, settings
from benchmarks.results import Goal, Result, table
from benchmarks.servers import ServerError, free_port, serving
from webapp.adapters.images.process import ChildProcessImages
from webapp.ports import VariantRequest

WIDTHS = (320, 640, 1280)
SIDES = (4000, 3000)
UPLOADS = 50
MEMORY = 256
"""MiB that a web process may hold."""
PATIENCE, PAUSE = 60, 0.2
"""Seconds that an upload may take in all, and before it is sent again."""
ROUNDS, SECONDS = 3, 2


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.media", description=__doc__)
    parser.add_argument("--rows", default="10000,100000", help="sizes of the gallery, with commas")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--only", default="", help="variants, kept, memory or designs")
    parser.add_argument("--postgresql", metavar="URL", help="a server where databases may be made")
    options = parser.parse_args()
    results: list[Result] = []
    try:
        for result in rows(options):
            print(".", end="", file=sys.stderr, flush=True)
            results.append(result)
    except (LoadError, ServerError, postgresql.NoPostgreSQL) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    finally:
        print(file=sys.stderr)
        print(table(results))
    return 0


def rows(options: argparse.Namespace) -> Iterator[Result]:
    if options.only in ("", "variants"):
        yield from variants(twelve_megapixels())
    if options.only in ("", "kept", "memory"):
        yield from served(options.only)
    if options.only in ("", "designs"):
        sizes = [int(size) for size in options.rows.split(",")]
        yield from gallery.rows(sizes, options.databases, options.postgresql)


def twelve_megapixels() -> bytes:
    """A JPEG with as much detail as a photo."""
    small = Image.effect_noise((SIDES[0] // 8, SIDES[1] // 8), 60).convert("RGB")
    out = io.BytesIO()
    small.resize(SIDES, Image.Resampling.BICUBIC).save(out, "JPEG", quality=88)
    return out.getvalue()


# --- variants -------------------------------------------------------------------------------


def variants(photo: bytes) -> Iterator[Result]:
    """Twelve megapixels to WebP of three widths, with the process that does it among ours."""
    images = ChildProcessImages()
    requests = [VariantRequest(width, None, "contain", "webp") for width in WIDTHS]
    ours = milliseconds(lambda: images.vary([photo], requests))
    peer = milliseconds(lambda: pillow(photo))
    yield Result("12 MP JPEG to three WebP (peer: Pillow)", ours, "ms", peer=peer, to_peer=peer / ours)
    try:
        import pyvips  # type: ignore[import-untyped]
    except (ImportError, OSError):
        return
    vips = milliseconds(
        lambda: [
            pyvips.Image.thumbnail_buffer(photo, width).webpsave_buffer(Q=78, effort=2) for width in WIDTHS
        ]
    )
    yield Result("12 MP JPEG to three WebP (peer: pyvips)", ours, "ms", peer=vips, to_peer=vips / ours)


def pillow(photo: bytes) -> None:
    """What a page on the net would tell one to write."""
    for width in WIDTHS:
        image = Image.open(io.BytesIO(photo))
        image.thumbnail((width, width), Image.Resampling.LANCZOS)
        image.save(io.BytesIO(), "WEBP", quality=78)


def milliseconds(act: Any, rounds: int = 5) -> float:
    times = []
    for _ in range(rounds):
        start = perf_counter()
        act()
        times.append(perf_counter() - start)
    return median(times) * 1000


# --- a running installation -----------------------------------------------------------------


def served(only: str) -> Iterator[Result]:
    """A variant that is kept, beside nginx; the memory of the web processes under uploads."""
    with tempfile.TemporaryDirectory(prefix="bench-media-") as name:
        folder = Path(name)
        with rangoli(folder, settings(folder, f"sqlite:///{folder}/r.db"), worker=False) as origin:
            headers = {"Authorization": Administrator(origin).headers["Authorization"]}
            if only in ("", "kept"):
                yield from kept(origin, headers, noise(), folder)
            if only in ("", "memory"):
                yield memory(origin, headers)


def kept(origin: str, headers: dict[str, str], photo: bytes, folder: Path) -> Iterator[Result]:
    key = upload(origin, headers, photo)["object_key"]
    ours = Target(f"{origin}/media/{key}?w=640&format=webp")
    body = check(ours).body
    if shutil.which("nginx") is None:
        rates = measure({"ours": ours}, ROUNDS, SECONDS)
        yield Result("a variant that is kept (nginx is not installed)", rates.rate("ours"), "/s")
        return
    with nginx(folder, body) as other:
        rates = measure({"ours": ours, "nginx": Target(other)}, ROUNDS, SECONDS)
    bare, share = rates.rate("nginx"), rates.ratio("ours", "nginx")
    yield Result("a variant that is kept (bare: nginx)", rates.rate("ours"), "/s", bare=bare, to_bare=share)


@contextmanager
def nginx(folder: Path, body: bytes) -> Iterator[str]:
    """nginx with one file; yields its address."""
    port, root = free_port(), folder / "nginx"
    root.mkdir()
    (root / "x.webp").write_bytes(body)
    (root / "nginx.conf").write_text(
        f"daemon off; user {getuser()}; pid {root}/pid; error_log stderr; worker_processes 2; events {{}}\n"
        f"http {{ access_log off; server {{ listen 127.0.0.1:{port}; root {root}; }} }}\n"
    )
    command = ["nginx", "-p", str(root), "-c", str(root / "nginx.conf")]
    url = f"http://127.0.0.1:{port}/x.webp"
    with serving(command, root, dict(os.environ), root / "log", url):
        yield url


def memory(origin: str, headers: dict[str, str]) -> Result:
    """The most that one web process held until the uploads were over (Linux: VmHWM); bare: before them."""
    photo = noise()
    photos = [photo + bytes([number]) for number in range(UPLOADS)]  # none is a copy of another
    before = peak(origin)
    with ThreadPoolExecutor(UPLOADS) as pool:
        list(pool.map(lambda photo: upload(origin, headers, photo), photos))
    name = f"most memory of a web process, {UPLOADS} uploads at once"
    return Result(name, peak(origin), "MiB", Goal(at_most=MEMORY), bare=before)


def peak(origin: str) -> float:
    """MiB that the larger of the web processes has held at most."""
    port = origin.rpartition(":")[2]
    found = subprocess.run(["pgrep", "-f", f"granian.*--port {port}"], capture_output=True, text=True).stdout
    peaks = [
        int(line.split()[1]) for pid in found.split() for line in _status(pid) if line.startswith("VmHWM")
    ]
    return max(peaks) / 1024


def _status(pid: str) -> list[str]:
    path = Path(f"/proc/{pid}/status")
    return path.read_text().splitlines() if path.exists() else []


def noise() -> bytes:
    """Two megapixels."""
    image = Image.effect_noise((400, 300), 60).convert("RGB").resize((1600, 1200))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def upload(origin: str, headers: dict[str, str], photo: bytes) -> dict[str, Any]:
    """Send an image, again for as long as the server says that it is busy, and at most for a minute."""
    edge = uuid4().hex
    start = (
        f'--{edge}\r\nContent-Disposition: form-data; name="category"\r\n\r\ndesigns\r\n'
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    )
    body = start.encode() + photo + f"\r\n--{edge}--\r\n".encode()
    own = {**headers, "Content-Type": f"multipart/form-data; boundary={edge}"}
    end = monotonic() + PATIENCE
    while (left := end - monotonic()) > 0:
        answer = ask(f"{origin}/api/v1/upload/image", own, body, timeout=left)
        if answer.status == 201:
            return dict(json.loads(answer.body))
        if answer.status != 503:
            raise LoadError(f"an upload was answered with {answer.status}: {answer.body[:300]!r}")
        sleep(PAUSE)
    raise LoadError(f"an upload was not taken within {PATIENCE} seconds")


if __name__ == "__main__":
    sys.exit(main())
