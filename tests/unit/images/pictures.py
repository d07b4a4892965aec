"""Pictures to try things on, and a bench to do it at."""

import io
import math
import random
import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

from core.images.process import process
from core.images.recipe import Keeping, Operation, Output, OutputFormat, Recipe, Resize, ResizeMode
from core.images.recipe_file import find_recipe
from core.images.task import ProcessOutcome, ProcessTask

CORNERS = {(0, 0): "red", (1, 0): "lime", (0, 1): "blue", (1, 1): "yellow"}


def natural(width: int, height: int) -> Image.Image:
    """A picture with large shapes and fine grain, as photographs have."""
    noise = random.Random(7)
    bands = []
    for _ in range(3):
        band = Image.new("L", (width, height), 128)
        for cells, share in ((8, 0.6), (32, 0.3), (128, 0.1)):
            layer = Image.frombytes("L", (cells, cells), noise.randbytes(cells * cells))
            band = Image.blend(band, layer.resize((width, height), Image.Resampling.BICUBIC), share)
        bands.append(band)
    return Image.merge("RGB", bands)


def quartered(size: tuple[int, int] = (400, 300)) -> Image.Image:
    """Red, lime, blue and yellow corners: every turn shows."""
    image = Image.new("RGB", (2, 2))
    for place, colour in CORNERS.items():
        image.paste(colour, (*place, place[0] + 1, place[1] + 1))
    return image.resize(size, Image.Resampling.NEAREST)


def psnr(one: Image.Image, other: Image.Image) -> float:
    """In decibels, over all channels."""
    histogram = ImageChops.difference(one, other).histogram()
    error = sum((at % 256) ** 2 * count for at, count in enumerate(histogram)) / (sum(histogram) or 1)
    return 10 * math.log10(255**2 / error) if error else math.inf


STRIPPED: dict[str, Any] = dict.fromkeys(("exif", "xmp", "iptc", "gps", "copyright"), Keeping.STRIP)


def fit(width: int, height: int) -> Resize:
    return Resize(ResizeMode.FIT, width, height)


def fill(width: int, height: int) -> Resize:
    return Resize(ResizeMode.FILL, width, height)


def recipe(*operations: Operation, format: str = "keep", **output: object) -> Recipe:  # noqa: A002  # as recipes call it
    wanted = Output(format=OutputFormat(format), **output)  # type: ignore[arg-type]  # any field may be given
    return Recipe("mine", "Mine", "", operations, (wanted,))


def saved(image: Image.Image, name: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


class Bench:
    """A folder to work in: a source, a part file, and what came of it."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "source.bin"
        self.part = folder / "finished.part"

    def run(self, content: bytes, what: Recipe | str) -> ProcessOutcome:
        """Work on the content; whatever happens, the source stays and only success leaves a part file."""
        self.source.write_bytes(content)
        self.part.write_bytes(b"of an earlier try")
        chosen = find_recipe(what) if isinstance(what, str) else what
        outcome = process(ProcessTask(3, str(self.source), (str(self.part),), chosen))
        assert outcome.ticket == 3
        assert self.source.read_bytes() == content
        return outcome

    def picture(self, content: bytes, what: Recipe | str) -> Image.Image:
        """The finished picture, which is as the outcome says."""
        outcome = self.run(content, what)
        assert outcome.error is None, outcome.error
        image = Image.open(io.BytesIO(self.part.read_bytes()))
        image.load()
        assert (outcome.format, outcome.width, outcome.height) == (image.format, *image.size)
        assert outcome.bytes_out == self.part.stat().st_size
        return image

    def code(self, content: bytes, what: Recipe | str) -> str:
        """The code of the error that it must end with; no part file may be left of this try."""
        outcome = self.run(content, what)
        assert outcome.error is not None, outcome
        assert outcome.bytes_out is None
        assert not self.part.exists() or self.part.read_bytes() == b"of an earlier try"
        return outcome.error.code


def png(width: int, height: int, depth: int, colour: int, data: bytes, *extra: tuple[bytes, bytes]) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = ((b"IHDR", head), *extra, (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
