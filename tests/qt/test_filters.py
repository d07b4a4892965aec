"""Pictures that are not wanted, all the way: skipped with a reason, counted, and fetched once they are wanted."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from core.engine import Engine
from core.job import JobState, Order
from core.report import NoteCount, Summary
from tests.support.engines import Listener, files_in, finished_in, quick, run_to_end
from tests.support.pictures import encoded, jpeg_bytes, photo, png_bytes
from tests.support.server import Answer, Gate, Server, with_gate
from tests.support.waiting import wait_until

NOTE = "It is 120 x 90 pixels; at least 200 pixels wide are wanted."


@pytest.mark.parametrize("recipe", ["as-downloaded", "thumbnail-256"])
def test_small_pictures_are_skipped_and_counted(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path, recipe: str
) -> None:
    gate = Gate()
    urls = [
        server.serve("/small.png", with_gate(Answer(png_bytes(120, 90) + bytes(5_000_000)), gate, 100_000)),
        server.serve("/low.jpg", jpeg_bytes(150, 80)),
        server.serve("/large.jpg", jpeg_bytes(300, 200)),
        server.serve("/papers.zip", b"PK\3\4" + bytes(500)),
    ]
    engine = make_engine(quick(min_width=200, retries=5, keep_originals=False))
    heard, summaries = Listener(engine), list[Summary]()
    engine.summarised.connect(summaries.append)
    run_to_end(engine, urls, tmp_path, recipe)
    gate.open()
    small = heard.job("/small.png")
    assert (small.state, small.notes, small.error) == (JobState.SKIPPED, (NOTE,), None)
    assert (small.received or 0) < 100_000
    assert heard.job("/low.jpg").state is JobState.SKIPPED
    assert files_in(tmp_path) == ["large.jpg", "papers.zip"], "no part files either"
    assert server.requests() == 4
    wait_until(lambda: bool(summaries))
    (summary,) = summaries
    assert (summary.done, summary.skipped, summary.failed, summary.up_to_date) == (2, 2, 0, 0)
    assert NoteCount("Skipped: at least 200 pixels wide are wanted.", 2) in summary.notes


def test_what_was_skipped_is_fetched_once_it_is_wanted(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    url = server.serve("/small.png", png_bytes(120, 90))
    engine = make_engine(quick(min_width=200))
    heard = Listener(engine)
    run_to_end(engine, [url], tmp_path)
    assert heard.states() == [JobState.SKIPPED]
    engine.configure(quick(min_width=100))
    run_to_end(engine, [url], tmp_path)
    assert heard.states() == [JobState.DONE]
    assert finished_in(tmp_path) == ["small.png"]


def test_local_pictures(make_engine: Callable[..., Engine], tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    (here / "small.png").write_bytes(png_bytes(120, 90))
    (here / "large.png").write_bytes(png_bytes(300, 200))
    (here / "few.gif").write_bytes(encoded(photo(300, 200).convert("P"), "GIF")[:2000])
    engine = make_engine(quick(min_width=200, min_bytes=2001))
    heard = Listener(engine)
    run_to_end(engine, [str(here)], there, "thumbnail-256")
    assert heard.job("small.png").notes == (NOTE,)
    assert heard.job("few.gif").notes == ("It has 2,000 bytes; at least 2,001 bytes are wanted.",)
    assert heard.job("large.png").state is JobState.DONE
    assert finished_in(there) == ["large.png"]
    assert len(files_in(here)) == 3


def lying_webp() -> bytes:
    """150 x 100 pixels stored, 100 x 150 shown; that stands at its end."""
    tags = Image.Exif()
    tags[274] = 6
    return encoded(photo(150, 100), "WEBP", exif=tags.tobytes())


def test_what_its_beginning_does_not_say_is_found_before_it_is_decoded(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    url = server.serve("/a.webp", lying_webp())
    engine = make_engine(quick(min_width=120))
    heard = Listener(engine)
    run_to_end(engine, [url], tmp_path, "thumbnail-256")
    assert heard.job("/a.webp").state is JobState.SKIPPED
    assert heard.job("/a.webp").notes == ("It is 100 x 150 pixels; at least 120 pixels wide are wanted.",)
    assert files_in(tmp_path) == []
    engine.configure(quick(min_height=120))
    engine.retry((heard.job("/a.webp").id,))
    engine.start(Order(str(tmp_path), "thumbnail-256"))
    wait_until(lambda: heard.states() == [JobState.DONE])


def test_what_only_claims_to_be_a_picture_still_fails(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    url = server.serve("/a.jpg", Answer(b"<html>" + bytes(500), "image/jpeg"))
    engine = make_engine(quick(min_width=200))
    heard = Listener(engine)
    run_to_end(engine, [url], tmp_path)
    error = heard.job("/a.jpg").error
    assert error is not None
    assert error.code == "not-an-image"
