"""Damage, lies and bombs: what ends truthfully, and how."""

import io
import random
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from core.images.process import process
from core.images.recipe_file import find_recipe
from core.images.task import ProcessTask
from tests.unit.images.pictures import Bench, natural, png, quartered, recipe, saved


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("GIF", {}),
        ("BMP", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "jpeg"}),
        ("AVIF", {}),
        ("JPEG2000", {}),
        ("PPM", {}),
    ],
)
def test_a_cut_picture_is_never_a_finished_one(bench: Bench, name: str, options: dict[str, object]) -> None:
    content = saved(natural(160, 120), name, **options)
    whole = bench.picture(content, recipe(format="png")).convert("RGB").tobytes()
    cuts = [len(content) * sixteenth // 16 for sixteenth in range(1, 16)] + [
        len(content) - 1,
        len(content) - 9,
    ]
    for cut in cuts:
        assert bench.run(content[:cut], "as-downloaded").error is not None or name in {"GIF", "PNG"}
        outcome = bench.run(content[:cut], recipe(format="png"))
        if outcome.error is None:
            assert Image.open(io.BytesIO(bench.part.read_bytes())).convert("RGB").tobytes() == whole
        else:
            assert outcome.error.code == "truncated", (cut, outcome.error)


@pytest.mark.parametrize("name", ["GIF", "WEBP", "PNG"])
def test_a_film_cut_in_its_last_frame_is_cut(bench: Bench, name: str) -> None:
    frames = [natural(90, 90), natural(90, 90).rotate(90), natural(90, 90).rotate(180)]
    content = saved(frames[0], name, save_all=True, append_images=frames[1:])
    for what in ("as-downloaded", "thumbnail-256"):
        assert bench.code(content[:-900], what) == "truncated"


def test_a_jpeg_whose_tail_was_never_written_is_cut(bench: Bench) -> None:
    content = saved(natural(400, 300), "JPEG")
    half = len(content) // 2
    for what in ("as-downloaded", "jpeg"):
        assert bench.code(content[:half] + b"\0" * half, what) == "truncated"


@pytest.mark.parametrize(
    "name", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "JPEG2000", "ICO", "PPM"]
)
def test_damage_anywhere_is_an_outcome(bench: Bench, name: str) -> None:
    content = bytearray(saved(natural(60, 40), name))
    chance = random.Random(name)
    for _ in range(60):
        damaged = bytearray(content)
        for _ in range(chance.randrange(1, 9)):
            damaged[chance.randrange(min(len(damaged), 700))] = chance.randrange(256)
        for what in ("as-downloaded", "thumbnail-256"):
            outcome = bench.run(bytes(damaged), what)
            assert outcome.error is None or outcome.error.code in {
                "truncated", "broken-image", "not-an-image", "unsupported-image", "too-large",
            }, outcome.error  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not-an-image"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "not-an-image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n", "not-an-image"),
        (b"%PDF-1.7\n", "not-an-image"),
        (b"push graphic-context\nimage over 0,0 0,0 'https://x'\n", "not-an-image"),
        (b"\0" * 5000, "not-an-image"),
        (b"\xff\xd8\xff\xe0", "truncated"),
        (b"\x89PNG\r\n\x1a\n", "truncated"),
        (b"GIF89a", "truncated"),
        (b"RIFF\x08\0\0\0WEBPVP8 ", "broken-image"),
        (b"\xff\x0a" + b"\0" * 60, "broken-image"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "broken-image"),
    ],
)
@pytest.mark.parametrize("what", ["as-downloaded", "thumbnail-256"])
def test_what_is_no_picture(bench: Bench, content: bytes, code: str, what: str) -> None:
    assert bench.code(content, what) == code


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"II*\0\x10\0\0\0CR\x02\0" + b"\0" * 60,
        # A TIFF whose first picture is a thumbnail: NEF, ARW, DNG.
        b"II*\0\x08\0\0\0\x01\0\xfe\0\x04\0\x01\0\0\0\x01\0\0\0\0\0\0\0",
        saved(quartered(), "JPEG").replace(b"\xff\xc0\0\x11\x08", b"\xff\xc0\0\x11\x0c"),  # 12 bits a sample
    ],
)
def test_what_recipes_cannot_read_is_only_passed_on(bench: Bench, content: bytes) -> None:
    assert bench.code(content, "thumbnail-256") == "unsupported-image"
    outcome = bench.run(content, "as-downloaded")
    assert outcome.error is None
    assert "not checked" in outcome.notes[0]


def test_the_name_means_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lie.gif"
    path.write_bytes(saved(quartered(), "JPEG"))
    outcome = process(ProcessTask(1, str(path), (str(tmp_path / "p"),), find_recipe("thumbnail-256")))
    assert (outcome.format, outcome.extension) == ("JPEG", ".jpg")


def test_bombs(bench: Bench) -> None:
    bomb = png(65_535, 65_535, 8, 2, zlib.compress(b"\0" * 1000))
    assert bench.code(bomb, "thumbnail-256") == "too-large"
    assert bench.run(bomb, "as-downloaded").notes
    jpeg = saved(Image.new("L", (8, 8)), "JPEG").replace(b"\0\x08\0\x08", b"\xff\xff\xff\xff")
    assert bench.code(jpeg, "thumbnail-256") == "too-large"
    text = zlib.compress(b"x" * 50_000_000)
    comments = png(1, 1, 8, 0, zlib.compress(b"\0\0"), (b"zTXt", b"k\0\0" + text))
    assert bench.run(comments, "thumbnail-256").seconds < 60
    gif = bytearray(saved(Image.new("L", (8, 8)), "GIF"))
    gif[6:10] = b"\xff\xff\xff\xff"
    assert bench.code(bytes(gif), "thumbnail-256") == "too-large"


def test_a_tiff_that_turns_in_circles(bench: Bench) -> None:
    content = bytearray(saved(quartered(), "TIFF"))
    (start,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, start)
    struct.pack_into("<I", content, start + 2 + 12 * count, start)
    assert bench.picture(bytes(content), "thumbnail-256").size == (256, 192)
