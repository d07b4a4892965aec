"""Cancel, in every state that a job can be in: it is given up at once, leaves nothing, and can be done again (X1, X4)."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from core.engine import Engine
from core.job import Drop, JobId, JobSnapshot, JobState, Order, RunState, Totals
from tests.support.engines import Listener, files_in, quick
from tests.support.pictures import jpeg_bytes, png_bytes
from tests.support.server import Answer, Gate, Server, failure
from tests.support.waiting import wait_for_signal, wait_until

PHOTO = jpeg_bytes()


def is_idle(totals: Totals) -> bool:
    return totals.run is RunState.IDLE


class Scene:
    """One job beside another one, brought to the state in question."""

    def __init__(self, engine: Engine, server: Server, folder: Path) -> None:
        self.engine = engine
        self.server = server
        self.folder = folder
        self.heard = Listener(engine)
        self.gate = Gate()
        self.other = server.serve("/other.jpg", PHOTO)

    @property
    def job(self) -> JobSnapshot:
        return self.heard.job("/a.jpg")

    def begin(self, *answers: Answer) -> None:
        url = self.server.serve("/a.jpg", *answers, Answer(PHOTO))
        self.engine.add(Drop(f"{url}\n{self.other}"))
        self.engine.start(Order(str(self.folder), "jpeg"))

    def until(self, check: Callable[[], bool]) -> None:
        wait_until(lambda: len(self.heard.jobs) == 2 and check(), self.engine.jobs_changed)


def queued(scene: Scene) -> None:
    url = scene.server.serve("/a.jpg", PHOTO)
    wait_for_signal(scene.engine.batch_added, lambda: scene.engine.add(Drop(f"{url}\n{scene.other}")))


def before_the_headers(scene: Scene) -> None:
    scene.begin(Answer(PHOTO, gate=scene.gate))
    scene.until(lambda: scene.job.state is JobState.DOWNLOADING and scene.gate.reached.is_set())


def in_the_body(scene: Scene) -> None:
    scene.begin(Answer(PHOTO, gate=scene.gate, gate_after=3000))
    scene.until(lambda: (scene.job.received or 0) >= 3000)


def waiting_for_another_try(scene: Scene) -> None:
    scene.begin(failure(503, retry_after=600))
    scene.until(lambda: scene.job.state is JobState.RETRYING)


def paused(scene: Scene) -> None:
    in_the_body(scene)
    scene.until(lambda: scene.heard.job("/other.jpg").state is JobState.DONE)  # else its part file stays too
    scene.engine.pause()
    scene.until(lambda: scene.job.state is JobState.PAUSED)


def in_a_child(scene: Scene) -> None:
    """The child that works on it is stopped, so that it is in there for as long as we like."""
    scene.begin(Answer(png_bytes(3000, 2500)))

    def is_caught() -> bool:
        pool = scene.engine._stages._pictures._pool
        job = scene.engine._queue.get(scene.job.id)
        for child in pool._children if pool is not None else ():
            is_ours = child.task is not None and job is not None and child.task.ticket == job.ticket
            if is_ours and child.process.pid:  # not the one that works on the other picture
                os.kill(child.process.pid, signal.SIGSTOP)
        return scene.job.state is JobState.PROCESSING

    scene.until(is_caught)


def done(scene: Scene) -> None:
    scene.begin()
    scene.until(lambda: scene.job.state is JobState.DONE)


STATES = (queued, before_the_headers, in_the_body, waiting_for_another_try, paused, in_a_child)


@pytest.fixture
def scene(make_engine: Callable[..., Engine], server: Server, tmp_path: Path) -> Scene:
    return Scene(make_engine(quick(retries=3)), server, tmp_path)


@pytest.mark.parametrize("bring", STATES)
def test_cancel_leaves_nothing_and_the_job_can_be_done_again(
    scene: Scene, bring: Callable[[Scene], None]
) -> None:
    bring(scene)
    job: JobId = scene.job.id
    scene.engine.cancel((job,))
    scene.engine.cancel((job,))  # twice is once
    scene.until(lambda: scene.job.state is JobState.CANCELLED)
    scene.gate.open()
    wait_until(
        lambda: not [name for name in files_in(scene.folder) if "other" not in name and "~" not in name]
    )
    scene.engine.retry((job,))
    scene.engine.start(Order(str(scene.folder), "jpeg"))
    scene.until(lambda: scene.heard.states() == [JobState.DONE] * 2)
    names = ["a.jpg", "originals/a.jpg", "originals/other.jpg", "other.jpg"]
    wait_until(lambda: files_in(scene.folder) == names)


@pytest.mark.parametrize("bring", [*STATES, done])
def test_remove_takes_the_row_away_and_undo_brings_it_back(
    scene: Scene, bring: Callable[[Scene], None]
) -> None:
    bring(scene)
    job = scene.job
    wait_for_signal(scene.engine.jobs_removed, lambda: scene.engine.remove((job.id,)))
    wait_until(lambda: job.id not in scene.heard.jobs)
    wait_for_signal(scene.engine.jobs_added, scene.engine.undo)
    scene.gate.open()
    assert scene.job.id == job.id
    scene.engine.resume()
    scene.engine.start(Order(str(scene.folder), "jpeg"))
    ended = {JobState.DONE, JobState.SKIPPED}  # skipped where it was done in the moment it was removed
    scene.until(lambda: set(scene.heard.states()) <= ended)
    original = "originals/a.png" if bring is in_a_child else "originals/a.jpg"  # it is named by its content
    names = ["a.jpg", original, "originals/other.jpg", "other.jpg"]
    wait_until(lambda: files_in(scene.folder) == names)


def test_cancel_of_what_is_done_changes_nothing(scene: Scene) -> None:
    done(scene)
    scene.engine.cancel((scene.job.id,))
    wait_for_signal(scene.engine.batch_added, lambda: scene.engine.add(Drop("nothing")))
    assert scene.job.state is JobState.DONE
