"""The shapes of requests and answers. A colour or a size is any text: the peer does not look inside."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class ColorScheme(BaseModel):
    primary: str
    secondary: str
    accent: str
    background: str
    text: str
    error: str
    success: str
    warning: str
    info: str


class DarkMode(BaseModel):
    background: str
    text: str
    primary: str


class Typography(BaseModel):
    font_family: str
    heading_font: str
    base_size: str
    scale_ratio: float


class Spacing(BaseModel):
    base_unit: str
    scale_ratio: float


class BorderRadius(BaseModel):
    small: str
    medium: str
    large: str
    round: str


class DesignSystemIn(BaseModel):
    name: str
    colors: ColorScheme
    dark_mode: DarkMode
    typography: Typography
    spacing: Spacing
    border_radius: BorderRadius


class DesignSystemChange(BaseModel):
    """Only the fields that are sent are changed; a section is replaced as a whole."""

    name: str | None = None
    colors: ColorScheme | None = None
    dark_mode: DarkMode | None = None
    typography: Typography | None = None
    spacing: Spacing | None = None
    border_radius: BorderRadius | None = None


class DesignSystemOut(DesignSystemIn):
    model_config = ConfigDict(from_attributes=True)

    id: int
    is_active: bool
    created_at: datetime
    updated_at: datetime | None = None


class TagOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str


class DataItemIn(BaseModel):
    title: str
    description: str | None = None
    content: dict[str, Any]
    tags: list[str] = Field(default_factory=list)


class DataItemChange(BaseModel):
    """Only the fields that are sent are changed; ``tags`` replaces all of them."""

    title: str | None = None
    description: str | None = None
    content: dict[str, Any] | None = None
    tags: list[str] | None = None


class DataItemOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    description: str | None
    content: dict[str, Any]
    created_at: datetime
    updated_at: datetime | None = None
    tags: list[TagOut]


class DataPage(BaseModel):
    data: list[DataItemOut]
    total: int
    page: int
    page_size: int
    total_pages: int
