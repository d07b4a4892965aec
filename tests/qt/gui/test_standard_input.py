import os
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from gui.standard_input import StandardInput
from tests.support.waiting import wait_for_signal


@pytest.fixture
def pipe(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:  # noqa: ARG001 - needs an application
    """The end to write to; the other is standard input."""
    reads, writes = os.pipe()
    with os.fdopen(reads) as file:
        monkeypatch.setattr("sys.stdin", file)
        yield writes


def reading() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "standard-input"]


def test_reads_to_the_end(pipe: int) -> None:
    reader = StandardInput()
    reader.start()
    os.write(pipe, b"https://a.example/1\n\xff")
    assert wait_for_signal(reader.text_read, lambda: os.close(pipe)) == ("https://a.example/1\n\ufffd",)


def test_says_nothing_once_stopped(pipe: int) -> None:
    reader = StandardInput()
    spy = QSignalSpy(reader.text_read)
    reader.start()
    threads = reading()
    assert [thread.daemon for thread in threads] == [True]
    reader.stop()
    os.close(pipe)
    for thread in threads:
        thread.join()
    QApplication.processEvents()
    assert spy.count() == 0


def test_no_standard_input(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - needs an application
    monkeypatch.setattr("sys.stdin", None)
    StandardInput().start()
    assert reading() == []
