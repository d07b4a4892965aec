"""Queue files for tests: jobs, publications, and a store that is asked and waited for."""

import hashlib
import random
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self, TypeVar

from core.asked import Algorithm, Asked, Digest
from core.errors import ErrorReport
from core.finished import FinishedFile
from core.job import BatchId, BatchReport, JobId, JobSnapshot, JobState, SourceKind
from core.ledger import (
    UNCHANGED,
    Content,
    Inquiry,
    Known,
    Move,
    Output,
    Publication,
    Published,
    Stamp,
    finished_files,
)
from core.sources.keys import source_key
from core.store import Store
from core.store_messages import Answer, BatchStored, Found, ManifestWritten

ANSWER_S = 20.0
_T = TypeVar("_T")
_LETTERS = "abcxyz019-_.~ äß漢\u202e🙂\udce9'\"\\\0\n,;{}[]"


def job(number: int, batch: int = 1, state: JobState = JobState.QUEUED, **changes: Any) -> JobSnapshot:
    """A job of a long list."""
    source = f"http://host-{number % 17}.example/pictures/{number:06}.jpg"
    first = JobSnapshot(
        JobId(number), BatchId(batch), source, SourceKind.URL, "", f"{number:06}.jpg", state, 1.5e9
    )
    return first._replace(**changes)


def random_text(chance: random.Random, longest: int = 20) -> str:
    """A text of characters that make trouble."""
    return "".join(chance.choice(_LETTERS) for _ in range(chance.randrange(longest)))


def random_asked(chance: random.Random) -> Asked:
    """What a job may be asked with, but for what is not kept: secrets."""
    algorithm = chance.choice(list(Algorithm))
    headers = (("User-Agent", "a b"), ("Referer", "http://h.example/?a=b"), ("Sec-Fetch-Dest", "image"))
    return Asked(
        (Digest(algorithm, f"{chance.getrandbits(100):0{algorithm.digits}x}"),) * chance.randrange(2),
        headers[: chance.randrange(4)],
        chance.choice(["", "/cookies\udce9.txt"]),
        random_text(chance).replace("\0", ""),
        chance.choice([None, 0, 1 << 50]),
        ("http://mirror.example/", "https://other.example/a?b#c")[: chance.randrange(3)],
    )


def random_file(chance: random.Random) -> FinishedFile:
    """What became of an output."""
    numbers = (chance.choice([None, chance.randrange(1 << 40)]) for _ in range(3))
    count, width, height = numbers
    path, sha256 = (chance.choice([None, random_text(chance)]) for _ in range(2))
    return FinishedFile("thumb", path, count, sha256, width, height, "PNG", (random_text(chance),))


def random_job(chance: random.Random, number: int) -> JobSnapshot:
    """A job with any value in any field, but for what is not kept: the pace of something that goes on."""

    def maybe(value: _T) -> _T | None:
        return value if chance.random() < 0.5 else None

    code, title, message, hint = (random_text(chance) for _ in range(4))
    error = ErrorReport(code, title, message, hint, maybe(chance.randrange(100, 600)))
    return JobSnapshot(
        id=JobId(number),
        batch=BatchId(chance.randrange(1, 5)),
        source=f"/{number}/{random_text(chance)}",
        kind=chance.choice(list(SourceKind)),
        folder=random_text(chance),
        name=random_text(chance, 2_000 if chance.random() < 0.1 else 20),
        state=chance.choice(list(JobState)),
        added=chance.choice([chance.random() * 2e9, 0.0, float(chance.randrange(1 << 40))]),
        received=maybe(chance.randrange(1 << 50)),
        size=maybe(chance.randrange(1 << 50)),
        attempts=chance.randrange(3),
        file=maybe(random_text(chance)),
        original=maybe(random_text(chance)),
        bytes_out=maybe(chance.randrange(1 << 50)),
        sha256=maybe(random_text(chance)),
        width=maybe(chance.randrange(1 << 20)),
        height=maybe(chance.randrange(1 << 20)),
        format=maybe("JPEG"),
        seconds_download=maybe(chance.random()),
        seconds_process=maybe(chance.random()),
        error=maybe(error),
        notes=tuple(random_text(chance) for _ in range(chance.randrange(3))),
        asked=maybe(random_asked(chance)),
        added_as=maybe(f"http://h.example/{number}/old") or "",
        files=tuple(random_file(chance) for _ in range(chance.randrange(3))),
    )


def publication(
    begun: JobSnapshot,
    destination: Path,
    body: bytes = b"picture",
    recipe: str = UNCHANGED,
    *,
    replaces: bool = False,
) -> Publication:
    """A job's last step: its part file is written, a sidecar beside it."""
    parts = destination / ".fetchmill" / "parts"
    parts.mkdir(parents=True, exist_ok=True)
    part, path = parts / f"{begun.id}.part", destination / begun.name
    part.write_bytes(body)
    Path(f"{part}.json").write_text("{}", encoding="utf-8")
    sha256 = hashlib.sha256(body).hexdigest()
    return Publication(
        begun._replace(state=JobState.DONE, file=str(path), sha256=sha256),
        source_key(begun.source, begun.kind),
        str(destination),
        recipe,
        Content(sha256, len(body), '"tag"', "yesterday", begun.name, is_picture=True, original=str(path)),
        (Output(str(path), None, sha256, 3, 4, "JPEG", ("a note",), sha256),),
        (Move(str(part), str(path), len(body), sha256, replaces),),
        (f"{part}.json", str(part)),
    )


def with_another(wish: Publication, body: bytes, output: str = "thumb") -> Publication:
    """The same last step with the file of another output."""
    destination = Path(wish.destination)
    part = destination / ".fetchmill" / "parts" / f"{wish.job.id}.{output}.part"
    part.write_bytes(body)
    path, sha256 = str(destination / output / wish.job.name), hashlib.sha256(body).hexdigest()
    move = Move(str(part), path, len(body), sha256)
    another = Output(path, None, sha256, 1, 2, "PNG", ("its own note",), wish.outputs[0].made_of, output)
    outputs = (*wish.outputs, another)
    ended = wish.job._replace(files=finished_files(outputs))
    return wish._replace(job=ended, outputs=outputs, moves=(*wish.moves, move))


def of_local_picture(done: Publication, picture: Path) -> Publication:
    """The same, made of a picture on this computer."""
    local = done.job._replace(source=str(picture), kind=SourceKind.FILE, original=str(picture))
    content = done.content._replace(original=str(picture), stamp=Stamp.of(str(picture)))
    return done._replace(job=local, key=source_key(str(picture), SourceKind.FILE), content=content)


class Desk:
    """A store with its thread, whose answers are waited for. A context manager that closes it.

    Attributes:
        store: The store.
        jobs: What it brought back.
    """

    def __init__(self, path: Path | None, *, keeps_jobs: bool = True) -> None:
        self.store = Store(path, keeps_jobs=keeps_jobs)
        self.jobs = [found for jobs in self.store.open() for found in jobs]
        self._answers: SimpleQueue[Answer] = SimpleQueue()

    def __enter__(self) -> Self:
        self.store.begin(self._answers.put)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.store.close(ANSWER_S)

    def answer(self, kind: type[_T]) -> _T:
        """The next answer, which is of that kind; a manifest that was due from before may be written first."""
        found = self._answers.get(timeout=ANSWER_S)
        while isinstance(found, ManifestWritten) and kind is not ManifestWritten:
            found = self._answers.get(timeout=ANSWER_S)
        assert isinstance(found, kind), found
        return found

    def add(self, jobs: Iterable[JobSnapshot], title: str = "a list") -> None:
        """Add a batch, and wait until it is written."""
        taken = tuple(jobs)
        self.store.add(taken[0].batch, taken)
        self.store.end_batch(BatchReport(taken[0].batch, title, len(taken), 0, 0, 0))
        self.answer(BatchStored)

    def publish(self, wish: Publication) -> Published:
        """Do a last step, and wait for it."""
        self.store.publish(wish)
        return self.answer(Published)

    def known(
        self,
        *jobs: JobSnapshot,
        destination: Path,
        recipe: str = UNCHANGED,
        outputs: tuple[str, ...] = ("",),
        needs_original: bool = False,
    ) -> list[Known]:
        """What the ledger knows of these jobs' sources."""
        asked = tuple(
            (one.id, source_key(one.source, one.kind), one.source if one.kind is SourceKind.FILE else None)
            for one in jobs
        )
        self.store.look_up(Inquiry(asked, str(destination), recipe, outputs, needs_original))
        return [known for _, known in self.answer(Found).known]


def restored(path: Path) -> list[JobSnapshot]:
    """The jobs that the file holds."""
    return opened(path)[0]


def opened(path: Path) -> tuple[list[JobSnapshot], tuple[ErrorReport, ...]]:
    """The jobs that the file holds, and what was wrong with it."""
    store = Store(path, keeps_jobs=True)
    jobs = [found for jobs in store.open() for found in jobs]
    assert store.close()
    return jobs, store.messages


def query(path: Path, wanted: str) -> list[Any]:
    """Ask the file as it is, behind the store's back."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(wanted).fetchall()
