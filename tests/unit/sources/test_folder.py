import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.sources.conftest import Read

ROOT = Path(__file__).parents[3]


def grown(top: Path, *names: str) -> None:
    for name in names:
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_pictures_keep_their_tree_below_the_folder(read: Read, tmp_path: Path) -> None:
    grown(tmp_path, "b.jpg", "a.PNG", "sub/c.webp", "sub/deep/d.gif", "alpha/e.jpg")
    reading = read(str(tmp_path) + "/")
    assert reading.files == [
        (f"{tmp_path}/a.PNG", ""),
        (f"{tmp_path}/b.jpg", ""),
        (f"{tmp_path}/alpha/e.jpg", "alpha"),
        (f"{tmp_path}/sub/c.webp", "sub"),
        (f"{tmp_path}/sub/deep/d.gif", "sub/deep"),
    ]
    assert reading.tally.title == tmp_path.name
    assert reading.tally.files == 5


def test_lists_inside_are_read_and_the_rest_is_ignored(read: Read, tmp_path: Path) -> None:
    grown(tmp_path, "a.jpg", "notes.pdf", "program", ".hidden.jpg", ".cache/x.jpg", ".fetchmill/journal.jpg")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "list.txt").write_text("https://example.org/a.jpg")
    reading = read(str(tmp_path))
    assert reading.files == [(f"{tmp_path}/a.jpg", "")]
    assert [(one.source, one.folder) for one in reading.requests[1:]] == [("https://example.org/a.jpg", "")]
    assert (reading.tally.ignored, reading.tally.invalid) == (4, 0)


def test_symlinks(read: Read, tmp_path: Path) -> None:
    top = tmp_path / "top"
    grown(top, "a.jpg", "sub/b.jpg")
    (top / "sub" / "loop").symlink_to(top)
    (top / "self.jpg").symlink_to(top / "self.jpg")
    (top / "dangling.jpg").symlink_to(tmp_path / "nothing")
    (top / "file.jpg").symlink_to(top / "a.jpg")
    reading = read(str(top))
    assert [Path(path).name for path, _ in reading.files] == ["a.jpg", "file.jpg", "b.jpg"]
    assert reading.tally.ignored == 3
    (tmp_path / "alias").symlink_to(top)
    assert read(str(tmp_path / "alias")).tally.added == 3


def test_special_files_are_ignored(read: Read, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    os.mkfifo(tmp_path / "pipe.txt")
    grown(tmp_path, "z.jpg")
    reading = read(str(tmp_path))
    assert reading.files == [(f"{tmp_path}/z.jpg", "")]
    assert reading.tally.ignored == 2


def test_names_that_are_no_utf8(read: Read, tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff\xfe.jpg")
    folder = os.fsdecode(b"\xe9")
    try:
        grown(tmp_path, name, f"{folder}/{name}")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    reading = read(str(tmp_path))
    assert reading.files == [(f"{tmp_path}/{name}", ""), (f"{tmp_path}/{folder}/{name}", folder)]
    assert read((tmp_path / name).as_uri()).files == [(f"{tmp_path}/{name}", "")]


def test_the_same_folder_twice(read: Read, tmp_path: Path) -> None:
    grown(tmp_path, "a.jpg", "sub/b.jpg")
    reading = read(str(tmp_path), str(tmp_path), str(tmp_path / "sub"))
    assert (reading.tally.added, reading.tally.duplicates) == (2, 2)


def test_many_files(read: Read, tmp_path: Path) -> None:
    for number in range(5_000):
        (tmp_path / f"{number:05}.jpg").touch()
    reading = read(str(tmp_path))
    assert reading.tally.added == 5_000
    assert [path for path, _ in reading.files] == sorted(path for path, _ in reading.files)
    assert max(reading.sizes) <= 2_000


def test_a_deep_tree(read: Read, tmp_path: Path) -> None:
    deepest = tmp_path.joinpath(*["d"] * 1_200)
    for parent in (*reversed(deepest.parents[:1_199]), deepest):
        parent.mkdir()
    (deepest / "a.jpg").touch()
    found = read(str(tmp_path)).files
    (deepest / "a.jpg").unlink()
    for folder in (deepest, *deepest.parents[:1_199]):  # pytest's own tidying would recurse too deep
        folder.rmdir()
    assert found == [(str(deepest / "a.jpg"), "/".join("d" * 1_200))]


_READ_AS_NOBODY = """
import os, sys
from core.job import Drop
from core.sources.drop import read_drop
from core.sources.sieve import Tally
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
for chunk in read_drop(Drop(sources=tuple(sys.argv[1:])), set(), Tally()):
    for one in chunk:
        print(one.source, one.kind.value, one.error.code if one.error else "ok", sep="|")
"""


def read_unprivileged(*sources: Path) -> list[tuple[str, ...]]:
    """Root can read everything: somebody else has to try."""
    command = [sys.executable, "-c", _READ_AS_NOBODY, *map(str, sources)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    return [tuple(line.split("|")) for line in done.stdout.splitlines()]


@pytest.fixture
def open_path(tmp_path: Path) -> Path:
    """A folder that everybody can reach: pytest's own are private."""
    for path in (tmp_path, *tmp_path.parents[:3]):
        if path.owner() == tmp_path.owner() and path != Path("/tmp"):  # noqa: S108 - compared, not used
            path.chmod(path.stat().st_mode | 0o055)
    return tmp_path


def test_what_may_not_be_read(open_path: Path) -> None:
    top, closed = open_path / "top", open_path / "closed"
    grown(top, "a.jpg", "list.txt", "locked/b.jpg", "open/c.jpg", "listed/inner.txt")
    grown(closed, "d.jpg")
    (top / "list.txt").chmod(0)
    for path, mode in ((top / "locked", 0), (top / "listed", 0o644), (closed, 0)):
        path.chmod(mode)
    try:
        rows = read_unprivileged(top, closed / "d.jpg", top / "list.txt", closed)
    finally:
        for path in (top / "locked", top / "listed", closed):
            path.chmod(0o755)
    assert rows == [
        (f"{top}/a.jpg", "file", "ok"),
        (f"{top}/listed/inner.txt", "file", "unreadable"),
        (f"{top}/locked", "file", "unreadable"),
        (f"{top}/open/c.jpg", "file", "ok"),
        (f"{top}/list.txt", "file", "unreadable"),
        (f"{closed}/d.jpg", "file", "unreadable"),
        (f"{closed}", "file", "unreadable"),
    ]
