"""Animations written and read again: frames, durations, loops."""

import io
from typing import Any

import pytest
from PIL import Image, ImageDraw

from core.images import notes
from core.images.encoding import encoded
from core.images.frames import Frames
from core.images.metadata import Carried
from core.images.recipe import Output
from core.images.writing import shaped_for
from tests.unit.images.pictures import psnr

ANIMATED = ["GIF", "WEBP", "PNG", "AVIF"]
COLOURS = ("red", "lime", "blue", "yellow")
DURATIONS = (100, 40, 1230, 500)


def wandering(mode: str) -> tuple[Image.Image, ...]:
    """A square that wanders over nothing, or over white: what was there before must not stay."""
    frames = []
    for at, colour in enumerate(COLOURS):
        frame = Image.new("RGBA", (80, 60), (0, 0, 0, 0) if mode == "RGBA" else "white")
        ImageDraw.Draw(frame).rectangle((at * 16, 8, at * 16 + 19, 47), fill=colour)
        frames.append(frame.convert(mode))
    return tuple(frames)


def played(
    images: tuple[Image.Image, ...],
    name: str,
    durations: tuple[int, ...] = DURATIONS,
    loop: int = 0,
    **told: Any,
) -> tuple[Image.Image, tuple[str, ...]]:
    fitting = tuple(shaped_for(image, name).image for image in images)
    output = Output(**{"quality": 95} | told)
    made = encoded(Frames(fitting, durations, loop), name, output, Carried())
    return Image.open(io.BytesIO(made.content)), made.notes


def on_grey(image: Image.Image) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", image.size, "grey"), image.convert("RGBA")).convert("RGB")


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("name", ANIMATED)
def test_all_frames_stay_as_they_are(name: str, mode: str) -> None:
    images = wandering(mode)
    result, notes = played(images, name)
    assert notes == ()
    assert result.n_frames == len(images)  # type: ignore[attr-defined]  # the stubs lack it
    for at, image in enumerate(images):
        result.seek(at)
        result.load()
        assert result.info["duration"] == DURATIONS[at]
        assert psnr(on_grey(result), on_grey(image)) > (25 if name == "WEBP" else 30)


@pytest.mark.parametrize("loop", [0, 1, 2, 7])
def test_loops(loop: int) -> None:
    # A GIF counts how often it is played again, and says nothing where it is played once.
    expected = {"WEBP": loop, "PNG": loop, "GIF": {0: 0, 1: None}.get(loop, loop - 1), "AVIF": None}
    for name, value in expected.items():
        result, notes = played(wandering("RGB"), name, loop=loop)
        assert result.info.get("loop") == value
        assert bool(notes) == (name == "AVIF" and loop > 0)


def test_a_gif_says_what_it_rounds() -> None:
    result, notes = played(wandering("RGB"), "GIF", (33, 40, 4, 700_000))
    shown = []
    for at in range(4):
        result.seek(at)
        shown.append(result.info["duration"])
    assert shown == [30, 40, 10, 655_350]
    assert notes == (
        "GIF counts hundredths of a second: the durations of 2 of its frames were rounded.",
        "This GIF cannot show a frame for so long: the durations of 1 frames were cut.",
    )


def test_frames_that_are_the_same_take_as_long() -> None:
    images = wandering("RGB")
    for name in ("GIF", "PNG", "WEBP"):
        result, _ = played((images[0], images[0], images[1], images[1]), name)
        total = 0.0
        for at in range(result.n_frames):  # type: ignore[attr-defined]  # the stubs lack it
            result.seek(at)
            result.load()
            total += result.info["duration"]
        assert total == sum(DURATIONS)
        assert played((images[0],) * 4, name)[0].size == (80, 60)


@pytest.mark.parametrize("name", ["JPEG", "TIFF", "BMP", "JPEG2000", "ICO", "PDF", "HEIF", "JXL"])
def test_formats_without_animation_keep_the_first(name: str) -> None:
    images = wandering("RGB")
    fitting = tuple(shaped_for(image, name).image for image in images)
    made = encoded(Frames(fitting, DURATIONS), name, Output(quality=95), Carried())
    assert made.notes == (notes.FIRST_FRAME,)
    if name != "PDF":
        result = Image.open(io.BytesIO(made.content))
        assert getattr(result, "n_frames", 1) == 1
        assert psnr(result.convert("RGB"), images[0]) > 25


@pytest.mark.parametrize("name", ANIMATED)
def test_an_animation_can_be_made_to_fit(name: str) -> None:
    grain = tuple(Image.effect_noise((300, 200), 60 + at).convert("RGB") for at in range(4))
    fitting = tuple(shaped_for(image, name).image for image in grain)
    made = encoded(Frames(fitting, DURATIONS), name, Output(target_size=20_000, quality=90), Carried())
    assert len(made.content) <= 20_000
    result = Image.open(io.BytesIO(made.content))
    assert result.n_frames == 4  # type: ignore[attr-defined]  # the stubs lack it
    assert result.size == made.size
