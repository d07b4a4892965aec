"""Messages in the window, and what they say."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from core.errors import ErrorReport
from core.job import BatchId, BatchReport
from core.report import Recovery
from gui.appearance import Appearance
from gui.banner import Banner, Choice, Notice, Tone
from gui.notices import (
    batch_notice,
    fault_notice,
    lost_notice,
    refused_notice,
    restarted_notice,
    unreadable_notice,
)
from tests.support.waiting import wait_for_signal

Keep = Callable[[QWidget], None]


def test_banner(appearance: Appearance, keep: Keep) -> None:
    banner = Banner(appearance)
    keep(banner)
    shown = []

    def note() -> None:
        shown.append(banner.notice.title if banner.notice is not None else None)

    banner.tell(Notice("One", "First.", tone=Tone.FAILED, topic="engine"))
    banner.tell(Notice("Two"))
    note()
    banner.close_notice()
    note()
    assert banner.accessibleDescription() == "One. First."
    banner.tell(Notice("Three", topic="engine"))
    banner.close_notice()
    note()
    assert not banner.isVisible()
    banner.tell(Notice("Four", topic="x"))
    banner.forget("x")
    note()
    assert shown == ["Two", "One", None, None]


def test_banner_goes_by_itself(appearance: Appearance, keep: Keep) -> None:
    banner = Banner(appearance)
    keep(banner)
    wait_for_signal(banner.closed, lambda: banner.tell(Notice("Brief", seconds=0.01)))
    assert banner.notice is None


def visible_buttons(widget: QWidget) -> list[QPushButton]:
    return [button for button in widget.findChildren(QPushButton) if button.isVisible()]


def title_of(banner: Banner) -> str | None:
    return banner.notice.title if banner.notice is not None else None


def test_choices(appearance: Appearance, keep: Keep) -> None:
    banner = Banner(appearance)
    keep(banner)
    done: list[str] = []
    go, stay = Choice("Go on", lambda: done.append("go")), Choice("Stay", lambda: done.append("stay"))
    banner.tell(Notice("One", choices=(go._replace(stays=True), stay), topic="x"))
    first, second = visible_buttons(banner)
    assert [first.text(), second.text()] == ["Go on", "Stay"]
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Space)
    assert title_of(banner) == "One"
    banner.renew(Notice("Two", choices=(go,), topic="x"))
    assert (title_of(banner), visible_buttons(banner)) == ("Two", [first])
    QTest.keyClick(first, Qt.Key.Key_Space)
    banner.renew(Notice("Three", topic="x"))
    assert title_of(banner) is None, "what was put away does not come back"
    assert done == ["go", "go"]


def test_urgent_notices_stay_above(appearance: Appearance, keep: Keep) -> None:
    banner = Banner(appearance)
    keep(banner)
    banner.tell(Notice("Urgent", topic="u", urgent=True))
    for number in range(9):
        banner.tell(Notice(f"Later {number}"))
    assert title_of(banner) == "Urgent"
    banner.forget("u")
    assert title_of(banner) == "Later 8"


def test_notices() -> None:
    fine = batch_notice(BatchReport(BatchId(1), "list.txt", 298, 2, 0, 0))
    assert fine.title == "list.txt: 298 new, 2 duplicates"
    assert fine.seconds is not None
    doubtful = batch_notice(BatchReport(BatchId(1), "list.txt", 298, 2, 1, 3))
    assert doubtful.title == "list.txt: 298 new, 2 duplicates, 1 invalid, 3 ignored"
    assert (doubtful.tone, doubtful.seconds) == (Tone.WARNING, None)
    nothing = batch_notice(BatchReport(BatchId(1), "", 0, 0, 0, 4))
    assert "found" in nothing.hint
    error = ErrorReport("engine-lost", "Engine ended", "It ended.", "It is started again.")
    assert lost_notice(error).topic == restarted_notice(Recovery(3, 1)).topic
    again = batch_notice(BatchReport(BatchId(1), "list.txt", 0, 0, 0, 0, again=10))
    assert again.title == "list.txt: 0 new, 10 done before"
    assert "not downloaded again" in again.hint
    assert "simultaneous downloads and ghost" in refused_notice(["connections", "ghost"]).message
    assert unreadable_notice("broken").message == "broken"
    assert fault_notice(ValueError("x")).message == "ValueError: x"
