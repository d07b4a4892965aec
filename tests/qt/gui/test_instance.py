"""One window: who is the first, what a second start hands over, and what strangers on the socket can do."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from core.folder_lock import FolderLock
from core.job import Drop
from gui import instance
from gui.__main__ import main
from gui.handover import HandoverError, frame, frames
from gui.instance import LOCK_NAME, SOCKET_NAME, Instance, addresses, claim, here
from tests.support.waiting import wait_until
from tests.support.watching import Expectations

ROOT = Path(__file__).parents[3]
CLAIM = (
    "import sys\n"
    "from gui.handover import HandoverError\n"
    "from gui import instance\n"
    "gather = instance._gathered\n"
    "instance._gathered = lambda sources: (print('not the first', flush=True), gather(sources))[1]\n"
    "try:\n"
    "    held = instance.claim(tuple(sys.argv[2:]), float(sys.argv[1]))\n"
    "    print('handed over' if held is None else f'first, with {held.sources}')\n"
    "except HandoverError as error:\n"
    "    print(error)\n"
)
HANDED_OVER = "handed over"
Start = Callable[..., "subprocess.Popen[str]"]


class Owner(QObject):
    """Something that a server belongs to."""

    over = Signal()


class Listening(Owner):
    """A first window without a window: keeps what it is given.

    Attributes:
        drops: What later starts brought.
        refused: The same, while it was not open.
        is_open: Whether it takes them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.drops: list[Drop] = []
        self.refused: list[Drop] = []
        self.is_open = True
        self.held = claimed(())
        self.held.listen(self.take, self.over, self)

    def take(self, drop: Drop) -> bool:
        (self.drops if self.is_open else self.refused).append(drop)
        return self.is_open

    def close(self) -> None:
        self.over.emit()
        self.held.__exit__(None, None, None)


def claimed(sources: tuple[str, ...]) -> Instance:
    """The right to be the one window, which nobody disputes."""
    held = claim(sources)
    assert held is not None
    return held


@pytest.fixture
def first(qapp: QApplication, home: Path) -> Iterator[Listening]:  # noqa: ARG001 - a server needs an event loop
    """A first window."""
    first = Listening()
    yield first
    first.close()


@pytest.fixture
def later(home: Path) -> Iterator[Start]:  # noqa: ARG001 - it sets the environment
    """Makes second starts, processes of their own."""
    programs: list[subprocess.Popen[str]] = []

    def start(*sources: str, patience: float = 10.0) -> subprocess.Popen[str]:
        programs.append(
            subprocess.Popen(
                [sys.executable, "-c", CLAIM, str(patience), *sources],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return programs[-1]

    yield start
    for program in programs:
        program.kill()
        program.wait()
        assert program.stdout is not None
        program.stdout.close()


def outcome(start: subprocess.Popen[str]) -> str:
    """How a second start ended."""
    wait_until(lambda: start.poll() is not None)
    return start.communicate()[0].splitlines()[-1]


def stranger(*pieces: bytes) -> socket.socket:
    """Somebody who has connected and said that."""
    client = socket.socket(socket.AF_UNIX)
    client.connect(addresses()[0])
    for piece in pieces:
        client.sendall(piece)
    return client


def hung_up(client: socket.socket) -> bool:
    """Whether the other side has closed the connection, without a word."""
    client.setblocking(False)
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def test_the_first_keeps_its_sources_as_they_are(home: Path) -> None:
    with claimed(("a.jpg", "-")) as held:
        assert (held.sources, held.text) == (("a.jpg", "-"), "")
        assert FolderLock(home / LOCK_NAME).holder() == os.getpid()
    assert FolderLock(home / LOCK_NAME).acquire()


def test_a_second_start_hands_over(first: Listening, later: Start) -> None:
    assert outcome(later("https://a.example/1.jpg", "b.jpg")) == HANDED_OVER
    assert first.drops == [Drop(sources=("https://a.example/1.jpg", f"{Path.cwd()}/b.jpg"))]


def test_a_second_start_without_sources(first: Listening, later: Start) -> None:
    assert outcome(later()) == HANDED_OVER
    assert first.drops == [Drop()]


def test_many_at_once(first: Listening, later: Start) -> None:
    starts = [later(f"/{number}.jpg") for number in range(12)]
    assert [outcome(start) for start in starts] == [HANDED_OVER] * 12
    assert {drop.sources for drop in first.drops} == {(f"/{number}.jpg",) for number in range(12)}
    assert len(first.drops) == 12


def test_much_at_once(first: Listening, later: Start) -> None:
    many = tuple(f"https://a.example/{'x' * 1000}/{number}.jpg" for number in range(1000))
    assert outcome(later(*many)) == HANDED_OVER
    assert first.drops == [Drop(sources=many)]


def test_the_socket_is_for_the_user_only_and_goes_with_the_window(home: Path, first: Listening) -> None:
    path = home / SOCKET_NAME
    assert path.is_socket()
    assert path.stat().st_mode & 0o077 == 0
    first.close()
    assert not path.exists()


def test_a_socket_left_by_a_killed_window_is_replaced(qapp: QApplication, home: Path) -> None:  # noqa: ARG001 - a server needs an event loop
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(home / SOCKET_NAME))
    first = Listening()
    with stranger(*frames(Drop("a"))):
        wait_until(lambda: first.drops)
    first.close()


def test_a_long_folder_has_its_socket_elsewhere(
    qapp: QApplication,  # noqa: ARG001 - a server needs an event loop
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    later: Start,
) -> None:
    monkeypatch.setenv("FETCHMILL_HOME", str(home / ("x" * 120)))
    (address,) = addresses()
    assert len(address) < 90
    first = Listening()
    assert Path(address).is_socket()
    assert outcome(later("/a.jpg")) == HANDED_OVER
    first.close()
    assert not Path(address).exists()


def test_each_folder_has_its_own_window(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = addresses()
    monkeypatch.setenv("FETCHMILL_HOME", str(home / "other"))
    assert not set(one) & set(addresses())


def test_a_window_that_is_starting_is_waited_for(
    qapp: QApplication,  # noqa: ARG001 - a server needs an event loop
    later: Start,
) -> None:
    """It holds the lock, but does not listen yet."""
    drops: list[Drop] = []

    def take(drop: Drop) -> bool:
        drops.append(drop)
        return True

    owner = Owner()
    with claimed(()) as held:
        start = later("/a.jpg")
        assert start.stdout is not None
        assert start.stdout.readline() == "not the first\n"
        held.listen(take, owner.over, owner)
        assert outcome(start) == HANDED_OVER
        assert drops == [Drop(sources=("/a.jpg",))]
        owner.over.emit()


def test_a_window_that_is_closing_is_succeeded(first: Listening, later: Start) -> None:
    first.is_open = False
    start = later("/a.jpg", "https://a.example/")
    wait_until(lambda: first.refused)
    first.close()
    assert outcome(start) == "first, with ('/a.jpg', 'https://a.example/')"
    assert first.drops == []


def test_nobody_answers(first: Listening, later: Start) -> None:
    first.is_open = False
    said = outcome(later("/a.jpg", patience=0.5))
    assert said.startswith(f"Fetchmill is running already (process {os.getpid()}) but does not answer")


def test_a_socket_of_somebody_else_is_not_spoken_to(
    first: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(HandoverError):
        claim(("/a.jpg",), 0.2)
    assert first.drops == []


@pytest.mark.parametrize(
    "message",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff" * 100,
        frame(text="a") + b"\0\0\0\2{}",
        b"\0\1\0\0" + b"[" * 0x10000,
    ],
    ids=["another protocol", "rubbish", "broken later", "deep"],
)
def test_strangers_are_sent_away(
    first: Listening, message: bytes, later: Start, expect: Expectations
) -> None:
    expect.log("a later start was not understood")
    with stranger(message) as client:
        wait_until(lambda: hung_up(client))
    assert outcome(later("/a.jpg")) == HANDED_OVER
    assert len(first.drops) == 1


def test_half_a_message_does_nothing(first: Listening, later: Start) -> None:
    half = b"".join(frames(Drop("https://a.example/", ("/b.jpg",))))[:-3]
    with stranger(half), stranger(), stranger(half[:5]):
        assert outcome(later("/a.jpg")) == HANDED_OVER
    assert first.drops == [Drop(sources=("/a.jpg",))]


def test_half_a_message_is_not_waited_for_for_ever(first: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "_VISIT", 50)
    with stranger(frame(text="a")) as client:
        wait_until(lambda: hung_up(client))
    assert first.drops == []


def test_a_huge_message_is_refused(
    first: Listening, monkeypatch: pytest.MonkeyPatch, expect: Expectations
) -> None:
    monkeypatch.setattr("gui.handover.LARGEST", 10_000)
    expect.log("more than")
    with stranger(frame(text="x" * 20_000)) as client:
        wait_until(lambda: hung_up(client))
    assert first.drops == []


def test_a_folder_that_cannot_be_written(
    qapp: QApplication,  # noqa: ARG001 - a server needs an event loop
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    expect: Expectations,
) -> None:
    (home / "file").touch()
    monkeypatch.setenv("FETCHMILL_HOME", str(home / "file" / "deep"))
    expect.log("other windows go unnoticed")
    owner = QObject()
    with claimed(("/a.jpg",)) as held:
        held.listen(lambda _: True, owner.destroyed, owner)
        assert held.sources == ("/a.jpg",)


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("https://a.example/x.jpg", "https://a.example/x.jpg"),
        (" http://a.example/x.jpg ", " http://a.example/x.jpg "),
        ("ftp://a.example/x.jpg", "ftp://a.example/x.jpg"),
        ("FILE:/etc/x.jpg", "FILE:/etc/x.jpg"),
        ("mailto:somebody", "mailto:somebody"),
        ("www.a.example/x.jpg", "www.a.example/x.jpg"),
        ("", ""),
        (" ", " "),
        ("x.jpg", "{here}/x.jpg"),
        ("./a/../x y.jpg", "{here}/x y.jpg"),
        ("kittens", "{here}/kittens"),
        ("/abs/x.jpg", "/abs/x.jpg"),
        ("odd:name.jpg", "{here}/odd:name.jpg"),
        ("gone:name.jpg", "gone:name.jpg"),
        ("bytes-\udcff.jpg", "{here}/bytes-\udcff.jpg"),
    ],
)
def test_here(source: str, meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd:name.jpg").touch()
    assert here(source) == meant.replace("{here}", str(tmp_path))


def second_program(home: Path, *sources: str, text: bytes | None = None) -> subprocess.Popen[bytes]:
    """The real program, started while there is a first window."""
    environment = {**os.environ, "FETCHMILL_HOME": str(home), "PYTHONPATH": str(ROOT)}
    program = subprocess.Popen(
        [sys.executable, "-m", "gui", *sources],
        env=environment,
        cwd=home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert program.stdin is not None
    if text is not None:
        program.stdin.write(text)
        program.stdin.close()
        program.stdin = None  # communicate() must not close it again
    return program


def test_the_real_program_as_the_second(first: Listening, home: Path) -> None:
    with second_program(home, "a.jpg", "-", text=b"https://a.example/\xff") as program:
        wait_until(lambda: program.poll() is not None)
        assert program.communicate(timeout=20) == (b"", b"")
    assert program.returncode == 0
    assert first.drops == [Drop("https://a.example/\ufffd", (f"{home}/a.jpg",))]


def test_the_real_program_with_too_much(first: Listening, home: Path) -> None:
    with second_program(home, "-", text=b'"' * (40 << 20)) as program:
        said = program.communicate(timeout=20)
    assert program.returncode == 1
    assert said[1].startswith(b"fetchmill: More than 64 MB")
    assert said[1].count(b"\n") == 1
    assert first.drops == []


def test_an_answer_that_does_not_come_is_one_line(
    first: Listening, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gui.instance.claim", lambda sources: claim(sources, 0.1))
    assert main(["/a.jpg"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("fetchmill: Fetchmill is running already")
    assert said.err.count("\n") == 1
    assert first.drops == []
