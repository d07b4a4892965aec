"""The line and the page on a run; trouble while it goes on."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from core.errors import ErrorReport
from core.job import JobState, Order, RunState, SourceKind
from core.report import FailureCount, Summary
from core.settings import Theme
from gui.appearance import Appearance
from gui.banner import Tone
from gui.failure_card import FailureCard
from gui.job_text import authority
from gui.main_window import MainWindow
from gui.report_dialog import ReportDialog
from gui.report_text import headline, parts_of, ratio_text, report_as_text, seconds_text, summary_line
from gui.share_bar import ShareBar
from tests.qt.gui.scripted_engine import DISK_FULL, REFUSED, SUMMARY, ScriptedEngine, snapshot

LEFT = Qt.MouseButton.LeftButton
FINE = SUMMARY._replace(failed=0, failures=(), all=311)


def button(widget: QWidget, text: str) -> QPushButton:
    return next(b for b in widget.findChildren(QPushButton) if b.isVisible() and b.text() == text)


def dialog_of(window: MainWindow) -> ReportDialog:
    assert window.reporting.dialog is not None
    return window.reporting.dialog


def texts(widget: QWidget) -> set[str]:
    return {label.text() for label in widget.findChildren(QLabel)}


def test_words() -> None:
    line = "300 done, 5 failed, 10 up to date, 1 skipped · 421 MB in, 12.4 MB out · 35 s"
    assert summary_line(SUMMARY) == line
    assert headline(SUMMARY) == "5 jobs of 316 failed"
    assert headline(FINE) == "300 files made, nothing failed"
    assert headline(FINE._replace(done=0)) == "Everything was up to date"
    assert headline(FINE._replace(done=0, up_to_date=0)) == "Nothing failed"
    assert ratio_text(SUMMARY) == "3 % of what came in"
    assert ratio_text(SUMMARY._replace(bytes_out=1)) == "less than 1 % of what came in"
    assert ratio_text(SUMMARY._replace(bytes_in=0)) == ""
    assert seconds_text(SUMMARY._replace(seconds=0.2)) == "less than 1 s"
    assert sum(part.jobs for part in parts_of(SUMMARY)) == SUMMARY.all
    said = report_as_text(SUMMARY)
    assert "3 failed: Refused by the server (http-status), cdn.museum.example:8443" in said
    assert "1 failed: Broken picture (broken-image), local files" in said
    assert str(SUMMARY.manifest) in said


def test_what_needs_an_answer_has_not_failed(window: MainWindow, scripted: ScriptedEngine) -> None:
    asking = FailureCount("file-exists", "File exists already", "cdn.example", 9)
    some = SUMMARY._replace(failures=(asking, *SUMMARY.failures), failed=14, all=325)
    assert headline(some) == "5 jobs of 325 failed, 9 need an answer"
    assert headline(some._replace(failures=(asking,), failed=9)) == "9 jobs of 325 need an answer"
    scripted.play_summary(some)
    QTest.mouseClick(button(window.banner, "Report"), LEFT)
    assert button(dialog_of(window), "Ask about these").accessibleName().startswith("Ask about these 9: File")
    assert button(dialog_of(window), "Retry these").isEnabled()


def test_a_host_is_named_as_failures_are_counted() -> None:
    assert authority(snapshot(1, source="https://me:pw@CDN.example:8443/a@b.jpg")) == "cdn.example:8443"
    assert authority(snapshot(1, source="http://a.example")) == "a.example"
    assert authority(snapshot(1, source="/a.jpg", kind=SourceKind.FILE)) == ""
    assert authority(snapshot(1, source="nonsense")) == ""


def test_the_bar_shows_even_one_among_many(appearance: Appearance) -> None:
    bar = ShareBar(parts_of(SUMMARY._replace(done=100_000)), appearance)
    widths = bar.widths(600)
    assert min(widths) >= 4
    assert sum(widths) + 2 * (len(widths) - 1) == pytest.approx(600)
    assert bar.accessibleName() == "100,000 done, 10 up to date, 1 skipped, 5 failed"
    nothing = ShareBar((), appearance)
    assert nothing.widths(600) == []
    assert not nothing.grab().isNull()


def test_a_run_is_reported(window: MainWindow, scripted: ScriptedEngine) -> None:
    assert not window.actions_by_name["report"].isEnabled()
    scripted.play_summary()
    notice = window.banner.notice
    assert notice is not None
    assert (notice.title, notice.tone) == (summary_line(SUMMARY), Tone.WARNING)
    QTest.mouseClick(button(window.banner, "Report"), LEFT)
    dialog = dialog_of(window)
    assert dialog.isVisible()
    assert not dialog.isModal()
    expected = {"5 jobs of 316 failed", "300 done", "316 jobs in all", "421 MB", "35 s", "240", "JPEG"}
    assert expected <= texts(dialog)
    assert "GPS coordinates were removed." in texts(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    window.actions_by_name["report"].trigger()
    assert dialog.isVisible()


def test_the_line_of_a_run_goes_when_the_next_begins(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_added([snapshot(1)])
    scripted.play_summary()
    scripted.set_run(RunState.RUNNING)
    assert not window.banner.isVisible()
    scripted.play_summary(FINE)
    assert window.banner.notice is not None
    assert window.banner.notice.title == summary_line(FINE)


def test_a_run_of_less_than_a_second_has_no_pace(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_summary(FINE._replace(seconds=0.01))
    QTest.mouseClick(button(window.banner, "Report"), LEFT)
    assert "less than 1 s" in texts(dialog_of(window))
    assert "on average" not in texts(dialog_of(window))


def test_a_good_run_is_reported(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_summary(FINE)
    assert window.banner.notice is not None
    assert window.banner.notice.tone is Tone.DONE
    assert [choice.text for choice in window.banner.notice.choices] == ["Report"]


def test_only_these_are_tried_again(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_added([snapshot(1, JobState.FAILED, error=REFUSED)])
    scripted.play_summary()
    window.reporting.show()
    these = button(dialog_of(window), "Retry these")
    assert these.accessibleName() == "Retry these 3: Refused by the server, cdn.museum.example:8443"
    these.setFocus()
    QTest.keyClick(these, Qt.Key.Key_Space)
    assert (these.text(), these.isEnabled()) == ("Queued again", False)
    QTest.mouseClick(button(dialog_of(window), "Retry all failed"), LEFT)
    assert not [b for b in dialog_of(window).findChildren(QPushButton) if b.text() == "Retry these"]
    assert scripted.commands == [
        ("retry_failures", "http-status", "cdn.museum.example:8443"),
        ("start", Order("/tmp/out", "web-1920")),  # noqa: S108 - never written
        ("retry_failures", None, None),
    ]


def test_a_report_that_is_read_stays(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_summary()
    window.reporting.show()
    scripted.play_summary(FINE)
    assert headline(SUMMARY) in texts(dialog_of(window))
    window.reporting.show()
    QApplication.processEvents()
    assert headline(FINE) in texts(dialog_of(window))


class Opener(QObject):
    """Stands in for the programs that the system opens files with."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


@pytest.fixture
def opened() -> Iterator[list[str]]:
    opener = Opener()
    QDesktopServices.setUrlHandler("file", opener, "take")  # type: ignore[arg-type]  # the stubs ask for bytes, which Qt refuses
    yield opener.opened
    QDesktopServices.unsetUrlHandler("file")


def test_places_and_copying(window: MainWindow, scripted: ScriptedEngine, opened: list[str]) -> None:
    scripted.play_summary()
    window.reporting.show()
    for text in ("Open folder", "Show in folder", "Copy report"):
        button(dialog_of(window), text).click()
    assert opened == ["/home/me/Pictures/Harbour", "/home/me/Pictures/Harbour/.fetchmill"]
    assert QGuiApplication.clipboard().text() == report_as_text(SUMMARY)


def test_very_many_causes(appearance: Appearance) -> None:  # noqa: ARG001 - dresses the application
    card = FailureCard(tuple(FailureCount("timeout", "Stalled", f"h{n}.example", 2) for n in range(60)))
    assert len(card.findChildren(QPushButton)) == 50
    assert "20 further jobs failed for 10 other reasons; see Failed in the list." in texts(card)


def test_a_report_of_nothing_and_in_the_dark(
    window: MainWindow, scripted: ScriptedEngine, appearance: Appearance
) -> None:
    scripted.play_summary(Summary("", 0.0, 0, 0, 0, 0, 0, 0, 0, 0))
    window.reporting.show()
    assert dialog_of(window).windowTitle() == "Report"
    appearance.use(Theme.DARK)
    assert dialog_of(window).grab().toImage().pixelColor(3, 3).lightness() < 60


def test_all_with_this_cause_or_from_this_host(window: MainWindow, scripted: ScriptedEngine) -> None:
    source = "https://cdn.example:8443/a.jpg"
    scripted.play_added([snapshot(1, JobState.FAILED, error=REFUSED, source=source), snapshot(2)])
    scripted.set_run(RunState.RUNNING)
    window.table.selectRow(1)
    assert not window.actions_by_name["retry_cause"].isEnabled()
    window.table.selectRow(0)
    for name in ("retry_cause", "retry_host"):
        window.actions_by_name[name].trigger()
    assert scripted.commands == [
        ("retry_failures", "http-status", None),
        ("retry_failures", None, "cdn.example:8443"),
    ]


def test_made_again_and_looked_for_changes(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_added([snapshot(1, JobState.DONE), snapshot(2, JobState.FAILED, error=REFUSED)])
    retry = window.actions_by_name["retry"]
    window.table.selectRow(0)
    assert retry.text() == "Make again"
    assert button(window.details, "Make again").isEnabled()
    retry.trigger()
    scripted.set_run(RunState.RUNNING)
    window.actions_by_name["refresh"].trigger()
    window.table.selectRow(1)
    assert retry.text() == "Retry"
    assert [c for c in scripted.commands if c[0] != "start"] == [("retry", (1,)), ("refresh", (1,))]


def test_trouble_is_told_while_it_lasts(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_added([snapshot(1), snapshot(2)])
    scripted.set_trouble(DISK_FULL)
    notice = window.banner.notice
    assert notice is not None
    assert (notice.title, notice.message, notice.seconds) == (DISK_FULL.title, DISK_FULL.message, None)
    assert window.footer.status.text() == "Paused: disk full · 0 of 2 finished"
    scripted.play_batch("more.txt", 1)
    assert window.banner.notice == notice, "it stays above"
    scripted.set_trouble(ErrorReport("disk-full", "Disk full", "2 MB are left.", ""))
    assert window.banner.notice.message == "2 MB are left."
    spy = QSignalSpy(window.banner.closed)
    QTest.mouseClick(button(window.banner, "Try now"), LEFT)
    assert scripted.commands == [("resume",)]
    assert window.banner.notice.title == "Disk full", "it is the engine's to say that it is over"
    scripted.set_trouble(None)
    assert window.banner.notice.title == "more.txt: 1 new"
    assert spy.count() == 0


def test_trouble_that_was_put_away_comes_back_when_it_is_another(
    window: MainWindow, scripted: ScriptedEngine
) -> None:
    scripted.play_added([snapshot(1)])
    scripted.set_trouble(DISK_FULL)
    window.banner.close_notice()
    scripted.tell_totals()
    assert window.banner.notice is None
    scripted.set_trouble(ErrorReport("destination", "Destination gone", "It is not there.", ""))
    assert window.banner.notice is not None
