"""What name templates say of finished pictures, and of files that are none."""

from datetime import UTC, datetime

import pytest

from core.downloads.template import Facts, Picture, Place, Template, TemplateError
from core.final_names import expected_name
from core.images.recipe import Output, OutputFormat, Recipe
from core.job import BatchId, JobId, JobRequest, SourceKind
from core.naming import Naming, naming

TAGS = {"Model": "X/T4", "DateTimeOriginal": "2024:05:31 18:30:00", "DateTime": "0000:00:00 00:00:00"}
PICTURE = Picture("shop", "web", 1920, 1280, TAGS)
FACTS = Facts("a.jpg", "h.example", datetime(2026, 3, 9, tzinfo=UTC), 7, "list", {}, PICTURE)
SHOP = Recipe(
    "shop", "Shop", "Shop.", (), (Output("web", format=OutputFormat.WEBP), Output("thumb", names="t/{name}"))
)


@pytest.mark.parametrize(
    ("text", "folder", "name"),
    [
        ("{recipe}/{output}/{name}", "shop/web", "a.jpg"),
        ("{name}-{width}x{height}", "", "a-1920x1280.jpg"),
        ("{exif:Model}/{name}", "X_T4", "a.jpg"),
        ("{exif:DateTimeOriginal}", "", "2024-05-31 18.30.00.jpg"),
        ("{exif:DateTimeOriginal:%Y}/{exif:DateTimeOriginal:%m-%d}/{name}", "2024/05-31", "a.jpg"),
        ("{exif:DateTime:%Y}/{exif:Artist}/{name}", "", "a.jpg"),  # what it does not have is left out
        ("{exif:Artist}", "", "a.jpg"),
    ],
)
def test_a_finished_picture(text: str, folder: str, name: str) -> None:
    assert Template.parse(text).place(FACTS) == Place(folder, name)


@pytest.mark.parametrize(
    ("text", "folder", "name"),
    [
        ("{recipe}/{host}/{name}", "h.example", "a.jpg"),
        ("{host}/{name}-{width}x{height}", "h.example", "a.jpg"),
        ("{index} {exif:Model}", "", "a.jpg"),
    ],
)
def test_what_is_none_leaves_out_what_it_has_not(text: str, folder: str, name: str) -> None:
    assert Template.parse(text).place(FACTS._replace(picture=None)) == Place(folder, name)


@pytest.mark.parametrize(
    ("text", "hint"),
    [("{exif}", "Model"), ("{exif:Shoe}", "Model"), ("{exif:Model:%Y}", "%Y"), ("{exif:DateTime:x}", "%Y")],
)
def test_what_is_no_tag(text: str, hint: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Template.parse(text)
    assert text in caught.value.message
    assert hint in caught.value.hint


def test_what_it_asks_for() -> None:
    template = Template.parse("{exif:Model}/{exif:DateTime:%Y}/{exif:DateTime:%m}/{output}{name}")
    assert template.tags == ("Model", "DateTime")
    assert template.of_pictures == ("exif", "output")
    assert template.is_late
    assert not Template.parse("{recipe}{output}{name}").is_late


def test_a_recipe_that_makes_no_pictures_has_no_such_names() -> None:
    plain = Recipe("as-downloaded", "As downloaded", "Nothing.")
    with pytest.raises(TemplateError, match=r"\{width\}, \{output\}: only finished pictures"):
        naming("{width}{output}", {}, plain)
    assert naming("{name}", {}, plain).template is not None


def places(names: Naming, name: str = "a.png") -> list[Place | None]:
    request = JobRequest("http://h.example/a.png", SourceKind.URL, folder="tree")
    return list(names.expected(name, SHOP, request, JobId(1), BatchId(1)))


def test_where_outputs_go() -> None:
    own = Place("t/tree", "a.png")
    assert places(naming("", {}, SHOP)) == [Place("web/tree", "a.webp"), own]
    assert places(naming("{host}/{name}", {}, SHOP)) == [Place("web/h.example/tree", "a.webp"), own]
    assert places(naming("{host}-{output}/{name}", {}, SHOP)) == [Place("h.example-web/tree", "a.webp"), own]
    assert places(naming("{width}", {}, SHOP)) == [None, own]
    assert naming("{exif:Model}", {}, SHOP).tags == ("Model",)


def test_an_output_called_like_our_folder_has_another() -> None:
    recipe = SHOP._replace(outputs=(Output("originals"),))
    names = naming("", {}, recipe)
    request = JobRequest("http://h.example/a.png", SourceKind.URL)
    found = names.expected("a.png", recipe, request, JobId(1), BatchId(1))
    assert found == (Place("_originals", "a.png"),)


@pytest.mark.parametrize(
    ("name", "wanted", "expected"),
    [
        ("a.tif", OutputFormat.KEEP_FOR_WEB, "a.jpg"),
        ("a.PNG", OutputFormat.KEEP_FOR_WEB, "a.PNG"),
        ("a", OutputFormat.KEEP_FOR_WEB, "a"),
        ("a.tif", OutputFormat.KEEP, "a.tif"),
        ("a.tif", OutputFormat.WEBP, "a.webp"),
    ],
)
def test_what_is_expected_before_the_download(name: str, wanted: OutputFormat, expected: str) -> None:
    assert expected_name(name, Output(format=wanted)) == expected
