"""Named random streams: every draw is keyed by who needs it and what for, never by order.

A key is (root seed, replication, entity, purpose). Two plans under one seed meet the same luck, and
reordering a file changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from itertools import chain, count
from struct import Struct
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Streams"]

_BLOCK = 128
_first_eight = Struct("<Q8x").unpack
_both_eights = Struct("<QQ").unpack
_TWELVE = np.uint64(12)


class _Raw:
    """Whole numbers of 64 bits for any key from one generator: a key set anew costs a tenth of a new one."""

    def __init__(self) -> None:
        self._philox = np.random.Philox(key=0)
        self._begun = self._philox.state  # before its first number

    def numbers(self, key: bytes, count: int) -> NDArray[np.uint64]:
        """The first numbers of ``np.random.Philox(key=key)``."""
        self._begun["state"]["key"][:] = _both_eights(key)
        self._philox.state = self._begun
        found: NDArray[np.uint64] = self._philox.random_raw(count)
        return found


@lru_cache(maxsize=65_536)
def _named(entity: str, purpose: str) -> bytes:
    """What a key ends with; the same in every replication, so kept."""
    # Lengths in front keep ("a", "bc") and ("ab", "c") apart.
    return f"{len(entity)}:{entity}|{len(purpose)}:{purpose}".encode()


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams of one replication."""

    seed: int
    replication: int = 0
    _run: bytes = field(init=False, repr=False, compare=False)  # what all keys begin with
    _raw: _Raw = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_run", f"{self.seed}|{self.replication}|".encode())
        object.__setattr__(self, "_raw", _Raw())

    def _digest(self, entity: str, purpose: str) -> bytes:
        return blake2b(self._run + _named(entity, purpose), digest_size=16).digest()

    def uniform(self, entity: str, purpose: str) -> float:
        """One number in the open interval (0, 1)."""
        whole: int = (
            _first_eight(blake2b(self._run + _named(entity, purpose), digest_size=16).digest())[0] >> 12
        )
        return (whole + 0.5) / 4503599627370496.0  # 2 ** 52

    def uniforms(self, entity: str, purpose: str, count: int) -> NDArray[np.float64]:
        """``count`` numbers in (0, 1), shape (count,); a larger count only appends."""
        key = int.from_bytes(self._digest(entity, purpose), "little")
        whole = np.random.Generator(np.random.Philox(key=key)).integers(0, 2**52, size=count, dtype=np.uint64)
        return (whole.astype(np.float64) + 0.5) / 2.0**52

    def sequence(self, entity: str, purpose: str) -> Iterator[float]:
        """Numbers in (0, 1) without end, for what comes one after the other; in blocks, which is faster."""
        return chain.from_iterable(self._block(entity, f"{purpose}.{number}") for number in count())

    def _block(self, entity: str, purpose: str) -> list[float]:
        whole = self._raw.numbers(self._digest(entity, purpose), _BLOCK) >> _TWELVE
        numbers: list[float] = ((whole.astype(np.float64) + 0.5) / 2.0**52).tolist()
        return numbers
