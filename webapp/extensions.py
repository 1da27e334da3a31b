"""The Flask extensions, unbound; ``create_app`` binds them to one application."""

from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from webapp.kernel.db import Base

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
login = LoginManager()
jwt = JWTManager()
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address)
login_limit = limiter.shared_limit("5 per minute", scope="login", methods=["POST"])
registration_limit = limiter.shared_limit("3 per minute", scope="registration")
recovery_limit = limiter.shared_limit("5 per minute", scope="recovery", methods=["POST"])
token_limit = limiter.shared_limit("10 per minute", scope="mailed token", methods=["POST"])
"""Each is counted for all its ways in together: another path is no further try."""
cors = CORS()
