"""One holder at a time, across real processes, and nobody left holding it."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from core import folder_lock
from core.folder_lock import FolderLock
from tests.support.processes import END_S, Program, wait_for_end
from tests.support.watching import Expectations

ROOT = Path(__file__).parents[2]
HOLD = (
    "import sys, pathlib\n"
    "from core.folder_lock import FolderLock\n"
    "lock = FolderLock(pathlib.Path(sys.argv[1]))\n"
    "print('taken' if lock.acquire() else 'refused', flush=True)\n"
    "for line in sys.stdin:\n"
    "    lock.release()\n"
    "    print('released', flush=True)\n"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the lock's file will lie; not even its folder is there yet."""
    return tmp_path / "state" / "window.lock"


@pytest.fixture
def other(path: Path) -> Iterator[Program]:
    """Another process that holds the lock; a line on its standard input makes it let go."""
    with Program([sys.executable, "-c", HOLD, path], {**os.environ, "PYTHONPATH": str(ROOT)}) as program:
        program.wait_for_line("taken")
        yield program


def test_taken_and_given_back(path: Path) -> None:
    lock, second = FolderLock(path), FolderLock(path)
    assert lock.holder() is None
    assert lock.acquire()
    assert lock.acquire()  # it is ours already
    assert lock.is_held
    assert lock.is_enforced
    assert second.holder() == os.getpid()
    assert not second.acquire()
    lock.release()
    lock.release()
    assert second.holder() is None
    assert second.acquire()
    second.release()
    assert path.exists()


def test_context(path: Path) -> None:
    with FolderLock(path) as lock:
        assert lock.is_held
        with lock:
            assert not FolderLock(path).acquire()
    assert not lock.is_held


def test_another_process_holds_it(path: Path, other: Program) -> None:
    lock = FolderLock(path)
    assert not lock.acquire()
    assert lock.holder() == other.process.pid
    other.say("let go")
    other.wait_for_line("released")
    assert lock.acquire()
    lock.release()


def test_killing_its_holder_frees_it(path: Path, other: Program) -> None:
    other.process.kill()
    lock = FolderLock(path)
    assert lock.acquire(END_S)
    assert lock.holder() == os.getpid()
    lock.release()


def test_waiting_until_it_is_free(path: Path, other: Program) -> None:
    lock = FolderLock(path)
    asked: list[bool] = []

    def let_go_when_asked() -> bool:
        if not asked:
            other.say("let go")
        asked.append(lock.is_held)
        return False

    assert lock.acquire(None, let_go_when_asked)
    assert asked[0] is False
    lock.release()


def test_giving_up(path: Path, other: Program) -> None:
    lock = FolderLock(path)
    assert not lock.acquire(None, lambda: True)
    assert not lock.acquire(0.05)
    assert lock.holder() == other.process.pid


def test_of_many_that_want_it_one_has_it(path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(20):
            with FolderLock(path):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 80


def test_a_program_that_the_holder_started_does_not_hold_it(path: Path) -> None:
    lock = FolderLock(path)
    assert lock.acquire()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False) as child:
        lock.release()
        assert FolderLock(path).acquire()
        child.communicate(b"\n")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_does_not_hold_it(path: Path) -> None:
    """Neither while the holder lives, nor when it dies without giving the lock back."""
    script = (
        "import os, sys, pathlib\n"
        "from core.folder_lock import FolderLock\n"
        "lock = FolderLock(pathlib.Path(sys.argv[1]))\n"
        "assert lock.acquire()\n"
        "if os.fork() == 0:\n"
        "    os.write(1, b'child %d\\n' % os.getpid())\n"
        "    sys.stdin.readline()\n"
        "    os._exit(0)\n"
        "lock.release()\n"
        "assert lock.acquire()\n"
        "os.write(1, b'free\\n')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    with Program([sys.executable, "-c", script, path], {**os.environ, "PYTHONPATH": str(ROOT)}) as program:
        said = [program.wait_for_line(r"child (\d+)|free")[1] for _ in range(2)]
        (child,) = (int(pid) for pid in said if pid is not None)
        assert program.ended_within(END_S)
        assert FolderLock(path).acquire(END_S)
        assert not wait_for_end(child, 0.0)
        program.say("end")
        assert wait_for_end(child)


def test_a_symbolic_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"."):
        FolderLock(path).acquire()
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_that_was_put_in_its_place_is_the_lock(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between opening and locking, somebody deletes the file and another process locks a new one."""
    lock, other = FolderLock(path), FolderLock(path)
    take = folder_lock._lock_file

    def late(file: int) -> None:
        monkeypatch.setattr(folder_lock, "_lock_file", take)
        path.unlink()
        assert other.acquire()
        take(file)

    monkeypatch.setattr(folder_lock, "_lock_file", late)
    assert not lock.acquire()
    other.release()
    assert lock.acquire()
    lock.release()


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_locks(
    path: Path, number: int, monkeypatch: pytest.MonkeyPatch, expect: Expectations
) -> None:
    def refuse(file: int) -> None:
        raise OSError(number, os.strerror(number), file)

    monkeypatch.setattr(folder_lock, "_lock_file", refuse)
    expect.log("no locks on this file system")
    lock = FolderLock(path)
    assert lock.acquire()
    assert not lock.is_enforced
    lock.release()


def test_other_errors_are_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(file: int) -> None:
        raise OSError(errno.EIO, "broken", file)

    monkeypatch.setattr(folder_lock, "_lock_file", fail)
    lock = FolderLock(path)
    with pytest.raises(OSError, match="broken"):
        lock.acquire()
    assert not lock.is_held


def test_no_name_in_the_file(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff what is this")
    assert FolderLock(path).holder() is None
