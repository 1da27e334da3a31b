"""People over HTTP, as admins of GALLERY's clients and of present-day ones see them."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.documents import pointers
from tests.conftest import PASSWORD, MakeUser, Person, console_client
from webapp.domain.accounts.commands import change_password
from webapp.domain.accounts.models import RefreshToken, User
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.work import Work

URL = "/api/v1/admin/users"
USER_FIELDS = {
    *("id", "email", "username", "full_name", "first_name", "last_name", "profile_image_url"),
    *("role", "status", "is_active", "is_verified", "is_approved", "is_admin", "is_superuser"),
    *("is_premium", "subscription_expires_at", "created_at", "updated_at", "last_login"),
}


def usernames(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json
    return [user["username"] for user in answer.json["data"]]


def user_url(person: Person) -> str:
    return f"{URL}/{person.id}"


@pytest.fixture
def crowd(app: Flask, admin: Person, make_user: MakeUser) -> list[Person]:
    """Seven people who registered a day apart, beside the admin, who is the newest."""
    people = [
        make_user("editor", name="asha", full_name="Asha Straße"),
        make_user(name="bala", email="bala_100%@example.org"),
        make_user(name="chitra", status="pending"),
        make_user(name="dev", status="pending"),
        make_user(name="ela", status="rejected"),
        make_user(name="farid", status="suspended"),
        make_user(name="gita", status="unverified"),
    ]
    with app.app_context():
        for age, person in enumerate(reversed(people), 1):
            db.session.get_one(User, person.id).created_at = utc_now() - timedelta(days=age)
        db.session.commit()
    return people


class TestList:
    def test_newest_first_in_an_envelope(
        self, client: FlaskClient, admin: Person, crowd: list[Person]
    ) -> None:
        answer = client.get(URL, headers=admin.headers)
        assert usernames(answer) == [admin.username, "gita", "farid", "ela", "dev", "chitra", "bala", "asha"]
        assert {key: value for key, value in answer.json.items() if key != "data"} == {
            "total": 8,
            "page": 1,
            "page_size": 20,
            "total_pages": 1,
            "next_cursor": None,
        }
        assert answer.headers["Cache-Control"] == "no-store"

    def test_shows_all_fields_of_the_contract_and_no_secret(self, client: FlaskClient, admin: Person) -> None:
        (user,) = client.get(URL, headers=admin.headers).json["data"]
        assert set(user) == USER_FIELDS

    def test_filters_and_orders(self, client: FlaskClient, admin: Person, crowd: list[Person]) -> None:
        for query, expected in (
            ("status=pending", ["dev", "chitra"]),
            ("role=editor", ["asha"]),
            ("status=approved&role=member", ["bala"]),
            ("q=STRASSE", ["asha"]),
            ("q=100%25", ["bala"]),
            ("q=_", ["bala"]),
            ("q=%20Example.ORG%20&status=rejected", ["ela"]),
            ("q=nobody", []),
            ("sort=oldest&limit=2", ["asha", "bala"]),
            ("sort=username&limit=3&skip=5", ["ela", "farid", "gita"]),
            ("sort=email&page=2&per_page=3", ["chitra", "dev", "ela"]),
            ("sort=newest&skip=7", ["asha"]),
            ("skip=100", []),
        ):
            answer = client.get(f"{URL}?{query}", headers=admin.headers)
            assert usernames(answer) == expected, query

    def test_a_cursor_walks_the_whole_list(
        self, client: FlaskClient, admin: Person, crowd: list[Person]
    ) -> None:
        for sort in ("newest", "oldest", "username", "email"):
            whole = usernames(client.get(f"{URL}?sort={sort}", headers=admin.headers))
            seen, query = [], f"sort={sort}&limit=3"
            for _ in range(3):
                answer = client.get(f"{URL}?{query}", headers=admin.headers)
                seen += usernames(answer)
                query = f"sort={sort}&limit=3&cursor={answer.json['next_cursor']}"
            assert answer.json["next_cursor"] is None
            assert len(seen) == 8
            assert seen == whole

    def test_a_cursor_of_another_order_is_refused(
        self, client: FlaskClient, admin: Person, crowd: list[Person]
    ) -> None:
        cursor = client.get(f"{URL}?sort=username&limit=3", headers=admin.headers).json["next_cursor"]
        for other in ("sort=newest", "sort=oldest", "sort=email", "status=pending&sort=newest"):
            answer = client.get(f"{URL}?{other}&cursor={cursor}", headers=admin.headers)
            assert answer.status_code == 422, other
            assert pointers(answer) == {("/query/cursor", "invalid_cursor")}

    def test_15_wrong_filters(self, client: FlaskClient, admin: Person) -> None:
        query = "status=odd&role=boss&sort=password_hash&q=" + "x" * 201
        answer = client.get(f"{URL}?{query}", headers=admin.headers)
        assert pointers(answer) == {
            ("/query/status", "invalid_choice"),
            ("/query/role", "invalid_choice"),
            ("/query/sort", "invalid_choice"),
            ("/query/q", "too_long"),
        }

    def test_costs_the_same_for_one_and_for_many(
        self, client: FlaskClient, admin: Person, crowd: list[Person], count_queries: Any
    ) -> None:
        with count_queries() as for_one:
            client.get(f"{URL}?limit=1", headers=admin.headers)
        with count_queries() as for_all:
            client.get(URL, headers=admin.headers)
        assert len(for_all) == len(for_one)

    def test_who_waits_longest_comes_first(
        self, client: FlaskClient, admin: Person, crowd: list[Person]
    ) -> None:
        answer = client.get(f"{URL}/pending", headers=admin.headers)
        assert usernames(answer) == ["chitra", "dev"]
        assert answer.json["total"] == 2


class TestReview:
    def test_approve(self, client: FlaskClient, admin: Person, make_user: MakeUser) -> None:
        person = make_user(status="pending")
        answer = client.post(f"{user_url(person)}/approve", headers=admin.headers)
        assert answer.status_code == 200
        assert answer.json["success"] is True
        assert answer.json["message"] == "User approved successfully"
        assert (answer.json["user"]["status"], answer.json["user"]["is_approved"]) == ("approved", True)
        login = client.post("/api/v1/auth/login", json={"username": person.username, "password": PASSWORD})
        assert login.status_code == 200

    def test_reject_with_a_reason_that_is_told_at_login(
        self, client: FlaskClient, admin: Person, make_user: MakeUser
    ) -> None:
        person = make_user(status="pending")
        answer = client.post(
            f"{user_url(person)}/reject", json={"reason": "Unknown shop"}, headers=admin.headers
        )
        assert (answer.status_code, answer.json["user"]["status"]) == (200, "rejected")
        login = client.post("/api/v1/auth/login", json={"username": person.username, "password": PASSWORD})
        assert (login.status_code, login.json["code"]) == (403, "rejected")
        assert "Unknown shop" in login.json["detail"]
        again = client.post(f"{user_url(person)}/approve", headers=admin.headers)
        assert again.json["user"]["status"] == "approved"

    def test_a_later_rejection_does_not_tell_the_reason_of_an_earlier_one(
        self, client: FlaskClient, admin: Person, make_user: MakeUser
    ) -> None:
        person = make_user(status="pending")
        client.post(f"{user_url(person)}/reject", json={"reason": "Unknown shop"}, headers=admin.headers)
        for status in ("approved", "rejected"):
            client.put(user_url(person), json={"status": status}, headers=admin.headers)
        login = client.post("/api/v1/auth/login", json={"username": person.username, "password": PASSWORD})
        assert login.json["code"] == "rejected"
        assert "Unknown shop" not in login.json["detail"]

    @pytest.mark.parametrize("verb", ["approve", "reject"])
    def test_47_a_stale_review_is_refused(
        self, client: FlaskClient, admin: Person, make_user: MakeUser, verb: str
    ) -> None:
        person = make_user(status="pending")
        seen = client.get(user_url(person), headers=admin.headers).headers["ETag"]
        client.put(user_url(person), json={"full_name": "Another"}, headers=admin.headers)
        call = f"{user_url(person)}/{verb}"
        stale = client.post(call, headers={**admin.headers, "If-Match": seen})
        assert stale.status_code == 412
        fresh = client.get(user_url(person), headers=admin.headers).headers["ETag"]
        assert client.post(call, headers={**admin.headers, "If-Match": fresh}).status_code == 200

    def test_reject_without_a_reason(self, client: FlaskClient, admin: Person, make_user: MakeUser) -> None:
        for kwargs in ({}, {"json": {}}, {"json": {"reason": None}}, {"json": {"reason": ""}}):
            person = make_user(status="pending")
            answer = client.post(f"{user_url(person)}/reject", headers=admin.headers, **kwargs)
            assert answer.json["user"]["status"] == "rejected"
        answer = client.post(f"{user_url(person)}/reject", json={"reason": "x" * 501}, headers=admin.headers)
        assert pointers(answer) == {("/reason", "too_long")}

    def test_from_each_status(self, client: FlaskClient, admin: Person, make_user: MakeUser) -> None:
        for status, verb, code in (
            ("approved", "approve", 409),
            ("suspended", "approve", 409),
            ("rejected", "approve", 200),
            ("unverified", "approve", 200),
            ("approved", "reject", 409),
            ("suspended", "reject", 409),
            ("rejected", "reject", 409),
            ("unverified", "reject", 200),
        ):
            answer = client.post(f"{user_url(make_user(status=status))}/{verb}", headers=admin.headers)
            assert answer.status_code == code, (status, verb)
            assert code == 200 or answer.json["code"] == "already_reviewed"

    def test_16_nobody_reviews_themselves(self, client: FlaskClient, admin: Person) -> None:
        for verb in ("approve", "reject"):
            answer = client.post(f"{user_url(admin)}/{verb}", headers=admin.headers)
            assert (answer.status_code, answer.json["code"]) == (403, "own_account")

    def test_50_several_admins_at_once_have_one_winner(
        self, app: Flask, admin: Person, make_user: MakeUser
    ) -> None:
        for verb in ("approve", "reject"):
            call = f"{user_url(make_user(status='pending'))}/{verb}"
            with ThreadPoolExecutor(4) as pool:
                answers = list(
                    pool.map(lambda url: app.test_client().post(url, headers=admin.headers), [call] * 4)
                )
            assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


class TestUpdate:
    def test_reads_and_changes_what_is_sent(self, client: FlaskClient, admin: Person, member: Person) -> None:
        before = client.get(user_url(member), headers=admin.headers)
        assert before.json["username"] == member.username
        for method, body in (("PUT", {"full_name": "New Name"}), ("PATCH", {"is_premium": True})):
            assert client.open(user_url(member), method=method, json=body, headers=admin.headers).json == {
                **client.get(user_url(member), headers=admin.headers).json,
                **body,
            }
        after = client.get(user_url(member), headers=admin.headers).json
        changed = {key for key in after if after[key] != before.json[key]}
        assert changed == {"full_name", "is_premium", "updated_at"}

    def test_the_booleans_of_older_systems(
        self, client: FlaskClient, admin: Person, make_user: MakeUser
    ) -> None:
        for status, body, role, new_status in (
            ("approved", {"role": "editor"}, "editor", "approved"),
            ("approved", {"is_admin": True}, "admin", "approved"),
            ("approved", {"is_superuser": True}, "admin", "approved"),
            ("approved", {"is_admin": True, "role": "editor"}, "editor", "approved"),
            ("pending", {"is_approved": True}, "member", "approved"),
            ("approved", {"is_approved": True}, "member", "approved"),
            ("approved", {"is_approved": False}, "member", "pending"),
            ("approved", {"is_active": False}, "member", "suspended"),
            ("suspended", {"is_active": True}, "member", "approved"),
            ("pending", {"is_active": True}, "member", "pending"),
            ("suspended", {"is_active": True, "is_approved": False}, "member", "pending"),
            ("pending", {"status": "rejected"}, "member", "rejected"),
            ("suspended", {"status": "approved", "is_active": False}, "member", "approved"),
        ):
            person = make_user(status=status)
            user = client.put(user_url(person), json=body, headers=admin.headers).json
            assert (user["role"], user["status"]) == (role, new_status), (status, body)
            assert user["is_admin"] is user["is_superuser"] is (role == "admin")
            assert user["is_approved"] is (new_status == "approved")
            assert user["is_active"] is (new_status not in ("suspended", "rejected"))

    def test_taking_admin_away_makes_a_member(
        self, client: FlaskClient, admin: Person, make_user: MakeUser
    ) -> None:
        other, editor = make_user("admin"), make_user("editor")
        for person, role in ((other, "member"), (editor, "editor")):
            answer = client.put(user_url(person), json={"is_admin": False}, headers=admin.headers)
            assert answer.json["role"] == role

    def test_wrong_fields(self, client: FlaskClient, admin: Person, member: Person) -> None:
        body = {"role": "boss", "status": 1, "is_admin": 1, "email": "no", "is_active": None, "id": "x"}
        answer = client.put(user_url(member), json=body, headers=admin.headers)
        assert pointers(answer) == {
            ("/role", "invalid_choice"),
            ("/status", "invalid_type"),
            ("/is_admin", "invalid_type"),
            ("/email", "invalid_email"),
            ("/is_active", "null"),
            ("/id", "unknown_field"),
        }

    def test_names_that_are_taken(self, client: FlaskClient, admin: Person, member: Person) -> None:
        body = {"email": admin.email.upper(), "username": admin.username.upper()}
        answer = client.put(user_url(member), json=body, headers=admin.headers)
        assert answer.status_code == 409
        assert pointers(answer) == {("/email", "taken"), ("/username", "taken")}

    def test_a_stale_admin_is_refused(self, client: FlaskClient, admin: Person, member: Person) -> None:
        etag = client.get(user_url(member), headers=admin.headers).headers["ETag"]
        stale = {**admin.headers, "If-Match": etag}
        assert client.put(user_url(member), json={"full_name": "A"}, headers=stale).status_code == 200
        assert client.put(user_url(member), json={"full_name": "B"}, headers=stale).status_code == 412
        assert client.delete(user_url(member), headers=stale).status_code == 412

    def test_missing_and_malformed_ids(self, client: FlaskClient, admin: Person) -> None:
        for method, path in (
            ("GET", ""),
            ("PUT", ""),
            ("DELETE", ""),
            ("POST", "/approve"),
            ("POST", "/reject"),
        ):
            for user_id, status in ((uuid.uuid4(), 404), ("7", 422), (uuid.uuid4().hex, 422)):
                answer = client.open(f"{URL}/{user_id}{path}", method=method, json={}, headers=admin.headers)
                assert answer.status_code == status
                assert status == 404 or pointers(answer) == {("/path/user_id", "invalid_type")}


class TestLastAdminAndOwnAccount:
    def test_16_the_own_account_keeps_its_standing(
        self, client: FlaskClient, admin: Person, make_user: MakeUser
    ) -> None:
        make_user("admin")
        for body in ({"role": "member"}, {"is_admin": False}, {"status": "suspended"}, {"is_active": False}):
            answer = client.put(user_url(admin), json=body, headers=admin.headers)
            assert (answer.status_code, answer.json["code"]) == (403, "own_account")
        answer = client.delete(user_url(admin), headers=admin.headers)
        assert answer.json["detail"] == "Super users are not allowed to delete themselves"
        assert answer.status_code == 403
        answer = client.put(user_url(admin), json={"full_name": "Me", "role": "admin"}, headers=admin.headers)
        assert answer.status_code == 200

    def test_16_two_admins_cannot_remove_each_other_at_once(
        self, app: Flask, client: FlaskClient, make_user: MakeUser
    ) -> None:
        for method, body in (("PUT", {"role": "member"}), ("PUT", {"status": "suspended"}), ("DELETE", None)):
            first, second = make_user("admin"), make_user("admin")

            def remove(pair: tuple[Person, Person], method: str = method, body: Any = body) -> int:
                by, whom = pair
                client = app.test_client()
                return client.open(user_url(whom), method=method, json=body, headers=by.headers).status_code

            with ThreadPoolExecutor(2) as pool:
                statuses = list(pool.map(remove, [(first, second), (second, first)]))
            assert statuses.count(200) == 1, statuses
            assert set(statuses) <= {200, 401, 403, 409}
            survivor = first if statuses[0] == 200 else second
            listed = client.get(f"{URL}?role=admin&status=approved", headers=survivor.headers)
            assert usernames(listed) == [survivor.username]
            with app.app_context():
                db.session.get_one(User, survivor.id).status = "suspended"
                db.session.commit()


class TestDelete:
    def test_takes_all_that_is_theirs(
        self, app: Flask, client: FlaskClient, admin: Person, member: Person
    ) -> None:
        answer = client.delete(user_url(member), headers=admin.headers)
        assert (answer.status_code, answer.json) == (
            200,
            {"success": True, "message": "User deleted successfully"},
        )
        assert client.get(user_url(member), headers=admin.headers).status_code == 404
        assert client.get("/api/v1/auth/me", headers=member.headers).status_code == 401
        assert console_client(app, member).get("/console/").status_code == 303
        with app.app_context():
            sessions = {token.session.user_id for token in db.session.query(RefreshToken)}
            assert sessions == {admin.id}


class TestCredentialsEnd:
    """05: what ends a person's standing ends every credential at the next request."""

    def doors(self, app: Flask, person: Person) -> dict[str, int]:
        """What each credential of ``person`` still gets."""
        client = app.test_client()
        login = {"refresh_token": f"refresh-{person.id}"}
        return {
            "token": client.get("/api/v1/auth/me", headers=person.headers).status_code,
            "cookie": console_client(app, person).get("/console/profile").status_code,
            "refresh": client.post("/api/v1/auth/refresh", json=login).status_code,
        }

    def test_open_before(self, app: Flask, editor: Person) -> None:
        assert self.doors(app, editor) == {"token": 200, "cookie": 200, "refresh": 200}

    @pytest.mark.parametrize(
        "body",
        [{"status": "suspended"}, {"is_active": False}, {"is_approved": False}, {"status": "rejected"}],
    )
    def test_05_suspension(
        self, app: Flask, client: FlaskClient, admin: Person, editor: Person, body: dict[str, Any]
    ) -> None:
        assert client.put(user_url(editor), json=body, headers=admin.headers).status_code == 200
        assert self.doors(app, editor) == {"token": 401, "cookie": 303, "refresh": 401}
        client.put(user_url(editor), json={"status": "approved"}, headers=admin.headers)
        assert self.doors(app, editor) == {"token": 401, "cookie": 303, "refresh": 401}

    @pytest.mark.parametrize(
        ("role", "new_role"), [("admin", "editor"), ("admin", "member"), ("editor", "member")]
    )
    def test_05_demotion(
        self, app: Flask, client: FlaskClient, admin: Person, make_user: MakeUser, role: str, new_role: str
    ) -> None:
        person = make_user(role)
        assert client.put(user_url(person), json={"role": new_role}, headers=admin.headers).status_code == 200
        assert self.doors(app, person) == {"token": 401, "cookie": 303, "refresh": 401}

    def test_a_promotion_ends_nothing_and_counts_at_once(
        self, app: Flask, client: FlaskClient, admin: Person, member: Person
    ) -> None:
        assert client.get(URL, headers=member.headers).status_code == 403
        client.put(user_url(member), json={"role": "admin"}, headers=admin.headers)
        assert client.get(URL, headers=member.headers).status_code == 200

    def test_05_password_change(self, app: Flask, client: FlaskClient, editor: Person) -> None:
        with app.app_context():
            work = Work(db.session(), editor.actor, utc_now())
            change_password(work, current_password=PASSWORD, new_password="another long password")
            db.session.commit()
        assert self.doors(app, editor) == {"token": 401, "cookie": 303, "refresh": 401}
        login = client.post(
            "/api/v1/auth/login", json={"username": editor.username, "password": "another long password"}
        )
        assert login.status_code == 200


@pytest.mark.one_database
def test_an_admin_signs_a_person_out_everywhere(
    client: FlaskClient, admin: Person, editor: Person, member: Person
) -> None:
    url = f"/api/v1/admin/users/{member.id}/sessions"
    assert client.delete(url, headers=editor.headers).status_code == 403
    assert client.get("/api/v1/auth/me", headers=member.headers).status_code == 200
    assert client.delete(url, headers=admin.headers).status_code == 200
    assert client.get("/api/v1/auth/me", headers=member.headers).status_code == 401
    own = f"/api/v1/admin/users/{admin.id}/sessions"
    assert client.delete(own, headers=admin.headers).json["code"] == "own_account"
