"""CSS custom properties from the values of a design system, put together anew for each request."""

from typing import Any

PREFIXES = {
    "colors": "color",
    "dark_mode": "dark",
    "typography": "typography",
    "spacing": "spacing",
    "border_radius": "radius",
}


def css_variables(config: dict[str, Any]) -> str:
    """The stylesheet of ``config``: a ``:root`` block and a block for dark mode. Values are not checked."""
    css = ":root {\n"
    for section, prefix in PREFIXES.items():
        for name, value in config[section].items():
            css += f"  --{prefix}-{name.replace('_', '-')}: {value};\n"
    css += "}\n\n@media (prefers-color-scheme: dark) {\n  :root {\n"
    for name in ("background", "text", "primary"):
        css += f"    --color-{name}: {config['dark_mode'][name]};\n"
    return css + "  }\n}\n"
