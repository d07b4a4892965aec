"""An engine that does what a test tells it: it notes commands and plays values."""

import random
import time
from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer

from core.errors import ErrorReport
from core.interface import EngineInterface
from core.job import (
    BatchId,
    BatchReport,
    Drop,
    Edit,
    JobId,
    JobSnapshot,
    JobState,
    Order,
    Progress,
    RecipeTitle,
    RunState,
    SourceKind,
    Totals,
)
from core.preview import PreviewWish
from core.report import Export, Exported, FailureCount, NoteCount, Recovery, Summary
from core.settings import Existing, Settings

RECIPES = (
    RecipeTitle("as-downloaded", "As downloaded", "Nothing is changed."),
    RecipeTitle("thumbnail-256", "Thumbnail 256", "Fits in 256 × 256, the format kept."),  # noqa: RUF001 - a sign
    RecipeTitle("web-1920", "Web 1920", "Fits in 1920 × 1920, metadata without GPS."),  # noqa: RUF001 - a sign
    RecipeTitle("jpeg", "JPEG", "Quality 90."),
)
REFUSED = ErrorReport(
    "http-status",
    "Refused by the server",
    "The server answered 404 Not Found.",
    "Open the URL in a browser to see what the server says.",
    404,
)
NOT_AN_IMAGE = ErrorReport(
    "not-an-image",
    "Not a picture",
    "What arrived is an HTML page, not a JPEG picture.",
    "Open the URL in a browser: it may ask you to log in or lead to a page.",
)
TAKEN = ErrorReport(
    "file-exists",
    "File exists already",
    "/home/me/Pictures/Harbour/photo-00003.jpg was there before.",
    "Choose to rename, replace or skip existing files, or another destination.",
)
DISK_FULL = ErrorReport(
    "disk-full",
    "Disk full",
    "There is no room left in /home/me/Pictures/Harbour.",
    "Make room or choose another destination; the work goes on by itself.",
)
DAMAGED = ErrorReport(
    "queue-damaged",
    "The list was damaged",
    "The queue file could not be read to its end. A copy was kept as queue-damaged.db.",
    "What could be read is in the list.",
)
SUMMARY = Summary(
    title="harbour.txt",
    seconds=35.2,
    all=316,
    done=300,
    up_to_date=10,
    skipped=1,
    failed=5,
    cancelled=0,
    bytes_in=421_300_000,
    bytes_out=12_400_000,
    failures=(
        FailureCount("http-status", "Refused by the server", "cdn.museum.example:8443", 3),
        FailureCount("not-an-image", "Not a picture", "pictures.example.org", 1),
        FailureCount("broken-image", "Broken picture", "", 1),
    ),
    notes=(
        NoteCount("GPS coordinates were removed.", 212),
        NoteCount("Converted from CMYK to sRGB.", 14),
        NoteCount("The animation was lost: JPEG holds one picture.", 2),
    ),
    formats=(("JPEG", 240), ("PNG", 48), ("WEBP", 12)),
    destination="/home/me/Pictures/Harbour",
    manifest="/home/me/Pictures/Harbour/.fetchmill/manifest.jsonl",
)


def snapshot(number: int, state: JobState = JobState.QUEUED, **values: Any) -> JobSnapshot:
    """A job of that number."""
    name = f"photo-{number:05}.jpg"
    job = JobSnapshot(
        id=JobId(number),
        batch=BatchId(1),
        source=f"https://pictures.example.org/2026/{name}",
        kind=SourceKind.URL,
        folder="",
        name=name,
        state=state,
        added=time.time() - 60,
    )
    return job._replace(**values)


class ScriptedEngine(EngineInterface):
    """Notes each command; ``play`` and its like emit what an engine would.

    Attributes:
        commands: Name and arguments of what was called, in order.
        jobs: What the engine knows.
        looks: What it was asked to look at.
        foreseen: What it was asked to foresee.
        run: What it is doing.
        trouble: Why it has paused by itself.
        closes_at_once: Whether it answers shut_down.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.commands: list[tuple[object, ...]] = []
        self.looks: list[Drop] = []
        self.foreseen: list[Order | None] = []
        self.jobs: dict[JobId, JobSnapshot] = {}
        self.run = RunState.IDLE
        self.trouble: ErrorReport | None = None
        self._removed: list[tuple[JobSnapshot, ...]] = []
        self.closes_at_once = True

    # Commands

    def add(self, drop: Drop) -> None:
        self.commands.append(("add", drop))

    def edit(self, edit: Edit) -> None:
        self.commands.append(("edit", edit))

    def look(self, drop: Drop) -> None:
        self.looks.append(drop)

    def start(self, order: Order) -> None:
        self.commands.append(("start", order))
        self.set_run(RunState.RUNNING)

    def pause(self) -> None:
        self.commands.append(("pause",))
        self.set_run(RunState.PAUSED)

    def resume(self) -> None:
        self.commands.append(("resume",))
        self.set_run(RunState.RUNNING)

    def cancel(self, ids: tuple[JobId, ...] | None = None) -> None:
        self.commands.append(("cancel", ids))

    def retry(self, ids: tuple[JobId, ...] | None = None) -> None:
        self.commands.append(("retry", ids))

    def remove(self, ids: tuple[JobId, ...]) -> None:
        self.commands.append(("remove", ids))
        self._take_off(ids)

    def clear_finished(self) -> None:
        self.commands.append(("clear_finished",))
        over = (JobState.DONE, JobState.SKIPPED)
        self._take_off(tuple(i for i, job in self.jobs.items() if job.state in over))

    def undo(self) -> None:
        self.commands.append(("undo",))
        if self._removed:
            self.play_added(self._removed.pop())

    def retry_failures(self, code: str | None = None, host: str | None = None) -> None:
        self.commands.append(("retry_failures", code, host))

    def refresh(self, ids: tuple[JobId, ...]) -> None:
        self.commands.append(("refresh", ids))

    def export(self, wish: Export) -> None:
        self.commands.append(("export", wish))

    def preview(self, wish: PreviewWish | None) -> None:
        self.commands.append(("preview", wish))

    def forecast(self, order: Order | None) -> None:
        self.foreseen.append(order)

    def answer(self, choice: Existing, ids: tuple[JobId, ...] | None = None) -> None:
        self.commands.append(("answer", choice, ids))

    def configure(self, settings: Settings) -> None:
        self.commands.append(("configure", settings))

    def shut_down(self) -> None:
        self.commands.append(("shut_down",))
        if self.closes_at_once:
            QTimer.singleShot(0, self.closed.emit)

    # Playing

    def be_ready(self) -> None:
        """Take commands."""
        self.ready.emit(RECIPES)

    def come_up(self, jobs: Iterable[JobSnapshot], recovery: Recovery) -> None:
        """Begin as an engine does that finds a queue file."""
        paused = recovery.was_running or recovery.was_paused
        self.run = RunState.PAUSED if paused else RunState.IDLE
        self.jobs.clear()
        self.play_added(jobs)
        self.be_ready()
        self.recovered.emit(recovery)

    def play_added(self, jobs: Iterable[JobSnapshot]) -> None:
        """Have new jobs."""
        new = tuple(jobs)
        self.jobs.update((job.id, job) for job in new)
        self.jobs_added.emit(new)
        self.tell_totals()

    def play_changed(self, jobs: Iterable[JobSnapshot]) -> None:
        """Have jobs in other states."""
        changed = tuple(jobs)
        self.jobs.update((job.id, job) for job in changed)
        self.jobs_changed.emit(changed)
        self.tell_totals()

    def drop_jobs(self, ids: tuple[JobId, ...]) -> None:
        """Forget jobs."""
        for job_id in ids:
            self.jobs.pop(job_id, None)
        self.jobs_removed.emit(ids)
        self.tell_totals()

    def play_batch(self, title: str, added: int, duplicates: int = 0, invalid: int = 0) -> None:
        """Report a batch."""
        self.batch_added.emit(BatchReport(BatchId(1), title, added, duplicates, invalid, 0))

    def play_summary(self, summary: Summary = SUMMARY) -> None:
        """Report a run."""
        self.summarised.emit(summary)

    def play_exported(self, path: str, count: int, error: ErrorReport | None = None) -> None:
        """Report an export."""
        self.exported.emit(Exported(path, count, error))

    def set_trouble(self, trouble: ErrorReport | None) -> None:
        """Pause for a reason, or go on."""
        self.trouble = trouble
        self.set_run(RunState.PAUSED if trouble else RunState.RUNNING)

    def set_run(self, run: RunState) -> None:
        """Run, pause or rest."""
        self.run = run
        self.tell_totals()

    def _take_off(self, ids: tuple[JobId, ...]) -> None:
        self._removed.append(tuple(self.jobs[i] for i in ids if i in self.jobs))
        self.drop_jobs(ids)

    def counts(self) -> Mapping[JobState, int]:
        """Jobs in each state."""
        counts: dict[JobState, int] = {}
        for job in self.jobs.values():
            counts[job.state] = counts.get(job.state, 0) + 1
        return counts

    def tell_totals(self, speed: float = 0.0, seconds_left: float | None = None) -> None:
        """Say how far everything is."""
        counts = self.counts()
        whole = sum(counts.values())

        def those(*states: JobState) -> int:
            return sum(counts.get(state, 0) for state in states)

        over = those(JobState.DONE, JobState.SKIPPED, JobState.FAILED, JobState.CANCELLED)
        here = over + those(JobState.DOWNLOADED, JobState.PROCESSING)
        partly = those(JobState.DOWNLOADING) * 0.5
        self.totals_changed.emit(
            Totals(
                self.run,
                counts,
                Progress(here, whole, partly),
                Progress(over, whole),
                Progress(over, whole, (here - over + partly) / 2),
                speed,
                seconds_left,
                "network" if self.run is RunState.RUNNING else None,
                self.trouble,
                len(self._removed[-1]) if self._removed else 0,
            )
        )


def varied(count: int, *, ended: bool = False, seed: int = 3) -> list[JobSnapshot]:
    """Jobs as they stand in the middle of a run, or at its end."""
    dice = random.Random(seed)
    hosts = ("pictures.example.org", "cdn.museum.example", "static.gallery.example.net")
    words = (
        "harbour",
        "Kranich im Nebel",
        "IMG_",
        "old-town-panorama-from-the-cathedral-tower",
        "DSC0",
        "dune",
    )
    jobs = []
    for number in range(1, count + 1):
        name = f"{dice.choice(words)}{number:04}.{dice.choice(('jpg', 'jpg', 'png', 'webp'))}"
        size = dice.randint(180_000, 24_000_000)
        job = snapshot(
            number,
            name=name,
            source=f"https://{dice.choice(hosts)}/originals/{name.replace(' ', '%20')}",
            size=size,
            received=0,
        )
        share = 1.0 if ended else number / count
        jobs.append(_played(job, share, size, dice, ended=ended))
    return jobs


def _played(job: JobSnapshot, share: float, size: int, dice: random.Random, *, ended: bool) -> JobSnapshot:
    number = int(job.id)
    if number % 23 == 9:
        error = REFUSED if number % 2 else NOT_AN_IMAGE
        return job._replace(
            state=JobState.FAILED, error=error, attempts=1 + number % 3, size=None, received=None
        )
    if number % 41 == 5:
        notes = ("Up to date: made from the same file by the same recipe.",)
        return job._replace(state=JobState.SKIPPED, notes=notes)
    if ended or share < 0.3:
        return _finished(job, size, dice)
    return _in_hand(job, share, size, dice)


def _finished(job: JobSnapshot, size: int, dice: random.Random) -> JobSnapshot:
    return job._replace(
        state=JobState.DONE,
        received=size,
        file=f"/tmp/out/{job.name}",  # noqa: S108 - only shown
        original=f"/tmp/out/originals/{job.name}",  # noqa: S108 - only shown
        bytes_out=size // 9,
        width=1920,
        height=dice.choice((1080, 1280, 1440)),
        format=job.name.rpartition(".")[2].upper().replace("JPG", "JPEG"),
        seconds_download=2.2,
        seconds_process=0.3,
    )


def _in_hand(job: JobSnapshot, share: float, size: int, dice: random.Random) -> JobSnapshot:
    if share < 0.32:
        return job._replace(state=JobState.PROCESSING, received=size)
    if share < 0.335:
        return job._replace(state=JobState.DOWNLOADED, received=size)
    if share < 0.38:
        received = int(size * dice.random())
        return job._replace(state=JobState.DOWNLOADING, received=received, speed=dice.uniform(2e5, 3e6))
    if share < 0.39:
        return job._replace(state=JobState.RETRYING, retry_in=4.0, error=REFUSED)
    return job._replace(size=None, received=None)
