from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("distributed")

from psutil import CONN_LISTEN, Process

from drillsim.errors import DrillsimError
from drillsim.study.engines import chunk, dask_cluster
from drillsim.study.engines.dask_cluster import DaskEngine
from drillsim.study.engines.serial import SerialEngine
from drillsim.study.job import Bench, Job
from drillsim.study.replicate import replicate
from drillsim.study.results import Failure
from tests.study.engines import doomed
from tests.study.engines.dask_alone import ROOT, Alone, kill, sleeping_run
from tests.study.hand import failing_run, run, scenario

JOB = Job("slow", "emergency", 1)


def engine(run=run, **changes):
    return DaskEngine(Bench(scenario(), run=run), **{"workers": 2, **changes})


def serial(numbers, job=JOB):
    return repr(list(SerialEngine(Bench(scenario(), run=run)).attempts(job, numbers)))


def in_order(attempts):
    return repr(sorted(attempts, key=lambda attempt: attempt.replication))


def failures(attempts):
    return {attempt.replication: attempt for attempt in attempts if isinstance(attempt, Failure)}


def descendants():
    """Processes below this one, but the tracker that Python keeps."""
    return [
        child
        for child in Process().children(recursive=True)
        if "resource_tracker" not in str(child.cmdline())
    ]


@pytest.fixture(autouse=True)
def _nothing_is_left(tmp_path, monkeypatch, capfd):
    """No process, no file in the working directory, no word of dask's own."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    yield
    assert descendants() == []
    assert list(here.iterdir()) == []
    assert capfd.readouterr().err == ""


@pytest.fixture
def alone(tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    with Alone(logs) as cluster:
        yield cluster


def test_a_local_cluster_gives_the_serial_answer_job_after_job_on_loopback_only():
    scaled = Job("fast", "emergency", 2, factors=(("profiles.office.responses.voice", 2.0),))
    with engine() as dask:
        sockets = [
            socket.laddr.ip
            for process in (Process(), *descendants())
            for socket in process.net_connections()
            if socket.status == CONN_LISTEN
        ]
        for job in (JOB, scaled, JOB):
            assert in_order(dask.attempts(job, range(5, 45))) == serial(range(5, 45), job)
    assert len(sockets) >= 3
    assert {*sockets} == {"127.0.0.1"}


def test_a_defect_is_raised_and_an_iterator_that_is_closed_leaves_the_engine_of_use():
    with engine(failing_run) as dask:
        with pytest.raises(RuntimeError, match="replication 3 failed"):
            list(dask.attempts(JOB, range(12)))
        with closing(dask.attempts(JOB, range(4, 400))) as started:
            next(started)
        assert in_order(dask.attempts(JOB, range(4, 44))) == serial(range(4, 44))


def test_a_replication_that_ends_its_worker_is_named_and_all_others_are_there():
    with engine(partial(doomed.exiting_run, at=(5,))) as dask:
        found = list(dask.attempts(JOB, range(40)))
    assert not failures(found)[5].lasting
    assert "its worker process ended" in str(failures(found)[5])
    assert in_order(entry for entry in found if entry.replication != 5) == serial(
        [number for number in range(40) if number != 5]
    )


def test_a_replication_over_the_time_limit_is_named_and_all_others_are_there():
    with engine(partial(sleeping_run, at=(1, 17)), time_limit_s=2.0) as dask:
        found = list(dask.attempts(JOB, range(40)))
    assert failures(found) == {
        number: Failure(number, "took longer than 2 s", lasting=False) for number in (1, 17)
    }
    others = [entry for entry in found if not isinstance(entry, Failure)]
    assert in_order(others) == serial([number for number in range(40) if number not in (1, 17)])


@pytest.mark.slow
def test_compiled_code_that_hangs_is_ended_too():
    with engine(partial(doomed.hanging_run, at=(3,)), time_limit_s=0.5) as dask:
        found = list(dask.attempts(JOB, range(20)))
    assert [*failures(found)] == [3]
    assert len(found) == 20


@pytest.mark.slow
def test_separate_workers_give_the_digest_of_one_process_though_one_is_killed_in_the_middle(alone):
    alone.add_workers(1)
    alone.wait_for(alone.add_worker("--nthreads", "3"), "(Starting established connection)")
    done = []

    def kill_one(count, of):
        done.append(count)
        if count == 20:
            kill(alone.workers[0])

    slow = partial(doomed.slow_run, lasts_s=0.05)
    study = partial(replicate, scenario(), plan="slow", replications=100)
    found = study(run=slow, cluster=alone.address, progress=kill_one)
    assert found.digest == study(run=run).digest
    assert done == [*range(1, 101)]


def test_a_worker_that_joins_later_is_used_and_one_of_another_version_refused(alone, monkeypatch):
    with engine(cluster=alone.address) as dask:
        alone.add_worker()
        assert in_order(dask.attempts(JOB, range(20))) == serial(range(20))
        monkeypatch.setattr(dask_cluster, "__version__", "7.7")
        with pytest.raises(DrillsimError, match=r"joined has drillsim 0\.\d+\.\d+, here is 7\.7; install"):
            list(dask.attempts(JOB, range(20)))
        with pytest.raises(DrillsimError, match=r"127\.0\.0\.1:\d+ has drillsim .*, here is 7\.7"):
            engine(cluster=alone.address).__enter__()


def test_what_the_scheduler_forgets_is_sent_again(alone):
    alone.add_workers(1)
    with engine(partial(doomed.slow_run, lasts_s=0.05), cluster=alone.address) as dask:
        client = dask._shared.client
        attempts = dask.attempts(JOB, range(40))
        found = [next(attempts)]
        client._handle_cancelled_keys([*client.futures], reason="lost dependencies")
        found += attempts
    assert in_order(found) == serial(range(40))


def test_a_scheduler_that_forgets_everything_is_given_up(alone, monkeypatch):
    alone.add_workers(1)
    monkeypatch.setattr(dask_cluster, "_FORGOTTEN_MOST", 0)
    with engine(partial(doomed.slow_run, lasts_s=0.05), cluster=alone.address) as dask:
        attempts = dask.attempts(JOB, range(40))
        next(attempts)
        client = dask._shared.client
        client._handle_cancelled_keys([*client.futures], reason="lost dependencies")
        with pytest.raises(DrillsimError, match="was lost; start it and repeat"):
            list(attempts)


def test_without_any_worker_or_scheduler_a_study_ends_and_says_so(alone, monkeypatch):
    monkeypatch.setattr(dask_cluster, "_LOOK_S", 0.2)
    monkeypatch.setattr(dask_cluster, "_NO_WORKER_S", 1.0)
    with engine(cluster=alone.address) as dask:
        with pytest.raises(
            DrillsimError, match=rf"{alone.address} has had no worker for 1 s; start workers "
        ):
            list(dask.attempts(JOB, range(20)))
        started = dask.attempts(JOB, range(20))
        alone.scheduler.kill()
        with pytest.raises(DrillsimError, match="was lost; start it and repeat"):
            next(started)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("tcp://127.0.0.1:9", "Timed out"),
        ("nonsense", "missing port number"),
        ("tls://127.0.0.1:9", "TLS configuration"),
        ("ftp://127.0.0.1:9", "unknown address scheme"),
    ],
)
def test_an_address_where_no_scheduler_answers_is_said_with_the_remedy(address, says, monkeypatch):
    monkeypatch.setattr(dask_cluster, "_CONNECT_S", 1.0)
    with pytest.raises(DrillsimError, match=rf"no dask scheduler answers at {address}: .*{says}.*; check"):
        engine(cluster=address).__enter__()


def test_the_address_of_a_worker_is_refused(alone):
    address = alone.wait_for(alone.add_worker(), r"Start worker at:\s+(tcp://\S+)")
    with pytest.raises(DrillsimError, match=f"at {address} is a dask worker; give"):
        engine(cluster=address).__enter__()


def test_without_dask_the_engine_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(DrillsimError, match=r'pip install "\.\[cluster\]"'):
        engine().__enter__()


SCRIPT = """
    from functools import partial

    from drillsim.study.engines.dask_cluster import DaskEngine
    from drillsim.study.job import Bench, Job
    from tests.study.engines.doomed import slow_run
    from tests.study.hand import scenario

    if __name__ == "__main__":
        bench = Bench(scenario(), run=partial(slow_run, lasts_s=0.02))
        with DaskEngine(bench, workers=2) as dask:
            for attempt in dask.attempts(Job("slow", "emergency", 1), range({count})):
                print(attempt.replication, flush=True)
"""


def start(count: int) -> subprocess.Popen[str]:
    """A script with a local cluster, in a process group of its own."""
    script = Path("../script.py")
    script.write_text(textwrap.dedent(SCRIPT.format(count=count)), encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-X", "dev", script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_a_script_says_nothing_of_dask():
    said, complained = start(40).communicate(timeout=60)
    assert sorted(map(int, said.split())) == list(range(40))
    assert complained == ""


@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
@pytest.mark.skipif(os.name != "posix", reason="signals to a group of processes")
def test_no_process_outlives_its_parent_however_it_ends(how):
    script = start(100_000)
    assert script.stdout is not None
    script.stdout.readline()
    family = [child for child in Process(script.pid).children(recursive=True) if child.is_running()]
    if how == "SIGKILL":
        script.kill()
    else:
        os.killpg(script.pid, signal.SIGINT)  # what Ctrl-C does: all processes get it
    _, complained = script.communicate(timeout=30)
    until_s = time.monotonic() + 10.0
    while any(child.is_running() for child in family) and time.monotonic() < until_s:
        time.sleep(0.05)
    assert len(family) >= 2
    assert not any(child.is_running() for child in family)
    if how == "SIGINT":
        assert complained.count("Traceback") == complained.count("KeyboardInterrupt") == 1


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("openssl") is None, reason="certificates are made by openssl")
def test_with_tls_only_those_with_a_certificate_take_part(tmp_path):
    import dask

    secrets = tmp_path / "secrets"
    secrets.mkdir()
    certificate, key = secrets / "cluster.pem", secrets / "cluster.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=drillsim",
         "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )  # fmt: skip
    tls = {"distributed.comm.tls.ca-file": str(certificate)}
    environment = {"DASK_DISTRIBUTED__COMM__TLS__CA_FILE": str(certificate)}
    for role in ("scheduler", "worker", "client"):
        for name, file in (("cert", certificate), ("key", key)):
            tls[f"distributed.comm.tls.{role}.{name}"] = str(file)
            environment[f"DASK_DISTRIBUTED__COMM__TLS__{role.upper()}__{name.upper()}"] = str(file)
    environment["DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION"] = "true"
    with Alone(secrets, protocol="tls", environment=environment) as cluster:
        cluster.add_workers(1)
        with dask.config.set(tls), engine(cluster=cluster.address) as dask_engine:
            assert in_order(dask_engine.attempts(JOB, range(20))) == serial(range(20))
        with pytest.raises(DrillsimError, match="for tls the certificates"):
            engine(cluster=cluster.address).__enter__()
        plain = cluster.address.replace("tls", "tcp")
        with pytest.raises(DrillsimError, match="no dask scheduler answers"):
            engine(cluster=plain).__enter__()


def test_chunks_grow_with_measured_time_and_shrink_towards_the_end():
    waiting = chunk.Waiting(range(100))
    assert waiting.next(2) == (0,)
    for _ in range(10):
        waiting.took(0.07)
    assert waiting.next(2) == tuple(range(1, 11))
    sizes = []
    while numbers := waiting.next(2):
        sizes.append(len(numbers))
    assert sum(sizes) == 89
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 1
