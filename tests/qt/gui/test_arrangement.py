import random
from collections.abc import Generator
from typing import Any, TypeVar

import pytest

from core.job import JobId, JobSnapshot, JobState
from gui.arrangement import Criteria, arrange
from gui.columns import TRAITS, Column
from gui.state_filter import StateFilter
from tests.qt.gui.scripted_engine import snapshot, varied

T = TypeVar("T")


def run(steps: Generator[None, None, T]) -> T:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


class Counted(dict[JobId, JobSnapshot]):
    """Counts how many jobs are looked up."""

    looked_up = 0

    def get(self, *args: Any) -> Any:
        self.looked_up += 1
        return super().get(*args)


def by_id(jobs: list[JobSnapshot]) -> dict[JobId, JobSnapshot]:
    return {job.id: job for job in jobs}


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", Column)
def test_sorted_as_python_sorts(column: Column, descending: bool) -> None:
    jobs = by_id(varied(1500))
    key = TRAITS[column].key
    rows = run(arrange(jobs, Criteria(column=column, descending=descending)))
    assert sorted(rows) == sorted(jobs)
    values = [key(jobs[i]) for i in rows]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=descending)
    assert all(value is None for value in values[len(known) :]), "what is unknown goes last"


def test_equal_ones_keep_their_order() -> None:
    jobs = by_id([snapshot(n, name="same") for n in range(1, 1001)])
    for descending in (False, True):
        assert run(arrange(jobs, Criteria(column=Column.NAME, descending=descending))) == list(jobs)


def test_filter_and_search() -> None:
    jobs = by_id(varied(500))
    failed = run(arrange(jobs, Criteria(StateFilter.FAILED)))
    assert failed == [i for i, job in jobs.items() if job.state is JobState.FAILED]
    found = run(arrange(jobs, Criteria(needle="kranich")))
    assert found
    assert all("kranich" in jobs[i].source.lower() for i in found)
    assert run(arrange(jobs, Criteria(needle="zebra"))) == []


def test_newest_first() -> None:
    jobs = by_id(varied(10))
    assert run(arrange(jobs, Criteria(descending=True))) == list(jobs)[::-1]


def test_jobs_may_go_and_come_between_two_steps() -> None:
    jobs = by_id(varied(2000))
    steps = arrange(jobs, Criteria(column=Column.NAME))
    for _ in range(3):
        next(steps)
        jobs.popitem()
        jobs[JobId(10_000 + len(jobs))] = snapshot(10_000 + len(jobs))
    assert len(run(steps)) <= 2000


def test_steps_are_short() -> None:
    dice = random.Random(4)
    jobs = Counted(by_id([snapshot(n, name=f"p{dice.randrange(10**6)}.jpg") for n in range(1, 4001)]))
    looked_up = []
    for _ in arrange(jobs, Criteria(needle="p", column=Column.NAME)):
        looked_up.append(jobs.looked_up)
        jobs.looked_up = 0
    # Twenty steps each to search, to sort slices and to merge them.
    assert looked_up == [200] * 40 + [0] * 20


def test_criteria() -> None:
    assert Criteria().shows_all_in_order
    assert not Criteria(needle="a").shows_all_in_order
    assert not Criteria(descending=True).shows_all_in_order
    assert not Criteria().is_volatile
    assert Criteria(StateFilter.DONE).is_volatile
    assert Criteria(column=Column.SPEED).is_volatile
    assert not Criteria(column=Column.HOST).is_volatile


def test_every_state_is_in_one_filter_beside_all() -> None:
    for state in JobState:
        assert next(f for f in StateFilter if f.lets_through(state)) is StateFilter.ALL
        assert len([f for f in StateFilter if f.lets_through(state)]) == 2
