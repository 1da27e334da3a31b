"""``flask catalogue import`` and ``export`` as a person uses them."""

from __future__ import annotations

import csv
from pathlib import Path

from flask import Flask

from tests.pictures import encoded, picture
from webapp.domain.gallery.filters import ALL, DesignFilters
from webapp.domain.gallery.queries import list_designs
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import SYSTEM, Work

HEADER = ["file", "title", "category", "fabric", "featured", "status", "tags", "alt_text"]


def table(folder: Path, *rows: list[str], header: list[str] = HEADER) -> None:
    with (folder / "designs.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def designs(app: Flask) -> list[tuple[str, str, str]]:
    with app.app_context():
        work = Work(db.session(), SYSTEM, utc_now())
        page = list_designs(work, PageRequest(), DesignFilters(status=ALL, sort="oldest"))
        found = [
            (v.entry.document["title"], v.status, v.image.alt_text if v.image else "") for v in page.data
        ]
        db.session.remove()
    return found


def test_in_again_and_out(app: Flask, tmp_path: Path) -> None:
    runner, folder, out = app.test_cli_runner(), tmp_path / "in", tmp_path / "out"
    (folder / "images").mkdir(parents=True)
    (folder / "images/red.jpg").write_bytes(encoded(picture(seed=1)))
    (folder / "fake.jpg").write_bytes(b"no image")
    (tmp_path / "outside.jpg").write_bytes(encoded(picture(seed=2)))
    red = ["images/red.jpg", "'=Red saree", "Sarees", "Silk", "true", "draft", "new, silk", "Red cloth"]
    table(
        folder,
        red,
        ["fake.jpg", "Fake", "Sarees", "", "", "", "", ""],
        ["../outside.jpg", "Outside", "Sarees", "", "", "", "", ""],
        ["images/red.jpg", "", "Sarees", "", "perhaps", "gone", "", ""],
        ["a\0b.jpg", "No name", "Sarees", "", "", "", "", ""],
        [f"{'x' * 300}.jpg", "No name either", "Sarees", "", "", "", "", ""],
    )
    first = runner.invoke(args=["catalogue", "import", str(folder)])
    assert first.exit_code == 1 and "1 made, 0 changed, 5 left out." in first.output
    for words in (
        "Row 3: file: Send a JPEG",
        "Row 4: file: there is no ../outside.jpg",
        "Row 5: status: One of published",
        "Row 6: file: there is no a",
        "Row 7: file: there is no xxx",
    ):
        assert words in first.output, first.output
    assert "title: This field is required.; featured: Must be" in first.output, "all that is wrong with a row"
    assert designs(app) == [("=Red saree", "draft", "Red cloth")]

    table(folder, [*red[:5], "published", *red[6:]])
    again = runner.invoke(args=["catalogue", "import", str(folder)])
    assert again.exit_code == 0 and "0 made, 1 changed" in again.output
    assert designs(app) == [("=Red saree", "published", "Red cloth")]

    assert runner.invoke(args=["catalogue", "export", str(out)]).exit_code == 0
    row = next(csv.DictReader((out / "designs.csv").read_text(encoding="utf-8").splitlines()))
    assert (row["title"], row["fabric"], row["featured"], row["tags"]) == (
        "'=Red saree",
        "Silk",
        "true",
        "new, silk",
    )
    assert (out / row["file"]).read_bytes()[:2] == b"\xff\xd8"
    assert runner.invoke(args=["catalogue", "export", str(out)]).exit_code == 1, "nothing is written over"


def test_columns_that_are_wrong_end_the_command(app: Flask, tmp_path: Path) -> None:
    table(tmp_path, ["a.jpg", "A"], header=["file", "titel"])
    answer = app.test_cli_runner().invoke(args=["catalogue", "import", str(tmp_path)])
    assert answer.exit_code == 1 and "titel: No such column." in answer.output and "category" in answer.output
