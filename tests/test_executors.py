"""Pages run where they are told to, and the site is the same; what cannot be had is said in a line."""

import builtins
import importlib
import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from processes import PATIENCE

from press.base.errors import PressError
from press.execute import pool
from press.execute.pool import jobs_that_fit

GIB = 2**30
PAGES = [SimpleNamespace(path=name) for name in "abc"]


@pytest.mark.parametrize(
    ("free", "peaks", "jobs"),
    [
        (8 * GIB, {}, 5),  # the cores are the limit, and one page may wait for another
        (2 * GIB, {}, 2),  # a page that never ran is taken to need 1 GiB
        (0, {}, 1),  # one page always runs
        (8 * GIB, {"b": 3 * GIB}, 2),  # the hungriest page counts
        (2 * GIB, {"a": GIB // 8, "b": GIB // 8, "c": GIB // 8}, 5),
    ],
)
def test_as_many_pages_run_at_once_as_cores_and_memory_allow(
    monkeypatch: pytest.MonkeyPatch, free: int, peaks: dict[str, int], jobs: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    cache: Any = SimpleNamespace(peak=lambda page: peaks.get(page.path, 0))
    assert jobs_that_fit(cache, list(PAGES), lambda: free) == jobs  # type: ignore[arg-type]


def test_the_memory_that_can_be_had_is_known() -> None:
    assert 2**20 < pool.available_memory() < 2**50


@pytest.mark.parametrize("name", ["dask://", "ray://x:1"])
def test_another_executor_is_refused_with_the_remedy(journal: Any, name: str) -> None:
    said = journal.press("run", "--executor", name)
    assert said.status == 1
    assert (
        said.err
        == f"--executor: {name!r} names no executor; write dask://HOST:PORT, or leave it out\n"
    )


def test_a_missing_package_is_named_with_the_extra(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "distributed":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    said = journal.press("run", "--executor", "dask://127.0.0.1:1")
    assert (said.status, "pip install -e '.[cluster]'" in said.err) == (1, True)


def test_this_machine_needs_no_dask() -> None:
    assert "distributed" not in vars(pool)


@pytest.fixture
def cluster() -> Iterator[str]:
    """A cluster of two processes on this machine; its address."""
    distributed = pytest.importorskip(
        "distributed", reason="NO CLUSTER: install the extra `cluster`"
    )
    patience = {f"distributed.comm.timeouts.{kind}": f"{PATIENCE}s" for kind in ("connect", "tcp")}
    with (
        importlib.import_module("dask").config.set(patience),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            host="127.0.0.1",
        ) as made,
    ):
        yield made.scheduler_address.replace("tcp://", "dask://")


@pytest.mark.soak
@pytest.mark.filterwarnings("default")  # of dask's own making
def test_two_processes_of_a_cluster_give_the_same_site_byte_for_byte(
    journal: Any, tree: Any, cluster: str
) -> None:
    claiming = (
        "```{python}\nfrom exhibits import claim\nclaim('many', True, value=7, says='Many.')\n```\n"
    )
    journal.page(claiming)
    journal.page(
        "```{python}\nprint({'a', 'b', 'c'})\n```\n\nIt is `{python} 6 * 7`.\n",
        "journal/2025-07-03-b.qmd",
    )
    gathering = "```{python}\nfrom exhibits import verdicts\nverdicts()\n```\n"
    journal.page(gathering, "journal/claims.qmd", "press: {gathers: true}\n")

    def site() -> dict[str, bytes]:
        return {
            name: data
            for name, data in tree(journal.site).items()
            if not name.endswith(".receipt.json")
        }

    journal.render()
    here = site()
    said = journal.press("render", "--with", "builtin", "--fresh", "--executor", cluster)
    assert said.status == 0, said.err
    assert "Executed 4 of 4 pages" in said.out
    assert site() == here
    journal.page("```{python}\n1 / 0\n```\n", "journal/2025-07-03-b.qmd")
    said = journal.press("run", "--executor", cluster)
    assert said.status == 1
    assert said.err.startswith("journal/2025-07-03-b.qmd:6: the cell raised ZeroDivisionError")
    assert len(said.err.splitlines()) == 1


@pytest.mark.filterwarnings("default")
def test_a_cluster_that_does_not_answer_is_said_in_a_line(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip(
        "distributed", reason="NO CLUSTER: install the extra `cluster`"
    )

    def silent(*arguments: Any, **options: Any) -> None:
        raise OSError("Timed out trying to connect\nto tcp://127.0.0.1:1")

    monkeypatch.setattr(distributed, "Client", silent)
    with (
        pytest.raises(
            PressError,
            match=r"no cluster answers at tcp://127.0.0.1:1: .*; start one: dask scheduler",
        ),
        pool.executor(journal.project().config, "dask://127.0.0.1:1", 1),
    ):
        pass
