"""Looks at what is on the disk while nothing runs, and remembers it: what was done once stays as it is."""

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from tests.support.server import Received, Server
from tests.torture.faults import Faults, Kind

PRIVATE: Final = ".fetchmill"
PARTS: Final = "parts"
ORIGINALS: Final = "originals"
MANIFEST: Final = "manifest.jsonl"
QUEUE: Final = "queue.sqlite"
_DONE: Final = "done"


class Place(NamedTuple):
    """Where one batch happens.

    Attributes:
        home: FETCHMILL_HOME.
        destination: Where the files go.
    """

    home: Path
    destination: Path


class Look(NamedTuple):
    """By what it is seen that a file was not touched."""

    inode: int
    modified: int
    size: int


class Witness:
    """Compares one batch with the reference, again and again.

    Args:
        place: Where to look.
        urls: The batch's.
        reference: SHA-256 of every file that is to be there in the end, by its path below the destination.
        server: Whose requests count.
        faults: Takes what is wrong.
    """

    def __init__(
        self, place: Place, urls: Iterable[str], reference: Mapping[str, str], server: Server, faults: Faults
    ) -> None:
        self._place = place
        self._urls = tuple(urls)
        self._reference = reference
        self._server = server
        self._faults = faults
        self._done: dict[str, int] = {}
        self._whole: dict[str, int] = {}
        self._looks: dict[str, Look] = {}
        self._sound: set[tuple[str, Look]] = set()

    def look(self) -> None:
        """Look at everything; nothing of the program runs meanwhile."""
        states = queued_states(self._place.home, self._faults)
        requests = self._server.received()
        self._check_files()
        self._check_done(states, Counter(request.path for request in requests))
        self._check_whole(states, Counter(request.path for request in requests if _asks_for_all(request)))

    def look_at_the_end(self) -> None:
        """Look once more: all has to be done now."""
        self.look()
        states = queued_states(self._place.home, self._faults)
        for url in self._urls:
            if states.get(url) != _DONE:
                self._faults.add(Kind.LOST, f"{url} ended as {states.get(url, 'nothing')}")
        for url in states.keys() - set(self._urls):
            self._faults.add(Kind.DUPLICATED, f"a job for {url}, of which nobody spoke")
        for path in self._reference.keys() - files_in(self._place.destination).keys():
            self._faults.add(Kind.LOST, f"{path} is not there")
        for part in parts_in(self._place.destination):
            self._faults.add(Kind.UNTIDY, f"{part.name} is left")
        self._check_manifest()

    def _check_manifest(self) -> None:
        """Every job's file stands in it once, with its hash."""
        spoken_of = Counter(in_manifest(self._place.destination))
        wanted = {(path, sha256) for path, sha256 in self._reference.items() if "/" not in path}
        missing = [path for path, _ in wanted - spoken_of.keys()]
        strange = [
            path for (path, sha256), count in spoken_of.items() if count > 1 or (path, sha256) not in wanted
        ]
        for paths, words in ((missing, "says nothing, or not the hash, of"), (strange, "says too much of")):
            if paths:
                self._faults.add(Kind.UNTIDY, f"the manifest {words} {len(paths)} files: {min(paths)} ...")

    def _check_files(self) -> None:
        for path, look in files_in(self._place.destination).items():
            if path not in self._reference:
                self._faults.add(Kind.DUPLICATED, f"{path} is one too many")
            elif (path, look) not in self._sound:
                if sha256_of(self._place.destination / path) == self._reference[path]:
                    self._sound.add((path, look))
                else:
                    self._faults.add(Kind.CORRUPT, f"{path} of {look.size:,} bytes is not the reference's")

    def _check_done(self, states: Mapping[str, str], requests: Mapping[str, int]) -> None:
        """What was done is done, is not asked for again, and its files are the same."""
        found = files_in(self._place.destination)
        for url, count in self._done.items():
            if states.get(url) != _DONE:
                self._faults.add(Kind.LOST, f"{url} was done and is {states.get(url, 'gone')} now")
            if requests[_path(url)] != count:
                self._faults.add(Kind.DUPLICATED, f"{url} was done and was asked for again")
        for url in (url for url, state in states.items() if state == _DONE):
            self._done.setdefault(url, requests[_path(url)])
            for path in self._files_of(url):
                self._check_same(path, found.get(path))

    def _check_same(self, path: str, look: Look | None) -> None:
        if look is None:
            self._faults.add(Kind.LOST, f"{path} belongs to a job that is done, and is not there")
        elif self._looks.setdefault(path, look) != look:
            self._faults.add(Kind.DUPLICATED, f"{path} belongs to a job that was done, and was written again")

    def _check_whole(self, states: Mapping[str, str], requests: Mapping[str, int]) -> None:
        """What had arrived completely is not downloaded again."""
        for url, count in self._whole.items():
            if requests[_path(url)] != count:
                self._faults.add(Kind.DUPLICATED, f"{url} had arrived and was downloaded again")
                self._whole[url] = requests[_path(url)]
        for url in whole_parts(self._place.destination):
            if url in states:
                self._whole.setdefault(url, requests[_path(url)])

    def _files_of(self, url: str) -> Iterator[str]:
        name = _path(url).rpartition("/")[2]
        return (path for path in (name, f"{ORIGINALS}/{name}") if path in self._reference)


def queued_states(home: Path, faults: Faults) -> dict[str, str]:
    """State of each source in the queue file; a copy is read, so that the next engine finds it as it was left."""
    if not (home / QUEUE).exists():
        return {}
    with tempfile.TemporaryDirectory() as folder:
        for path in (home / QUEUE, home / f"{QUEUE}-wal"):
            with suppress(FileNotFoundError):
                shutil.copy(path, folder)
        try:
            with closing(sqlite3.connect(Path(folder, QUEUE))) as connection:
                return _states(connection, faults)
        except sqlite3.Error as error:
            faults.add(Kind.CORRUPT, f"{QUEUE}: {error}")
            return {}


def _states(connection: sqlite3.Connection, faults: Faults) -> dict[str, str]:
    """Of each source; a file without its tables yet holds none."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'jobs'").fetchall():
        return {}
    sound = connection.execute("PRAGMA integrity_check").fetchall()
    if sound != [("ok",)]:
        faults.add(Kind.CORRUPT, f"{QUEUE}: {sound[:3]}")
    states: dict[str, str] = {}
    for source, state, details in connection.execute("SELECT source, state, details FROM jobs"):
        if source in states:
            faults.add(Kind.DUPLICATED, f"two jobs for {source}")
        states[source] = f"failed, {details}" if state == "failed" else state
    return states


def files_in(destination: Path) -> dict[str, Look]:
    """Every file below the destination but our own, by its path."""
    found = {}
    for path in sorted(destination.rglob("*")):
        if path.is_file() and PRIVATE not in path.parts:
            stat = path.stat()
            found[str(path.relative_to(destination))] = Look(stat.st_ino, stat.st_mtime_ns, stat.st_size)
    return found


def parts_in(destination: Path) -> list[Path]:
    """Part files and what belongs to them."""
    folder = destination / PRIVATE / PARTS
    return sorted(folder.iterdir()) if folder.is_dir() else []


def whole_parts(destination: Path) -> Iterator[str]:
    """Sources of part files that, as is written beside them, have arrived completely."""
    for path in parts_in(destination):
        if path.suffix == ".json":
            with suppress(ValueError):
                noted = json.loads(path.read_bytes())
                if noted.get("whole") is not None:
                    yield noted["source"]


def in_manifest(destination: Path) -> Iterator[tuple[str, str]]:
    """The files that the manifest speaks of, and their SHA-256."""
    path = destination / PRIVATE / MANIFEST
    if path.exists():
        for line in path.read_text().splitlines():
            entry = json.loads(line)
            yield entry["file"], entry["file_sha256"]


def sha256_of(path: Path) -> str:
    """Of the file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _asks_for_all(request: Received) -> bool:
    return "Range" not in request.headers


def _path(url: str) -> str:
    return urlsplit(url).path
