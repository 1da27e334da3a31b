"""The Flask extensions, unbound; ``create_app`` binds them to one application."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request
from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from webapp.kernel.db import Base

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


db = SQLAlchemy(metadata=Base.metadata)
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
