"""What somebody has written into a file: kept where the new one has room for it, else told."""

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.images import notes
from core.images.recipe import Keeping
from tests.unit.images.pictures import Bench, fit, quartered, recipe, saved


def commented(name: str) -> bytes:
    if name == "PNG":
        text = PngInfo()
        text.add_text("Comment", "At the sea")
        return saved(quartered(), name, pnginfo=text)
    picture = quartered().convert("P") if name == "GIF" else quartered()
    return saved(picture, name, comment=b"At the sea")


def comment_of(image: Image.Image) -> str:
    found = image.info.get("comment") or image.info.get("Comment") or ""
    return found.decode() if isinstance(found, bytes) else str(found)


@pytest.mark.parametrize("source", ["JPEG", "GIF", "PNG"])
@pytest.mark.parametrize("target", ["jpeg", "gif", "png"])
def test_a_comment_stays(bench: Bench, source: str, target: str) -> None:
    assert comment_of(bench.picture(commented(source), recipe(fit(99, 99), format=target))) == "At the sea"


def test_a_comment_that_has_no_room_is_told(bench: Bench) -> None:
    outcome = bench.run(commented("JPEG"), recipe(fit(99, 99), format="webp"))
    assert outcome.notes == (notes.NO_METADATA.format("comment", "WEBP"),)


def test_a_comment_goes_with_the_other_words_of_the_camera(bench: Bench) -> None:
    image = bench.picture(commented("JPEG"), recipe(fit(99, 99), exif=Keeping.STRIP))
    assert not comment_of(image)


def test_other_texts_of_a_png_are_told(bench: Bench) -> None:
    text = PngInfo()
    text.add_text("Title", "Sea")
    outcome = bench.run(saved(quartered(), "PNG", pnginfo=text), recipe(fit(99, 99)))
    assert outcome.notes == (notes.TEXTS,)
