"""One synchronous session for each request, with the pool and the isolation of SQLAlchemy's defaults."""

import os
from collections.abc import Iterator

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

engine = create_engine(os.environ["DATABASE_URL"])
SessionLocal = sessionmaker(bind=engine, autoflush=False)


class Base(DeclarativeBase):
    """Base of every model."""


def get_db() -> Iterator[Session]:
    """The session of one request, closed after its answer."""
    session = SessionLocal()
    try:
        yield session
    finally:
        session.close()
