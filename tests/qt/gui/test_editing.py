"""Another URL or other headers, as the window lets people give them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QToolButton, QWidget

from core.asked import KEYS_LOST, Asked
from core.errors import BadUrlError, ErrorReport, UnusableRequestError
from core.job import Drop, Edit, Edited, JobSnapshot, JobState, Order, SourceKind
from gui.add_dialog import AddDialog
from gui.appearance import Appearance
from gui.asked_fields import TITLES, AskedFields
from gui.edit_dialog import EditDialog
from gui.job_text import second_line, wants_edit
from gui.main_window import MainWindow
from tests.qt.gui.scripted_engine import REFUSED, ScriptedEngine, snapshot
from tests.support.waiting import wait_for_signal, wait_until

Key, Ctrl = Qt.Key, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
EXPIRED = replace(REFUSED, status=403)
COOKIE = Asked(headers=(("Cookie", "a=1"),))
NEW = "https://cdn.example.net/new.zip?key=2"


@pytest.fixture
def failed(scripted: ScriptedEngine, window: MainWindow) -> JobSnapshot:
    """A link that has expired in the middle; its row is chosen."""
    job = snapshot(
        1, JobState.FAILED, error=EXPIRED, received=12_000_000, size=40_000_000, asked=COOKIE, name="a.zip"
    )
    scripted.play_added([job, snapshot(2), snapshot(3, JobState.DONE)])
    window.table.selectRow(0)
    return job


def opened(window: MainWindow) -> EditDialog:
    QTest.keyClick(window.table, Key.Key_E, Ctrl)
    dialog = window.findChild(EditDialog)
    assert dialog is not None
    wait_until(dialog.isActiveWindow)
    return dialog


def edits(scripted: ScriptedEngine) -> list[Edit]:
    return [value for command in scripted.commands for value in command if isinstance(value, Edit)]


def typed(dialog: EditDialog, url: str) -> Edit:
    """Type another URL; what the dialog wants to know of it."""
    dialog.url.selectAll()
    QTest.keyClicks(dialog.url, url)
    (edit,) = wait_for_signal(dialog.wanted, lambda: None)
    assert isinstance(edit, Edit)
    return edit


def press(dialog: EditDialog, name: str) -> None:
    (button,) = (button for button in dialog.findChildren(QPushButton) if button.text() == name)
    QTest.mouseClick(button, LEFT)


def test_the_failure_card_leads_to_another_link(
    window: MainWindow, scripted: ScriptedEngine, failed: JobSnapshot
) -> None:
    card = window.details.findChild(QWidget, "errorCard")
    assert card is not None
    (button,) = (each for each in card.findChildren(QPushButton) if each.isVisible())
    assert button.text() == "Edit URL…"
    QTest.mouseClick(button, LEFT)
    dialog = window.findChild(EditDialog)
    assert dialog is not None
    assert dialog.windowTitle() == "Edit URL"
    assert dialog.url.toPlainText() == failed.source
    assert any("12.0 MB of 40.0 MB" in label.text() for label in dialog.findChildren(QLabel))
    looked = typed(dialog, NEW)
    assert looked == Edit((failed.id,), NEW, COOKIE, applies=False, ticket=looked.ticket)
    scripted.edited.emit(Edited(looked.ticket, 1, None, NEW))
    assert dialog.message.text() == "Its cookies and keys are going to cdn.example.net."
    QTest.keyClick(dialog.url, Key.Key_Return)
    done = edits(scripted)[-1]
    assert done == looked._replace(applies=True, ticket=done.ticket)
    assert dialog.isVisible()
    scripted.edited.emit(Edited(done.ticket, 1, None, NEW))
    assert not dialog.isVisible()
    assert scripted.commands[-1] == ("start", Order("/tmp/out", "web-1920"))  # noqa: S108 - never written


def test_what_is_wrong_is_said_and_can_be_mended(
    window: MainWindow, scripted: ScriptedEngine, failed: JobSnapshot
) -> None:
    del failed
    dialog = opened(window)
    edit = typed(dialog, "htp:/x")
    error = BadUrlError("htp:/x is neither a URL nor a file that exists.").report()
    scripted.edited.emit(Edited(edit.ticket, error=error))
    assert error.message in dialog.message.text()
    assert dialog.url.accessibleDescription() == error.message
    assert not save_of(dialog).isEnabled()
    edit = typed(dialog, NEW)
    assert save_of(dialog).isEnabled()
    assert dialog.url.accessibleDescription() == ""
    scripted.edited.emit(Edited(edit.ticket - 1, error=error))
    assert dialog.message.text() == "", "an answer to what no longer stands there"


def save_of(dialog: EditDialog) -> QPushButton:
    return next(button for button in dialog.findChildren(QPushButton) if button.text() == "Save")


def test_a_refusal_keeps_the_dialog_open(
    window: MainWindow, scripted: ScriptedEngine, failed: JobSnapshot
) -> None:
    del failed
    dialog = opened(window)
    typed(dialog, NEW)
    press(dialog, "Save")
    error = UnusableRequestError("That URL is on the list already.").report()
    scripted.edited.emit(Edited(edits(scripted)[-1].ticket, error=error))
    assert dialog.isVisible()
    assert error.message in dialog.message.text()
    QTest.keyClick(dialog, Key.Key_Escape)
    assert not dialog.isVisible()
    assert scripted.commands[-1][0] == "edit"


def test_a_long_word_cuts_nothing_off(
    window: MainWindow, scripted: ScriptedEngine, failed: JobSnapshot
) -> None:
    del failed
    dialog = opened(window)
    looked = typed(dialog, "notaurl")
    report = UnusableRequestError("A sentence that is rather long, " * 9, "And what to do.").report()
    scripted.edited.emit(Edited(looked.ticket, error=report))
    wait_until(lambda: dialog.message.height() >= dialog.message.heightForWidth(dialog.message.width()))
    headers = dialog.fields.fields["headers"]
    wait_until(lambda: dialog.fields.geometry().bottom() < dialog.message.geometry().top())
    assert dialog.fields.rect().contains(headers.geometry())


def test_return_does_not_throw_away_what_was_typed(
    window: MainWindow, scripted: ScriptedEngine, failed: JobSnapshot
) -> None:
    del scripted, failed
    dialog = opened(window)
    dialog.fields.fields["cookie"].clear()
    QTest.keyClicks(dialog.fields.fields["cookie"], "no cookie at all")
    assert not save_of(dialog).isEnabled()
    QTest.keyClick(dialog.fields.fields["cookie"], Key.Key_Return)
    assert dialog.isVisible()
    (cancel,) = (button for button in dialog.findChildren(QPushButton) if button.text() == "Cancel")
    cancel.setFocus()
    wait_until(cancel.hasFocus)
    QTest.keyClick(cancel, Key.Key_Return)
    assert not dialog.isVisible()


def test_a_long_remark_does_not_widen_the_field_for_links(
    appearance: Appearance, keep: Callable[[QWidget], None]
) -> None:
    dialog = AddDialog(appearance)
    keep(dialog)
    dialog.show()
    dialog.more.unfold()
    QTest.keyClicks(dialog.more.fields.fields["headers"], "A-rather-long-word" * 2 + " is no header")
    width = dialog.width()
    wait_until(lambda: dialog.count.text().startswith("Further headers: "))
    assert dialog.minimumSizeHint().width() <= width


def test_more_fields_leave_the_buttons_on_the_screen(
    appearance: Appearance, keep: Callable[[QWidget], None]
) -> None:
    dialog = AddDialog(appearance)
    keep(dialog)
    screen = dialog.screen().availableGeometry().height()
    dialog.resize(dialog.width(), screen - 100)
    dialog.show()
    dialog.more.unfold()
    wait_until(lambda: dialog.height() > screen - 100)
    assert dialog.height() < screen


def test_a_curl_command_fills_all_fields(
    window: MainWindow, scripted: ScriptedEngine, failed: JobSnapshot
) -> None:
    dialog = opened(window)
    edit = typed(dialog, f"curl '{NEW}' -H 'X-Key: k'")
    asked = Asked(headers=(("X-Key", "k"), ("Referer", "https://page.example/")))
    scripted.edited.emit(Edited(edit.ticket, 1, None, NEW, asked))
    assert dialog.url.toPlainText() == NEW
    assert dialog.fields.form()._asdict() == {
        "referrer": "https://page.example/",
        "user_agent": "",
        "cookie": "",
        "cookies_file": "",
        "headers": "X-Key: k",
    }
    assert "curl" in dialog.message.text()
    press(dialog, "Save")
    last = edits(scripted)[-1]
    assert (last.ids, last.source, last.applies) == ((failed.id,), NEW, True)
    assert last.asked is not None
    assert set(last.asked.headers) == set(asked.headers)


def test_nothing_touched_is_nothing_done(
    window: MainWindow, scripted: ScriptedEngine, failed: JobSnapshot
) -> None:
    del failed
    dialog = opened(window)
    press(dialog, "Save")
    assert not dialog.isVisible()
    assert edits(scripted) == []


def test_several_rows_get_other_headers_only(
    window: MainWindow, scripted: ScriptedEngine, failed: JobSnapshot
) -> None:
    del failed
    window.table.selectAll()
    assert window.actions_by_name["edit_source"].text() == "Edit headers…"
    dialog = opened(window)
    assert dialog.windowTitle() == "Edit headers of 2 jobs"
    assert not dialog.url.isVisible()
    assert "different headers" in dialog.message.text()
    QTest.keyClicks(dialog.fields.fields["referrer"], "https://page.example/")
    QTest.keyClick(dialog, Key.Key_Return, Ctrl)
    edit = edits(scripted)[-1]
    asked = Asked(headers=(("Referer", "https://page.example/"),))
    assert edit == Edit((1, 2), None, asked, applies=True, ticket=edit.ticket)  # type: ignore[arg-type]  # numbers are ids
    scripted.edited.emit(Edited(edit.ticket, 2))
    assert scripted.commands[-1][0] == "start", "one of them had failed"


def test_a_header_that_cannot_be_sent(
    window: MainWindow, scripted: ScriptedEngine, failed: JobSnapshot
) -> None:
    del failed
    dialog = opened(window)
    field = dialog.fields.fields["headers"]
    QTest.keyClicks(field, "X-Key")
    assert dialog.message.text().startswith("Further headers: 'X-Key' begins no header")
    assert field.accessibleDescription()
    assert not save_of(dialog).isEnabled()
    QTest.keyClick(dialog, Key.Key_Return, Ctrl)
    assert edits(scripted) == []
    assert field.hasFocus()
    QTest.keyClicks(field, ": k")
    assert save_of(dialog).isEnabled()


def test_the_keyboard_goes_round(window: MainWindow, failed: JobSnapshot) -> None:
    del failed
    dialog = opened(window)
    names = []
    for _ in range(9):
        names.append(dialog.focusWidget().accessibleName() or dialog.focusWidget().property("text"))
        QTest.keyClick(dialog.focusWidget(), Key.Key_Tab)
    fields = [*TITLES.values()]
    fields.insert(fields.index("Cookie file") + 1, "Choose cookie file")
    assert names == ["URL", *fields, "Save", "Cancel"]


def test_where_it_is_offered(window: MainWindow, scripted: ScriptedEngine) -> None:
    local = snapshot(2, JobState.FAILED, kind=SourceKind.FILE, source="/a.jpg")
    scripted.play_added([snapshot(1, JobState.DONE), local, snapshot(3), snapshot(4, JobState.DOWNLOADING)])
    offered = []
    for row in range(4):
        window.table.selectRow(row)
        offered.append(window.actions_by_name["edit_source"].isEnabled())
    assert offered == [False, False, True, True]
    assert window.actions_by_name["edit_source"].text() == "Edit URL…"


def test_what_a_restart_took_is_said_in_the_row(window: MainWindow, scripted: ScriptedEngine) -> None:
    job = snapshot(1, notes=(KEYS_LOST,))
    assert second_line(job) == KEYS_LOST
    scripted.play_added([job])
    window.table.selectRow(0)
    card = window.details.findChild(QWidget, "errorCard")
    assert card is not None
    assert card.isVisible()
    assert KEYS_LOST in card.accessibleName()
    assert [each.text() for each in card.findChildren(QPushButton) if each.isVisible()] == ["Edit URL…"]
    assert second_line(job._replace(state=JobState.DONE)) == job.host


@pytest.mark.parametrize(
    ("error", "wanted"),
    [(replace(REFUSED, status=status), True) for status in (401, 403, 404, 410)]
    + [(replace(REFUSED, status=500), False), (BadUrlError("x").report(), True)],
)
def test_which_failures_another_link_helps(error: ErrorReport, wanted: bool) -> None:
    assert wants_edit(snapshot(1, JobState.FAILED, error=error)) is wanted


def test_headers_for_what_is_added(window: MainWindow, scripted: ScriptedEngine) -> None:
    window.adding.add()
    dialog = window.findChild(AddDialog)
    assert dialog is not None
    assert not dialog.more.fields.isVisible()
    wait_until(dialog.isActiveWindow)
    before = dialog.height()
    dialog.more.unfold()
    assert dialog.more.fields.isVisible()
    wait_until(lambda: dialog.height() > before)
    QTest.keyClicks(dialog.field, "https://a.example/1")
    QTest.keyClicks(dialog.more.fields.fields["cookie"], "a=1")
    (more,) = (button for button in dialog.findChildren(QToolButton) if button.accessibleName() == "More")
    assert more.text() == "More"
    QTest.mouseClick(more, LEFT)
    assert not dialog.more.fields.isVisible()
    assert more.text() == "More · cookie"
    QTest.keyClick(dialog.field, Key.Key_Return, Ctrl)
    assert scripted.commands == [("add", Drop("https://a.example/1", asked=COOKIE))]
    assert dialog.more.fields.summary() == "", "they are no other links' business"


def test_a_cookie_file_that_is_not_there_is_told(window: MainWindow, scripted: ScriptedEngine) -> None:
    window.adding.add()
    dialog = window.findChild(AddDialog)
    assert dialog is not None
    dialog.field.setPlainText("https://a.example/1")
    dialog.more.unfold()
    QTest.keyClicks(dialog.more.fields.fields["cookies_file"], "/no/such/cookies.txt")
    dialog.accept()
    (edit,) = edits(scripted)
    assert (edit.ids, edit.applies) == ((), False)
    error = UnusableRequestError("/no/such/cookies.txt cannot be read.").report()
    scripted.edited.emit(Edited(edit.ticket, error=error))
    assert window.banner.notice is not None
    assert window.banner.notice.title == "Cookie file not usable"


def test_headers_that_cannot_be_sent_keep_the_field_for_links_open(
    appearance: Appearance, keep: Callable[[QWidget], None]
) -> None:
    dialog = AddDialog(appearance)
    keep(dialog)
    dialog.show()
    spy = QSignalSpy(dialog.text_added)
    QTest.keyClicks(dialog.field, "https://a.example/1")
    dialog.more.unfold()
    QTest.keyClicks(dialog.more.fields.fields["cookie"], "secret")
    wait_until(lambda: dialog.count.text() == "Cookie: A cookie is written name=value.")
    dialog.accept()
    assert dialog.isVisible()
    assert spy.count() == 0


def test_fields_give_back_what_they_show(appearance: Appearance, keep: Callable[[QWidget], None]) -> None:
    del appearance
    fields = AskedFields()
    keep(fields)
    asked = Asked(headers=(("X-Key", "k"), ("Referer", "r"), ("Cookie", "a=1")), cookies_file="/c.txt")
    fields.show_asked(asked)
    assert fields.asked() == asked
    assert fields.summary() == "referrer, cookie, cookie file, further headers"
    headers = fields.fields["headers"]
    assert isinstance(headers, QPlainTextEdit)
    headers.setPlainText("Range: bytes=0-\nX-Key: k")
    assert fields.remark() == "Range will be left out: Fetchmill sets that itself."
