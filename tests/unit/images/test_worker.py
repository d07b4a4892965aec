"""A real child: what it answers, what it imports, and how it goes."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest
from PIL import Image

from core.images.recipe_file import find_recipe
from core.images.task import ProcessOutcome, ProcessTask
from core.images.worker import READY, answer, serve

_PATIENCE = 60


@pytest.fixture
def child() -> Iterator[tuple[SpawnProcess, Connection]]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    assert _received(ours) == READY
    yield process, ours
    process.kill()
    process.join(_PATIENCE)
    process.close()
    ours.close()


def _received(connection: Connection) -> object:
    assert connection.poll(_PATIENCE)
    return connection.recv()


def _task(folder: Path, ticket: int = 1) -> ProcessTask:
    source = folder / f"{ticket}.png"
    Image.new("RGB", (500, 400), "teal").save(source)
    return ProcessTask(ticket, str(source), (str(folder / f"{ticket}.part"),), find_recipe("thumbnail-256"))


def test_it_answers_in_order_and_goes_when_told(
    child: tuple[SpawnProcess, Connection], tmp_path: Path
) -> None:
    process, connection = child
    for ticket in (1, 2, 3):
        connection.send(_task(tmp_path, ticket))
    for ticket in (1, 2, 3):
        outcome = _received(connection)
        assert isinstance(outcome, ProcessOutcome)
        assert (outcome.ticket, outcome.error, outcome.width) == (ticket, None, 256)
        assert (tmp_path / f"{ticket}.part").stat().st_size == outcome.bytes_out
    connection.send(None)
    process.join(_PATIENCE)
    assert process.exitcode == 0


def test_it_goes_when_the_pipe_is_closed(child: tuple[SpawnProcess, Connection]) -> None:
    process, connection = child
    connection.close()
    process.join(_PATIENCE)
    assert process.exitcode == 0


def test_bad_pictures_do_not_end_it(child: tuple[SpawnProcess, Connection], tmp_path: Path) -> None:
    _, connection = child
    task = _task(tmp_path)
    Path(task.source).write_bytes(b"<html>")
    connection.send(task)
    outcome = _received(connection)
    assert isinstance(outcome, ProcessOutcome)
    assert outcome.error is not None
    assert outcome.error.code == "not-an-image"
    connection.send(_task(tmp_path))
    assert _received(connection) != outcome


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_is_not_for_it_and_a_kill_is_seen(
    child: tuple[SpawnProcess, Connection], tmp_path: Path
) -> None:
    process, connection = child
    assert process.pid is not None
    os.kill(process.pid, signal.SIGINT)
    connection.send(_task(tmp_path))
    assert isinstance(_received(connection), ProcessOutcome)
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises((EOFError, ConnectionError)):
        _received(connection)
    process.join(_PATIENCE)
    assert process.exitcode == -signal.SIGKILL


def test_a_fault_of_our_own_is_an_answer(tmp_path: Path) -> None:
    def faulty(task: ProcessTask) -> ProcessOutcome:
        raise ZeroDivisionError(task.ticket)

    outcome = answer(_task(tmp_path, 5), faulty)
    assert isinstance(outcome, ProcessOutcome)
    assert outcome.ticket == 5
    assert outcome.error is not None
    assert outcome.error.code == "internal"
    assert "ZeroDivisionError" in outcome.error.message


def test_it_imports_neither_qt_nor_requests() -> None:
    program = "import core.images.worker, sys; print(*{name.split('.')[0] for name in sys.modules})"
    root = Path(__file__).parents[3]
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert not {"PySide6", "requests", "urllib3", "aiohttp", "gui"} & set(found.stdout.split())
