"""CBOR (RFC 8949) as browsers speak it on their pipe: pictures travel as they are, not as Base64 in JSON.

Each map and array stands in an envelope, a byte string with tag 24 and a length of four bytes, and has no
length of its own. Byte strings are text in UTF-16; those with tag 22 are bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

ENVELOPE = b"\xd8\x18\x5a"
HEAD = len(ENVELOPE) + 4
"""Bytes of an envelope before what is in it."""
NUMBER, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG = range(7)
BINARY = 22
WITH_FOUR_BYTES = 26
DOUBLE, END = 0xFB, 0xFF
CONSTANTS = {0xF4: False, 0xF5: True, 0xF6: None}


def encode(value: Any) -> bytes:
    """A command of JSON's kinds of values and bytes, whole numbers below 2³¹."""
    match value:
        case None | bool():
            return bytes(code for code, constant in CONSTANTS.items() if constant is value)
        case int():
            return _head(NUMBER, value) if value >= 0 else _head(NEGATIVE, -1 - value)
        case float():
            return struct.pack(">Bd", DOUBLE, value)
        case str():
            data = value.encode(errors="replace")
            return _head(TEXT, len(data)) + data
        case bytes():
            return bytes((TAG << 5 | BINARY,)) + _head(BYTES, len(value)) + value
        case dict():
            kind, parts = MAP, [encode(part) for pair in value.items() for part in pair]
        case _:
            kind, parts = ARRAY, [encode(part) for part in value]
    data = b"".join((bytes((kind << 5 | 31,)), *parts, bytes((END,))))
    return ENVELOPE + struct.pack(">I", len(data)) + data


def _head(kind: int, number: int) -> bytes:
    return struct.pack(">BI", kind << 5 | WITH_FOUR_BYTES, number)


def length(head: memoryview) -> int:
    """How many bytes follow on these ``HEAD`` bytes that a message begins with."""
    return int.from_bytes(head[len(ENVELOPE) :], "big")


def decode(data: memoryview) -> Any:
    """The value in the envelope of a message."""
    return _Reader(data).value()


_END = object()


class _Reader:
    """A message, and how far it has been read."""

    def __init__(self, data: memoryview) -> None:
        self._data, self._at = data, 0

    def value(self) -> Any:
        first = self._take(1)[0]
        kind = first >> 5
        if kind == ARRAY:
            return list(self._until_end())
        if kind == MAP:
            return {key: self.value() for key in self._until_end()}
        if first == DOUBLE:
            return struct.unpack(">d", self._take(8))[0]
        if first == END:
            return _END
        if first in CONSTANTS:
            return CONSTANTS[first]
        number = self._number(first)
        if kind in (BYTES, TEXT):
            return str(self._take(number), "utf-8" if kind == TEXT else "utf-16-le", "replace")
        if kind == TAG:
            head = self._take(1)[0]
            size = self._number(head)
            return bytes(self._take(size)) if number == BINARY else self.value()
        return number if kind == NUMBER else -1 - number

    def _until_end(self) -> Iterator[Any]:
        while (value := self.value()) is not _END:
            yield value

    def _number(self, first: int) -> int:
        """The number that a value begins with: in its first byte, or in one, two, four or eight after it."""
        extra = first & 31
        return extra if extra < 24 else int.from_bytes(self._take(1 << extra - 24), "big")

    def _take(self, size: int) -> memoryview:
        self._at += size
        return self._data[self._at - size : self._at]
