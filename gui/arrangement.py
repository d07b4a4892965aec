"""Which jobs the table shows and in what order, worked out in slices: 100,000 rows never hold up the window."""

import heapq
from collections.abc import Generator, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from core.job import JobId, JobSnapshot, bounded
from gui.columns import TRAITS, Column
from gui.state_filter import StateFilter

_SLICE: Final = 200

Steps = Generator[None, None, list[JobId]]


class Criteria(NamedTuple):
    """What the user asked to see.

    Attributes:
        states: The line of the left pane.
        needle: The search text, casefolded; empty for none.
        column: What to sort by.
        descending: Whether the largest comes first.
    """

    states: StateFilter = StateFilter.ALL
    needle: str = ""
    column: Column = Column.ADDED
    descending: bool = False

    @property
    def shows_all_in_order(self) -> bool:
        """Whether new jobs simply go to the end."""
        return not self.needle and self.states is StateFilter.ALL and self.keeps_order

    @property
    def keeps_order(self) -> bool:
        """Whether jobs stand in the order in which they were added."""
        return self.column is Column.ADDED and not self.descending

    @property
    def is_volatile(self) -> bool:
        """Whether running jobs may change what is shown, or where."""
        return self.states is not StateFilter.ALL or TRAITS[self.column].volatile

    def matches(self, job: JobSnapshot) -> bool:
        """Whether the job is shown."""
        if not self.states.lets_through(job.state):
            return False
        needle = self.needle
        return not needle or needle in job.name.casefold() or needle in bounded(job.source).casefold()


def arrange(jobs: Mapping[JobId, JobSnapshot], criteria: Criteria, *, in_order: bool = True) -> Steps:
    """The ids to show, in order; yields every fraction of a millisecond.

    Args:
        jobs: All jobs. It may change between two steps: jobs that come after this call are left out, jobs that go
            may be in the result.
        criteria: What to show.
        in_order: Whether the jobs are in the order in which they were added.
    """
    # What came back in a few goes are a few ascending runs: to sort 100,000 of such takes 1 to 3 ms.
    return _arrange(jobs, list(jobs) if in_order else sorted(jobs), criteria)


def _arrange(jobs: Mapping[JobId, JobSnapshot], ids: list[JobId], criteria: Criteria) -> Steps:
    kept = yield from _kept(jobs, ids, criteria)
    if criteria.column is Column.ADDED:
        return kept[::-1] if criteria.descending else kept
    return (yield from _sorted(jobs, kept, criteria))


def _slices(ids: Sequence[JobId]) -> Iterator[Sequence[JobId]]:
    return (ids[start : start + _SLICE] for start in range(0, len(ids), _SLICE))


def _kept(jobs: Mapping[JobId, JobSnapshot], ids: list[JobId], criteria: Criteria) -> Steps:
    if not criteria.needle and criteria.states is StateFilter.ALL:
        return ids
    kept: list[JobId] = []
    for some in _slices(ids):
        found = ((job_id, jobs.get(job_id)) for job_id in some)
        kept += [job_id for job_id, job in found if job is not None and criteria.matches(job)]
        yield
    return kept


def _sorted(jobs: Mapping[JobId, JobSnapshot], ids: Sequence[JobId], criteria: Criteria) -> Steps:
    key, descending = TRAITS[criteria.column].key, criteria.descending
    runs: list[list[tuple[bool, Any, JobId]]] = []
    for some in _slices(ids):
        keyed = [
            # What is unknown goes last, whichever way the rest is sorted.
            ((value is None) != descending, value, job.id)
            for job in map(jobs.get, some)
            if job is not None
            for value in (key(job),)
        ]
        keyed.sort(key=_comparable, reverse=descending)
        runs.append(keyed)
        yield
    merged = heapq.merge(*map(_drained, runs), key=_comparable, reverse=descending)
    result: list[JobId] = []
    while block := [job_id for _, _, job_id in islice(merged, _SLICE)]:
        result += block
        yield
    return result


def _drained(run: list[tuple[bool, Any, JobId]]) -> Iterator[tuple[bool, Any, JobId]]:
    """The members of a list, which is emptied on the way: to free 100,000 keys at once would take a while."""
    run.reverse()
    while run:
        yield run.pop()


def _comparable(keyed: tuple[bool, Any, JobId]) -> tuple[Any, ...]:
    unknown, value, _ = keyed
    return (unknown,) if value is None else (unknown, value)
