"""The downloads that are measured: which files, from which server, by which programs, and what is wanted."""

import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, NamedTuple

from tests.support.nginx import nginx_serving
from tests.support.slow_server import slow_server

KIB: Final = 1 << 10
MIB: Final = 1 << 20
MEGABYTE_A_SECOND: Final = 1_000_000
LATENCY: Final = 0.05  # seconds
_BLOCK: Final = 64 * KIB
_MOST_BLOCKS: Final = 64
_LARGE: Final = 256 * KIB
_CONTENT: Final = 16 * MIB + 1  # random bytes that files are cut from; odd, so that no two MiB are alike

Server = Callable[[Path], AbstractContextManager[str]]
Command = Callable[["Work"], list[str | Path]]


class Files(NamedTuple):
    """What a server has.

    Attributes:
        number: How many.
        least: Bytes of the smallest.
        most: Bytes of the largest; the sizes between are random, the same in every run.
    """

    number: int
    least: int
    most: int

    @property
    def sizes(self) -> list[int]:
        """Bytes of each."""
        chance = random.Random(4)
        return [chance.randint(self.least, self.most) for _ in range(self.number)]


class Work(NamedTuple):
    """What one program has to do in one round.

    Attributes:
        lists: Where ``urls.txt`` and ``urls.curl`` are.
        destination: An empty folder, or none yet.
    """

    lists: Path
    destination: Path


class Peer(NamedTuple):
    """Another program.

    Attributes:
        program: By which it is found.
        title: As the table names it.
        command: What it is started with.
    """

    program: str
    title: str
    command: Command


class Row(NamedTuple):
    """A line of the table.

    Attributes:
        title: What is downloaded.
        files: How many, how large.
        server: From where.
        options: Of ours.
        peers: The fastest of them counts.
        most: Of the ratio of ours to the fastest peer's time: wanted.
        best: Likewise: hoped for.
    """

    title: str
    files: Files
    server: Server
    options: tuple[str, ...]
    peers: tuple[Peer, ...]
    most: float
    best: float


def fetchmill(work: Work, *options: str) -> list[str | Path]:
    """Ours; its journal is in the destination."""
    start: list[str | Path] = [
        sys.executable,
        "-m",
        "core.cli",
        "run",
        work.lists / "urls.txt",
        "--to",
        work.destination,
    ]
    return [*start, "--recipe", "as-downloaded", "--quiet", *options]


def curl(most: int | None = None) -> Peer:
    """Curl in parallel, 50 at once unless told otherwise."""
    parallel = ["-Z", *([] if most is None else ["--parallel-max", str(most)])]

    def command(work: Work) -> list[str | Path]:
        start: list[str | Path] = ["curl", "--disable", "--silent", "--show-error", "--fail", *parallel]
        return [
            *start,
            "--create-dirs",
            "--output-dir",
            work.destination,
            "--config",
            work.lists / "urls.curl",
        ]

    return Peer("curl", " ".join(["curl", *parallel]), command)


def aria2(*options: str) -> Peer:
    """The multi-connection downloader, as it is installed but for these options."""

    def command(work: Work) -> list[str | Path]:
        start: list[str | Path] = ["aria2c", "--no-conf", "--quiet", *options, f"--dir={work.destination}"]
        return [*start, f"--input-file={work.lists / 'urls.txt'}"]

    return Peer("aria2c", " ".join(["aria2c", *options]), command)


def make_files(folder: Path, files: Files) -> list[str]:
    """Write them with random bytes, no two alike; their names."""
    folder.mkdir(parents=True)
    content = memoryview(random.Random(files.number).randbytes(_CONTENT))
    names = [f"{number:06}.bin" for number in range(files.number)]
    for number, (name, size) in enumerate(zip(names, files.sizes, strict=True)):
        with (folder / name).open("wb") as file:
            left, offset = size, number * 4099 % _CONTENT
            while left:
                left -= file.write(content[offset : offset + min(left, MIB)])
                offset = (offset + MIB) % _CONTENT
    return names


def write_lists(folder: Path, urls: list[str]) -> None:
    """The same URLs in the two forms that the programs read."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "urls.txt").write_text("".join(f"{url}\n" for url in urls))
    (folder / "urls.curl").write_text("".join(f'url = "{url}"\nremote-name\n' for url in urls))


def wrong_files(sites: Sequence[Path], made: Path) -> list[str]:
    """What is not as these folders are served: names, sizes, and the bytes of blocks spread over each file."""
    served = {path.name: path for site in sites for path in site.iterdir()}
    found = (
        {path.name for path in made.iterdir() if not path.name.startswith(".")} if made.is_dir() else set()
    )
    differing = [name for name in found & served.keys() if not _are_alike(served[name], made / name)]
    return [f"{name} is missing, or one too many" for name in found ^ served.keys()] + [
        f"{name} is not as it is served" for name in differing
    ]


def _are_alike(one: Path, other: Path) -> bool:
    size = one.stat().st_size
    if size != other.stat().st_size:
        return False
    with one.open("rb") as first, other.open("rb") as second:
        for offset in _offsets(size):
            first.seek(offset)
            second.seek(offset)
            if first.read(_BLOCK) != second.read(_BLOCK):
                return False
    return True


def _offsets(size: int) -> Iterator[int]:
    """Where the blocks begin that are compared: all of a small file, 64 of a large one, among them the last."""
    blocks = (size + _BLOCK - 1) // _BLOCK
    yield from (blocks * number // _MOST_BLOCKS * _BLOCK for number in range(_MOST_BLOCKS) if blocks)
    yield max(0, size - _BLOCK)


def put_away(work: Work) -> None:
    """Make room for the next round. Small files are only moved aside.

    ext4 goes around inodes that were freed in the last minutes, one by one, so that whoever creates 2,000 files after
    2,000 were removed needs seconds more than the one before (Linux, fs/ext4/ialloc.c, ``recently_deleted``).
    """
    if any(path.stat().st_size > _LARGE for path in work.destination.iterdir()):
        shutil.rmtree(work.destination)
    else:
        work.destination.rename(Path(tempfile.mkdtemp(prefix="old-", dir=work.lists), "made"))


_SMALL: Final = Files(2_000, 4 * KIB, 20 * KIB)

ROWS: Final = {
    "large": Row(
        "4 files of 512 MB",
        Files(4, 512 * MIB, 512 * MIB),
        nginx_serving,
        (),
        (curl(), aria2("-x16", "-s16")),
        1.0,
        0.9,
    ),
    "segments": Row(
        "1 file of 64 MB, 1 MB/s a connection, 32 connections allowed",
        Files(1, 64 * MIB, 64 * MIB),
        lambda folder: nginx_serving(folder, rate=MEGABYTE_A_SECOND),
        ("--per-host", "32"),  # by itself it takes 8 for a file
        # without -k1M it would open 3 connections only: no part smaller than 20 MB
        (aria2("-x16", "-s16", "-k1M"),),
        1.0,
        0.5,
    ),
    "middle": Row("200 files of 1 MB", Files(200, MIB, MIB), nginx_serving, (), (aria2("-j16"),), 0.8, 0.6),
    "latency": Row(
        "2,000 files of 4 to 20 KB, 50 ms a request, 64 connections",
        _SMALL,
        lambda folder: slow_server(folder, delay=LATENCY),
        ("--connections", "64", "--per-host", "64"),
        (curl(64),),
        1.15,
        1.0,
    ),
    "small": Row(
        "2,000 files of 4 to 20 KB, no latency", _SMALL, nginx_serving, (), (aria2("-j16"),), 2.5, 0.7
    ),
}
