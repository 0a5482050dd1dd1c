"""Named random streams: every draw is keyed by who needs it and what for, never by order.

A key is (root seed, replication, entity, purpose). Two plans under one seed meet the same luck, and
reordering a file changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Streams"]

_BLOCK = 128


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams of one replication."""

    seed: int
    replication: int = 0

    def _digest(self, entity: str, purpose: str) -> bytes:
        # Lengths in front keep ("a", "bc") and ("ab", "c") apart.
        text = f"{self.seed}|{self.replication}|{len(entity)}:{entity}|{len(purpose)}:{purpose}"
        return blake2b(text.encode(), digest_size=16).digest()

    def uniform(self, entity: str, purpose: str) -> float:
        """One number in the open interval (0, 1)."""
        whole = int.from_bytes(self._digest(entity, purpose)[:8], "little") >> 12
        return (whole + 0.5) / 2.0**52

    def uniforms(self, entity: str, purpose: str, count: int) -> NDArray[np.float64]:
        """``count`` numbers in (0, 1), shape (count,); a larger count only appends."""
        key = int.from_bytes(self._digest(entity, purpose), "little")
        whole = np.random.Generator(np.random.Philox(key=key)).integers(0, 2**52, size=count, dtype=np.uint64)
        return (whole.astype(np.float64) + 0.5) / 2.0**52

    def sequence(self, entity: str, purpose: str) -> Iterator[float]:
        """Numbers in (0, 1) without end, for what comes one after the other; in blocks, which is faster."""
        for block in count():
            key = int.from_bytes(self._digest(entity, f"{purpose}.{block}"), "little")
            whole = np.random.Philox(key=key).random_raw(_BLOCK) >> np.uint64(12)
            yield from ((whole.astype(np.float64) + 0.5) / 2.0**52).tolist()
