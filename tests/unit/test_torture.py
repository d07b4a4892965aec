"""The torture's witness sees what it is there to see."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import pytest

from tests.support.server import Server
from tests.torture.faults import Faults, Kind
from tests.torture.witness import PARTS, PRIVATE, QUEUE, Place, Witness, sha256_of


class Scene(NamedTuple):
    """Two jobs of which the first is done."""

    place: Place
    urls: tuple[str, str]
    witness: Witness
    faults: Faults

    @property
    def parts(self) -> Path:
        return self.place.destination / PRIVATE / PARTS

    def queue(self, *states: str) -> None:
        """Have the jobs in these states."""
        with closing(sqlite3.connect(self.place.home / QUEUE)) as connection, connection:
            connection.execute("DROP TABLE IF EXISTS jobs")
            connection.execute("CREATE TABLE jobs (id INTEGER PRIMARY KEY, source, state, details)")
            rows = zip(self.urls, states, strict=False)
            connection.executemany("INSERT INTO jobs (source, state) VALUES (?, ?)", rows)

    def whole(self) -> None:
        """Have the second arrive completely."""
        (self.parts / "b.part.json").write_text(json.dumps({"source": self.urls[1], "whole": ["b.png"]}))

    def finish(self) -> None:
        """Do the second."""
        self.queue("done", "done")
        (self.place.destination / "b.png").write_bytes(b"two")
        for part in self.parts.iterdir():
            part.unlink()
        lines = [{"file": name, "file_sha256": sha256_of(self.place.destination / name)} for name in NAMES]
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        (self.place.destination / PRIVATE / "manifest.jsonl").write_text(text)


NAMES = ("a.png", "b.png")


@pytest.fixture
def scene(tmp_path: Path, server: Server) -> Scene:
    """Looked at once."""
    place, faults = Place(tmp_path / "home", tmp_path / "out"), Faults()
    urls = (server.serve("/a.png", b"one"), server.serve("/b.png", b"two"))
    bodies = dict(zip(NAMES, (b"one", b"two"), strict=True))
    reference = {}
    place.home.mkdir()
    (place.destination / PRIVATE / PARTS).mkdir(parents=True)
    for name, body in bodies.items():
        (place.destination / name).write_bytes(body)
        reference[name] = sha256_of(place.destination / name)
    (place.destination / "b.png").unlink()
    scene = Scene(place, urls, Witness(place, urls, reference, server, faults), faults)
    scene.queue("done", "queued")
    get(urls[0])
    scene.witness.look()
    assert len(faults) == 0
    return scene


def get(url: str) -> None:
    """Ask the server for all of it."""
    with urlopen(url) as answer:  # noqa: S310 - our own server
        answer.read()


def test_all_is_well(scene: Scene) -> None:
    scene.whole()
    scene.witness.look()
    scene.finish()
    scene.witness.look_at_the_end()
    assert len(scene.faults) == 0


HARMS: dict[str, tuple[Kind, Callable[[Scene], object]]] = {
    "asked for again": (Kind.DUPLICATED, lambda scene: get(scene.urls[0])),
    "written again": (Kind.DUPLICATED, lambda scene: written_again(scene.place.destination / "a.png")),
    "one too many": (Kind.DUPLICATED, lambda scene: (scene.place.destination / "a (2).png").touch()),
    "not done any more": (Kind.LOST, lambda scene: scene.queue("queued", "queued")),
    "off the list": (Kind.LOST, lambda scene: scene.queue()),
    "the file has gone": (Kind.LOST, lambda scene: (scene.place.destination / "a.png").unlink()),
    "half a file": (Kind.CORRUPT, lambda scene: (scene.place.destination / "b.png").write_bytes(b"tw")),
    "no queue file": (Kind.CORRUPT, lambda scene: (scene.place.home / QUEUE).write_bytes(b"rubbish" * 1000)),
}


def written_again(path: Path) -> None:
    """Replace a file by its like."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(path.read_bytes())
    fresh.replace(path)


@pytest.mark.parametrize("harm", HARMS)
def test_harm_is_seen(scene: Scene, harm: str) -> None:
    kind, do = HARMS[harm]
    do(scene)
    scene.witness.look()
    assert scene.faults.count(kind) > 0


def test_a_whole_file_that_is_downloaded_again_is_seen(scene: Scene) -> None:
    scene.whole()
    scene.witness.look()
    get(scene.urls[1])
    scene.witness.look()
    assert scene.faults.count(Kind.DUPLICATED) == 1


def test_what_is_left_at_the_end_is_seen(scene: Scene) -> None:
    scene.finish()
    scene.queue("done", "failed")
    scene.whole()
    (scene.place.destination / PRIVATE / "manifest.jsonl").unlink()
    scene.witness.look_at_the_end()
    assert scene.faults.count(Kind.LOST) == 1
    assert scene.faults.count(Kind.UNTIDY) == 2
