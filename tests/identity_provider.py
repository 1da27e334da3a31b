"""An identity provider on loopback: OpenID Connect with discovery, keys, PKCE and nonces, and what GitHub and
Facebook have of their own. It is strict, and can be told to lie."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from werkzeug.serving import make_server

from webapp.adapters.oauth.apple import Apple
from webapp.adapters.oauth.facebook import VERSION, Facebook
from webapp.adapters.oauth.github import GitHub
from webapp.adapters.oauth.openid import Google
from webapp.ports import IdentityProvider

CLIENT_ID = "rangoli-of-the-tests"
CLIENT_SECRET = "secret-of-the-tests"
TEAM_KEY = ECKey.generate_key("P-256", {"kid": "KEY1"})
"""The key of the developer's team at Apple."""
SUBJECT = "110169484474386276334"


@dataclass
class Tongue:
    """What the provider says next. ``claims`` go into ID tokens over the right ones; None leaves one out."""

    claims: dict[str, Any] = field(default_factory=dict)
    github_user: dict[str, Any] = field(default_factory=dict)
    github_emails: list[dict[str, Any]] | None = None
    facebook_user: dict[str, Any] = field(default_factory=dict)
    denies: str | None = None
    """The ``error`` in place of a code."""
    is_down: bool = False
    signs_with: RSAKey | None = None
    """A key that is not published."""


class ProviderServer:
    """The server, in a thread of its own."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "first", "alg": "RS256"})
        self.published = [self.key]
        self.tongue = Tongue()
        self.codes: dict[str, dict[str, str]] = {}
        self.forms: list[dict[str, str]] = []
        """What was sent to the token endpoint."""
        self.server = make_server("127.0.0.1", 0, self._app(), threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def forget(self) -> None:
        """As it was at the start."""
        self.tongue, self.published = Tongue(), [self.key]
        self.codes.clear()
        self.forms.clear()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join(10)
        self.server.server_close()

    def providers(self) -> dict[str, IdentityProvider]:
        """How an installation is registered here, under all four names."""
        return {
            "google": Google(CLIENT_ID, CLIENT_SECRET, self.url),
            "apple": Apple(CLIENT_ID, "TEAM1", "KEY1", TEAM_KEY.as_pem(private=True).decode(), self.url),
            "facebook": Facebook(CLIENT_ID, CLIENT_SECRET, self.url, self.url),
            "github": GitHub(CLIENT_ID, CLIENT_SECRET, self.url, self.url),
        }

    @staticmethod
    def consent(url: str) -> dict[str, str]:
        """What a browser brings back after its person has said yes at ``url``."""
        answer = requests.get(url, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    # --- the addresses ---

    def _app(self) -> Flask:
        app = Flask("provider")
        app.before_request(lambda: Response("down", 503) if self.tongue.is_down else None)
        start = "/login/oauth"
        app.add_url_rule("/.well-known/openid-configuration", "metadata", self._metadata)
        app.add_url_rule("/jwks", "jwks", lambda: jsonify(KeySet(self.published).as_dict(private=False)))
        for rule in ("/authorize", f"{start}/authorize", f"/{VERSION}/dialog/oauth"):
            app.add_url_rule(rule, rule, self._authorize)
        for rule in ("/token", f"{start}/access_token", f"/{VERSION}/oauth/access_token"):
            app.add_url_rule(rule, rule, self._token, methods=["POST"])
        app.add_url_rule("/user", "user", lambda: self._shown(self.tongue.github_user))
        app.add_url_rule("/user/emails", "emails", self._emails)
        app.add_url_rule(f"/{VERSION}/me", "me", lambda: self._shown(self.tongue.facebook_user))
        return app

    def _metadata(self) -> Response:
        return jsonify(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
            }
        )

    def _authorize(self) -> Any:
        asked = request.args.to_dict()
        assert (asked["client_id"], asked["response_type"]) == (CLIENT_ID, "code")
        assert asked["code_challenge_method"] == "S256"
        if self.tongue.denies:
            return redirect(f"{asked['redirect_uri']}?error={self.tongue.denies}&state={asked['state']}")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return redirect(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")

    def _token(self) -> Any:
        form = request.form.to_dict()
        self.forms.append(form)
        asked = self.codes.pop(form["code"], None)  # a code works once
        challenge = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        if asked is None or challenge.rstrip("=") != asked["code_challenge"]:
            is_github = request.path.startswith("/login/")
            return jsonify({"error": "invalid_grant"}), 200 if is_github else 400
        if form["redirect_uri"] != asked["redirect_uri"] or not self._knows(form["client_secret"]):
            return jsonify({"error": "invalid_client"}), 401
        token = {"access_token": "at-of-the-tests", "token_type": "bearer"}
        if "openid" in asked["scope"].split():
            token["id_token"] = self._id_token(asked)
        return jsonify(token)

    def _knows(self, secret: str) -> bool:
        if secret == CLIENT_SECRET:
            return True
        claims = jwt.decode(secret, TEAM_KEY, algorithms=["ES256"]).claims
        return (claims["iss"], claims["sub"], claims["aud"]) == ("TEAM1", CLIENT_ID, self.url)

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        right = {"iss": self.url, "aud": CLIENT_ID, "sub": SUBJECT, "iat": now, "exp": now + 300}
        claims = {**right, "nonce": asked["nonce"], **self.tongue.claims}
        key = self.tongue.signs_with or self.published[-1]
        header = {"alg": "RS256", "kid": key.kid}
        return jwt.encode(header, {k: v for k, v in claims.items() if v is not None}, key)

    def _emails(self) -> Any:
        if self.tongue.github_emails is None:
            return jsonify({"message": "Resource not accessible by integration"}), 403
        return self._shown(self.tongue.github_emails)

    @staticmethod
    def _shown(what: Any) -> Any:
        assert request.headers["Authorization"] == "Bearer at-of-the-tests"
        return jsonify(what)
