"""A program of its own that writes to a store: ``PATH FIRST END SIZE [LIMIT]``, killed or starved by tests.

It says ``ready``, waits for a line, adds batches of SIZE replications and says after each how far it is.
"""

from __future__ import annotations

import sys

from drillsim.errors import StoreFailed
from drillsim.study.store import Store
from tests.study import hand
from tests.study.stored import JOB, results

if __name__ == "__main__":
    path, (first, end, size, *limit) = sys.argv[1], map(int, sys.argv[2:])
    scenario = hand.scenario()
    batches = [(at + size, results(range(at, at + size), heads=300)) for at in range(first, end, size)]
    print("ready", flush=True)
    sys.stdin.readline()
    if limit:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit[0], resource.RLIM_INFINITY))
    try:
        with Store(path, scenario=scenario, seed=1) as store:
            for done, batch in batches:
                store.add(JOB, batch)
                print(done, flush=True)
    except StoreFailed as fault:
        print(fault, file=sys.stderr)
        sys.exit(6)
