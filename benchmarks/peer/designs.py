"""What can be done with design systems: plain ORM queries, each function ends its own transaction."""

from sqlalchemy.orm import Session

from benchmarks.peer.models import DesignSystem
from benchmarks.peer.schemas import ColorScheme, DesignSystemChange, DesignSystemIn

SECTIONS = ("colors", "dark_mode", "typography", "spacing", "border_radius")


def find(db: Session, design_id: int) -> DesignSystem | None:
    return db.query(DesignSystem).filter(DesignSystem.id == design_id).first()


def find_by_name(db: Session, name: str) -> DesignSystem | None:
    return db.query(DesignSystem).filter(DesignSystem.name == name).first()


def find_active(db: Session) -> DesignSystem | None:
    return db.query(DesignSystem).filter(DesignSystem.is_active.is_(True)).first()


def list_all(db: Session, skip: int, limit: int) -> list[DesignSystem]:
    return db.query(DesignSystem).offset(skip).limit(limit).all()


def create(db: Session, wanted: DesignSystemIn) -> DesignSystem:
    design = DesignSystem(name=wanted.name, config=wanted.model_dump(exclude={"name"}))
    db.add(design)
    return _saved(db, design)


def update(db: Session, design: DesignSystem, change: DesignSystemChange) -> DesignSystem:
    sent = change.model_dump(exclude_unset=True)
    design.config = design.config | {key: sent[key] for key in SECTIONS if key in sent}
    if "name" in sent:
        design.name = sent["name"]
    return _saved(db, design)


def replace_colors(db: Session, design: DesignSystem, colors: ColorScheme) -> DesignSystem:
    design.config = design.config | {"colors": colors.model_dump()}
    return _saved(db, design)


def activate(db: Session, design: DesignSystem) -> DesignSystem:
    """Switch every other system off, then this one on: two statements, as the peer's design has it."""
    db.query(DesignSystem).update({"is_active": False})
    design.is_active = True
    return _saved(db, design)


def delete(db: Session, design: DesignSystem) -> None:
    db.delete(design)
    db.commit()


def _saved(db: Session, design: DesignSystem) -> DesignSystem:
    db.commit()
    db.refresh(design)
    return design
