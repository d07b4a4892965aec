"""What Start would do: the line, the plan, the question before the start."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from core.errors import ErrorReport
from core.forecast import Forecast, Matter, PlannedName
from core.job import JobState, Order, RunState
from core.settings import Existing, Settings, Theme
from gui.appearance import Appearance
from gui.forecast_text import forecast_line, is_worth_telling, matter_text, place_line, planned_text
from gui.main_window import MainWindow
from gui.plan_dialog import PlanDialog
from gui.plan_model import PlanColumn, PlanModel
from tests.qt.gui.forecasts import forecast
from tests.qt.gui.scripted_engine import ScriptedEngine, snapshot
from tests.support.waiting import wait_until

LEFT = Qt.MouseButton.LeftButton
ORDER = Order("/out", "web-1920")
OpenWindow = Callable[[Settings], MainWindow]


@pytest.fixture
def asking(open_window: OpenWindow, scripted: ScriptedEngine) -> MainWindow:
    """A window that is to ask, with jobs that wait and a forecast."""
    window = open_window(Settings(destination="/out", existing=Existing.ASK, theme=Theme.LIGHT))
    scripted.be_ready()
    scripted.play_added([snapshot(1), snapshot(2)])
    answer(scripted)
    return window


def answer(scripted: ScriptedEngine, number: int = 1, **changes: object) -> Order:
    """Wait for so many wishes, and answer the last."""
    wait_until(lambda: len(scripted.foreseen) >= number)
    order = scripted.foreseen[-1]
    assert order is not None
    scripted.forecast_made.emit(forecast(order)._replace(**changes))  # type: ignore[arg-type]  # by its own names
    return order


def dialog_of(window: MainWindow) -> PlanDialog:
    dialog = window.findChild(PlanDialog)
    assert dialog is not None
    return dialog


def test_words() -> None:
    found = Forecast(ORDER, Existing.RENAME, 900, 812, 0, 0, 0, 14, 6)
    assert (
        forecast_line(found)
        == "812 to download, 14 exist already (the new ones get a number), 6 share a name"
    )
    one = Forecast(ORDER, Existing.RENAME, 9, 0, 9, 1, 0, 1, 1, unusable=1)
    words = "9 to process, 1 up to date, 1 exists already (the new one gets a number), 1 with a name that another one gets"
    assert forecast_line(one) == f"{words}, 1 without a possible name"
    for existing, line in (
        (Existing.ASK, "2 exist already"),
        (Existing.SKIP, "2 exist already (skipped)"),
        (Existing.REPLACE, "2 exist already (replaced)"),
    ):
        assert forecast_line(Forecast(ORDER, existing, 2, exists=2)) == line
    assert forecast_line(Forecast(ORDER, Existing.ASK)) == "Nothing to do"
    wrong = ErrorReport("bad-template", "Names not usable", "{width}: no.", "")
    assert forecast_line(found._replace(error=wrong)) == "Names not usable: {width}: no."
    assert place_line(found._replace(free=120_400_000_000, late=2)) == (
        "Into /out · 120 GB free · 2 names known once they are made"
    )
    assert not is_worth_telling(Forecast(ORDER, Existing.ASK, 9, download=9, late=9))
    assert is_worth_telling(Forecast(ORDER, Existing.ASK, 9, shared=1))


@pytest.mark.parametrize(
    ("name", "existing", "planned", "matter"),
    [
        (PlannedName("u", "/out/x/a.jpg", Matter.NOTHING), Existing.ASK, "x/a.jpg", ""),
        (
            PlannedName("u", "", Matter.EXISTS, "/out/a.jpg"),
            Existing.ASK,
            "a.jpg",
            "Exists already: you are asked",
        ),
        (
            PlannedName("u", "", Matter.EXISTS, "/out/a.jpg"),
            Existing.SKIP,
            "a.jpg",
            "Exists already: it is skipped",
        ),
        (
            PlannedName("u", "/out/a (2).jpg", Matter.EXISTS, "/out/a.jpg"),
            Existing.REPLACE,
            "a (2).jpg",
            "Exists already: it gets a number",
        ),
        (
            PlannedName("u", "/out/a.jpg", Matter.EXISTS, "/out/a.jpg"),
            Existing.REPLACE,
            "a.jpg",
            "Exists already: the file is replaced",
        ),
        (
            PlannedName("u", "/out/a (2).jpg", Matter.SHARED, "/out/a.jpg"),
            Existing.ASK,
            "a (2).jpg",
            "Another source gets the name",
        ),
        (PlannedName("u", "", Matter.LATE), Existing.ASK, "Known once it is made", "Known once it is made"),
        (PlannedName("u", "/in/a.jpg", Matter.UP_TO_DATE), Existing.ASK, "/in/a.jpg", "Up to date"),
        (PlannedName("u", "", Matter.UNUSABLE, reason="No room."), Existing.ASK, "", "No room."),
    ],
)
def test_words_of_a_name(name: PlannedName, existing: Existing, planned: str, matter: str) -> None:
    found = Forecast(ORDER, existing)
    assert (planned_text(name, found), matter_text(name, found)) == (planned, matter)


def test_the_model(appearance: Appearance) -> None:
    model = PlanModel(appearance)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    found = forecast(ORDER)
    for only in (True, False):
        model.show_names(found, collisions_only=only)
        assert model.rowCount() == len(found.collisions if only else found.names)
    assert model.index(0, PlanColumn.NAME).data() == "harbour/photo-00001 (2).jpg"
    assert model.index(5, PlanColumn.MATTER).data() == "Exists already: you are asked"


def test_nothing_is_said_where_there_is_nothing_to_say(window: MainWindow, scripted: ScriptedEngine) -> None:
    line = window.foreseeing.line
    assert not scripted.foreseen
    scripted.play_added([snapshot(1)])
    answer(scripted, exists=0, shared=0, up_to_date=0, collisions=())
    assert not line.isVisible()
    assert window.actions_by_name["show_plan"].isEnabled(), "it can be seen all the same"
    answer(scripted, exists=0, shared=0, up_to_date=7, collisions=())
    assert line.isVisible()
    assert not line.choice.isVisible()


def test_the_line_follows_and_is_gone_while_it_runs(window: MainWindow, scripted: ScriptedEngine) -> None:
    line = window.foreseeing.line
    scripted.play_added([snapshot(1), snapshot(2)])
    order = answer(scripted)
    assert order == window.setup.order()
    assert line.isVisible()
    assert line.words.text().startswith("262 to download")
    assert not line.choice.isVisible(), "the settings say what is to happen"
    window.setup.choose_destination("/elsewhere")
    scripted.forecast_made.emit(forecast(order)._replace(download=1))
    assert line.words.text().startswith("262 to download"), "it is of another destination"
    assert answer(scripted, 2, download=77).destination == "/elsewhere"
    assert line.words.text().startswith("77 to download")
    window.foreseeing.renew()
    wait_until(lambda: len(scripted.foreseen) == 3)
    scripted.play_changed([snapshot(1, source="https://h.test/other.jpg")])
    wait_until(lambda: len(scripted.foreseen) == 4)
    scripted.set_run(RunState.RUNNING)
    assert not line.isVisible()
    assert not window.actions_by_name["show_plan"].isEnabled()
    answer(scripted)
    assert not line.isVisible(), "it came too late"
    scripted.play_changed([snapshot(1, JobState.DONE), snapshot(2, JobState.DONE)])
    scripted.set_run(RunState.IDLE)
    assert not line.isVisible()


def test_settings_ask_for_another_one(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_added([snapshot(1)])
    answer(scripted)
    window.show_settings()
    assert window.settings_dialog is not None
    window.settings_dialog.saved.emit({"existing": Existing.ASK})
    answer(scripted, 2, up_to_date=3)
    assert window.foreseeing.line.choice.isVisible()


def test_the_question_before_the_start(asking: MainWindow, scripted: ScriptedEngine) -> None:
    line = asking.foreseeing.line
    assert line.choice.isVisible()
    assert line.choice.accessibleName() == "Existing files"
    line.choice.setFocus()
    QTest.keyClick(line.choice, Qt.Key.Key_Down)
    QTest.keyClick(line.choice, Qt.Key.Key_Down)
    order = answer(scripted, 2)
    assert order.existing is Existing.RENAME
    asking.commands.start()
    assert scripted.commands[-1] == ("start", order)
    scripted.play_changed([snapshot(1, JobState.DONE), snapshot(2, JobState.DONE)])
    scripted.set_run(RunState.IDLE)
    scripted.play_added([snapshot(3)])
    assert answer(scripted, 3).existing is None, "it counted for one run"
    assert line.choice.currentIndex() == 0


def choose_replace(window: MainWindow, scripted: ScriptedEngine) -> None:
    window.foreseeing.line.choice.setCurrentIndex(3)
    assert answer(scripted, 2).existing is Existing.REPLACE


def test_what_was_answered_is_not_done_elsewhere(asking: MainWindow, scripted: ScriptedEngine) -> None:
    choose_replace(asking, scripted)
    asking.setup.destination.editingFinished.emit()
    assert asking.setup.order().existing is Existing.REPLACE, "nothing has changed"
    asking.setup.destination.setText("/elsewhere")  # and Start by its key, before the field is left
    assert asking.setup.order() == Order("/elsewhere", "web-1920")
    asking.setup.choose_destination("/elsewhere")
    assert asking.foreseeing.line.choice.currentIndex() == 0
    asking.setup.choose_destination("/out")
    assert asking.setup.order().existing is None


def test_what_is_not_seen_is_not_done(asking: MainWindow, scripted: ScriptedEngine) -> None:
    choose_replace(asking, scripted)
    asking.foreseeing.renew()
    answer(scripted, 3, existing=Existing.REPLACE, exists=0)
    assert not asking.foreseeing.line.choice.isVisible()
    assert asking.setup.order().existing is None, "a file may come before Start is pressed"


def test_the_plan(asking: MainWindow, scripted: ScriptedEngine) -> None:
    QTest.mouseClick(asking.foreseeing.line.show_plan, LEFT)
    dialog = dialog_of(asking)
    assert dialog.isVisible()
    assert not dialog.isModal()
    model = dialog.table.model()
    assert dialog.table.accessibleName() == "Plan"
    assert dialog.collisions_only.isChecked()
    assert model.rowCount() == len(forecast(ORDER).collisions)
    dialog.collisions_only.click()
    assert model.rowCount() == len(forecast(ORDER).names)
    asking.foreseeing.renew()
    answer(scripted, 2, names=forecast(ORDER).names[:3])
    assert model.rowCount() == 3, "it follows"
    assert not dialog.collisions_only.isChecked(), "what was chosen stays"
    found = forecast(ORDER)
    dialog.show_forecast(found._replace(collisions=(), exists=0, shared=0, unusable=0))
    dialog.show_forecast(found)
    assert dialog.collisions_only.isChecked(), "where there were none, nothing was chosen"


def test_who_comes_back_to_the_window_sees_how_things_are(
    asking: MainWindow, scripted: ScriptedEngine, qapp: QApplication
) -> None:
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    answer(scripted, 2, exists=0, shared=0, up_to_date=1)
    assert asking.foreseeing.line.words.text() == "262 to download, 1 up to date"


def test_a_lost_engine_foresees_nothing(asking: MainWindow) -> None:
    asking.begin_anew()
    assert not asking.foreseeing.line.isVisible()
    assert asking.foreseeing.forecast is None
