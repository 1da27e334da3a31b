"""Verification and recovery by mail, over HTTP: STARTER's and CARDS' words, and what abuse must not get."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.api.conftest import MakeApp
from tests.api.documents import pointers
from tests.conftest import PASSWORD, MakeUser, Person
from tests.mails import body, do_jobs, link_in, read_mails, token_in
from webapp.domain.accounts.models import Status, User, UserLink
from webapp.domain.jobs.models import Job
from webapp.domain.mail.models import Mail
from webapp.extensions import db

API = "/api/v1"
NEW_PASSWORD = "a quiet evening in june"
MAILED = "If that email is registered, we sent a password recovery link"


def forget(client: FlaskClient, email: str) -> Any:
    return client.post(f"{API}/auth/forgot-password", json={"email": email})


def reset(client: FlaskClient, token: str, password: str = NEW_PASSWORD) -> Any:
    return client.post(f"{API}/auth/reset-password", json={"token": token, "new_password": password})


def login(client: FlaskClient, person: Person | str, password: str) -> Any:
    email = person if isinstance(person, str) else person.email
    return client.post(f"{API}/auth/login", json={"email": email, "password": password})


def settings(client: FlaskClient, headers: dict[str, str], **changes: object) -> None:
    assert client.put(f"{API}/admin/settings", json=changes, headers=headers).status_code == 200


@pytest.fixture
def mailed_token(app: Flask, client: FlaskClient, member: Person, data_dir: Path) -> str:
    """The token of a link that ``member`` was mailed."""
    forget(client, member.email)
    do_jobs(app)
    (message,) = read_mails(data_dir)
    return token_in(message)


# --- a new password -------------------------------------------------------------------------


def test_recovery(app: Flask, client: FlaskClient, member: Person, data_dir: Path) -> None:
    answer = forget(client, f" {member.email.upper()} ")
    assert (answer.status_code, answer.json) == (200, {"success": True, "message": MAILED})
    do_jobs(app)
    (message,) = read_mails(data_dir)
    assert message["To"] == member.email
    assert link_in(message).startswith("http://127.0.0.1:8000/console/reset-password/")
    answer = reset(client, token_in(message))
    assert (answer.status_code, answer.json["message"]) == (200, "Password updated successfully")
    assert login(client, member, PASSWORD).status_code == 401
    assert login(client, member, NEW_PASSWORD).status_code == 200
    do_jobs(app)
    assert read_mails(data_dir)[-1]["Subject"] == "Your password for Rangoli was changed"


def test_starters_words(app: Flask, client: FlaskClient, member: Person, data_dir: Path) -> None:
    for email in (member.email, "nobody@example.org", "no address"):
        answer = client.post(f"{API}/password-recovery/{email}")
        assert (answer.status_code, answer.json) == (200, {"message": MAILED})
    do_jobs(app)
    (message,) = read_mails(data_dir)
    wrong = client.post(f"{API}/reset-password/", json={"token": "invalid", "new_password": "changethis"})
    assert (wrong.status_code, wrong.json["detail"]) == (400, "Invalid token")
    body_ = {"token": token_in(message), "new_password": NEW_PASSWORD}
    answer = client.post(f"{API}/reset-password/", json=body_)
    assert (answer.status_code, answer.json) == (200, {"message": "Password updated successfully"})


def test_starters_mail_without_sending(
    app: Flask, client: FlaskClient, admin: Person, member: Person, data_dir: Path
) -> None:
    url = f"{API}/password-recovery-html-content/{member.email}"
    assert client.post(url, headers=member.headers).status_code == 403
    answer = client.post(url, headers=admin.headers)
    assert answer.mimetype == "text/html"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    (token,) = set(re.findall(r"/reset-password/([\w-]{43})", answer.text))
    assert reset(client, token).status_code == 200
    missing = client.post(f"{API}/password-recovery-html-content/nobody@example.org", headers=admin.headers)
    assert missing.json["detail"] == "The user with this username does not exist in the system."
    assert missing.status_code == 404


def test_case_5_every_credential_ends(client: FlaskClient, member: Person, mailed_token: str) -> None:
    tokens = login(client, member, PASSWORD).json
    assert reset(client, mailed_token).status_code == 200
    assert client.get(f"{API}/users/me", headers=member.headers).status_code == 401
    assert (
        client.post(f"{API}/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).status_code == 401
    )


def test_case_6_tokens_are_hashed_single_use_and_short(
    app: Flask, client: FlaskClient, member: Person, mailed_token: str, log_lines: list[str]
) -> None:
    with app.app_context():
        (link,) = db.session.scalars(select(UserLink))
        assert link.expires_at - link.created_at == timedelta(hours=1)
        stored = [
            str(row.__dict__) for kind in (UserLink, Mail, Job) for row in db.session.scalars(select(kind))
        ]
        db.session.remove()
    assert not any(mailed_token in text for text in stored)
    assert reset(client, mailed_token).status_code == 200
    again = reset(client, mailed_token, "another quiet evening")
    assert (again.status_code, again.json["code"]) == (400, "invalid_link")
    assert log_lines and mailed_token not in "\n".join(log_lines)


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"purpose": "verify"},
        {"email_key": "old@example.org"},
        {"credentials_version": 0},
    ],
)
def test_case_6_what_makes_a_link_worthless(
    app: Flask, client: FlaskClient, mailed_token: str, change: dict[str, Any]
) -> None:
    with app.app_context():
        db.session.execute(update(UserLink).values(**change))
        db.session.commit()
        db.session.remove()
    assert reset(client, mailed_token).json["code"] == "invalid_link"


def test_a_weak_password_does_not_use_the_link_up(client: FlaskClient, mailed_token: str) -> None:
    answer = reset(client, mailed_token, "password")
    assert (answer.status_code, pointers(answer)) == (422, {("/new_password", "common_password")})
    assert reset(client, mailed_token).status_code == 200


def test_someone_who_is_shut_out_meanwhile(
    client: FlaskClient, admin: Person, member: Person, mailed_token: str, app: Flask
) -> None:
    with app.app_context():  # suspending through the command would end the link as well
        db.session.execute(update(User).where(User.id == member.id).values(status=Status.SUSPENDED))
        db.session.commit()
        db.session.remove()
    answer = reset(client, mailed_token)
    assert (answer.status_code, answer.json["detail"]) == (400, "Inactive user")


def test_case_50_two_resets_at_once_have_one_winner(app: Flask, member: Person, data_dir: Path) -> None:
    for _ in range(2):
        forget(app.test_client(), member.email)
    do_jobs(app)
    tokens = [token_in(message) for message in read_mails(data_dir)]
    assert len(tokens) == 2
    with ThreadPoolExecutor(6) as pool:
        calls = [(token, f"{NEW_PASSWORD} {n}") for n, token in enumerate(tokens * 3)]
        answers = list(pool.map(lambda call: reset(app.test_client(), *call).status_code, calls))
    assert sorted(answers) == [200, 400, 400, 400, 400, 400]


def test_case_7_a_strange_host_is_refused_and_never_linked(
    app: Flask, member: Person, another_app: MakeApp, data_dir: Path
) -> None:
    strict = another_app(
        public_origin="https://rangoli.example.org",
        trusted_hosts=("rangoli.example.org",),
        frontend_origin="https://app.example.org",
    )
    body_ = {"email": member.email}
    evil = strict.test_client().post(
        f"{API}/auth/forgot-password", json=body_, headers={"Host": "evil.example"}
    )
    assert evil.status_code == 400
    headers = {
        "Host": "rangoli.example.org",
        "X-Forwarded-Host": "evil.example",
        "Origin": "https://evil.example",
    }
    assert (
        strict.test_client().post(f"{API}/auth/forgot-password", json=body_, headers=headers).status_code
        == 200
    )
    do_jobs(strict)
    (message,) = read_mails(data_dir)
    assert link_in(message).startswith("https://app.example.org/reset-password?token=")
    assert "evil" not in message.as_string()


def test_case_1_the_same_for_everybody(
    app: Flask, client: FlaskClient, make_user: MakeUser, data_dir: Path
) -> None:
    people = {status: make_user(status=status).email for status in ("approved", "pending", "suspended")}
    people["nobody"] = "nobody@example.org"
    answers = {kind: forget(client, email) for kind, email in people.items()}
    assert len({(answer.status_code, answer.text) for answer in answers.values()}) == 1
    with app.app_context():
        jobs = db.session.scalars(select(Job).where(Job.kind == "accounts.send_password_reset")).all()
        assert len(jobs) == len(people)
        assert db.session.scalars(select(Mail)).all() == []
        db.session.remove()
    times: dict[str, list[float]] = {kind: [] for kind in people}
    for _ in range(15):
        for kind, email in people.items():
            start = time.perf_counter()
            forget(client, email)
            times[kind].append(time.perf_counter() - start)
    fastest, slowest = min(map(median, times.values())), max(map(median, times.values()))
    assert slowest < 2 * fastest + 0.005
    do_jobs(app)
    assert {message["To"] for message in read_mails(data_dir)} == {people["approved"], people["pending"]}


def test_nobody_is_flooded_with_mails(
    app: Flask, client: FlaskClient, member: Person, data_dir: Path
) -> None:
    for _ in range(8):
        forget(client, member.email)
    do_jobs(app)
    assert len(read_mails(data_dir)) == 5


def test_limits(another_app: MakeApp) -> None:
    client = another_app(rate_limits=True).test_client()
    forms = [f"{API}/password-recovery/x@example.org", f"{API}/auth/forgot-password"]
    statuses = [client.post(forms[n % 2], json={"email": "x@example.org"}).status_code for n in range(6)]
    assert statuses[-1] == 429


# --- an address that is one's own -----------------------------------------------------------


def sign_up(client: FlaskClient, email: str = "new@example.org", **headers: str) -> Any:
    fields = {"email": email, "password": PASSWORD, "full_name": "New person"}
    return client.post(f"{API}/auth/register", json=fields, headers=headers)


def verify(client: FlaskClient, token: str) -> Any:
    return client.post(f"{API}/auth/verify-email", json={"token": token})


@pytest.mark.parametrize(
    ("policy", "status", "subject"),
    [("approval", "pending", "Your registration at Rangoli"), ("open", "approved", "Welcome to Rangoli")],
)
def test_verification(
    app: Flask,
    client: FlaskClient,
    admin_headers: dict[str, str],
    data_dir: Path,
    policy: str,
    status: str,
    subject: str,
) -> None:
    settings(client, admin_headers, require_verification=True, registration_policy=policy)
    answer = sign_up(client)
    assert answer.json["user"]["status"] == "unverified"
    assert answer.json["user"]["is_verified"] is False
    assert login(client, "new@example.org", PASSWORD).json["code"] == "email_unverified"
    do_jobs(app)
    (message,) = read_mails(data_dir)
    token = token_in(message)
    assert reset(client, token).status_code == 400
    assert verify(client, token).status_code == 200
    assert verify(client, token).json["code"] == "invalid_link"
    user = client.get(f"{API}/admin/users?q=new@example.org", headers=admin_headers).json["data"][0]
    assert user["status"] == status
    do_jobs(app)
    assert read_mails(data_dir)[-1]["Subject"] == subject


def test_another_link(app: Flask, client: FlaskClient, admin_headers: dict[str, str], data_dir: Path) -> None:
    settings(client, admin_headers, require_verification=True)
    sign_up(client)
    do_jobs(app)
    answers = [
        client.post(f"{API}/auth/resend-verification", json={"email": email})
        for email in ("new@example.org", "nobody@example.org")
    ]
    assert answers[0].json == answers[1].json
    do_jobs(app)
    _, second = read_mails(data_dir)
    assert verify(client, token_in(second)).status_code == 200


def test_a_new_password_proves_the_address_too(
    app: Flask, client: FlaskClient, admin_headers: dict[str, str], data_dir: Path
) -> None:
    settings(client, admin_headers, require_verification=True)
    sign_up(client)
    forget(client, "new@example.org")
    do_jobs(app)
    assert reset(client, token_in(read_mails(data_dir)[-1])).status_code == 200
    assert login(client, "new@example.org", NEW_PASSWORD).json["code"] == "awaiting_approval"


def test_without_an_address_there_is_nothing_to_verify(
    client: FlaskClient, admin_headers: dict[str, str]
) -> None:
    settings(client, admin_headers, require_verification=True, registration_policy="open")
    answer = client.post(f"{API}/auth/register", json={"username": "someone", "password": PASSWORD})
    assert answer.json["user"]["status"] == "pending"


def test_nothing_is_to_be_verified_where_no_mail_reaches_people(
    another_app: MakeApp, client: FlaskClient, admin_headers: dict[str, str]
) -> None:
    settings(client, admin_headers, require_verification=True)
    silent = another_app(environment="production", public_origin="http://localhost")
    assert sign_up(silent.test_client()).json["user"]["status"] == "pending"


# --- what people are told -------------------------------------------------------------------


def subjects(folder: Path, to: str) -> list[str]:
    return [str(message["Subject"]) for message in read_mails(folder) if message["To"] == to]


def test_a_registration_in_mails(app: Flask, client: FlaskClient, admin: Person, data_dir: Path) -> None:
    for number in range(2):
        sign_up(client, f"new{number}@example.org", **{"Accept-Language": "hi-IN,en;q=0.5"})
    do_jobs(app)
    assert subjects(data_dir, admin.email) == []
    do_jobs(app, ahead=timedelta(minutes=6))
    assert subjects(data_dir, admin.email) == ["2 people wait for approval at Rangoli"]
    assert subjects(data_dir, "new0@example.org") == ["Rangoli पर आपका पंजीकरण"]
    digest = next(message for message in read_mails(data_dir) if message["To"] == admin.email)
    assert link_in(digest) == "http://127.0.0.1:8000/console/people/approvals"
    assert body(digest).count("New person") == 2

    people = client.get(f"{API}/admin/users/pending", headers=admin.headers).json["data"]
    urls = [f"{API}/admin/users/{person['id']}" for person in people]
    client.post(f"{urls[0]}/approve", headers=admin.headers)
    client.post(f"{urls[1]}/reject", json={"reason": "Not now.\nPerhaps later."}, headers=admin.headers)
    do_jobs(app)
    assert subjects(data_dir, people[0]["email"])[-1] == "अब आप Rangoli में साइन इन कर सकते हैं"
    rejected = [message for message in read_mails(data_dir) if message["To"] == people[1]["email"]][-1]
    assert "> Not now.\n> Perhaps later.\n" in body(rejected)
    client.put(urls[0], json={"status": "suspended"}, headers=admin.headers)
    do_jobs(app)
    assert "निलंबित" in subjects(data_dir, people[0]["email"])[-1]


def test_a_person_whom_an_admin_adds(app: Flask, client: FlaskClient, admin: Person, data_dir: Path) -> None:
    fields = {"email": "added@example.org", "password": PASSWORD}
    assert client.post(f"{API}/users", json=fields, headers=admin.headers).status_code == 200
    silent = {"email": "off@example.org", "password": PASSWORD, "is_active": False}
    assert client.post(f"{API}/users", json=silent, headers=admin.headers).json["status"] == "suspended"
    do_jobs(app)
    (message,) = read_mails(data_dir)
    assert message["To"] == "added@example.org"
    assert PASSWORD not in message.as_string()
    assert reset(client, token_in(message)).status_code == 200
    assert login(client, "added@example.org", NEW_PASSWORD).status_code == 200


def test_a_changed_password(app: Flask, client: FlaskClient, member: Person, data_dir: Path) -> None:
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert client.patch(f"{API}/users/me/password", json=change, headers=member.headers).status_code == 200
    do_jobs(app)
    assert subjects(data_dir, member.email) == ["Your password for Rangoli was changed"]


def test_the_test_mail(
    app: Flask, client: FlaskClient, admin: Person, editor: Person, data_dir: Path
) -> None:
    url = f"{API}/utils/test-email/?email_to=person@example.org"
    assert client.post(url, headers=editor.headers).status_code == 403
    answer = client.post(url, headers=admin.headers)
    assert (answer.status_code, answer.json) == (201, {"message": "Test email sent"})
    do_jobs(app)
    assert subjects(data_dir, "person@example.org") == ["A test mail from Rangoli"]
    for query in ("", "?email_to=nobody", "?email_to=x%0d%0aBcc:y@example.org"):
        refused = client.post(f"{API}/utils/test-email{query}", headers=admin.headers)
        assert refused.status_code == 422
        assert {pointer for pointer, _ in pointers(refused)} == {"/query/email_to"}


def test_an_address_in_a_path_is_not_logged(client: FlaskClient, log_lines: list[str]) -> None:
    client.post(f"{API}/password-recovery/private@example.org")
    assert log_lines and "private@example.org" not in "\n".join(log_lines)
