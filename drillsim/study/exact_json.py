"""Plain values as JSON and back without loss: equal values give equal bytes, what does not fit is refused.

What is read may have come by e-mail. Nothing in it is executed or decides a type; the reader says the shape.
Python's JSON is used with its ``NaN`` and ``Infinity``, since what did not come about is NaN in memory too.
"""

from __future__ import annotations

import json
import math
import zlib
from numbers import Integral, Real
from types import UnionType
from typing import Any, Final

__all__ = ["fitted", "from_bytes", "packed", "to_bytes", "unpacked"]

_LEVEL: Final = 1  # of zlib: half the size at a third of the time of the usual level
_LONGEST: Final = 1 << 28  # bytes; a small file cannot ask for more memory


def _plain(value: object) -> int | float:
    """NumPy's scalars, which JSON does not know."""
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    raise TypeError(f"{value!r} is neither text nor a number")


_ENCODER: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), check_circular=False, default=_plain
)

# The very NaN of ``math``, so that what is read compares equal to what was written.
_DECODER: Final = json.JSONDecoder(
    parse_constant={"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}.__getitem__
)


def to_bytes(value: Any) -> bytes:
    """Dicts (keys sorted), sequences, texts, numbers, booleans and ``None`` as ASCII.

    Raises ``TypeError`` for anything else.
    """
    return _ENCODER.encode(value).encode("ascii")


def from_bytes(content: bytes) -> Any:
    """What :func:`to_bytes` wrote; raises ``ValueError`` for what it cannot have written."""
    try:
        return _DECODER.decode(content.decode("ascii"))
    except RecursionError:
        raise ValueError("lists within lists without end") from None


def packed(content: bytes) -> bytes:
    """Compressed, with a check sum of its own."""
    return zlib.compress(content, _LEVEL)


def unpacked(content: bytes) -> bytes:
    """What :func:`packed` was given; raises ``ValueError`` for damaged bytes or more than 256 MB."""
    stream = zlib.decompressobj()
    try:
        found = stream.decompress(content, _LONGEST)
    except zlib.error as fault:
        raise ValueError(f"compressed bytes are damaged: {fault}") from None
    if not stream.eof or stream.unused_data:
        raise ValueError("compressed bytes are cut short, followed by others, or too long")
    return found


def fitted(value: object, shape: Any, *, place: str) -> Any:
    """The value as tuples, if it has the shape; else ``ValueError`` with the place.

    A shape is ``str``, ``int``, ``bool``, ``float`` (an int stays one), such a type ``| None``,
    ``[shape]`` for any number of these, or ``(shape, shape …)`` for exactly these.

    >>> fitted([["room", 3]], [(str, int)], place="trapped")
    (('room', 3),)
    """
    if isinstance(shape, (list, tuple)):
        return _row(value, shape, place)
    kind = type(value)
    if kind is shape or (shape is float and kind is int):
        return value
    if isinstance(shape, UnionType):
        if value is None:
            return None
        return fitted(value, shape.__args__[0], place=place)
    raise ValueError(f"{place}: {_short(value)} is no {shape.__name__}")


def _row(value: object, shape: list[Any] | tuple[Any, ...], place: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{place}: {_short(value)} is no list")
    if isinstance(shape, list):
        if shape == [float] and {type(entry) for entry in value} <= {float}:
            return tuple(value)  # by the thousand, nothing else
        return tuple(fitted(entry, shape[0], place=place) for entry in value)
    if len(value) != len(shape):
        raise ValueError(f"{place}: {len(value)} entries instead of {len(shape)}")
    return tuple(fitted(entry, each, place=place) for entry, each in zip(value, shape, strict=True))


def _short(value: object) -> str:
    if isinstance(value, (list, dict)):
        return f"a {type(value).__name__}"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
