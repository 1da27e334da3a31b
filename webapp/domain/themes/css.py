"""A style sheet as a plan: written from it, then read back with a CSS parser and held against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tinycss2

_PLAIN_TOKENS = frozenset(
    {"whitespace", "ident", "hash", "number", "percentage", "dimension", "string", "literal"}
)
_FUNCTIONS = frozenset({"color"})


class UnsafeStylesheet(RuntimeError):
    """A sheet that a CSS parser reads as something else than was planned; it must not be stored or served."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A selector and its declarations, in their order."""

    selector: str
    declarations: Mapping[str, str]

    def __str__(self) -> str:
        return (
            self.selector
            + "{"
            + ";".join(f"{name}:{value}" for name, value in self.declarations.items())
            + "}"
        )


@dataclass(frozen=True, slots=True)
class Media:
    """An ``@media`` block and what it holds."""

    condition: str
    blocks: Sequence[Block]

    def __str__(self) -> str:
        return f"@media {self.condition}{{{write(self.blocks)}}}"


Block = Rule | Media


def write(plan: Iterable[Block]) -> str:
    """The sheet without a byte of layout."""
    return "".join(map(str, plan))


def prove(css: str, plan: Sequence[Block]) -> None:
    """Raise UnsafeStylesheet unless ``css`` has the rules, names and number of declarations of ``plan``.

    Every value must be made of plain tokens: no ``url()``, no function but ``color()``, no broken token.
    """
    _prove_blocks(tinycss2.parse_stylesheet(css), plan)


def _prove_blocks(nodes: Iterable[Any], plan: Sequence[Block]) -> None:
    found = [node for node in nodes if node.type != "whitespace"]
    _require(len(found) == len(plan), "another number of rules than planned")
    for node, block in zip(found, plan, strict=True):
        if isinstance(block, Rule):
            _require(node.type == "qualified-rule", "something in the place of a rule")
            _require(tinycss2.serialize(node.prelude) == block.selector, "another selector than planned")
            _prove_declarations(node.content, block.declarations)
        else:
            _require(node.type == "at-rule" and node.lower_at_keyword == "media", "an unexpected at-rule")
            _require(
                tinycss2.serialize(node.prelude).strip() == block.condition, "another condition than planned"
            )
            _require(node.content is not None, "an at-rule without a block")
            _prove_blocks(tinycss2.parse_rule_list(node.content), block.blocks)


def _prove_declarations(content: Iterable[Any], planned: Mapping[str, str]) -> None:
    nodes = tinycss2.parse_blocks_contents(content)
    _require(all(node.type == "declaration" for node in nodes), "something in the place of a declaration")
    _require([node.name for node in nodes] == list(planned), "other declarations than planned")
    for node in nodes:
        _require(not node.important, "an unexpected !important")
        _require(any(token.type != "whitespace" for token in node.value), "an empty value")
        _prove_value(node.value)


def _prove_value(tokens: Iterable[Any]) -> None:
    for token in tokens:
        if token.type == "function":
            _require(token.lower_name in _FUNCTIONS, "an unexpected function")
            _prove_value(token.arguments)
        else:
            _require(token.type in _PLAIN_TOKENS, "an unexpected token")
            _require(token.type != "literal" or token.value in (",", "/"), "an unexpected sign")


def _require(condition: bool, found: str) -> None:
    if not condition:
        raise UnsafeStylesheet(f"The compiled style sheet holds {found}.")
