"""The ledger: what was made is recognised, whatever has become of it."""

import os
import time
from pathlib import Path

import pytest

from core.images.recipe import Recipe
from core.images.recipe_file import built_in_recipes, find_recipe
from core.job import JobState
from core.ledger import (
    NOT_CHANGED,
    UNCHANGED,
    UP_TO_DATE,
    Known,
    Publication,
    Stamp,
    fingerprint,
    is_up_to_date,
    twin_note,
)
from tests.support.queue_files import Desk, job, of_local_picture, publication
from tests.support.watching import Expectations

RECIPE = "0123456789abcdef"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A store."""
    return Desk(tmp_path / "queue.sqlite")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The destination."""
    return tmp_path / "files"


def made(folder: Path, number: int = 1, body: bytes = b"finished") -> Publication:
    """A picture that was made of an original, which was kept."""
    wish = publication(job(number), folder, body, RECIPE)
    original = folder / "originals" / f"{number}.png"
    original.parent.mkdir(exist_ok=True)
    original.write_bytes(b"original of %d" % number)
    return wish._replace(content=wish.content._replace(original=str(original)))


def test_what_is_new_is_unknown(desk: Desk, folder: Path) -> None:
    with desk:
        assert desk.known(job(1), destination=folder) == [Known()]


def test_up_to_date(desk: Desk, folder: Path) -> None:
    with desk:
        wish = made(folder)
        desk.publish(wish)
        (known,) = desk.known(job(1), destination=folder, recipe=RECIPE)
    assert known.content == wish.content._replace(stamp=Stamp.of(str(wish.content.original)))
    assert known.outputs == (wish.outputs[0]._replace(stamp=Stamp.of(wish.outputs[0].path)),)
    assert known.has_original
    assert (known.own_outputs, known.own_original) == (known.outputs, wish.content.original)


def test_still_known_after_a_restart_and_after_the_job_was_removed(tmp_path: Path, folder: Path) -> None:
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.add([job(1)])
        desk.publish(made(folder))
        desk.store.remove((job(1).id,))
        before = desk.known(job(1), destination=folder, recipe=RECIPE)
    with Desk(tmp_path / "queue.sqlite") as desk:
        assert desk.known(job(1), destination=folder, recipe=RECIPE) == before


def test_another_recipe_is_made_of_the_kept_original(desk: Desk, folder: Path) -> None:
    with desk:
        desk.publish(made(folder))
        (known,) = desk.known(job(1), destination=folder, recipe="fedcba9876543210")
    assert not known.is_up_to_date
    assert known.own_outputs == ()
    assert known.has_original


def test_two_recipes_are_both_remembered(desk: Desk, folder: Path) -> None:
    with desk:
        first = made(folder)
        desk.publish(first)
        other = publication(job(1, name="b.jpg"), folder, b"other", "other")
        desk.publish(other._replace(content=first.content))
        for recipe in (RECIPE, "other"):
            (known,) = desk.known(job(1), destination=folder, recipe=recipe)
            assert known.own_outputs


def test_another_destination_is_another_thing(desk: Desk, folder: Path) -> None:
    with desk:
        desk.publish(made(folder))
        assert desk.known(job(1), destination=folder.parent, recipe=RECIPE) == [Known()]


def test_an_output_that_was_deleted_is_made_again(desk: Desk, folder: Path) -> None:
    with desk:
        desk.publish(made(folder))
        (folder / "000001.jpg").unlink()
        (known,) = desk.known(job(1), destination=folder, recipe=RECIPE)
    assert (known.outputs, known.own_outputs, known.has_original) == ((), (), True)


@pytest.mark.parametrize("content", [b"longer than before", b"FINISHED"])
def test_an_output_that_was_edited_is_never_ours_to_replace(desk: Desk, folder: Path, content: bytes) -> None:
    with desk:
        desk.publish(made(folder))
        (folder / "000001.jpg").write_bytes(content)
        os.utime(folder / "000001.jpg", ns=(1, 1))
        (known,) = desk.known(job(1), destination=folder, recipe=RECIPE)
    assert (known.outputs, known.own_outputs, known.has_original) == ((), (), True)


def test_an_output_that_was_touched_counts_as_edited(desk: Desk, folder: Path) -> None:
    with desk:
        desk.publish(made(folder))
        os.utime(folder / "000001.jpg", ns=(1, 1))
        assert desk.known(job(1), destination=folder, recipe=RECIPE)[0].own_outputs == ()


def test_an_original_that_was_edited_is_fetched_again(desk: Desk, folder: Path) -> None:
    with desk:
        desk.publish(made(folder))
        (folder / "originals" / "1.png").write_bytes(b"edited")
        (known,) = desk.known(job(1), destination=folder, recipe="other")
    assert (known.has_original, known.own_original) == (False, None)
    assert known.content is not None


def test_the_output_counts_though_the_original_was_deleted(desk: Desk, folder: Path) -> None:
    with desk:
        desk.publish(made(folder))
        (folder / "originals" / "1.png").unlink()
        (known,) = desk.known(job(1), destination=folder, recipe=RECIPE)
    assert known.is_up_to_date
    assert not known.has_original


def test_an_output_of_an_older_content_is_out_of_date(desk: Desk, folder: Path) -> None:
    with desk:
        wish = made(folder)
        desk.publish(wish)
        newer = publication(job(1, name="b.jpg"), folder, b"newer", "other")
        desk.publish(newer)
        (known,) = desk.known(job(1), destination=folder, recipe=RECIPE)
    assert not known.is_up_to_date
    assert [output.path for output in known.own_outputs] == [str(folder / "000001.jpg")]


def test_a_local_picture(desk: Desk, folder: Path, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"a picture")
    with desk:
        wish = of_local_picture(publication(job(1), folder, b"finished", RECIPE), picture)
        desk.publish(wish)
        (known,) = desk.known(wish.job, destination=folder, recipe=RECIPE)
        assert known.is_up_to_date
        assert known.own_original is None  # theirs, never ours
        picture.write_bytes(b"another")
        (known,) = desk.known(wish.job, destination=folder, recipe=RECIPE)
        assert not known.is_up_to_date
        assert known.own_outputs
        picture.unlink()
        (known,) = desk.known(wish.job, destination=folder, recipe=RECIPE)
        assert not known.is_up_to_date


def test_no_clock_matters(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk:
        desk.publish(made(folder))
        for now in (0.0, 4e9):
            monkeypatch.setattr(time, "time", lambda now=now: now)
            assert desk.known(job(1), destination=folder, recipe=RECIPE)[0].is_up_to_date


def test_the_same_bytes_from_another_link_are_noted(desk: Desk, folder: Path) -> None:
    with desk:
        desk.add([job(number) for number in (1, 2, 3)])
        assert desk.publish(publication(job(1), folder, b"same")).twin is None
        assert desk.publish(publication(job(2), folder, b"same")).twin == job(1).source
        assert desk.publish(publication(job(3), folder, b"other")).twin is None
        assert desk.publish(publication(job(1, name="c.jpg"), folder, b"same")).twin == job(2).source
    jobs = {one.id: one for one in Desk(folder.parent / "queue.sqlite").jobs}
    assert jobs[job(2).id].notes == (twin_note(job(1).source),)


def test_a_damaged_row_is_unknown_and_alone(desk: Desk, folder: Path, expect: Expectations) -> None:
    expect.log("the ledger is damaged")
    with desk:
        for number in (1, 2, 3, 4):
            desk.publish(publication(job(number), folder, b"%d" % number))
        for change in (
            "UPDATE contents SET sha256 = 'x' WHERE id = 1",
            "UPDATE contents SET name = CAST(x'ff' AS TEXT) WHERE id = 2",
            "UPDATE outputs SET notes = 'x' WHERE content = 3",
        ):
            desk.store._connection.execute(change)
        known = desk.known(*(job(number) for number in (1, 2, 3, 4)), destination=folder, recipe=UNCHANGED)
    assert [found == Known() for found in known] == [True, True, False, False]
    assert known[2].content is not None  # what it was made of need not be downloaded again
    assert known[2].has_original
    assert not known[2].is_up_to_date


def test_recipes_are_known_by_what_they_do() -> None:
    fingerprints = {recipe.name: fingerprint(recipe) for recipe in built_in_recipes()}
    changing = [mark for mark in fingerprints.values() if mark != UNCHANGED]
    assert len(set(changing)) == len(changing)
    recipe: Recipe = find_recipe("as-downloaded")
    assert fingerprint(recipe) == UNCHANGED


def test_what_up_to_date_means() -> None:
    for note in (UP_TO_DATE, NOT_CHANGED):
        assert is_up_to_date(job(1, state=JobState.SKIPPED, notes=("x", note)))
        assert is_up_to_date(job(1, state=JobState.DONE, notes=(note,)))
        assert not is_up_to_date(job(1, state=JobState.FAILED, notes=(note,)))
    assert not is_up_to_date(job(1, state=JobState.SKIPPED))


def test_a_stamp_is_of_a_file(tmp_path: Path) -> None:
    assert Stamp.of(str(tmp_path / "nowhere")) is None
    assert Stamp.of("a\0b") is None
