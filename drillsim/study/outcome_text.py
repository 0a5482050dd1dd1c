"""An outcome as text and back, exactly; and the hash over all outcomes of a study."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from drillsim.measures.standstill import Wait
from drillsim.measures.value import Value
from drillsim.study.exact_json import fitted, from_bytes, to_bytes
from drillsim.study.results import Outcome, TaskSpan

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["digest_of", "outcome_of", "text_of"]

_PLAIN: Final[dict[str, Any]] = {
    "replication": int,
    "end": str,
    "end_s": float,
    "exit_times_s": [float],
    "leavers": int,
    "critical": [str],
    "trace_digest": str,
    "flags": [str],
    "trapped": [(str, int)],
    "lost": [(str, str)],
}
_FIELDS: Final = frozenset(_PLAIN) | {"measures", "tasks", "drawn", "waits"}
_VALUE: Final = (float, str, float | None)
_SPAN: Final = (float,) * 4
_WAIT: Final = (str, str, str, int, float | None)


def text_of(outcome: Outcome) -> bytes:
    """Canonical: equal outcomes give equal bytes. Scalars of NumPy become plain numbers.

    Raises ``TypeError`` for values that are neither text nor numbers.
    """
    return to_bytes(
        {
            **{name: getattr(outcome, name) for name in _PLAIN},
            "measures": {
                name: (value.number, value.unit, value.at_least) for name, value in outcome.measures.items()
            },
            "tasks": {
                name: (span.ready_s, span.started_s, span.done_s, span.slack_s)
                for name, span in outcome.tasks.items()
            },
            "drawn": outcome.drawn,
            "waits": [(wait.who, wait.what, wait.place, wait.heads, wait.since_s) for wait in outcome.waits],
        }
    )


def outcome_of(text: bytes) -> Outcome:
    """The outcome that :func:`text_of` wrote; raises ``ValueError`` for any other text."""
    content = from_bytes(text)
    if not isinstance(content, dict) or content.keys() != _FIELDS:
        raise ValueError("the fields are not those of an outcome")
    plain = {name: fitted(content[name], shape, place=name) for name, shape in _PLAIN.items()}
    return Outcome(
        **plain,
        measures={name: Value(*entry) for name, entry in _named(content, "measures", _VALUE)},
        tasks={name: TaskSpan(*entry) for name, entry in _named(content, "tasks", _SPAN)},
        drawn=dict(_named(content, "drawn", float)),
        waits=tuple(Wait(*entry) for entry in fitted(content["waits"], [_WAIT], place="waits")),
    )


def _named(content: dict[str, object], field: str, shape: Any) -> list[tuple[str, Any]]:
    entries = content[field]
    if not isinstance(entries, dict):
        raise ValueError(f"{field}: no names with values")
    return [(name, fitted(entry, shape, place=f"{field}.{name}")) for name, entry in entries.items()]


def digest_of(outcomes: Iterable[Outcome]) -> str:
    """Hash (32 hex digits) over all that the outcomes hold, in order of replication."""
    state = blake2b(digest_size=16)
    for outcome in sorted(outcomes, key=lambda entry: entry.replication):
        text = text_of(outcome)
        state.update(len(text).to_bytes(8, "little"))  # so that no two lists of texts run together alike
        state.update(text)
    return state.hexdigest()
