"""The same work by this process, by processes, and by a Dask cluster; workers that die cost nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future
from pathlib import Path
from typing import Any

import pytest

from jtai_reports.cluster import join_cluster
from jtai_reports.crew import Crew, Done, Here, Limits, Processes, crew_of, each
from jtai_reports.errors import JtaiError, UsageError
from tests.conftest import ROOT


def double(number: int) -> int:
    """Twice the number."""
    return 2 * number


def die_at_five(number: int) -> int:
    """Kill this worker at 5; it runs in a worker."""
    if number == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def die_once(mark: Path) -> str:
    """Kill this worker the first time that any worker gets here."""
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return mark.name
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def refuse(number: int) -> int:
    """Raise a fault that is the program's own."""
    raise ValueError(f"no {number}")


@pytest.fixture(params=["here", "processes", "cluster"])
def crew(request: pytest.FixtureRequest) -> Iterator[Crew]:
    """Each of the three crews."""
    if request.param == "cluster":
        with join_cluster(request.getfixturevalue("scheduler"), (ROOT,)) as joined:
            yield joined
    else:
        yield Here() if request.param == "here" else Processes(2)


def test_every_item_comes_back_once(crew: Crew) -> None:
    found = list(each(crew, double, range(50)))
    assert sorted(found) == [Done(number, 2 * number) for number in range(50)]


def test_no_items_need_no_workers() -> None:
    assert list(each(Processes(2), double, [])) == []


def test_a_fault_of_the_function_is_raised(crew: Crew) -> None:
    with pytest.raises(ValueError, match="no 3"):
        list(each(crew, refuse, [3]))


@pytest.mark.parametrize("kind", ["processes", "cluster"])
def test_what_kills_every_worker_is_lost_and_nothing_else(kind: str, request: pytest.FixtureRequest) -> None:
    if kind == "cluster":
        with join_cluster(request.getfixturevalue("scheduler"), (ROOT,)) as joined:
            found = list(each(joined, die_at_five, range(20)))
    else:
        found = list(each(Processes(2), die_at_five, range(20)))
    assert sorted(done.item for done in found) == list(range(20))
    assert [done.item for done in found if done.lost] == [5]
    assert all(done.result == 2 * done.item for done in found if not done.lost)


@pytest.mark.parametrize("kind", ["processes", "cluster"])
def test_what_was_in_a_dead_workers_hand_is_done_again(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    marks = [tmp_path / "a", tmp_path / "b"]
    marks[1].touch()  # only the first one kills
    if kind == "cluster":
        with join_cluster(request.getfixturevalue("scheduler"), (ROOT,)) as joined:
            found = list(each(joined, die_once, marks))
    else:
        found = list(each(Processes(1), die_once, marks))
    assert sorted((done.item.name, done.result, done.lost) for done in found) == [("a", "a", False), ("b", "b", False)]


def test_a_worker_that_dies_before_it_is_asked_costs_nothing() -> None:
    asked: list[int] = []

    class Dead(Here):
        """Breaks at the first two items, and again once while each is done alone."""

        losses: tuple[type[BaseException], ...] = (BrokenExecutor,)

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as an executor's
            asked.append(1)
            if len(asked) == 2:
                raise BrokenExecutor
            future = super().submit(fn, *args, **kwargs)
            if len(asked) == 1:
                future = Future()
                future.set_exception(BrokenExecutor())
            return future

    assert sorted(each(Dead(), double, [1, 2])) == [Done(1, 2), Done(2, 4)]


def test_a_hanging_item_is_cut_off() -> None:
    (done,) = each(Processes(1), signal.sigwait, [{signal.SIGUSR1}], limits=Limits(seconds=1))
    assert done.lost


def test_no_workers_is_this_process() -> None:
    assert isinstance(crew_of(0), Here)
    assert isinstance(crew_of(3), Processes)


def test_nobody_answers() -> None:
    with pytest.raises(UsageError, match=r"tcp://127\.0\.0\.1:9: no Dask scheduler answers there"):
        join_cluster("tcp://127.0.0.1:9", ()).__enter__()
    with pytest.raises(UsageError, match="no Dask scheduler answers there"):
        join_cluster("nonsense://", ()).__enter__()


def test_workers_that_do_not_see_the_letters_are_refused(scheduler: str) -> None:
    missing = Path("/nowhere/at/all")
    with (
        pytest.raises(UsageError, match=r"the worker does not see /nowhere/at/all"),
        join_cluster(scheduler, (missing,)),
    ):
        pass


def test_workers_with_several_threads_are_refused() -> None:
    from distributed import LocalCluster

    with (
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=1, threads_per_worker=2, processes=True, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        pytest.raises(UsageError, match="the worker has 2 threads and must have 1"),
        join_cluster(cluster.scheduler_address, ()),
    ):
        pass


def test_a_cluster_that_loses_all_its_workers_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import LocalCluster

    monkeypatch.setattr("jtai_reports.crew.PATIENCE", 0.5)
    monkeypatch.setattr("jtai_reports.cluster.GRACE", 1.0)
    with (
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=1, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        join_cluster(cluster.scheduler_address, ()) as joined,
    ):
        cluster.scale(0)
        cluster.sync(cluster._correct_state)
        with pytest.raises(JtaiError, match="The cluster has no workers left"):
            list(each(joined, double, [1]))
