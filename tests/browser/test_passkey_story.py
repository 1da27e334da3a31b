"""A passkey of a real browser, whose device is Chromium's virtual authenticator."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, OpenPage

pytestmark = pytest.mark.browser


def plug_in(page: Page) -> None:
    """Give the browser a device that checks its person at once."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_and_signs_in(live_server: LiveServer, open_page: OpenPage) -> None:
    url = live_server.url.replace("127.0.0.1", "localhost")
    page = open_page(f"{url}/console/login?next=/console/profile/security")
    plug_in(page)
    page.get_by_label("Username or e-mail").fill(live_server.email)
    page.get_by_label("Password").fill(live_server.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Virtual key")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("list", name="Recovery codes").get_by_role("listitem")).to_have_count(10)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert len(re.findall(r"^[A-Z2-7-]{19}$", download.value.path().read_text(), re.M)) == 10
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("Virtual key")).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"{url}/console/login?next=/console/profile")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{url}/console/profile")

    page.goto(f"{url}/console/profile/security")
    page.get_by_role("button", name="Remove the passkey Virtual key").click()
    expect(page.get_by_text("is removed")).to_be_visible()
