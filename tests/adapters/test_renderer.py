"""The renderer, with a real browser: scripts of the world, hostile pages, pages that hang."""

from __future__ import annotations

import io
import os
import shutil
import signal
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest
from PIL import Image, ImageChops

from tests.installations import RENDERER
from tests.patience import wait_until
from webapp.adapters.renderer import chromium
from webapp.adapters.renderer.chromium import ChromiumRenderer
from webapp.adapters.renderer.program import find_program
from webapp.domain.cards.page import CardPage
from webapp.kernel.errors import Invalid, Unavailable
from webapp.ports import Sheet

PAGE = """<!doctype html><meta charset="utf-8"><style>html,body{{margin:0;background:white}}
body{{font:40px "Noto Sans",sans-serif}}{css}</style><body>{body}"""
SIZE = (240, 120)


@pytest.fixture(scope="module")
def renderer() -> ChromiumRenderer:
    if find_program(None) is None:
        if os.environ.get("REQUIRE_SERVICES"):
            pytest.fail("Chromium is not installed")
        pytest.skip("Chromium is not installed")
    return RENDERER


def sheet(body: str, css: str = "", **options: object) -> Sheet:
    return Sheet(PAGE.format(body=body, css=css), *SIZE, **options)  # type: ignore[arg-type]


def picture(renderer: ChromiumRenderer, body: str, css: str = "", **options: object) -> Image.Image:
    data = renderer.picture(sheet(body, css, **options), SIZE, "png", 90)
    return Image.open(io.BytesIO(data)).convert("RGB")


def ink(image: Image.Image) -> int:
    """How many pixels are not white."""
    return SIZE[0] * SIZE[1] - image.convert("L").histogram()[255]


@pytest.mark.parametrize(
    ("form", "pillow", "magic"),
    [
        ("png", "PNG", b"\x89PNG"),
        ("jpeg", "JPEG", b"\xff\xd8"),
        ("webp", "WEBP", b"RIFF"),
        ("avif", "AVIF", b""),
    ],
)
def test_forms_and_sizes(renderer: ChromiumRenderer, form: str, pillow: str, magic: bytes) -> None:
    page = sheet("<p>", "p{margin:0;height:120px;background:linear-gradient(90deg,#f00 50%,#00f 50%)}")
    data = renderer.picture(page, SIZE, form, 90)
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size) == (pillow, SIZE)
    assert data.startswith(magic)
    for x, wanted in ((40, (255, 0, 0)), (200, (0, 0, 255))):
        assert (
            max(abs(a - b) for a, b in zip(image.convert("RGB").getpixel((x, 60)), wanted, strict=True)) < 12
        )


@pytest.mark.parametrize(
    ("size", "scale"), [((481, 317), 2.0), ((480, 318), 2.0), ((1001, 333), 1.25), ((77, 33), 0.31)]
)
def test_odd_sizes_and_scales(renderer: ChromiumRenderer, size: tuple[int, int], scale: float) -> None:
    width, height = (-(-length // scale) for length in size)
    page = Sheet(PAGE.format(body="", css=""), int(width), int(height), scale)
    assert Image.open(io.BytesIO(renderer.picture(page, size, "png", 90))).size == size


def test_what_is_large_may_take_longer_and_is_no_webp_of_the_browsers(
    renderer: ChromiumRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = sheet("<p>", "p{margin:0;height:120px;background:#f00}")
    of_the_browser = renderer.picture(page, SIZE, "webp", 90)
    monkeypatch.setattr(chromium, "LARGE", SIZE[0] * SIZE[1] // 10_000)
    monkeypatch.setattr(chromium, "PATIENCE", 0.002)  # of which it gets 10,000 times as much
    data = renderer.picture(page, SIZE, "webp", 90)
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size) == ("WEBP", SIZE)
    assert data != of_the_browser
    assert image.convert("RGB").getpixel((40, 60))[0] > 240


def test_one_picture_after_another_comes_out_alike(renderer: ChromiumRenderer) -> None:
    """Also where each is taken in another way: with its frame, in parts, on paper, or only measured."""
    page = sheet("<p>again", "p{background:linear-gradient(90deg,#f00,#00f)}")

    def draw(scale: float) -> bytes:
        size = round(SIZE[0] * scale), round(SIZE[1] * scale)
        data = renderer.picture(replace(page, scale=scale), size, "png", 90)
        assert Image.open(io.BytesIO(data)).size == size
        return data

    wanted = {scale: draw(scale) for scale in (1, 2, 1.5)}
    for scale in (1, 1.5, 2, 1, 2, 1.5, 1):
        assert draw(scale) == wanted[scale]
        renderer.document(page, (74.0, 105.0))
        assert draw(1) == wanted[1]
        renderer.measure(replace(page, scale=scale))


def test_a_browser_that_paces_itself_draws_the_same() -> None:
    """The whole Chromium knows nothing of frames that are asked for."""
    if (whole := shutil.which("chromium")) is None:
        pytest.skip("there is no whole Chromium")
    page = sheet("<p>same", "p{background:linear-gradient(90deg,#f00,#00f)}")
    other = ChromiumRenderer(whole)
    try:
        assert other.picture(page, SIZE, "png", 90) == RENDERER.picture(page, SIZE, "png", 90)
    finally:
        other.close()


@pytest.mark.parametrize(
    ("joined", "apart"),
    [
        ("क्षि", "क्‌षि"),
        ("শ্রী", "শ্‌রী"),
        ("ક્ષ", "ક્‌ષ"),
        ("க்ஷ", "க்‌ஷ"),
        ("بيت", "ب‌ي‌ت"),
    ],
    ids=["devanagari", "bengali", "gujarati", "tamil", "arabic"],
)
def test_scripts_are_shaped(renderer: ChromiumRenderer, joined: str, apart: str) -> None:
    """Letters that join are drawn otherwise than the same letters kept apart by U+200C, and none is a box."""
    assert renderer.measure(sheet(joined)).missing_characters == ""
    pictures = [picture(renderer, text) for text in (joined, apart)]
    assert all(ink(image) > 100 for image in pictures)
    assert ImageChops.difference(*pictures).getbbox() is not None


def test_emoji_have_their_colours(renderer: ChromiumRenderer) -> None:
    colours = picture(renderer, "🪔🎉").quantize(64).convert("RGB").getcolors() or []
    assert (
        sum(1 for _, (red, green, blue) in colours if max(red, green, blue) - min(red, green, blue) > 80) > 5
    )


def test_han_and_kana_are_drawn(renderer: ChromiumRenderer) -> None:
    """Where a font has them, they are different shapes, none the box of a missing one."""
    if not subprocess.run(["fc-list", ":charset=65b0"], capture_output=True, check=False).stdout.strip():
        if os.environ.get("REQUIRE_SERVICES"):
            pytest.fail("no font has Chinese (fonts-noto-cjk)")
        pytest.skip("no font has Chinese (fonts-noto-cjk)")
    assert renderer.measure(sheet("新年快乐 あけまして 새해")).missing_characters == ""
    shapes = {picture(renderer, character).tobytes() for character in "新年快乐あけ새해\U0010fffd"}
    assert len(shapes) == 9


def test_a_script_is_drawn_whole_whatever_letter_it_begins_with(renderer: ChromiumRenderer) -> None:
    """Left to itself the system takes a font of Grantha for this letter, which lacks the rest of Tamil."""
    page = Sheet(CardPage("<p>பொங்கும்</p>", "", {}).html(), *SIZE)
    named = Sheet(page.html.replace("<p>", "<p style='font-family:Noto Sans Tamil'>"), *SIZE)
    assert renderer.picture(page, SIZE, "png", 90) == renderer.picture(named, SIZE, "png", 90)


def test_a_character_that_no_font_has_is_named(renderer: ChromiumRenderer) -> None:
    assert renderer.measure(sheet("fine \ue123 é")).missing_characters == "\ue123"


def test_text_is_shrunk_to_its_box_or_said_to_overflow(renderer: ChromiumRenderer) -> None:
    css = "p{margin:0;width:200px;height:100px}"
    small = renderer.measure(sheet('<p data-field="message" data-fit="12">word', css))
    assert (small.fits, small.overflows) == ({}, ())
    longer = renderer.measure(sheet(f'<p data-field="message" data-fit="12">{"word " * 12}', css))
    assert 12 <= longer.fits["message"] < 40
    assert longer.overflows == ()
    fitted = f"{css}p{{font-size:{longer.fits['message']}px}}"
    assert renderer.measure(sheet(f'<p data-field="message">{"word " * 12}', fitted)).overflows == ()
    much = renderer.measure(sheet(f'<p data-field="message" data-fit="12">{"word " * 200}', css))
    assert much.overflows == ("message",)
    outside = renderer.measure(sheet('<p data-field="title" style="position:absolute;left:150px">x', css))
    assert outside.overflows == ("title",)


def test_assets_come_from_the_sheet(renderer: ChromiumRenderer) -> None:
    red = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(red, "PNG")
    page = {"assets": {"photo/1.png": ("image/png", red.getvalue())}}
    body = '<img src="photo/1.png" width=200 height=100>'
    assert picture(renderer, body, **page).getpixel((50, 50)) == (255, 0, 0)
    assert renderer.measure(sheet(body, **page)).broken_images == 0
    assert renderer.measure(sheet(body)).broken_images == 1


def test_a_page_leaves_nothing_to_the_next(renderer: ChromiumRenderer) -> None:
    """Pages are written into one that stays: neither style, policy, refresh nor asset outlives its page."""
    solid = {}
    for colour in ("red", "blue"):
        data = io.BytesIO()
        Image.new("RGB", (8, 8), colour).save(data, "PNG")
        solid[colour] = {"assets": {"media/1.png": ("image/png", data.getvalue())}}
    body = '<img src="media/1.png" width=200 height=100>'
    alone = picture(renderer, body, **solid["blue"])
    assert alone.getpixel((50, 50)) == (0, 0, 255)
    assert picture(renderer, body, **solid["red"]).getpixel((50, 50)) == (255, 0, 0)
    before = (
        Sheet(PAGE.format(body=body, css="img{opacity:.5} @page{margin:9px}"), *SIZE, **solid["red"]),
        Sheet("<meta http-equiv=Content-Security-Policy content=\"img-src 'none'\"><p>strict", *SIZE),
        Sheet("<meta http-equiv=refresh content='0;url=/away'><base href='/x/'><p>away", *SIZE),
        Sheet("<p>no doctype, another size", 700, 90, 2.0, is_dark=True),
    )
    for sheet_before in before:
        renderer.measure(sheet_before)
        assert picture(renderer, body, **solid["blue"]).tobytes() == alone.tobytes()


def test_pictures_are_the_same_every_time(renderer: ChromiumRenderer) -> None:
    css = "p{transition:all 1s} @media (prefers-color-scheme:dark){html,body{background:black}}"
    first, second = (renderer.picture(sheet("<p>once", css), SIZE, "png", 90) for _ in range(2))
    assert first == second
    assert picture(renderer, "x", css, is_dark=True).getpixel((200, 100)) == (0, 0, 0)


def test_pdf_has_its_size_and_its_text_as_text(renderer: ChromiumRenderer) -> None:
    page = Sheet(PAGE.format(body="<p>Namaste<p style='height:9000px'>", css=""), 1080, 1532)
    data = renderer.document(page, (148, 210))
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type /Page\n") == 1
    assert b"/FontFile2" in data
    assert b"MediaBox [0 0 420 595." in data


# --- hostile pages --------------------------------------------------------------------------


class Trap(socketserver.ThreadingTCPServer):
    """A server on loopback that notes every connection."""

    daemon_threads = True

    def __init__(self) -> None:
        self.hits: list[str] = []
        super().__init__(("127.0.0.1", 0), self._handler())
        self.address = f"127.0.0.1:{self.server_address[1]}"

    def verify_request(self, request: object, client_address: object) -> bool:
        self.hits.append(str(client_address))
        return True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing: the connection itself is what counts."""

        return Handler


@pytest.fixture
def trap() -> Iterator[Trap]:
    with Trap() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


HOSTILE = """
<link rel=preconnect href="{u}"><link rel=dns-prefetch href="{u}"><link rel=prefetch href="{u}/p">
<link rel=prerender href="{u}/q"><link rel=stylesheet href="{u}/s.css"><link rel=manifest href="{u}/m">
<meta http-equiv=refresh content="0;url={u}/refresh"><base href="{u}/">
<style>@import "{u}/i.css"; @font-face{{font-family:z;src:url({u}/z.woff2)}} body{{font-family:z;
background:url({u}/b.png);cursor:url({u}/c.cur),auto;mask:url({u}/m.svg#m);filter:url({u}/f.svg#f)}}</style>
<img src="{u}/1.png" srcset="{u}/2.png 2x"><img src="r.png">
<picture><source srcset="{u}/3.webp"><img></picture>
<iframe src="{u}/frame"></iframe><iframe srcdoc="<img src='{u}/4.png'>"></iframe>
<iframe sandbox srcdoc="<img src='{u}/5.png'>"></iframe>
<iframe src="data:text/html,<img src={u}/6.png>"></iframe>
<iframe src="file:///etc/hostname"></iframe><object data="{u}/o"></object><embed src="{u}/e.pdf">
<video autoplay src="{u}/v.mp4" poster="{u}/p.png"></video><audio autoplay src="{u}/a.mp3"></audio>
<svg><image href="{u}/svg.png"/><use href="{u}/u.svg#x"/></svg>
<form id=f action="{u}/form"><input autofocus></form>
<script>fetch("{u}/js"); new WebSocket("ws://{h}/ws"); window.open("{u}/open");
navigator.sendBeacon("{u}/beacon"); document.getElementById("f").submit()</script>
<script src="{u}/x.js"></script><img src=x onerror="fetch('{u}/onerror')">
<img src="http://169.254.169.254/latest/meta-data/"><img src="file:///etc/passwd">
"""


def test_a_hostile_page_reaches_nothing(renderer: ChromiumRenderer, trap: Trap) -> None:
    """Case 38: no loopback, no metadata address, no file, no socket, no redirect."""
    page = sheet(HOSTILE.format(u=f"http://{trap.address}", h=trap.address))
    renderer.picture(page, SIZE, "png", 90)
    renderer.document(page, (100, 50))
    found = renderer.measure(page)
    assert found.broken_images >= 5
    assert trap.hits == []
    with socketserver.socket.create_connection(trap.server_address[:2]):
        wait_until(lambda: trap.hits, "the trap itself works", seconds=5)
    assert len(trap.hits) == 1, "the trap itself must work"


DOUBLING = "".join(f'<g id="a{n + 1}"><use href="#a{n}"/><use href="#a{n}"/></g>' for n in range(30))
BOMB = f'<svg><defs><g id="a0"><rect/></g>{DOUBLING}</defs><use href="#a30"/></svg>'


def test_a_page_that_hangs_is_killed_and_the_next_is_fine(renderer: ChromiumRenderer) -> None:
    """Cases 36 and 39; another page that is drawn at the same time does not notice."""
    before = picture(renderer, "fine")
    with ThreadPoolExecutor() as threads:
        hanging = threads.submit(renderer.picture, sheet(BOMB), SIZE, "png", 90)
        meanwhile = threads.submit(picture, renderer, "fine")
        with pytest.raises(Invalid) as refusal:
            hanging.result(30)
        assert meanwhile.result(30) == before
    assert refusal.value.code == "unrenderable"
    assert picture(renderer, "fine") == before


def test_what_a_page_has_the_graphics_compute_ends_with_it(
    renderer: ChromiumRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 39: the process that draws is the browser's own, and works on after the page is gone."""
    before = picture(renderer, "fine")
    css = "div{filter:blur(80px);backdrop-filter:blur(80px);width:4000px;height:4000px}"
    page = Sheet(PAGE.format(body="<div>" * 60, css=css), 1080, 1080)
    with monkeypatch.context() as impatient:
        impatient.setattr(chromium, "PATIENCE", 1.5)
        with pytest.raises(Invalid):
            renderer.picture(page, (1080, 1080), "png", 90)
    assert picture(renderer, "fine") == before


def test_a_page_that_was_only_measured_does_not_harm_the_next(
    renderer: ChromiumRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 39: what is laid out at once may still be painted when another page comes; not in the shell."""

    def whole(body: str, css: str = "") -> Sheet:
        return Sheet(PAGE.format(body=body, css=css), 1080, 1080)

    before = renderer.picture(whole("fine"), (1080, 1080), "png", 90)
    running = renderer.browsers
    layers = ",".join(["conic-gradient(red,blue)"] * 3000)
    monkeypatch.setattr(chromium, "PATIENCE", 2.0)
    renderer.measure(whole("<p>", f"p{{height:1080px;background:{layers}}}"))
    assert renderer.picture(whole("fine"), (1080, 1080), "png", 90) == before
    if "shell" in str(find_program(os.environ.get("CHROMIUM"))):
        assert renderer.browsers == running


def test_a_browser_that_was_killed_is_started_again(renderer: ChromiumRenderer) -> None:
    before = picture(renderer, "fine")
    for browser in renderer.browsers:
        os.killpg(browser.connection.pid, signal.SIGKILL)
    assert picture(renderer, "fine") == before


def test_without_a_browser_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("HOME", "/nowhere")
    for call in (lambda r: r.check(), lambda r: r.measure(sheet("x"))):
        with pytest.raises(Unavailable) as refusal:
            call(ChromiumRenderer())
        assert refusal.value.code == "renderer_unavailable"
        assert "apt-get install chromium-headless-shell" in refusal.value.detail
