"""From a registration over its mails to the first sign-in, and a forgotten password."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, OpenPage
from tests.mails import link_in, read_mails

pytestmark = pytest.mark.browser
EMAIL = "newcomer@example.org"
PASSWORD = "a quiet evening in june"
NEW_PASSWORD = "a loud morning in july"


def sign_up(server: LiveServer) -> None:
    body = json.dumps({"email": EMAIL, "password": PASSWORD, "full_name": "A newcomer"}).encode()
    url, headers = f"{server.url}/api/v1/auth/register", {"Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10).close()


def mailed(server: LiveServer, subject: str, *, to: str = EMAIL) -> EmailMessage:
    """The latest mail with this subject; the worker has half a minute to write it."""
    deadline = time.monotonic() + 30
    while True:
        found = [m for m in read_mails(server.folder) if m["To"] == to and m["Subject"] == subject]
        if found or time.monotonic() > deadline:
            assert found, f"no mail “{subject}” to {to}"
            return found[-1]
        time.sleep(0.1)


def sign_in(page: Page, server: LiveServer, password: str) -> None:
    page.goto(f"{server.url}/console/login")
    page.get_by_label("Username or e-mail").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_from_registration_to_sign_in_and_recovery(
    console: Page, live_server: LiveServer, open_page: OpenPage
) -> None:
    console.goto(f"{live_server.url}/console/settings")
    console.get_by_label("Verify e-mail addresses").check()
    console.get_by_role("button", name="Save").click()
    expect(console.get_by_text("The settings are saved.")).to_be_visible()

    sign_up(live_server)
    page = open_page(f"{live_server.url}/console/login")
    sign_in(page, live_server, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Verify your e-mail address")

    page.goto(link_in(mailed(live_server, "Verify your e-mail address")))
    page.get_by_role("button", name="It is my address").click()
    expect(page.get_by_text("An admin looks at your registration next.")).to_be_visible()
    mailed(live_server, "Your registration at Rangoli")
    sign_in(page, live_server, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your registration is being looked at")

    console.goto(f"{live_server.url}/console/people/approvals")
    console.get_by_role("button", name="Approve A newcomer").click()
    expect(console.get_by_text("A newcomer is approved")).to_be_visible()
    page.goto(link_in(mailed(live_server, "You can sign in to Rangoli now")))
    sign_in(page, live_server, PASSWORD)
    expect(page).to_have_url(f"{live_server.url}/console")

    other = open_page(f"{live_server.url}/console/login")
    other.get_by_role("link", name="Forgot your password?").click()
    other.get_by_label("E-mail").fill(EMAIL)
    other.get_by_role("button", name="Mail me a link").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Look into your mails")
    other.goto(link_in(mailed(live_server, "Choose a new password for Rangoli")))
    other.get_by_label("New password").fill(NEW_PASSWORD)
    other.get_by_role("button", name="Save the password").click()
    expect(other.get_by_text("Your password is changed.")).to_be_visible()
    page.reload()
    expect(page).to_have_url(re.compile("/console/login"))
    sign_in(other, live_server, NEW_PASSWORD)
    expect(other).to_have_url(f"{live_server.url}/console")
    mailed(live_server, "Your password for Rangoli was changed")


def test_a_mail_in_the_console_runs_nothing_and_its_link_opens(
    console: Page, live_server: LiveServer
) -> None:
    mailed(live_server, "Your registration at Rangoli", to="florist@example.org")
    console.goto(f"{live_server.url}/console/mails?q=florist")
    console.get_by_role("row").filter(has_text="florist").get_by_role("link").first.click()
    frame = console.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="We have your registration")).to_be_visible()

    console.goto(f"{live_server.url}/console/mails/templates?kind=approved")
    button = console.frame_locator("iframe").get_by_role("link", name="Sign in")
    expect(button).to_have_css("background-color", "rgb(139, 92, 246)")
    with console.context.expect_page() as opened:
        button.click()
    expect(opened.value).to_have_url(re.compile("/console"))
