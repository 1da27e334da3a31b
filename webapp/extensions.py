"""The Flask extensions, unbound; ``create_app`` binds them to one application."""

from __future__ import annotations

from functools import cached_property
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from flask import request
from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine

from webapp.kernel.db import Base, is_reading, reading_engine

IPV6_PREFIX = 64
"""One network of this size is one household or one machine, which may use all of its addresses."""


def counted_network(address: str | None) -> str:
    """What a rate limit is counted for: an IPv4 address, or the network of an IPv6 address."""
    try:
        found = ip_address(address or "127.0.0.1")
    except ValueError:  # a server on a local socket
        return str(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if isinstance(found, IPv6Address):
        return str(ip_network((int(found), IPV6_PREFIX), strict=False))
    return str(found)


class OneDatabaseSession(Session):
    """A session on the one database there is: Flask-SQLAlchemy looks for it anew with each statement."""

    @cached_property
    def engines(self) -> tuple[Engine, Engine]:
        """The one for work that may write, the one for work that only reads."""
        engine = self._db.engine
        return engine, reading_engine(engine)

    def get_bind(
        self, mapper: Any = None, clause: Any = None, bind: Engine | Connection | None = None, **_: Any
    ) -> Engine | Connection:
        return bind if bind is not None else self.engines[is_reading()]


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": OneDatabaseSession})
migrate = Migrate()
login = LoginManager()
jwt = JWTManager()
csrf = CSRFProtect()
limiter = Limiter(key_func=lambda: counted_network(request.remote_addr))
login_limit = limiter.shared_limit("5 per minute", scope="login", methods=["POST"])
registration_limit = limiter.shared_limit("3 per minute", scope="registration")
recovery_limit = limiter.shared_limit("5 per minute", scope="recovery", methods=["POST"])
token_limit = limiter.shared_limit("10 per minute", scope="mailed token", methods=["POST"])
oauth_limit = limiter.shared_limit("30 per minute", scope="oauth")
"""Each is counted for all its ways in together: another path is no further try."""
cors = CORS()
