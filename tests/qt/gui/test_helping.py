"""Help in the window: diagnostics without secrets, what is told of crashes, dialogs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from core.crashes import keep_picture_report
from core.job import JobState, RunState, Totals
from core.report import Recovery
from core.settings import ProxyKind, Settings, Theme
from gui.actions import ACTIONS
from gui.main_window import MainWindow
from gui.notices import recovered_notice
from tests.qt.gui.scripted_engine import ScriptedEngine
from tests.support.waiting import wait_until

SECRETS = Settings(
    theme=Theme.LIGHT,
    retries=7,
    destination="/srv/s3cret-destination",
    proxy_kind=ProxyKind.MANUAL,
    proxy="http://bob:s3cret@proxy.test:3128",
)
LOG = """2026-11-27 INFO x: http://bob:s3cret@host.test/a.jpg?token=s3cret
2026-11-27 INFO x: Authorization: Bearer s3cret
2026-11-27 INFO x: Cookie: a=s3cret
2026-11-27 INFO x: {home}/s3cret-cookies.txt cannot be read
2026-11-27 INFO x: {home}/Pictures is there
"""


def copied(window: MainWindow) -> str:
    QGuiApplication.clipboard().clear()
    window.actions_by_name["copy_diagnostics"].trigger()
    wait_until(lambda: QGuiApplication.clipboard().text())
    return QGuiApplication.clipboard().text()


def test_diagnostics_say_much_and_no_secret(
    open_window: Callable[[Settings], MainWindow],
    scripted: ScriptedEngine,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANG", "tlh")
    window = open_window(SECRETS)
    scripted.totals_changed.emit(Totals(RunState.PAUSED, {JobState.FAILED: 1234}))
    for name in ("window", "engine", "cli"):
        (home / f"{name}.log").write_text(LOG.format(home=Path.home()))
    keep_picture_report("Fatal Python error: Aborted", f"{Path.home()}/a.jpg")
    text = copied(window)
    for words in (
        *("fetchmill 0.", "Python 3.", "Qt 6.", "libjpeg-turbo", "offscreen, light", "scale 1"),
        *("language and desktop: LANG=tlh", "processors: ", "memory: ", "free where the list is kept: "),
        *("retries = 7", "proxy = http://proxy.test:3128", "run: paused", "failed: 1,234"),
        *(
            "## window.log",
            "## engine.log",
            "## cli.log",
            "picture-",
            "Picture: ~/a.jpg",
            "~/Pictures is there",
        ),
    ):
        assert words in text, words
    for secret in ("s3cret", "bob", f"{Path.home()}/"):
        assert secret not in text, secret
    wait_until(lambda: window.banner.notice is not None)
    assert window.banner.notice is not None
    assert window.banner.notice.title == "Diagnostics copied"


def test_without_logs_there_are_diagnostics_too(window: MainWindow) -> None:
    assert "## window.log\nnone" in copied(window)


def test_a_crash_is_told_of_in_the_window(window: MainWindow) -> None:
    window.helping.tell_crash()
    window.banner.tell(recovered_notice(Recovery(jobs=3, unfinished=0)))  # which a start says a little later
    notice = window.banner.notice
    assert notice is not None
    assert notice.title == "Fetchmill closed unexpectedly last time"
    assert [choice.text for choice in notice.choices] == ["Copy diagnostics", "Show reports"]


@pytest.mark.usefixtures("home")
def test_dialogs(window: MainWindow) -> None:
    window.actions_by_name["about"].trigger()
    about = window.helping.about_dialog
    assert about is not None
    assert not about.isModal()
    words = [label.text() for label in about.findChildren(QLabel)]
    assert any(text.startswith("Version 0.") for text in words)
    window.actions_by_name["shortcuts"].trigger()
    shown = window.helping.shortcuts_dialog
    assert shown is not None
    words = [label.text() for label in shown.findChildren(QLabel)]
    assert [t.text for t in ACTIONS if t.keys and t.text.removesuffix("…") not in words] == []


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("is_frozen", "terms"), [(False, "MIT"), (True, "GPL")])
def test_the_licence_of_what_is_packed_together(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, terms: str, *, is_frozen: bool
) -> None:
    monkeypatch.setattr("sys.frozen", is_frozen, raising=False)
    window.actions_by_name["about"].trigger()
    about = window.helping.about_dialog
    assert about is not None
    said = [label.text() for label in about.findChildren(QLabel) if "licence" in label.text()]
    assert [terms in words for words in said] == [True]
