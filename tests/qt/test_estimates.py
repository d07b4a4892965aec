"""What a recipe makes of the whole list, told from a few of its pictures that real children try."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from core.engine import Engine
from core.estimate import MOST_SAMPLES, BatchEstimate
from core.images.recipe import Flip, Output, OutputFormat, Recipe, Resize, ResizeMode
from core.images.recipe_file import recipe_as_text
from core.job import Drop, JobState
from core.preview import Preview, PreviewWish
from tests.support.engines import Listener, close, files_in, quick, run_to_end
from tests.support.pictures import jpeg_bytes
from tests.support.processes import descendants
from tests.support.waiting import wait_for_signal

WEB = Recipe("web", "Web", "Fits.", (Resize(ResizeMode.FIT, 200, 200),), (Output(format=OutputFormat.WEBP),))
SAMPLES = 12


@pytest.fixture
def album(tmp_path: Path) -> list[str]:
    """Pictures of many sizes."""
    folder = tmp_path / "album"
    folder.mkdir()
    paths = [folder / f"{number:02}.jpg" for number in range(SAMPLES)]
    for number, path in enumerate(paths):
        path.write_bytes(jpeg_bytes(240 + 60 * number, 180 + 45 * number))
    return [str(path) for path in paths]


def added(engine: Engine, *sources: str) -> None:
    wait_for_signal(engine.batch_added, lambda: engine.add(Drop(sources=sources)))


def told(engine: Engine, wish: PreviewWish) -> BatchEstimate:
    (preview,) = wait_for_signal(
        engine.previewed,
        lambda: engine.preview(wish),
        lambda one: one.ticket == wish.ticket and one.batch is not None,
        timeout_s=60,
    )
    assert isinstance(preview, Preview)
    assert preview.batch is not None
    return preview.batch


def test_it_is_near_what_a_run_makes(engine: Engine, album: list[str], tmp_path: Path) -> None:
    added(engine, *album)
    batch = told(engine, PreviewWish(1, album[0], WEB))
    assert (batch.pictures, batch.samples) == (SAMPLES, MOST_SAMPLES)
    assert batch.bytes_in == sum(Path(path).stat().st_size for path in album)
    file = tmp_path / "web.toml"
    file.write_text(recipe_as_text(WEB))
    run_to_end(engine, [], tmp_path / "out", str(file))
    made = [tmp_path / "out" / name for name in files_in(tmp_path / "out")]
    assert len(made) == SAMPLES
    assert batch.bytes_out == pytest.approx(sum(path.stat().st_size for path in made), rel=0.2)


def test_all_outputs_count(engine: Engine, album: list[str]) -> None:
    added(engine, *album)
    one = told(engine, PreviewWish(1, album[0], WEB))
    both = (*WEB.outputs, Output("again", format=OutputFormat.WEBP))
    two = told(engine, PreviewWish(2, album[0], WEB._replace(outputs=both)))
    assert one.bytes_out is not None
    assert two.bytes_out == pytest.approx(2 * one.bytes_out, rel=0.01)


def test_what_is_no_picture_says_nothing(engine: Engine, album: list[str]) -> None:
    Path(album[3]).write_bytes(b"<html>please log in</html>")
    added(engine, *album)
    Path(album[4]).unlink()
    batch = told(engine, PreviewWish(1, album[0], WEB))
    assert batch.pictures == SAMPLES
    assert batch.bytes_in is None, "one has gone"
    assert batch.bytes_out is not None
    assert batch.samples >= MOST_SAMPLES - 1


def test_of_links_alone_nothing_is_said_but_how_many(engine: Engine, album: list[str]) -> None:
    added(engine, *(f"http://127.0.0.1:9/{number}.jpg" for number in range(30)))
    assert told(engine, PreviewWish(1, album[0], WEB)) == BatchEstimate(30)
    added(engine, *album)
    batch = told(engine, PreviewWish(2, album[0], WEB._replace(operations=(Flip(),))))
    assert (batch.pictures, batch.bytes_in, batch.samples) == (30 + SAMPLES, None, MOST_SAMPLES)


def test_another_recipe_takes_its_place_and_the_same_one_needs_no_second_try(
    engine: Engine, album: list[str], home: Path
) -> None:
    added(engine, *album)
    heard: list[Preview] = []
    engine.previewed.connect(heard.append)
    first = told(engine, PreviewWish(1, album[0], WEB))
    assert told(engine, PreviewWish(2, album[1], WEB._replace(title="Other"))) is first
    flipped = WEB._replace(operations=(Flip(),))
    for ticket in range(3, 7):
        engine.preview(PreviewWish(ticket, album[0], flipped._replace(operations=(Flip(),) * ticket)))
    last = told(engine, PreviewWish(7, album[0], flipped))
    assert last != first
    assert {one.ticket for one in heard if one.batch == last} == {7}
    assert not any(one.batch for one in heard if 3 <= one.ticket < 7)
    engine.preview(None)
    assert not (home / "estimate").exists()


def test_the_child_lets_all_others_go_first(engine: Engine, album: list[str]) -> None:
    added(engine, *album)
    told(engine, PreviewWish(1, album[0], WEB))
    ours = [one.pid for one in descendants(os.getpid())]
    (idle,) = (pid for pid in ours if os.getpriority(os.PRIO_PROCESS, pid) == 19)
    assert os.sched_getscheduler(idle) == os.SCHED_IDLE
    close(engine)


def test_what_failed_does_not_count(engine: Engine, album: list[str], tmp_path: Path) -> None:
    Path(album[0]).write_bytes(b"<html>please log in</html>")
    listener = Listener(engine)
    run_to_end(engine, album, tmp_path / "out", "webp")
    assert listener.states().count(JobState.FAILED) == 1
    batch = told(engine, PreviewWish(1, album[1], WEB))
    assert (batch.pictures, batch.samples) == (SAMPLES - 1, MOST_SAMPLES)


def test_of_a_long_list_some_are_looked_at(make_engine: Callable[..., Engine], tmp_path: Path) -> None:
    engine = make_engine(quick())
    photo = tmp_path / "photo.jpg"
    Image.linear_gradient("L").save(photo)
    links = tmp_path / "list.txt"
    links.write_text("\n".join(f"http://127.0.0.1:9/{number}.jpg" for number in range(5_000)))
    added(engine, str(links), str(photo))
    batch = told(engine, PreviewWish(1, str(photo), WEB))
    assert batch.pictures == 5_001
