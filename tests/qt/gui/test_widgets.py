"""The smaller widgets, each for itself."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction, QColor, QPalette
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QLabel, QLineEdit, QPushButton, QWidget

from core.errors import ErrorReport
from core.job import (
    JobState,
    Order,
    Progress,
    RunState,
    SourceKind,
    Totals,
)
from core.settings import Existing, ProxyKind, Settings, Theme
from gui.appearance import Appearance
from gui.banner import Banner, Notice
from gui.colors import DARK, LIGHT, Colors
from gui.command_bar import SearchField
from gui.details import Details, facts_of
from gui.drop_overlay import DropOverlay
from gui.empty_state import Emptiness, EmptyState
from gui.filter_pane import FilterPane
from gui.footer import Footer
from gui.icons import application_icon, icon, icon_path, tinted
from gui.settings_dialog import SettingsDialog, grouped_names
from gui.setup_row import SetupRow
from gui.state_filter import StateFilter
from tests.qt.gui.scripted_engine import RECIPES, REFUSED, snapshot
from tests.support.waiting import wait_for_signal
from tests.support.watching import Expectations

Keep = Callable[[QWidget], None]


def luminance(color: str) -> float:
    channels = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_text_can_be_read(colors: Colors) -> None:
    """WCAG 2.2, 1.4.3: 4.5:1 for text; 1.4.11: 3:1 for what else carries meaning."""
    for ground in (colors.window, colors.surface, colors.selected):
        for text in (colors.text, colors.secondary, colors.failed, colors.warning, colors.link):
            assert contrast(text, ground) >= 4.5, (text, ground)
    assert contrast(colors.on_accent, colors.accent) >= 4.5
    for mark in (colors.download, colors.process, colors.done):
        assert contrast(mark, colors.surface) >= 3


def button_in(widget: QWidget) -> QPushButton:
    found = widget.findChild(QPushButton)
    assert found is not None
    return found


def test_appearance_turns_dark_and_back(qapp: QApplication, appearance: Appearance) -> None:
    spy = QSignalSpy(appearance.changed)
    appearance.use(Theme.DARK)
    assert appearance.is_dark
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
    appearance.use(Theme.LIGHT)
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT.window)
    appearance.use(Theme.SYSTEM)
    assert spy.count() >= 3


def test_icons(qapp: QApplication) -> None:  # noqa: ARG001 - pixmaps need an application
    for state in StateFilter:
        assert icon_path(state.icon).exists()
    pixmap = tinted("add", "#ff0000", 24, 2.0)
    assert pixmap.size().width() == 48
    assert pixmap.devicePixelRatio() == 2.0
    image = pixmap.toImage()
    assert image.pixelColor(24, 24) == QColor("#ff0000")
    assert not icon("add", LIGHT).isNull()
    assert not application_icon().isNull()


def test_filter_pane(appearance: Appearance, keep: Keep) -> None:
    pane = FilterPane(appearance)
    keep(pane)
    pane.show()
    tester = QAbstractItemModelTester(pane.counts)
    pane.counts.show_counts({JobState.DONE: 3, JobState.CANCELLED: 1, JobState.QUEUED: 1200})
    assert pane.counts.count(StateFilter.ALL) == 1204
    heard = [pane.counts.index(n).data(Qt.ItemDataRole.AccessibleTextRole) for n in range(6)]
    assert heard == ["All, 1,204", "Active, 0", "Waiting, 1,200", "Done, 3", "Failed, 0", "Skipped, 1"]
    spy = QSignalSpy(pane.chosen)
    QTest.keyClick(pane, Qt.Key.Key_Down)
    assert spy.at(0) == [StateFilter.ACTIVE]
    pane.choose(StateFilter.FAILED)
    assert spy.at(1) == [StateFilter.FAILED]
    assert not pane.grab().isNull()
    del tester


def test_footer_speaks(appearance: Appearance, keep: Keep) -> None:  # noqa: ARG001 - dresses the application
    footer = Footer()
    keep(footer)
    counts = {JobState.DONE: 298, JobState.FAILED: 2}
    whole = Progress(300, 300)
    footer.show_totals(
        Totals(RunState.RUNNING, {JobState.QUEUED: 300}, Progress(120, 300, 30.0), Progress(0, 300))
    )
    assert footer.downloads.bar.value() == 500
    assert footer.downloads.figures == "120 of 300"
    assert footer.processing.bar.value() == 0
    footer.show_totals(Totals(RunState.IDLE, counts, whole, whole, whole))
    assert footer.overall.bar.value() == 1000
    assert footer.status.text() == "Finished · 298 done, 2 failed"
    names = [meter.bar.accessibleName() for meter in (footer.downloads, footer.processing, footer.overall)]
    assert names == ["Downloads", "Processing", "Overall"]
    heard = QAccessible.queryAccessibleInterface(footer.status)
    assert heard.text(QAccessible.Text.Name) == "Status"
    assert heard.text(QAccessible.Text.Description) == "Finished · 298 done, 2 failed"
    assert heard.text(QAccessible.Text.Value) == "Finished · 298 done, 2 failed"


def test_empty_state(appearance: Appearance, keep: Keep) -> None:
    action = QAction("Add files")
    action.setProperty("drawing", "files")
    empty = EmptyState(appearance, [action])
    keep(empty)
    empty.show()
    spy = QSignalSpy(action.triggered)
    button_in(empty).click()
    assert spy.count() == 1
    for reason in Emptiness:
        empty.explain(reason)
        assert empty.reason is reason
        assert not empty.grab().isNull()
    assert not button_in(empty).isVisible()


def edit_action() -> QAction:
    action = QAction("Edit URL…")
    action.setProperty("drawing", "edit")
    return action


def test_details(appearance: Appearance, keep: Keep) -> None:
    action = QAction("Retry")
    action.setProperty("drawing", "retry")
    details = Details(appearance, [action], edit_action())
    keep(details)
    details.show()
    failed = snapshot(1, JobState.FAILED, error=REFUSED, attempts=3)
    details.show_job(failed)
    assert details.job == failed
    button = button_in(details)
    action.setEnabled(False)
    assert not button.isVisible()
    action.setEnabled(True)
    assert button.isVisible()
    spy = QSignalSpy(action.triggered)
    button.click()
    assert spy.count() == 1
    assert not details.grab().isNull()


def test_what_others_wrote_is_no_markup(appearance: Appearance, keep: Keep) -> None:
    banner, details = Banner(appearance), Details(appearance, [], edit_action())
    keep(banner)
    keep(details)
    trap = "<img src='https://spy.example/'>&lt;b.jpg"
    banner.tell(Notice(trap, trap, trap))
    error = ErrorReport("http-status", trap, trap, trap, 404)
    details.show_job(snapshot(1, JobState.FAILED, name=trap, source=trap, error=error))
    for label in [*banner.findChildren(QLabel), *details.findChildren(QLabel)]:
        assert "<" not in label.text() or label.textFormat() is Qt.TextFormat.PlainText
        assert "<img" not in label.toolTip()


def test_facts() -> None:
    job = snapshot(
        1,
        JobState.DONE,
        file="/out/a.jpg",
        received=4_000_000,
        bytes_out=20_000,
        width=256,
        height=171,
        format="JPEG",
        seconds_download=2.0,
        seconds_process=0.1,
        notes=("Metadata was removed.",),
    )
    facts = dict(facts_of(job))
    assert facts["File"] == "/out/a.jpg"
    assert facts["Result"] == "256 \N{MULTIPLICATION SIGN} 171 JPEG · 4.0 MB → 20.0 KB · 2 s download"
    assert facts["Note"] == "Metadata was removed."
    assert dict(facts_of(snapshot(1, source="/a.jpg", kind=SourceKind.FILE))) == {"Original": "/a.jpg"}


def test_search_field(appearance: Appearance, keep: Keep) -> None:
    field = SearchField(appearance)
    keep(field)
    field.show()
    assert wait_for_signal(field.search_changed, lambda: QTest.keyClicks(field, " Dune ")) == ("Dune",)
    spy = QSignalSpy(field.left_downwards)
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert spy.count() == 1
    assert wait_for_signal(field.search_changed, lambda: QTest.keyClick(field, Qt.Key.Key_Escape)) == ("",)


def test_setup_row(appearance: Appearance, keep: Keep, expect: Expectations) -> None:
    row = SetupRow(Order("/tmp/out", "web-1920"), appearance)  # noqa: S108 - never written
    keep(row)
    row.show()
    assert (row.destination.accessibleName(), row.recipe.accessibleName()) == ("Destination", "Recipe")
    row.show_recipes(RECIPES)
    assert row.recipe.currentText() == "Web 1920"
    assert row.order() == Order("/tmp/out", "web-1920")  # noqa: S108 - never written
    spy = QSignalSpy(row.order_changed)
    QTest.keyClick(row.recipe, Qt.Key.Key_Up)
    assert spy.at(0)[0].recipe == "thumbnail-256"
    row.choose_destination("~/out")
    assert spy.at(1)[0].destination.startswith("/")
    assert "~" not in row.order().destination
    row.choose_destination("")
    assert row.order().destination == ""
    expect.qt("grabbing the keyboard")  # of the offscreen platform
    row.recipe.showPopup()
    assert not row.recipe.view().grab().isNull()
    row.recipe.hidePopup()


def test_recipe_of_a_file_stays(appearance: Appearance, keep: Keep) -> None:
    row = SetupRow(Order("/tmp/out", "/home/me/mine.toml"), appearance)  # noqa: S108 - never written
    keep(row)
    row.show_recipes(RECIPES)
    assert row.recipe.currentText() == "mine.toml"
    assert row.order().recipe == "/home/me/mine.toml"


@pytest.mark.parametrize(("value", "text"), [(30.0, "30 s"), (12.5, "12.5 s"), (100.0, "100 s")])
def test_a_number_has_no_noughts_behind_the_point(
    appearance: Appearance,  # noqa: ARG001 - dresses the application
    keep: Keep,
    value: float,
    text: str,
) -> None:
    dialog = SettingsDialog(Settings(timeout=value))
    keep(dialog)
    (box,) = dialog.editor("timeout").findChildren(QDoubleSpinBox)
    assert box.text() == text
    box.selectAll()
    QTest.keyClicks(box, "7.5")
    assert (box.text(), dialog.edited()) == ("7.5 s", {"timeout": 7.5})


def test_settings_dialog_shows_all_and_gives_them_back(appearance: Appearance, keep: Keep) -> None:  # noqa: ARG001 - dresses the application
    settings = Settings(
        connections=7, limit_rate=2_500_000, timeout=12.5, keep_originals=False, theme=Theme.DARK
    )
    dialog = SettingsDialog(settings)
    keep(dialog)
    dialog.show()
    assert dialog.edited() == {}
    shown = {name: dialog.editor(name).value() for name in ("connections", "limit_rate", "timeout", "theme")}
    assert shown == {"connections": 7, "limit_rate": 2_500_000, "timeout": 12.5, "theme": Theme.DARK}
    dialog.show_settings(Settings())
    assert dialog.edited() == {}
    assert dialog.editor("keep_originals").value() is True
    names = {name for _, group in grouped_names() for name in group}
    assert names == {name for name in Settings.__dataclass_fields__ if Settings.trait(name).shown}


def test_settings_dialog_saves(appearance: Appearance, keep: Keep) -> None:  # noqa: ARG001 - dresses the application
    dialog = SettingsDialog(Settings(retries=9, recipe="jpeg"))
    keep(dialog)
    dialog.show()
    dialog.editor("connections").set_value(3)
    spy = QSignalSpy(dialog.saved)
    dialog.accept()
    assert spy.at(0)[0] == {"connections": 3}
    dialog.show()
    restore = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Restore defaults")
    restore.click()
    assert dialog.edited() == {"retries": 5}


def test_a_number_that_is_shown_rounded_stays(appearance: Appearance, keep: Keep) -> None:  # noqa: ARG001 - dresses the application
    dialog = SettingsDialog(Settings(limit_rate=1_234_567))
    keep(dialog)
    assert dialog.edited() == {}


def test_types_are_words_with_commas(appearance: Appearance, keep: Keep) -> None:  # noqa: ARG001 - dresses the application
    dialog = SettingsDialog(Settings(only_types=("image/*",)))
    keep(dialog)
    assert dialog.edited() == {}
    editor = dialog.editor("only_types")
    line = editor.findChild(QLineEdit)
    assert line is not None
    assert line.text() == "image/*"
    line.clear()
    QTest.keyClicks(line, "Image  video/MP4,; image/*, pdf/")
    assert dialog.edited() == {"only_types": ("image/*", "video/mp4")}
    line.editingFinished.emit()
    assert line.text() == "image/*, video/mp4", "what was understood"


def test_asking_is_offered(appearance: Appearance, keep: Keep) -> None:  # noqa: ARG001 - dresses the application
    dialog = SettingsDialog(Settings(existing=Existing.ASK))
    keep(dialog)
    assert dialog.edited() == {}
    box = dialog.editor("existing").findChild(QComboBox)
    assert box is not None
    assert [box.itemText(n) for n in range(box.count())] == ["Ask", "Skip", "Rename", "Replace"]


def test_smallest_values_are_allowed(appearance: Appearance, keep: Keep) -> None:  # noqa: ARG001 - dresses the application
    dialog = SettingsDialog(Settings())
    keep(dialog)
    dialog.editor("limit_rate").set_value(5_000_000)
    for name in ("limit_rate", "connections", "timeout"):
        dialog.editor(name).set_value(0)
    assert set(dialog.edited()) == {"limit_rate", "connections", "timeout"}
    _, refused = Settings.from_mapping(dialog.edited())
    assert refused == ()


def test_a_proxy_s_address_is_checked_before_it_is_saved(appearance: Appearance, keep: Keep) -> None:  # noqa: ARG001 - dresses the application
    dialog = SettingsDialog(Settings())
    keep(dialog)
    dialog.show()
    spy = QSignalSpy(dialog.saved)
    address = dialog.editor("proxy")
    assert not address.isEnabled()
    dialog.editor("proxy_kind").set_value(ProxyKind.MANUAL)
    for text in ("", "ftp://host"):
        address.set_value(text)
        dialog.accept()
        assert dialog.isVisible()
        problem = next(label for label in dialog.findChildren(QLabel) if "socks5h" in label.text())
        assert problem.isVisible()
    address.set_value(" http://host:3128 ")
    dialog.accept()
    assert not dialog.isVisible()
    assert spy.at(0)[0] == {"proxy_kind": ProxyKind.MANUAL, "proxy": "http://host:3128"}
    dialog.show()
    dialog.editor("proxy_kind").set_value(ProxyKind.NONE)
    assert not address.isEnabled()


def test_drop_overlay(appearance: Appearance, keep: Keep) -> None:
    window = QWidget()
    keep(window)
    window.resize(800, 600)
    window.show()
    overlay = DropOverlay(appearance, window)
    overlay.announce("Add 3 files")
    assert overlay.sentence == overlay.accessibleName() == "Add 3 files"
    window.resize(700, 500)
    assert overlay.size() == window.size()
    assert not overlay.grab().isNull()
