"""The engine in a process of its own, behind the client: the same commands and signals, and nobody orphaned."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from core.asked import Asked
from core.client import EngineClient
from core.interface import COMMANDS, SIGNALS, EngineInterface
from core.job import Drop, Edit, Edited, JobState, Order, RunState
from core.report import Recovery
from tests.support.engines import Listener, quick, run_to_end
from tests.support.pictures import jpeg_bytes
from tests.support.processes import descendants
from tests.support.server import Answer, Gate, Server
from tests.support.waiting import wait_for_signal, wait_until


@pytest.fixture
def client(qapp: QApplication) -> Iterator[EngineClient]:  # noqa: ARG001 - a client needs an event loop
    """A client whose engine runs."""
    client = EngineClient(quick())
    wait_for_signal(client.ready, client.begin)
    yield client
    client.end()


def is_running(pid: int) -> bool:
    """Whether there is such a process, one that has ended but was not asked for not counted."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_interface_names_every_command_and_signal() -> None:
    methods = {name for name, value in vars(EngineInterface).items() if callable(value) and name[0] != "_"}
    assert methods - SIGNALS == COMMANDS
    for engine in ("core.client:EngineClient", "core.engine:Engine"):
        module, _, name = engine.partition(":")
        cls = getattr(__import__(module, fromlist=[name]), name)
        assert all(name in vars(cls) for name in COMMANDS)


def test_it_says_which_recipes_there_are(qapp: QApplication) -> None:  # noqa: ARG001 - as above
    client = EngineClient(quick())
    (recipes,) = wait_for_signal(client.ready, client.begin)
    assert isinstance(recipes, tuple)
    assert [recipe.name for recipe in recipes][:2] == ["as-downloaded", "thumbnail-256"]
    client.end()


def test_a_run_through_the_pipe(client: EngineClient, server: Server, tmp_path: Path) -> None:
    urls = [server.serve(f"/{i}.jpg", jpeg_bytes(seed=i)) for i in range(5)]
    heard = Listener(client)
    run_to_end(client, urls, tmp_path, "thumbnail-256")
    assert heard.states() == [JobState.DONE] * 5
    assert len(list(tmp_path.glob("*.jpg"))) == 5


def test_an_edit_through_the_pipe(client: EngineClient, server: Server, tmp_path: Path) -> None:
    heard = Listener(client)
    run_to_end(client, [server.url("/gone.bin")], tmp_path)
    assert heard.states() == [JobState.FAILED]
    new = server.serve("/there.bin", b"there")
    wish = Edit(tuple(heard.jobs), new, Asked(headers=(("X-Key", "k"),)), ticket=7)
    (answer,) = wait_for_signal(client.edited, lambda: client.edit(wish))
    assert answer == Edited(7, 1, None, new)
    client.start(Order(str(tmp_path), "as-downloaded"))
    wait_until(lambda: heard.states() == [JobState.DONE], client.jobs_changed)
    assert (tmp_path / "there.bin").read_bytes() == b"there"
    assert server.received("/there.bin")[0].headers["X-Key"] == "k"


def test_shutting_down_in_order_leaves_no_process(client: EngineClient, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg_bytes())
    run_to_end(client, [str(tmp_path / "a.jpg")], tmp_path / "out", "jpeg")
    family = [entry.pid for entry in descendants(os.getpid()) if "spawn_main" in entry.command]
    assert len(family) >= 3
    wait_for_signal(client.closed, client.shut_down)
    wait_until(lambda: not any(is_running(pid) for pid in family))


def test_when_the_engine_dies_a_new_one_takes_over(
    client: EngineClient, server: Server, tmp_path: Path
) -> None:
    gate = Gate()
    slow = server.serve("/slow.jpg", Answer(jpeg_bytes(), gate=gate, gate_after=1000), Answer(jpeg_bytes()))
    fast = server.serve("/fast.jpg", jpeg_bytes(seed=1))
    heard = Listener(client)
    client.add(Drop(f"{fast}\n{slow}"))
    client.start(Order(str(tmp_path), "jpeg"))
    wait_until(lambda: JobState.DONE in heard.states(), client.jobs_changed)
    gate.reached.wait(10)
    pid = client.pid
    assert pid is not None
    children = [entry.pid for entry in descendants(pid)]
    losses: list[object] = []
    client.lost.connect(losses.append)
    wait_for_signal(client.restarted, lambda: os.kill(pid, signal.SIGKILL))
    assert len(losses) == 1
    (recovery,) = wait_for_signal(client.recovered)
    assert isinstance(recovery, Recovery)
    assert (recovery.jobs, recovery.unfinished, recovery.was_running) == (2, 1, True)
    client.resume()
    wait_until(lambda: heard.states() == [JobState.DONE] * 2, client.jobs_changed)
    assert server.requests("/fast.jpg") == 1
    wait_until(lambda: not any(is_running(child) for child in children))


def _has(found: list[bool], count: int) -> bool:
    return len(found) == count


def test_an_engine_that_keeps_dying_is_given_up(qapp: QApplication) -> None:  # noqa: ARG001 - as above
    client = EngineClient(quick())
    wait_for_signal(client.ready, client.begin)
    restarts: list[bool] = []
    client.restarted.connect(lambda: restarts.append(True))
    for expected in (1, 2, 3, 3):
        pid = client.pid
        assert pid is not None
        wait_for_signal(client.lost, partial(os.kill, pid, signal.SIGKILL))
        wait_until(partial(_has, restarts, expected))
    client.end()


_WINDOW = """
import sys
from PySide6.QtCore import QCoreApplication
from core.client import EngineClient
from core.job import Drop, Order
from core.settings import Settings

def main():
    app = QCoreApplication([])
    client = EngineClient(Settings(workers=2))
    client.begin()
    client.add(Drop(sources=tuple(sys.argv[2:])))
    client.start(Order(sys.argv[1], "jpeg"))
    client.jobs_changed.connect(lambda jobs: print("going", flush=True))
    app.exec()

if __name__ == "__main__":
    main()
"""


def test_a_killed_window_leaves_no_orphan(server: Server, tmp_path: Path, qapp: QApplication) -> None:  # noqa: ARG001 - as above
    script = tmp_path / "window.py"
    script.write_text(_WINDOW)
    (tmp_path / "a.jpg").write_bytes(jpeg_bytes())
    gate = Gate()
    url = server.serve("/slow.jpg", Answer(jpeg_bytes(), gate=gate, gate_after=1000))
    arguments = [sys.executable, str(script), str(tmp_path / "out"), url, str(tmp_path / "a.jpg")]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, env=environment) as window:
        assert window.stdout is not None
        window.stdout.readline()
        gate.reached.wait(10)
        wait_until(lambda: len(descendants(window.pid)) >= 4)
        family = [entry.pid for entry in descendants(window.pid)]
        window.kill()
    wait_until(lambda: not any(is_running(pid) for pid in family), timeout_s=5)


def test_commands_of_another_name_are_not_obeyed(client: EngineClient) -> None:
    client._send("deleteLater")
    client._send("configure", quick())
    wait_for_signal(client.batch_added, lambda: client.add(Drop("nothing here")))


def test_pausing_across_the_pipe(client: EngineClient, server: Server, tmp_path: Path) -> None:
    gate = Gate()
    url = server.serve("/a.jpg", Answer(jpeg_bytes(), gate=gate, gate_after=1000), Answer(jpeg_bytes()))
    client.add(Drop(url))
    client.start(Order(str(tmp_path), "jpeg"))
    gate.reached.wait(10)
    wait_for_signal(client.totals_changed, client.pause, lambda totals: totals.count(JobState.PAUSED) == 1)
    wait_for_signal(client.totals_changed, client.resume, lambda totals: totals.run is RunState.IDLE)
    assert (tmp_path / "a.jpg").exists()
