"""The suites of the crowd run on both kernels: each of them once plain, once compiled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from drillsim.people.kernel import Kernel, crowd_class
from tests.people import cases, random_sites

ON_BOTH = ("test_crowd", "test_network_properties", "test_oracle")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.module.__name__.rpartition(".")[2].startswith(ON_BOTH):
        metafunc.parametrize("kernel", ["plain", "compiled"], indirect=True, scope="module")


@pytest.fixture(scope="module", autouse=True)
def kernel(request: Any) -> Iterator[Kernel]:
    """Makes ``Crowd`` in the tests of a module the kernel of that name."""
    wanted: Kernel = getattr(request, "param", "plain")
    if wanted == "compiled":
        pytest.importorskip("numba")
    with pytest.MonkeyPatch.context() as patch:
        for module in (cases, random_sites, request.module):
            if hasattr(module, "Crowd"):
                patch.setattr(module, "Crowd", crowd_class(1, kernel=wanted))
        yield wanted
