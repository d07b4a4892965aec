"""What the torture's server serves: pictures of three formats and files that are none, small and large."""

import random
from collections.abc import Iterator, Mapping
from typing import Final

from tests.support.pictures import jpeg_bytes, png_bytes, webp_bytes
from tests.support.server import Answer, Drip, Server

SLOWLY: Final = Drip(32 * 1024, 0.025)  # some 1.3 MB a second and connection
_STRANGERS: Final = ("pdf", "zip", "bin")


def contents(count: int, seed: int) -> dict[str, bytes]:
    """That many files by their names; no two are the same. A tenth is no picture, a tenth has 1 to 3 MB."""
    dice = random.Random(seed)
    return dict(_file(number, dice) for number in range(count))


def _file(number: int, dice: random.Random) -> tuple[str, bytes]:
    seed = dice.randrange(1 << 30)
    if number % 10 == 0:
        size = dice.choice((0, 1, dice.randrange(2, 60_000), dice.randrange(800_000, 2_000_000)))
        body = number.to_bytes(2, "big") + dice.randbytes(size)
        return f"{number:03}-file.{dice.choice(_STRANGERS)}", body
    if number % 10 == 5:
        return f"{number:03}-large.png", png_bytes(dice.randrange(700, 1100), dice.randrange(550, 900), seed)
    width, height = dice.randrange(200, 900), dice.randrange(200, 700)
    match number % 3:
        case 0:
            return f"{number:03}-small.webp", webp_bytes(width, height, seed)
        case 1:
            return f"{number:03}-small.png", png_bytes(width // 2, height // 2, seed)
    return f"{number:03}-small.jpg", jpeg_bytes(width, height, seed, quality=90)


def serve(
    server: Server, files: Mapping[str, bytes], folder: str, drip: Drip | None = SLOWLY
) -> Iterator[str]:
    """Serve the files below that folder; their URLs."""
    for name, body in files.items():
        yield server.serve(f"/{folder}/{name}", Answer(body, drip=drip))
