"""The field for URLs: what it counts, and what it gives away."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QWidget

from core.job import BatchId, BatchReport
from gui.add_dialog import AddDialog, counts_text
from gui.appearance import Appearance
from tests.support.waiting import wait_until

Keep = Callable[[QWidget], None]


@pytest.mark.parametrize(
    ("added", "duplicates", "invalid", "text"),
    [
        (0, 0, 0, "No URLs yet"),
        (1, 0, 0, "1 new"),
        (100_000, 1, 0, "100,000 new, 1 duplicate"),
        (0, 12, 3, "0 new, 12 duplicates, 3 invalid"),
        (0, 0, 2000, "0 new, 2,000 invalid"),
    ],
)
def test_what_would_come_of_a_text(added: int, duplicates: int, invalid: int, text: str) -> None:
    assert counts_text(BatchReport(BatchId(0), "", added, duplicates, invalid, 9)) == text


def test_only_the_last_text_is_counted(appearance: Appearance, keep: Keep) -> None:
    dialog = AddDialog(appearance)
    keep(dialog)
    dialog.show()
    looks = QSignalSpy(dialog.looked_for)
    QTest.keyClicks(dialog.field, "https://a.example/1")
    wait_until(lambda: looks.count() == 1)
    first = looks.at(0)[0]
    QTest.keyClicks(dialog.field, "2 ")
    wait_until(lambda: looks.count() == 2)
    second = looks.at(1)[0]
    assert (first.text, second.text) == ("https://a.example/1", "https://a.example/12 ")
    dialog.show_report(BatchReport(BatchId(0), "", 1, 0, 0, 0, ticket=first.ticket))
    assert dialog.count.text() == "No URLs yet"
    wait_until(lambda: dialog.count.text() == "Counting…")
    dialog.show_report(BatchReport(BatchId(0), "", 0, 1, 0, 0, ticket=second.ticket))
    assert dialog.count.text() == "0 new, 1 duplicate"
    dialog.field.clear()
    wait_until(lambda: dialog.count.text() == "No URLs yet")
    assert looks.count() == 2


def test_add_dialog(appearance: Appearance, keep: Keep) -> None:
    dialog = AddDialog(appearance)
    keep(dialog)
    dialog.show()
    QTest.keyClicks(dialog.field, "https://a.example/1")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    looks = QSignalSpy(dialog.looked_for)
    wait_until(lambda: looks.count() == 1)
    spy = QSignalSpy(dialog.text_added)
    QTest.keyClick(dialog.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert spy.at(0) == ["https://a.example/1\n", None]
    assert dialog.field.toPlainText() == ""
    assert not dialog.isVisible()


def test_what_is_too_long_to_be_shown_is_added_at_once(appearance: Appearance, keep: Keep) -> None:
    dialog = AddDialog(appearance)
    keep(dialog)
    dialog.show()
    spy = QSignalSpy(dialog.text_added)
    for text in ("https://a.example/1\n" * 10_000, f"https://a.example/1\ndata:,{'x' * 100_000}"):
        QGuiApplication.clipboard().setText(text)
        dialog.field.paste()
    assert dialog.field.toPlainText() == "https://a.example/1\n" * 10_000
    assert [spy.at(n)[0] for n in range(spy.count())] == [text]
    assert dialog.count.text() == "Added at once: it is too long to be shown here."
    assert dialog.isVisible()
