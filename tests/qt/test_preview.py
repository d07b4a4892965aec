"""Previews: real children make real files of one picture, for as long as somebody looks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from core.client import EngineClient
from core.engine import Engine
from core.images.recipe import (
    Border,
    Crop,
    Flip,
    Output,
    OutputFormat,
    Recipe,
    Redact,
    Resize,
    ResizeMode,
)
from core.images.recipe_file import recipe_as_text
from core.interface import EngineInterface
from core.preview import MOST_SHOWN, Preview, PreviewWish
from tests.support.engines import close, files_in, quick, run_to_end
from tests.support.pictures import jpeg_bytes
from tests.support.waiting import wait_for_signal

SMALL = Recipe(
    "small",
    "Small",
    "Fits in 320.",
    (Resize(ResizeMode.FIT, 320, 320),),
    (Output("web", format=OutputFormat.WEBP), Output("thumb", (Crop(64, 64),), OutputFormat.PNG)),
)


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg_bytes(640, 480))
    return str(path)


def whole(engine: EngineInterface, wish: PreviewWish) -> Preview:
    """The last of the answers."""
    (preview,) = wait_for_signal(
        engine.previewed,
        lambda: engine.preview(wish),
        lambda one: one.ticket == wish.ticket and one.is_whole,
        timeout_s=60,
    )
    assert isinstance(preview, Preview)
    return preview


def test_a_preview_says_what_a_run_makes(engine: Engine, photo: str, tmp_path: Path) -> None:
    recipe = SMALL._replace(outputs=(Output(format=OutputFormat.WEBP),))
    preview = whole(engine, PreviewWish(1, photo, recipe, room=(200, 200)))
    assert preview.error is None
    assert preview.original == ("JPEG", 640, 480, Path(photo).stat().st_size)
    assert preview.finished is not None
    assert preview.before is not None
    assert preview.after is not None
    for shown in (preview.before, preview.after):
        with Image.open(shown) as picture:
            assert (picture.format, picture.size) == ("PNG", (200, 150))
    file = tmp_path / "small.toml"
    file.write_text(recipe_as_text(recipe))
    run_to_end(engine, [photo], tmp_path / "out", str(file))
    made = tmp_path / "out" / "photo.webp"
    assert preview.finished == ("WEBP", 320, 240, made.stat().st_size)


def test_each_output_has_a_preview_of_its_own(engine: Engine, photo: str) -> None:
    first = whole(engine, PreviewWish(1, photo, SMALL, 0))
    second = whole(engine, PreviewWish(2, photo, SMALL, 1))
    assert first.finished is not None
    assert second.finished is not None
    assert (first.finished.format, first.finished.width) == ("WEBP", 320)
    assert (second.finished.format, second.finished.width, second.finished.height) == ("PNG", 64, 64)
    assert second.before == first.before, "the original is not made anew"
    assert second.original == first.original


def test_at_full_size_both_are_of_the_same_pixels(engine: Engine, photo: str) -> None:
    recipe = SMALL._replace(operations=(Flip(), Crop(300, 200)), outputs=(Output(),))
    preview = whole(engine, PreviewWish(1, photo, recipe, is_full_size=True))
    assert preview.before is not None
    assert preview.after is not None
    with Image.open(preview.before) as before, Image.open(preview.after) as after:
        assert before.size == after.size == (300, 200)
        difference = [abs(a - b) for a, b in zip(before.tobytes(), after.tobytes(), strict=True)]
        assert sum(difference) / len(difference) < 3, "flipped and cut alike, and compressed once more"


def test_of_a_large_picture_the_middle_is_shown_at_full_size(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    Image.new("L", (MOST_SHOWN[0] + 400, 90)).save(path)
    recipe = SMALL._replace(operations=(), outputs=(Output(),))
    preview = whole(engine, PreviewWish(1, str(path), recipe, is_full_size=True))
    assert preview.after is not None
    with Image.open(preview.after) as after:
        assert after.size == (MOST_SHOWN[0], 90)


@pytest.mark.parametrize("is_full_size", [False, True])
def test_the_original_is_shown_as_it_comes_to_a_step(
    engine: Engine, tmp_path: Path, is_full_size: bool
) -> None:
    path = tmp_path / "portrait.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # stored lying on its left side
    Image.linear_gradient("L").resize((640, 480)).save(path, exif=exif.tobytes())
    steps = (Border(10.0), Crop(300, 300), Redact(((0.0, 0.0, 50.0, 50.0),)))
    own = Output(format=OutputFormat.JPEG, operations=(Flip(),))
    recipe = SMALL._replace(operations=steps, outputs=(own,))
    for step, size in enumerate([(480, 640), (576, 736), (300, 300), (300, 300)]):
        wish = PreviewWish(step, str(path), recipe, room=(150, 150), is_full_size=is_full_size, step=step)
        preview = whole(engine, wish)
        assert preview.error is None
        assert preview.coming == size
        assert preview.before is not None
        with Image.open(preview.before) as before:
            assert before.size == size if is_full_size else max(before.size) == 150
            dark = step == 3 and not before.convert("L").getpixel((5, 5))
            assert dark == (step == 3), "what is redacted before is redacted there"
    assert whole(engine, wish._replace(ticket=9, step=None)).coming is None


def test_a_newer_wish_takes_the_place_of_an_older_one(engine: Engine, photo: str) -> None:
    heard: list[Preview] = []
    engine.previewed.connect(heard.append)
    for ticket in range(1, 6):
        engine.preview(PreviewWish(ticket, photo, SMALL))
    preview = whole(engine, PreviewWish(6, photo, SMALL, 1))
    assert preview.finished is not None
    assert preview.finished.format == "PNG"
    assert [one.ticket for one in heard if one.is_whole] == [6]


def test_a_change_in_the_middle_of_the_work_costs_no_child(engine: Engine, photo: str) -> None:
    whole(engine, PreviewWish(1, photo, SMALL))
    assert engine._what_if._previews is not None
    pool = engine._what_if._previews._pool
    assert pool is not None
    children = set(pool.pids())
    engine.preview(PreviewWish(2, photo, SMALL, 1))
    assert whole(engine, PreviewWish(3, photo, SMALL)).after is not None
    assert set(pool.pids()) == children


def test_a_recipe_that_changes_nothing_shows_the_original_alone(engine: Engine, photo: str) -> None:
    preview = whole(engine, PreviewWish(1, photo, SMALL._replace(operations=(), outputs=())))
    assert preview.before is not None
    assert (preview.after, preview.finished, preview.error) == (None, None, None)


@pytest.mark.parametrize(
    ("content", "code"), [(b"<html>no picture</html>", "not-an-image"), (None, "unreadable")]
)
def test_what_is_no_picture_is_told_once(
    engine: Engine, tmp_path: Path, content: bytes | None, code: str
) -> None:
    path = tmp_path / "bad.jpg"
    if content is not None:
        path.write_bytes(content)
    preview = whole(engine, PreviewWish(1, str(path), SMALL))
    assert preview.error is not None
    assert preview.error.code == code
    assert preview.after is None


def test_nothing_stays_when_nobody_looks_any_more(engine: Engine, photo: str, home: Path) -> None:
    preview = whole(engine, PreviewWish(1, photo, SMALL))
    assert preview.after is not None
    assert (home / "preview").is_dir()
    engine.preview(None)
    assert not (home / "preview").exists()
    assert whole(engine, PreviewWish(2, photo, SMALL)).after is not None  # and it can begin again
    close(engine)
    assert not (home / "preview").exists()


def test_a_run_goes_on_beside_it(engine: Engine, photo: str, tmp_path: Path) -> None:
    engine.preview(PreviewWish(1, photo, SMALL))
    run_to_end(engine, [photo], tmp_path / "out", "thumbnail-256")
    assert files_in(tmp_path / "out") == ["photo.jpg"]


@pytest.fixture
def client(qapp: QApplication) -> Iterator[EngineClient]:  # noqa: ARG001 - a client needs an event loop
    client = EngineClient(quick())
    yield client
    client.end()


def test_it_comes_through_the_pipe(client: EngineClient, photo: str) -> None:
    client.begin()
    preview = whole(client, PreviewWish(1, photo, SMALL))
    assert preview.after is not None
    wait_for_signal(client.closed, client.shut_down)
