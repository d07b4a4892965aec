"""Who fetches which bytes: whatever the order of things, each byte is written once, and none is forgotten."""

import threading
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.downloads import runs as module
from core.downloads.runs import Run, RunNote, Runs
from core.downloads.session import Wire

SIZE = 1000
_PICK = st.integers(0, 10)
_COUNT = st.integers(1, 300)


class Connections(RuleBasedStateMachine):
    """Connections that come, write and go in any order; the file is a count of writes for each byte."""

    def __init__(self) -> None:
        super().__init__()
        self.file = [0] * SIZE
        self.taken: list[Run] = []
        self.reserved: dict[Run, int] = {}
        self.is_refused = False

    @initialize(prefix=st.integers(0, SIZE))
    def begin(self, prefix: int) -> None:
        self.runs = Runs(prefix, SIZE)
        self._fill(0, prefix)

    def _fill(self, begin: int, end: int) -> None:
        for i in range(begin, end):
            self.file[i] += 1

    def _writers(self) -> list[Run]:
        return [self.runs.prefix, *self.taken]

    @rule(is_stuck=st.booleans())
    def take(self, is_stuck: bool) -> None:
        """One more connection; the others may have had no byte for long."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "_STUCK", 0.0 if is_stuck else 1e9)
            self._take()

    def _take(self) -> None:
        run = self.runs.take(Wire())
        if run is not None:
            assert run not in self.taken
            assert not self.is_refused
            self.taken.append(run)

    @rule(pick=_PICK, count=_COUNT)
    def reserve(self, pick: int, count: int) -> None:
        """A connection has read bytes and is about to write them; others may take and split meanwhile."""
        run = self._writers()[pick % len(self._writers())]
        if run not in self.reserved:
            self.reserved[run] = self.runs.reserve(run, count)

    @rule(pick=_PICK)
    def write(self, pick: int) -> None:
        if not self.reserved:
            return
        run = list(self.reserved)[pick % len(self.reserved)]
        self._write(run, self.reserved.pop(run))

    def _write(self, run: Run, count: int) -> None:
        self._fill(run.position, run.position + count)
        self.runs.wrote(run, memoryview(bytes(count)))

    @rule(pick=_PICK, is_refused=st.booleans())
    def give_back(self, pick: int, is_refused: bool) -> None:
        if not self.taken:
            return
        run = self.taken.pop(pick % len(self.taken))
        self.reserved.pop(run, None)
        self.runs.give_back(run, is_refused=is_refused)
        self.is_refused = self.is_refused or is_refused

    @rule()
    def begin_anew(self) -> None:
        """The first connection has ended, and with it all; it begins again."""
        self._end_all()
        self.runs.stop()
        assert self.runs.take(Wire()) is None
        assert self.runs.reserve(self.runs.prefix, 1) == 0
        self.runs.go_on()
        self.is_refused = False

    @rule()
    def restore(self) -> None:
        """A new process has nothing but the notes."""
        self._end_all()
        self.runs = Runs(self.runs.prefix.position, SIZE, self.runs.notes())
        self.is_refused = False

    def _end_all(self) -> None:
        while self.taken:
            self.runs.give_back(self.taken.pop())
        self.reserved.clear()

    @invariant()
    def each_byte_was_written_once_at_the_most(self) -> None:
        assert max(self.file) <= 1
        assert self.runs.total == sum(self.file)
        assert self.runs.is_complete == all(self.file)
        if sum(self.file):
            assert self.runs.reach == SIZE - self.file[::-1].index(1)

    @invariant()
    def the_notes_are_what_is_there(self) -> None:
        there = [0] * SIZE
        for note in [RunNote(0, self.runs.prefix.position, 0), *self.runs.notes()]:
            there[note.begin : note.position] = [1] * (note.position - note.begin)
        assert there == self.file

    def teardown(self) -> None:
        """However it stands: the first connection alone brings it to its end."""
        if not hasattr(self, "runs"):
            return
        self._end_all()
        self.runs.go_on()
        self._write(self.runs.prefix, self.runs.reserve(self.runs.prefix, SIZE))
        while (run := self.runs.take(Wire())) is not None:
            self._write(run, self.runs.reserve(run, SIZE))
            self.runs.give_back(run)
        assert self.file == [1] * SIZE
        assert self.runs.is_complete


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of a few bytes."""
    monkeypatch.setattr(module, "LEAST", 20)


def test_connections_in_any_order() -> None:
    run_state_machine_as_test(
        Connections,
        settings=settings(
            max_examples=150, stateful_step_count=40, deadline=None, derandomize=True, database=None
        ),
    )


def written(runs: Runs, run: Run, count: int) -> None:
    runs.wrote(run, memoryview(bytes(runs.reserve(run, count))))


def taken(runs: Runs) -> Run:
    run = runs.take(Wire())
    assert run is not None
    return run


def test_what_is_left_is_split_where_most_is() -> None:
    runs = Runs(0, SIZE)
    first, second = taken(runs), taken(runs)
    assert (first.begin, first.end) == (500, 1000)
    assert (second.begin, second.end) == (250, 500)
    written(runs, first, 450)
    assert taken(runs).end in (250, 500)


def test_bytes_that_are_about_to_be_written_are_not_given_to_others() -> None:
    runs = Runs(0, SIZE)
    assert runs.reserve(runs.prefix, 900) == 900
    assert taken(runs).begin == 950
    assert runs.reserve(runs.prefix, 960) == 950


def test_a_run_that_fails_late_is_not_given_to_a_connection_that_is_ending() -> None:
    """The first has just been told that its last bytes are the last ones; it would call the rest missing."""
    runs = Runs(0, SIZE)
    run = taken(runs)
    assert runs.reserve(runs.prefix, SIZE) == 500
    runs.give_back(run)
    runs.wrote(runs.prefix, memoryview(bytes(500)))
    assert runs.prefix.position == runs.prefix.end == 500
    assert taken(runs).begin == 500


def test_a_server_that_gives_no_parts_gets_no_further_requests() -> None:
    runs = Runs(0, SIZE)
    runs.give_back(taken(runs), is_refused=True)
    assert runs.take(Wire()) is None
    assert runs.prefix.end == SIZE
    assert runs.is_whole_only
    runs.go_on()
    assert runs.take(Wire()) is not None


def test_nothing_is_split_off_that_does_not_pay() -> None:
    runs: Any = Runs(SIZE - 39, SIZE)
    assert runs.take(Wire()) is None
    runs = Runs(SIZE - 40, SIZE)
    assert taken(runs).begin == SIZE - 20


def test_the_end_of_a_run_is_taken_from_a_connection_that_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs(SIZE - 60, SIZE)
    run = taken(runs)
    written(runs, run, 5)
    written(runs, runs.prefix, 30)
    assert runs.take(Wire()) is None
    monkeypatch.setattr(module, "_STUCK", 0.0)
    rest = taken(runs)
    assert (rest.begin, rest.end) == (SIZE - 25, SIZE)
    assert runs.reserve(run, 25) == 0, "it comes too late"
    runs.give_back(run)
    written(runs, rest, 25)
    assert runs.is_complete


def test_bytes_that_are_being_written_are_waited_for_and_nothing_else() -> None:
    """A connection that is being made may take long; it finds its run closed."""
    runs = Runs(0, SIZE)
    waiting, wire = taken(runs), Wire()
    writing = runs.take(wire)
    assert writing is not None
    count = runs.reserve(writing, 10)
    stopping = threading.Thread(target=runs.stop)
    stopping.start()
    assert wire.wait_for_cut(20)
    assert stopping.is_alive()
    runs.wrote(writing, memoryview(bytes(count)))
    stopping.join(20)
    assert not stopping.is_alive()
    assert runs.reserve(waiting, 10) == 0
