"""The plan and the questions with a real engine in its own process: real files, a real server."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from core.client import EngineClient
from core.job import Drop, JobState, RunState
from core.settings import Existing, Settings, Theme
from gui.appearance import Appearance
from gui.main_window import MainWindow
from tests.support.engines import Listener, finished_in, quick
from tests.support.server import Server
from tests.support.waiting import wait_for_signal, wait_until

LEFT = Qt.MouseButton.LeftButton
MINE = b"what was there before"
NAMES = ("a.zip", "b.zip", "c.zip")


class Desk:
    """A window on a real engine, with a destination in which two of three names are taken.

    Attributes:
        window: The window.
        client: Its engine.
        heard: What that said.
        out: The destination.
    """

    def __init__(self, settings: Settings, appearance: Appearance, out: Path) -> None:
        out.mkdir()
        for name in NAMES[:2]:
            (out / name).write_bytes(MINE)
        self.out = out
        self.client = EngineClient(settings)
        self.heard = Listener(self.client)
        self.window = MainWindow(self.client, settings, appearance)
        wait_for_signal(self.client.recovered, self.client.begin)
        self.window.show()

    def add(self, *urls: str) -> None:
        """As a drop does, until its plan is known."""

        def is_planned() -> bool:
            found = self.window.foreseeing.forecast
            return found is not None and found.jobs == len(urls)

        self.window.submit(Drop(sources=urls))
        wait_until(is_planned, self.client.forecast_made)

    def press(self, widget: QWidget, text: str) -> None:
        """The button with that text."""
        found = [b for b in widget.findChildren(QPushButton) if b.isVisible() and b.text() == text]
        assert len(found) == 1
        QTest.mouseClick(found[0], LEFT)

    def ends(self, states: list[JobState]) -> bool:
        """Whether nothing runs any more, with the jobs in these states."""
        totals = self.heard.totals
        return totals is not None and totals.run is RunState.IDLE and self.heard.states() == states


@pytest.fixture
def desk(appearance: Appearance, tmp_path: Path) -> Iterator[Desk]:
    """With the setting that asks."""
    out = tmp_path / "out"
    settings = replace(
        quick(), existing=Existing.ASK, destination=str(out), recipe="as-downloaded", theme=Theme.LIGHT
    )
    desk = Desk(settings, appearance, out)
    yield desk
    wait_for_signal(desk.window.closed, desk.window.leave)
    desk.client.end()
    desk.window.deleteLater()


@pytest.fixture
def urls(server: Server) -> list[str]:
    """Of three files."""
    return [server.serve(f"/{name}", name.encode() * 99) for name in NAMES]


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in finished_in(folder)}


def test_the_line_says_it_and_the_banner_asks(desk: Desk, server: Server, urls: list[str]) -> None:
    window = desk.window
    desk.add(*urls)
    assert window.foreseeing.line.words.text() == "3 to download, 2 exist already"
    window.commands.start()
    wait_until(
        lambda: desk.ends([JobState.FAILED, JobState.FAILED, JobState.DONE]), desk.client.totals_changed
    )
    assert not window.foreseeing.line.isVisible()
    assert window.banner.notice is not None
    assert window.banner.notice.title == "2 files exist already"
    window.table.selectRow(0)
    desk.press(window.details, "Replace")
    wait_until(lambda: desk.ends([JobState.DONE, JobState.FAILED, JobState.DONE]), desk.client.totals_changed)
    assert window.banner.notice.title == "1 file exists already"
    desk.press(window.banner, "Rename")
    wait_until(lambda: desk.ends([JobState.DONE] * 3), desk.client.totals_changed)
    assert contents(desk.out) == {
        "a.zip": b"a.zip" * 99,
        "b.zip": MINE,
        "b (2).zip": b"b.zip" * 99,
        "c.zip": b"c.zip" * 99,
    }
    assert server.requests() == 3


def test_the_answer_before_the_start(desk: Desk, server: Server, urls: list[str]) -> None:
    window = desk.window
    desk.add(*urls)
    window.foreseeing.line.choice.setCurrentIndex(1)
    wait_until(
        lambda: (
            window.foreseeing.forecast is not None and window.foreseeing.forecast.existing is Existing.SKIP
        ),
        desk.client.forecast_made,
    )
    assert window.foreseeing.line.words.text() == "1 to download, 2 exist already (skipped)"
    window.commands.start()
    wait_until(
        lambda: desk.ends([JobState.SKIPPED, JobState.SKIPPED, JobState.DONE]), desk.client.totals_changed
    )
    assert contents(desk.out) == {"a.zip": MINE, "b.zip": MINE, "c.zip": b"c.zip" * 99}
    assert window.setup.order().existing is None
    assert server.requests() == 1, "what is skipped is not downloaded"
