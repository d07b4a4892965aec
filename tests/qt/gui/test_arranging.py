import pytest
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from core.job import JobId, JobState
from gui.arrangement import Criteria
from gui.arranging import Arranging
from gui.columns import Column
from gui.job_model import JobModel
from gui.state_filter import StateFilter
from tests.qt.gui.scripted_engine import snapshot
from tests.support.waiting import wait_for_signal, wait_until


@pytest.fixture
def model(qapp: QApplication) -> JobModel:  # noqa: ARG001 - needs an application
    model = JobModel()
    model.add([snapshot(n, name=f"p{1000 - n}") for n in range(1, 1000)])
    return model


def test_sorts_on_demand(model: JobModel) -> None:
    arranging = Arranging(model)
    wait_for_signal(arranging.settled, lambda: arranging.ask(Criteria(column=Column.NAME)))
    assert model.rows[0] == 999
    assert model.rows[-1] == 1


def test_same_question_is_not_worked_out_again(model: JobModel) -> None:
    arranging = Arranging(model)
    rows = model.rows
    arranging.ask(Criteria())
    assert model.rows is rows


def test_jobs_that_come_meanwhile_are_not_lost(model: JobModel) -> None:
    arranging = Arranging(model)
    arranging.ask(Criteria(column=Column.NAME, descending=True))
    new = [snapshot(n, name=f"p{n}") for n in range(1000, 1010)]
    model.add(new)
    arranging.note_added([job.id for job in new])
    wait_for_signal(arranging.settled)
    assert len(model.rows) == 1009
    wait_until(lambda: model.rows[0] == 1009)


def test_jobs_that_go_meanwhile_do_not_come_back(model: JobModel) -> None:
    arranging = Arranging(model)
    arranging.ask(Criteria(column=Column.NAME))
    arranging.note_removed()
    model.remove(list(model.jobs)[:500])
    wait_for_signal(arranging.settled)
    assert len(model.rows) == 499


def test_many_removals_in_a_row_are_one(model: JobModel) -> None:
    model.add([snapshot(n) for n in range(1000, 8001)])
    arranging = Arranging(model)
    spy = QSignalSpy(model.rowsRemoved)
    for first in range(1, 5001, 500):
        model.forget([JobId(n) for n in range(first, first + 500)])
        arranging.note_removed()
    assert spy.count() == 1, "the first goes at once"
    wait_until(lambda: not model.needs_sweep)
    assert spy.count() == 2
    assert list(model.rows) == list(model.jobs) == list(range(5001, 8001))


def test_few_rows_go_at_once(model: JobModel) -> None:
    arranging = Arranging(model)
    for number in (1, 2, 3):
        model.forget([JobId(number)])
        arranging.note_removed()
        assert len(model.rows) == 999 - number


def test_a_filter_follows_the_states(model: JobModel) -> None:
    arranging = Arranging(model)
    wait_for_signal(arranging.settled, lambda: arranging.ask(Criteria(StateFilter.DONE)))
    assert not model.rows
    model.change([snapshot(5, JobState.DONE)])
    arranging.note_changed()
    wait_until(lambda: list(model.rows) == [5])


def test_rows_stay_while_they_must(model: JobModel) -> None:
    held = True
    arranging = Arranging(model, lambda: held)
    wait_for_signal(arranging.settled, lambda: arranging.ask(Criteria(StateFilter.DONE)))
    model.change([snapshot(5, JobState.DONE)])
    arranging.note_changed()
    settled = []
    arranging.settled.connect(lambda: settled.append(held))
    wait_until(lambda: arranging.waits)
    held = False
    wait_until(lambda: list(model.rows) == [5])
    assert settled == [False]
