"""The binary form in which a browser is spoken to, beside a library that knows all of CBOR."""

from __future__ import annotations

from typing import Any

import cbor2
import pytest

from webapp.adapters.renderer import cbor


def unwrapped(value: Any) -> Any:
    """What cbor2 read, out of its envelopes."""
    if isinstance(value, cbor2.CBORTag):
        return value.value if value.tag == 22 else unwrapped(cbor2.loads(value.value))
    if isinstance(value, dict):
        return {name: unwrapped(part) for name, part in value.items()}
    return [unwrapped(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "value",
    [
        {
            "id": 70_000,
            "params": {"on": True, "off": False, "none": None, "scale": 1.5, "list": [1, "ক্ষ", {}]},
        },
        {"negative": [-1, -24, -300], "data": b"\x00\xff" * 40_000, "empty": "", "html": "🪔" * 70_000},
    ],
)
def test_what_is_sent_is_read_alike_here_and_elsewhere(value: dict[str, Any]) -> None:
    data = cbor.encode(value)
    assert cbor.length(memoryview(data)[: cbor.HEAD]) == len(data) - cbor.HEAD
    assert unwrapped(cbor2.loads(data)) == value
    assert cbor.decode(memoryview(data)[cbor.HEAD :]) == value


def test_text_in_utf_16_and_short_heads_are_read() -> None:
    """A browser writes so what is not ASCII, and small numbers and lengths."""
    own = "దీపం\ud800".encode("utf-16-le", "surrogatepass")
    data = b"\xbf" + cbor2.dumps("text") + cbor2.dumps(own) + cbor2.dumps("n") + cbor2.dumps(-5) + b"\xff"
    assert cbor.decode(memoryview(data)) == {"text": "దీపం\ufffd", "n": -5}
    assert cbor.decode(memoryview(cbor2.dumps(cbor2.CBORTag(22, b"short")))) == b"short"


def test_half_a_character_does_not_stop_a_command() -> None:
    assert cbor.decode(memoryview(cbor.encode("a\ud800b"))) == "a?b"
