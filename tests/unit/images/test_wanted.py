"""What is wanted of files, said in words, and read from settings."""

import pytest

from core.images.facts import Facts
from core.images.wanted import NotWantedError, Wanted, general_wish
from core.settings import Settings

SMALL = Facts("PNG", 120, 90)


def refusal(wanted: Wanted, facts: Facts) -> str:
    """Why it is not wanted; empty where it is."""
    try:
        wanted.require_picture(facts)
    except NotWantedError as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize(
    ("wanted", "wish"),
    [
        (Wanted(min_width=121), "at least 121 pixels wide are wanted."),
        (Wanted(min_height=91), "at least 91 pixels high are wanted."),
        (Wanted(min_megapixels=0.011), "at least 0.011 megapixels are wanted."),
        (Wanted(min_aspect=1.34), "a width of at least 1.34 times the height is wanted."),
        (Wanted(max_aspect=1.33), "a width of at most 1.33 times the height is wanted."),
    ],
)
def test_what_a_picture_lacks(wanted: Wanted, wish: str) -> None:
    note = refusal(wanted, SMALL)
    assert note == f"It is 120 x 90 pixels; {wish}"
    assert general_wish(note) == f"Skipped: {wish}"


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(min_width=120, min_height=90, min_megapixels=0.0108),
        Wanted(min_aspect=1.33, max_aspect=1.34),
        Wanted(types=("image/png",)),
    ],
)
def test_what_is_wanted(wanted: Wanted) -> None:
    assert refusal(wanted, SMALL) == ""


@pytest.mark.parametrize("facts", [Facts(), Facts("PNG"), Facts("PNG", needs=100)])
def test_what_is_not_known_is_not_refused(facts: Facts) -> None:
    assert refusal(Wanted(1000, 1000, 1.0, 1.0, 1.0), facts) == ""


def test_a_picture_of_another_type() -> None:
    assert refusal(Wanted(types=("image/jpeg", "video/*")), SMALL) == (
        "It is a PNG; only image/jpeg or video/* is wanted."
    )


def test_a_picture_that_may_be_turned_is_refused_only_if_that_makes_no_difference() -> None:
    turned = SMALL._replace(may_be_turned=True)
    assert refusal(Wanted(min_width=100), turned) == ""
    assert refusal(Wanted(min_height=100), turned) == ""
    assert refusal(Wanted(min_width=121), turned) != ""
    assert refusal(Wanted(min_megapixels=1), turned) != ""


@pytest.mark.parametrize(
    ("size", "so_far", "note"),
    [
        (None, False, ""),
        (10, False, ""),
        (20, False, ""),
        (9, False, "It has 9 bytes; at least 10 bytes are wanted."),
        (9, True, ""),
        (21, False, "It has 21 bytes; at most 20 bytes are wanted."),
        (21, True, "It has more bytes than that; at most 20 bytes are wanted."),
    ],
)
def test_bytes(size: int | None, so_far: bool, note: str) -> None:
    wanted, found = Wanted(min_bytes=10, max_bytes=20), ""
    try:
        wanted.require_bytes(size, so_far=so_far)
    except NotWantedError as refused:
        found = str(refused)
    assert found == note


def test_other_notes_are_no_wishes() -> None:
    assert general_wish("Only the first of 3 frames was kept.") is None
    assert general_wish("The maker; it is wanted.") is None


def test_settings_say_what_is_wanted() -> None:
    said = {
        "min_width": 200,
        "min_height": 100,
        "min_megapixels": 0.5,
        "min_aspect": 0.5,
        "max_aspect": 2,
        "min_bytes": 5,
        "largest_file": 5000,
        "only_types": ["image"],
    }
    settings, refused = Settings.from_mapping(said)
    assert refused == ()
    assert Wanted.of(settings) == Wanted(200, 100, 0.5, 0.5, 2.0, 5, 5000, ("image/*",))
    assert Settings.from_mapping(settings.to_mapping()) == (settings, ())
    assert Wanted.of(Settings()) == Wanted()
    assert not Wanted.of(Settings()).concerns_pictures
    assert not Wanted(min_bytes=3, max_bytes=9).concerns_pictures
    assert Wanted(max_aspect=1.0).concerns_pictures


@pytest.mark.parametrize(
    "said",
    [{"min_width": 0}, {"min_height": "9"}, {"min_megapixels": float("nan")}, {"min_aspect": 0}, {"max_aspect": 101}],
)  # fmt: skip
def test_settings_that_make_no_sense(said: dict[str, object]) -> None:
    assert Settings.from_mapping(said) == (Settings(), tuple(said))
