"""Animations: every frame, how long each is shown, how often all is played, and where that ends."""

import struct

import pytest
from PIL import Image, ImageSequence

from core.images import animation, notes
from core.images.recipe import Animation, AutoContrast, Flip, Rotate
from tests.unit.images.pictures import Bench, fill, fit, natural, psnr, quartered, recipe, saved

ANIMATED = ["GIF", "PNG", "WEBP", "AVIF"]
DURATIONS = [40, 120, 70, 250]
FRAMES = [quartered((200, 150)).rotate(90 * at) for at in range(4)]


def film(name: str, frames: list[Image.Image] | None = None, **options: object) -> bytes:
    frames = frames or FRAMES
    options = {"duration": DURATIONS[: len(frames)], "loop": 0} | options
    if name == "AVIF":
        options.pop("loop")
    return saved(frames[0], name, save_all=True, append_images=frames[1:], **options)


def shown(image: Image.Image) -> list[tuple[Image.Image, int]]:
    return [(one.convert("RGBA"), round(one.info["duration"])) for one in ImageSequence.Iterator(image)]


@pytest.mark.parametrize("target", ANIMATED)
@pytest.mark.parametrize("source", ANIMATED)
def test_all_frames_come_through(bench: Bench, source: str, target: str) -> None:
    outcome = bench.run(film(source), recipe(fit(100, 100), format=target.lower(), quality=95))
    assert outcome.error is None
    with Image.open(bench.part) as result:
        frames = shown(result)
    assert [duration for _, duration in frames] == DURATIONS
    for (frame, _), original in zip(frames, FRAMES, strict=True):
        assert frame.size == (100, 75)
        assert psnr(frame.convert("RGB"), original.resize((100, 75), Image.Resampling.LANCZOS)) > 24
    assert set(outcome.notes) <= ({notes.FEWER_COLOURS} if target == "GIF" else set())


@pytest.mark.parametrize("name", ANIMATED)
def test_an_animation_that_nothing_touches_goes_through(bench: Bench, name: str) -> None:
    content = film(name)
    bench.picture(content, recipe(fit(400, 400)))
    assert bench.part.read_bytes() == content


@pytest.mark.parametrize("name", ANIMATED)
def test_every_frame_is_cropped_and_turned(bench: Bench, name: str) -> None:
    result = bench.picture(film(name), recipe(fill(90, 60), Rotate(), Flip(), format="png"))
    for (frame, _), original in zip(shown(result), FRAMES, strict=True):
        slow = original.resize((90, 60), Image.Resampling.LANCZOS, (0, 25 / 3, 200, 425 / 3))
        slow = slow.rotate(-90, expand=True).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        assert psnr(frame.convert("RGB"), slow) > 24


@pytest.mark.parametrize(("said", "played"), [({"loop": 0}, 0), ({"loop": 3}, 3), ({}, None)])
@pytest.mark.parametrize("target", ["GIF", "PNG", "WEBP"])
@pytest.mark.parametrize("source", ["GIF", "PNG", "WEBP"])
def test_it_is_played_as_often_as_before(
    bench: Bench, source: str, target: str, said: dict[str, int], played: int | None
) -> None:
    content = saved(FRAMES[0], source, save_all=True, append_images=FRAMES[1:], duration=50, **said)
    result = bench.picture(content, recipe(fit(40, 40), format=target.lower()))
    times = {
        "GIF": 1 if not said else played,
        "PNG": 0 if not said else played,
        "WEBP": 0 if not said else played,
    }
    if source == "GIF" and played:
        times["GIF"] = played + 1  # it says how often it is played again
    expected = times[source]
    assert expected is not None
    if target == "GIF":
        assert result.info.get("loop") == {0: 0, 1: None}.get(expected, expected - 1)
    else:
        assert result.info["loop"] == expected


def test_what_lets_something_through_still_does(bench: Bench) -> None:
    frames = [Image.new("RGBA", (60, 60)) for _ in range(3)]
    for at, frame in enumerate(frames):
        frame.paste((255, 0, 0, 255), (20 * at, 0, 20 * at + 20, 60))
        # Without it libwebp keeps opaque parts only and says that there is no alpha, which Pillow believes.
        frame.paste((255, 0, 0, 128), (20 * at, 20, 20 * at + 20, 40))
    for source in ("PNG", "WEBP"):
        content = film(source, frames, **({"lossless": True} if source == "WEBP" else {"disposal": 1}))
        for target in ("png", "webp"):
            result = bench.picture(content, recipe(format=target))
            for (frame, _), original in zip(shown(result), frames, strict=True):
                assert psnr(frame.getchannel("A"), original.getchannel("A")) > 40, (source, target)


def test_a_picture_for_those_without_animations_is_no_frame(bench: Bench) -> None:
    content = film("PNG", default_image=True, duration=DURATIONS[:3])
    frames = shown(bench.picture(content, recipe(fit(80, 60), format="gif")))
    assert [duration for _, duration in frames] == DURATIONS[:3]
    assert psnr(frames[0][0].convert("RGB"), FRAMES[1].resize((80, 60))) > 18


@pytest.mark.parametrize("name", ANIMATED)
@pytest.mark.parametrize("what", [recipe(animation=Animation.FIRST), recipe(format="jpeg")])
def test_the_first_frame_alone_is_told(bench: Bench, name: str, what: object) -> None:
    content = film(name)
    result = bench.picture(content, what)  # type: ignore[arg-type]  # a recipe
    assert getattr(result, "n_frames", 1) == 1
    assert psnr(result.convert("RGB"), FRAMES[0]) > 24
    assert bench.run(content, what).notes == (notes.FIRST_FRAME,)  # type: ignore[arg-type]  # as above


def test_colours_of_every_frame_are_brought_to_srgb(bench: Bench) -> None:
    from tests.unit.images.test_colour import WIDE

    frames = [Image.new("RGB", (8, 8), (128, 200, 128)), Image.new("RGB", (8, 8), (200, 128, 128))]
    result = bench.picture(film("PNG", frames, icc_profile=WIDE), recipe())
    (green, _), (red, _) = shown(result)
    assert green.getpixel((4, 4))[0] < 100  # type: ignore[index]  # of an RGBA picture
    assert red.getpixel((4, 4))[0] > 210  # type: ignore[index]  # as above


def test_contrast_is_that_of_all_frames(bench: Bench) -> None:
    ground = Image.linear_gradient("L").point([64 + value // 4 for value in range(256)]).resize((64, 64))
    frames = []
    for at in range(4):  # something bright comes into the picture
        frame = ground.convert("RGB")
        frame.paste((60 + 60 * at,) * 3, (0, 0, 16, 16))
        frames.append(frame)
    steps = (Flip(), AutoContrast(0.0), Rotate(), AutoContrast(1.0))
    for what in ((AutoContrast(0.0),), steps):
        found = shown(bench.picture(film("PNG", frames), recipe(*what)))
        grounds = {frame.convert("RGB").getpixel((40, 40)) for frame, _ in found}
        assert len(grounds) == 1
    made = shown(bench.picture(film("PNG", frames), recipe(AutoContrast(0.0))))
    brightest = [max(frame.convert("L").tobytes()) for frame, _ in made]
    assert brightest[-1] == 255
    assert brightest[0] < 200
    alone = bench.picture(film("PNG", frames), recipe(AutoContrast(0.0), animation=Animation.FIRST))
    assert alone.convert("L").getextrema() == (0, 255)


def test_frames_that_nobody_can_afford_are_refused_with_a_way_out(bench: Bench) -> None:
    frame = b"\x21\xf9\x04\0\x05\0\0\0" + b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
    head = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff"
    content = head + frame * 100_000 + b";"
    outcome = bench.run(content, "thumbnail-256")
    assert outcome.error is not None
    assert (outcome.error.code, "first frame" in outcome.error.hint) == ("too-large", True)
    for what in (recipe(animation=Animation.FIRST), recipe(format="jpeg")):
        assert bench.picture(content, what).size == (1, 1)
    large = bytearray(head + frame * 2_000 + b";")
    struct.pack_into("<HH", large, 6, 5000, 5000)
    assert bench.code(bytes(large), "thumbnail-256") == "too-large"
    assert bench.picture(head + frame * animation.MOST_FRAMES + b";", "thumbnail-256").size == (1, 1)


@pytest.mark.parametrize("name", ["GIF", "PNG", "WEBP", "AVIF"])
def test_damage_in_a_later_frame_is_no_finished_picture(bench: Bench, name: str) -> None:
    frames = [natural(90, 90), natural(90, 90).rotate(90), natural(90, 90).rotate(180)]
    content = film(name, frames)
    assert bench.run(content[: len(content) * 3 // 4], "thumbnail-256").error is not None
    damaged = bytearray(content)
    damaged[len(content) * 4 // 5 : len(content) * 4 // 5 + 40] = b"\xa5" * 40
    outcome = bench.run(bytes(damaged), "thumbnail-256")
    if outcome.error is None:
        assert len(shown(bench.picture(bytes(damaged), "thumbnail-256"))) == 3
