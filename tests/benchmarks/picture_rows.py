"""The rows of the picture benchmark: what is made of what, and by which commands."""

import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image

from core.images.recipe import Output, OutputFormat, Recipe, Resize, ResizeMode
from core.images.recipe_file import recipe_as_text
from tests.support.photographs import photographs
from tests.support.slow_server import slow_server

IMG2DATASET: Final = os.environ.get("IMG2DATASET")
_COUNT: Final = 300

_LATENCY: Final = 0.05
_AT_ONCE: Final = 25
_JPEG: Final = (".jpg", ".jpeg")
_LEAST: Final = 2_000_000  # pixels
_MOST: Final = 12_500_000


class Work(NamedTuple):
    """What the commands work on.

    Attributes:
        folder: To work in.
        source: Of the photographs.
        made: Where the finished pictures go.
        urls: A list file, where the photographs are served.
        pictures: How many there are.
    """

    folder: Path
    source: Path
    made: Path
    urls: Path
    pictures: int


Command = Callable[[Work], list[str]]


class Row(NamedTuple):
    """One kind of work.

    Attributes:
        title: In words.
        endings: Of the photographs.
        count: How many finished pictures a folder holds.
        commands: By the programs' names; ours first.
        wanted: The ratios to the others that are wanted, at most and at best.
        is_served: Whether the photographs come from a server that lets each request wait.
        pictures: How many.
    """

    title: str
    endings: tuple[str, ...]
    count: Callable[[Path], int]
    commands: Mapping[str, Command]
    wanted: Mapping[str, tuple[float, float]]
    is_served: bool = False
    pictures: int = _COUNT


@contextmanager
def prepared(row: Row, photos: Path, folder: Path) -> Iterator[Work]:
    """The photographs, served where that is wanted."""
    source = folder / "source"
    source.mkdir()
    found = [path for path in photographs(photos, row.endings) if _LEAST <= _pixels(path) <= _MOST]
    for number in range(row.pictures):
        photo = found[number % len(found)]
        (source / f"{number:03}{photo.suffix}").symlink_to(photo.resolve())
    print(f"  {len(found)} distinct photographs of 2 to 12 megapixels", flush=True)
    work = Work(folder, source, folder / "made", folder / "urls.txt", row.pictures)
    if not row.is_served:
        yield work
        return
    with slow_server(source, delay=_LATENCY) as base:
        work.urls.write_text("".join(f"{base}/{path.name}\n" for path in sorted(source.iterdir())))
        yield work


def _pixels(path: Path) -> int:
    with Image.open(path) as image:
        return image.width * image.height


def ours(recipe: Recipe | str, *, served: bool = False) -> Command:
    """``fetchmill-cli run`` with a recipe, which is built in where it is a name."""

    def command(work: Work) -> list[str]:
        chosen = recipe
        if isinstance(chosen, Recipe):
            path = work.folder / f"{chosen.name}.toml"
            path.write_text(recipe_as_text(chosen))
            chosen = str(path)
        source = work.urls if served else work.source
        options = ["--to", str(work.made), "--recipe", chosen, "--workers", "2", "--quiet"]
        return [sys.executable, "-m", "core.cli", "run", str(source), *options]

    return command


def vips(size: str, ending: str, at_once: int) -> Command:
    """Two of vipsthumbnail at a time, each with so many pictures."""
    return lambda work: _shell(_vips(work.source, work.made, size, ending, at_once))


def aria2_then_vips(at_once: int) -> Command:
    """One after the other: aria2, then two of vipsthumbnail at a time, each with so many pictures."""

    def command(work: Work) -> list[str]:
        originals = work.made / "originals"
        fetch = f"aria2c -q -j32 -i {shlex.quote(str(work.urls))} -d {shlex.quote(str(originals))}"
        return _shell(f"{fetch} && {_vips(originals, work.made, '256x256', '.jpg[Q=85]', at_once)}")

    return command


def img2dataset(work: Work) -> list[str]:
    """The tool for data sets, files in a tree."""
    options = {
        "url_list": work.urls,
        "output_folder": work.made / "dataset",
        "output_format": "files",
        "image_size": 256,
        "resize_mode": "keep_ratio_largest",
        "resize_only_if_bigger": True,
        "encode_quality": 85,
        "processes_count": 2,
        "thread_count": 32,
        "disallowed_header_directives": "[]",
    }
    return [str(IMG2DATASET), *(f"--{name}={value}" for name, value in options.items())]


def _vips(source: Path, made: Path, size: str, ending: str, at_once: int) -> str:
    target = shlex.quote(f"{made}/%s{ending}")
    return (
        f"cd {shlex.quote(str(source))} && ls | VIPS_CONCURRENCY=1 "
        f"xargs -P2 -n{at_once} vipsthumbnail --size {shlex.quote(size)} -o {target} 2>/dev/null"
    )


def _shell(line: str) -> list[str]:
    return ["/bin/bash", "-ec", line]


def _files(folder: Path) -> int:
    return sum(path.is_file() and not path.name.startswith(".") for path in folder.iterdir())


def _tree(folder: Path) -> int:
    """Ours and aria2's lie beside their originals; img2dataset's in folders of a thousand."""
    return _files(folder) or sum(1 for _ in folder.rglob("*.jpg"))


_LONG: Final = Resize(ResizeMode.FIT, 1920, 1920)
_BASELINE: Final = Output(
    format=OutputFormat.JPEG, progressive=False, effort=0
)  # as vipsthumbnail writes them
_JPEG_1920: Final = Recipe("jpeg-1920", "JPEG, 1920 px", "As vipsthumbnail.", (_LONG,), (_BASELINE,))
_JPEG_90: Final = Recipe("jpeg-90", "JPEG", "As vipsthumbnail.", (), (replace(_BASELINE, quality=90),))
_WEBP_1920: Final = Recipe(
    "webp-1920",
    "WebP, 1920 px",
    "As vipsthumbnail.",
    (_LONG,),
    (Output(format=OutputFormat.WEBP, quality=80),),
)
_OURS: Final = "fetchmill-cli run"
_VIPS: Final = "vipsthumbnail under xargs -P2 -n1"
_VIPS_AT_ONCE: Final = f"vipsthumbnail under xargs -P2 -n{_AT_ONCE}"
_BOTH: Final = "aria2c -j32, then vipsthumbnail -n1"
_BOTH_AT_ONCE: Final = f"aria2c -j32, then vipsthumbnail -n{_AT_ONCE}"
_DATASET: Final = "img2dataset, 2 x 32"


def _beside_vips(
    title: str,
    endings: tuple[str, ...],
    command: Command,
    size: str,
    ending: str,
    wanted: tuple[float, float],
    pictures: int = _COUNT,
) -> Row:
    commands = {_OURS: command, _VIPS: vips(size, ending, 1), _VIPS_AT_ONCE: vips(size, ending, _AT_ONCE)}
    return Row(title, endings, _files, commands, {_VIPS: wanted}, pictures=pictures)


ROWS: Final = {
    "thumbnail": _beside_vips(
        "300 JPEG -> 256 px, q 85", _JPEG, ours("thumbnail-256"), "256x256", ".jpg[Q=85]", (0.80, 0.70)
    ),
    "web": _beside_vips(
        "300 JPEG -> 1920 px, q 85", _JPEG, ours(_JPEG_1920), "1920x1920>", ".jpg[Q=85]", (1.0, 0.9)
    ),
    "webp": _beside_vips(
        "300 JPEG -> WebP, 1920 px, q 80", _JPEG, ours(_WEBP_1920), "1920x1920>", ".webp[Q=80]", (1.0, 0.9)
    ),
    "png": _beside_vips(
        "300 PNG -> JPEG, q 90, size kept",
        (".png",),
        ours(_JPEG_90),
        "30000x30000>",
        ".jpg[Q=90]",
        (1.0, 0.9),
    ),
    "both": Row(
        "300 JPEG at 50 ms a request, then 256 px",
        _JPEG,
        _tree,
        {
            _OURS: ours("thumbnail-256", served=True),
            _BOTH: aria2_then_vips(1),
            _BOTH_AT_ONCE: aria2_then_vips(_AT_ONCE),
            **({_DATASET: img2dataset} if IMG2DATASET else {}),
        },
        {_BOTH: (0.80, 0.70), _DATASET: (0.40, 0.33)},
        is_served=True,
    ),
}
