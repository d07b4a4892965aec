"""Cuts a store at every step: ``python -m tests.support.cut_store WHAT FOLDER``.

This process forks once for each step; the child does all of it in ``FOLDER/<step>`` and is killed (SIGKILL) before the
step. The last child is not killed; its number is printed. A step is an SQL statement, or either side of a call that
changes the file system.
"""

import errno
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from core import store_schema
from core.job import BatchId, BatchReport
from core.ledger import Move, Published
from core.store import Store
from core.store_messages import BatchStored
from tests.support.queue_files import Desk, job, publication, with_another

BODY = b"the finished picture" * 50
ORIGINAL = b"the original" * 70
OLD = b"what was there before"
BATCH = 12
THUMB = b"the small picture" * 20
SEVERAL = {"a.jpg": BODY, "thumb/a.jpg": THUMB, "originals/a.png": ORIGINAL}
_LONGEST = 400


class Countdown:
    """Kills this process at a step.

    Args:
        step: Which; from 1.
    """

    def __init__(self, step: int) -> None:
        self._left = step

    def __call__(self, *_: object) -> None:
        """One step."""
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call, with a step on either side."""

        def called(*args: Any, **kwargs: Any) -> Any:
            self()
            result = call(*args, **kwargs)
            self()
            return result

        return called


def arm(countdown: Countdown, store: Store) -> None:
    """From now on steps count."""
    store._connection.set_trace_callback(countdown)
    arm_files(countdown)


def arm_files(countdown: Countdown) -> None:
    """From now on steps of the file system count."""
    for owner, name in ((os, "link"), (os, "fsync"), (Path, "unlink"), (Path, "replace")):
        setattr(owner, name, countdown.around(getattr(owner, name)))


def publish(folder: Path, countdown: Countdown, *, replaces: bool = False, moves: int = 1) -> None:
    """A job's last step."""
    with Desk(folder / "queue.sqlite") as desk:
        begun = job(1, name="a.jpg")
        desk.add([begun])
        wish = publication(begun, folder / "files", BODY, replaces=replaces)
        if moves > 1:
            part = folder / "files" / ".fetchmill" / "parts" / "original.part"
            part.write_bytes(ORIGINAL)
            kept = str(folder / "files" / "originals" / "a.png")
            sha256 = publication(begun, folder / "other", ORIGINAL).moves[0].sha256
            original = Move(str(part), kept, len(ORIGINAL), sha256)
            content = wish.content._replace(original=kept, sha256=sha256)
            outputs = (wish.outputs[0]._replace(made_of=sha256),)
            wish = wish._replace(moves=(original, *wish.moves), content=content, outputs=outputs)
        if moves == len(SEVERAL):
            wish = with_another(wish, THUMB)
        arm(countdown, desk.store)
        desk.store.publish(wish)
        desk.answer(Published)


def publish_over(folder: Path, countdown: Countdown) -> None:
    """A last step that replaces an older file."""
    (folder / "files").mkdir()
    (folder / "files" / "a.jpg").write_bytes(OLD)
    publish(folder, countdown, replaces=True)


def publish_beside(folder: Path, countdown: Countdown) -> None:
    """A last step whose name another program has taken meanwhile."""
    (folder / "files").mkdir()
    (folder / "files" / "a.jpg").write_bytes(OLD)
    publish(folder, countdown)


def publish_both(folder: Path, countdown: Countdown) -> None:
    """A last step with an original and a picture."""
    publish(folder, countdown, moves=2)


def publish_several(folder: Path, countdown: Countdown) -> None:
    """A last step with an original and two pictures."""
    publish(folder, countdown, moves=len(SEVERAL))


def publish_without_links(folder: Path, countdown: Countdown) -> None:
    """A last step on a file system that knows no second names."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    os.link = refuse
    publish(folder, countdown)


def add_batch(folder: Path, countdown: Countdown) -> None:
    """A batch that comes in three parts."""
    with Desk(folder / "queue.sqlite") as desk:
        arm(countdown, desk.store)
        for begin in range(1, BATCH, BATCH // 3):
            desk.store.add(BatchId(1), tuple(job(n) for n in range(begin, begin + BATCH // 3)))
        desk.store.end_batch(BatchReport(BatchId(1), "a list", BATCH, 0, 0, 0))
        desk.answer(BatchStored)


def migrate(folder: Path, countdown: Countdown) -> None:
    """A file of the first version, opened by the second one."""
    with Desk(folder / "queue.sqlite") as desk:
        desk.add([job(n) for n in range(1, BATCH)])

    def step(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(countdown)
        connection.execute("ALTER TABLE jobs ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'")
        connection.execute("CREATE TABLE colours (name TEXT)")
        connection.execute("INSERT INTO colours SELECT DISTINCT colour FROM jobs")

    store_schema.VERSION = 2  # type: ignore[misc]  # as a later program would have it
    store_schema.MIGRATIONS[1] = step
    store_schema.connect(folder / "queue.sqlite").close()


def rescue(folder: Path, countdown: Countdown) -> None:
    """A damaged file is made anew."""
    path = folder / "queue.sqlite"
    with Desk(path) as desk:
        desk.add([job(n) for n in range(1, BATCH + 1)])
    damaged = bytearray(path.read_bytes())
    damaged[100] ^= 0xFF  # the schema's page is none any more
    path.write_bytes(damaged)
    arm_files(countdown)
    Desk(path).store.close()


KINDS: dict[str, Callable[[Path, Countdown], None]] = {
    work.__name__: work
    for work in (
        publish,
        publish_over,
        publish_beside,
        publish_both,
        publish_several,
        publish_without_links,
        add_batch,
        migrate,
        rescue,
    )
}


def main() -> None:
    """Fork, and be cut."""
    work, root = KINDS[sys.argv[1]], Path(sys.argv[2])
    for step in range(1, _LONGEST):
        folder = root / str(step)
        folder.mkdir()
        child = os.fork()
        if child == 0:
            work(folder, Countdown(step))
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status != -signal.SIGKILL:
            print(step if status == 0 else f"exit {status}")
            return


if __name__ == "__main__":
    main()
