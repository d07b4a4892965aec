from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QApplication

from core.job import JobId, JobState
from gui.arrangement import Criteria
from gui.columns import Column
from gui.job_model import DRAG_TYPE, JOB_ROLE, JobModel
from gui.state_filter import StateFilter
from tests.qt.gui.scripted_engine import REFUSED, snapshot, varied

Role = Qt.ItemDataRole


@pytest.fixture
def model(qapp: QApplication) -> Iterator[JobModel]:  # noqa: ARG001 - needs an application
    model = JobModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    yield model
    del tester


def ids(*numbers: int) -> list[JobId]:
    return [JobId(number) for number in numbers]


def test_empty(model: JobModel) -> None:
    assert model.rowCount() == 0
    assert model.columnCount() == len(Column)
    assert model.data(QModelIndex()) is None


def test_through_its_life(model: JobModel) -> None:
    jobs = varied(200)
    model.add(jobs[:80])
    model.add(jobs[80:])
    assert model.rowCount() == 200
    model.change([job._replace(state=JobState.DONE) for job in jobs[::7]])
    model.remove([job.id for job in jobs[10:20]])
    model.remove([job.id for job in jobs[::3]])
    model.remove(ids(99_999))
    rows = list(model.rows)
    model.replace_rows(rows[::-1])
    assert list(model.rows) == rows[::-1]
    model.replace_rows(rows[5:50])
    assert model.rowCount() == 45
    model.remove(list(model.jobs))
    assert model.rowCount() == 0
    assert not model.jobs


def test_forgotten_jobs_keep_their_rows_until_they_are_swept(model: JobModel) -> None:
    model.add([snapshot(n) for n in range(1, 301)])
    model.set_visible_rows(0, 9)
    model.forget(ids(2, 200, 999))
    assert model.needs_sweep
    assert (len(model.jobs), model.rowCount()) == (298, 300)
    assert model.index(1, 0).data() == "photo-00002.jpg", "what is seen does not change before it goes"
    assert model.index(199, 0).data() == ""
    model.sweep()
    assert list(model.rows) == list(model.jobs)


def test_forgotten_jobs_may_come_back(model: JobModel) -> None:
    model.add([snapshot(1), snapshot(2)])
    model.forget(ids(1))
    model.add([snapshot(1)])
    model.sweep()
    assert not model.needs_sweep
    assert list(model.rows) == ids(2, 1)


def test_a_tip_is_no_markup(model: JobModel) -> None:
    model.add([snapshot(1, source="https://a.example/<b>x</b>&y")])
    assert "&lt;b&gt;x&lt;/b&gt;&amp;y" in model.index(0, 0).data(Role.ToolTipRole)


def test_adding_lets_in_what_the_criteria_want(model: JobModel) -> None:
    model.criteria = Criteria(StateFilter.FAILED)
    model.add([snapshot(1), snapshot(2, JobState.FAILED, error=REFUSED)])
    assert list(model.rows) == ids(2)
    assert set(model.jobs) == set(ids(1, 2))


def test_adding_what_is_known_changes_it(model: JobModel) -> None:
    model.add([snapshot(1), snapshot(2)])
    model.add([snapshot(2, JobState.DONE), snapshot(3)])
    assert list(model.rows) == ids(1, 2, 3)
    assert model.job_at(1).state is JobState.DONE


def test_only_visible_rows_are_told(model: JobModel) -> None:
    model.add([snapshot(n) for n in range(1, 101)])
    model.set_visible_rows(10, 20)
    spy = QSignalSpy(model.dataChanged)
    model.change([snapshot(n, JobState.DONE) for n in (1, 50, 100)])
    assert spy.count() == 0
    model.change([snapshot(n, JobState.DONE) for n in (12, 15, 90)])
    assert [spy.at(n)[0].row() for n in range(spy.count())] == [11, 14]
    assert model.job_at(89).state is JobState.DONE


def test_progress_paints_only_the_columns_in_question(model: JobModel) -> None:
    model.add([snapshot(1, JobState.DOWNLOADING, received=1, size=10)])
    spy = QSignalSpy(model.dataChanged)
    model.change([snapshot(1, JobState.DOWNLOADING, received=2, size=10)])
    assert (spy.at(0)[0].column(), spy.at(0)[1].column()) == (Column.STATUS, Column.TIME_LEFT)
    model.change([snapshot(1, JobState.DONE)])
    assert (spy.at(1)[0].column(), spy.at(1)[1].column()) == (0, len(Column) - 1)


def test_unknown_changes_are_ignored(model: JobModel) -> None:
    model.change([snapshot(1)])
    assert not model.jobs


def test_what_a_screen_reader_hears(model: JobModel) -> None:
    model.add([snapshot(1, JobState.DOWNLOADING, received=45, size=100)])
    status = model.index(0, Column.STATUS)
    assert status.data(Role.AccessibleTextRole) == status.data() == "Downloading, 45 %"
    assert model.index(0, Column.NAME).data() == "photo-00001.jpg"
    assert model.index(0, Column.NAME).data(Role.AccessibleDescriptionRole) == "pictures.example.org"
    assert status.data(JOB_ROLE) == model.job_at(0)
    assert "pictures.example.org" in status.data(Role.ToolTipRole)


def test_headers(model: JobModel) -> None:
    across = Qt.Orientation.Horizontal
    assert [model.headerData(c, across) for c in (0, 1, 4)] == ["Name", "Progress", "Time left"]
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    assert model.headerData(99, across) is None
    right = model.headerData(Column.SIZE, across, Role.TextAlignmentRole)
    assert right & Qt.AlignmentFlag.AlignRight


def test_finished_files_can_be_dragged_out(model: JobModel) -> None:
    model.add([snapshot(1), snapshot(2, JobState.DONE, file="/out/a b.jpg")])
    drag = Qt.ItemFlag.ItemIsDragEnabled
    assert not model.flags(model.index(0, 0)) & drag
    assert model.flags(model.index(1, 0)) & drag
    mime = model.mimeData([model.index(0, 0), model.index(1, 0), model.index(1, 1)])
    assert [url.toLocalFile() for url in mime.urls()] == ["/out/a b.jpg"]
    assert mime.hasFormat(DRAG_TYPE)
    assert model.supportedDragActions() == Qt.DropAction.CopyAction


def test_row_of(model: JobModel) -> None:
    model.add([snapshot(1), snapshot(2)])
    assert model.row_of(JobId(2)) == 1
    assert model.row_of(JobId(3)) is None
