"""Design systems over HTTP. Literal paths stand before ``/{design_id}``."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy.orm import Session

from benchmarks.peer import designs
from benchmarks.peer.database import get_db
from benchmarks.peer.models import DesignSystem
from benchmarks.peer.schemas import ColorScheme, DesignSystemChange, DesignSystemIn, DesignSystemOut

router = APIRouter(prefix="/design", tags=["design"])
Db = Annotated[Session, Depends(get_db)]


def active_design(db: Session) -> DesignSystem:
    """The active system. Called, not depended upon: a dependency would cost a change of threads."""
    design = designs.find_active(db)
    if design is None:
        raise HTTPException(404, "No active design system found")
    return design


def get_design(db: Session, design_id: int) -> DesignSystem:
    design = designs.find(db, design_id)
    if design is None:
        raise HTTPException(404, "Design system not found")
    return design


@router.get("/", response_model=list[DesignSystemOut])
def list_designs(db: Db, skip: int = 0, limit: int = 100) -> list[DesignSystem]:
    return designs.list_all(db, skip, limit)


@router.post("/", response_model=DesignSystemOut, status_code=201)
def create_design(wanted: DesignSystemIn, db: Db) -> DesignSystem:
    if designs.find_by_name(db, wanted.name):
        raise HTTPException(400, "Design system with this name already exists")
    return designs.create(db, wanted)


@router.get("/active", response_model=DesignSystemOut)
def read_active(db: Db) -> DesignSystem:
    return active_design(db)


@router.get("/color-scheme", response_model=ColorScheme)
def read_colors(db: Db) -> ColorScheme:
    return ColorScheme(**active_design(db).colors)


@router.put("/color-scheme", response_model=DesignSystemOut)
def replace_colors(colors: ColorScheme, db: Db) -> DesignSystem:
    return designs.replace_colors(db, active_design(db), colors)


@router.get("/{design_id}", response_model=DesignSystemOut)
def read_design(design_id: int, db: Db) -> DesignSystem:
    return get_design(db, design_id)


@router.put("/{design_id}", response_model=DesignSystemOut)
def update_design(design_id: int, change: DesignSystemChange, db: Db) -> DesignSystem:
    return designs.update(db, get_design(db, design_id), change)


@router.post("/{design_id}/activate", response_model=DesignSystemOut)
def activate_design(design_id: int, db: Db) -> DesignSystem:
    return designs.activate(db, get_design(db, design_id))


@router.delete("/{design_id}", status_code=204)
def delete_design(design_id: int, db: Db) -> None:
    design = designs.find(db, design_id)
    if design is None or design.is_active:
        raise HTTPException(400, "Cannot delete design system (it might be active or not found)")
    designs.delete(db, design)
