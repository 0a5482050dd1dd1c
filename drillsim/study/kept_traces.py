"""Which traces of a study are kept: the first, the extreme, the typical ones; others come from the seed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from drillsim.errors import StoreFailed
from drillsim.messages import say
from drillsim.study.job import Result
from drillsim.study.typical import nearest_median

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.measures.value import Value
    from drillsim.study.job import Bench, Job
    from drillsim.study.results import Ensemble, Outcome
    from drillsim.study.store import Store

__all__ = ["extremes", "keep_traces", "worth_keeping"]


def keep_traces(
    store: Store, bench: Bench, job: Job, ensemble: Ensemble, *, first: int = 3
) -> dict[int, str]:
    """Keep the traces of the ``first`` replications, of the earliest and latest, and of the median one.

    Those not kept yet are made once more from the seed; those kept for a reason that holds no longer are
    dropped; with ``first`` 0 none is kept. A run that another platform made, and that comes out otherwise on
    this one, is left out. Returns replications and why they are kept. Raises :class:`StoreFailed` if the
    file cannot be written to, or if a run of this very platform comes out otherwise when made once more.
    """
    chosen = worth_keeping(ensemble, first=first)
    kept = store.kept_traces(job)
    by_number = {outcome.replication: outcome for outcome in ensemble.outcomes}
    for number, reason in chosen.items():
        if kept.get(number) == reason:
            continue
        trace = store.trace(job, number) if number in kept else None
        if trace is None:
            trace = bench.trace(job, number)
        if trace.digest() == by_number[number].trace_digest:
            store.keep_trace(job, trace, reason=reason)
        elif trace.header.fingerprint in ensemble.fingerprint.split(" + "):
            raise StoreFailed(_other_run(store, job, number, trace.header.version, trace.header.fingerprint))
    if superseded := kept.keys() - chosen.keys():
        store.drop_traces(job, sorted(superseded))
    return store.kept_traces(job)


def worth_keeping(ensemble: Ensemble, *, first: int = 3) -> dict[int, str]:
    """Replications whose traces are worth keeping, and why: ``first``, ``extreme``, ``median`` or several."""
    if not ensemble.outcomes or first < 1:
        return {}
    reasons: defaultdict[int, list[str]] = defaultdict(list)
    for number in sorted(outcome.replication for outcome in ensemble.outcomes)[:first]:
        reasons[number].append("first")
    for number in sorted(extremes(ensemble.outcomes)):
        reasons[number].append("extreme")
    reasons[nearest_median(ensemble).replication].append("median")
    return {number: " ".join(why) for number, why in sorted(reasons.items())}


def extremes(outcomes: Sequence[Outcome]) -> set[int]:
    """The replications with the earliest and the latest last person out, or ENDEX where nobody leaves.

    What was not reached counts as later than all that was; of several such, the one watched for longest is
    the latest. The lowest number of equal ones.
    """
    anybody = any(outcome.leavers and "last_out" in outcome.measures for outcome in outcomes)
    name = "last_out" if anybody else "endex"  # where nobody is to leave, the last of nobody is out at 0
    found = [
        (_order(outcome.measures[name]), outcome.replication)
        for outcome in outcomes
        if name in outcome.measures
    ]
    if not found:
        return set()
    latest = max(order for order, _ in found)
    return {min(found)[1], min(number for order, number in found if order == latest)}


def _order(value: Value) -> tuple[float, float]:
    return value.rank, value.at_least or 0.0


def _other_run(store: Store, job: Job, number: int, version: str, fingerprint: str) -> str:
    stored = store.attempts(job, [number]).get(number)
    before = f"{stored.version} ({stored.fingerprint})" if isinstance(stored, Result) else "?"
    return say(
        "store.other-run",
        file=store.path,
        number=number,
        before=before,
        now=f"{version} ({fingerprint})",
    )
