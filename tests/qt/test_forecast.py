"""What Start would do is told before it is pressed: all names, and which of them collide."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from core.client import EngineClient
from core.engine import Engine
from core.forecast import MOST_TOLD, Forecast, Matter
from core.interface import EngineInterface
from core.job import UNENDED, Drop, JobId, Order
from core.settings import Existing
from tests.support.engines import Listener, files_in, finished_in, quick, run_to_end
from tests.support.pictures import jpeg_bytes
from tests.support.server import Server
from tests.support.waiting import wait_for_signal, wait_until

MakeEngine = Callable[..., Engine]
TWO = """
schema = 2
name = "two"
title = "Two"
summary = "Of two sizes."
[[outputs]]
name = "web"
format = "webp"
[[outputs]]
name = "thumb"
"""
MARKED = """
schema = 2
name = "marked"
title = "Marked"
summary = "With a mark."
[[operations]]
type = "picture-watermark"
picture = "mark.png"
[[outputs]]
format = "jpeg"
"""


def add(engine: EngineInterface, *sources: str) -> None:
    wait_for_signal(engine.batch_added, lambda: engine.add(Drop(sources=sources)))


def forecast(
    engine: EngineInterface, out: Path, recipe: str = "as-downloaded", **changes: object
) -> Forecast:
    order = Order(str(out), recipe)._replace(**changes)  # type: ignore[arg-type]  # by its own names
    (found,) = wait_for_signal(engine.forecast_made, partial(engine.forecast, order))
    assert isinstance(found, Forecast)
    assert found.order == order
    return found


def matters(found: Forecast) -> dict[str, Matter]:
    """By the path below the destination."""
    out = f"{found.order.destination}/"
    return {(name.path or name.taken).removeprefix(out): name.matter for name in found.names}


def test_names_that_exist_and_names_that_are_shared(engine: Engine, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "A.zip").write_bytes(b"mine")
    add(
        engine,
        "http://h.test/1/a.zip",
        "http://h.test/1/b.zip",
        "http://h.test/2/B.zip",
        "http://h.test/c.zip",
    )
    found = forecast(engine, out)
    assert (found.jobs, found.download, found.exists, found.shared) == (4, 4, 1, 1)
    assert matters(found) == {
        "a (2).zip": Matter.EXISTS,
        "b.zip": Matter.NOTHING,
        "B (2).zip": Matter.SHARED,
        "c.zip": Matter.NOTHING,
    }
    assert [name.source for name in found.collisions] == ["http://h.test/1/a.zip", "http://h.test/2/B.zip"]
    assert [Path(name.taken).name for name in found.collisions] == ["a.zip", "B.zip"]
    assert found.free is not None
    assert found.free > 0
    assert files_in(out) == ["A.zip"], "nothing is touched"


@pytest.mark.parametrize(
    ("existing", "path", "download"),
    [
        (Existing.ASK, "", 2),
        (Existing.SKIP, "", 1),
        (Existing.RENAME, "a (2).zip", 2),
        (Existing.REPLACE, "a.zip", 2),
    ],
)
def test_what_becomes_of_them_by_settings_and_by_order(
    make_engine: MakeEngine, tmp_path: Path, existing: Existing, path: str, download: int
) -> None:
    (tmp_path / "a.zip").write_bytes(b"mine")
    for engine, order in (
        (make_engine(quick(existing=existing.value)), None),
        (make_engine(quick(existing="rename")), existing),
    ):
        add(engine, "http://h.test/a.zip", "http://h.test/b.zip")
        found = forecast(engine, tmp_path, existing=order)
        assert (found.existing, found.exists, found.download) == (existing, 1, download)
        (name,) = found.collisions
        assert (name.matter, name.path) == (Matter.EXISTS, str(tmp_path / path) if path else "")
        assert name.taken == str(tmp_path / "a.zip")


def test_what_was_done_before_and_the_tree_of_a_folder(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    out, tree = tmp_path / "out", tmp_path / "in"
    (tree / "x" / "y").mkdir(parents=True)
    (tree / "x" / "1.jpg").write_bytes(jpeg_bytes(9, 9))
    (tree / "x" / "y" / "1.jpg").write_bytes(jpeg_bytes(9, 9, 1))
    url = server.serve("/a.jpg", jpeg_bytes(9, 9, 2))
    run_to_end(engine, [url, str(tree / "x" / "1.jpg")], out, "webp")
    assert finished_in(out) == ["1.webp", "a.webp", "originals/a.jpg"]
    engine.retry((JobId(1), JobId(2)))
    add(engine, str(tree))
    found = forecast(engine, out, "webp")
    assert (found.jobs, found.up_to_date, found.process, found.download) == (3, 2, 1, 0)
    assert (found.exists, found.shared) == (0, 0)
    assert matters(found)["x/y/1.webp"] is Matter.NOTHING
    found = forecast(engine, out, "jpeg")
    assert (found.process, found.up_to_date) == (3, 0), "the original is there"


def test_several_outputs(engine: Engine, tmp_path: Path) -> None:
    recipe = tmp_path / "two.toml"
    recipe.write_text(TWO)
    out = tmp_path / "out"
    (out / "thumb").mkdir(parents=True)
    (out / "thumb" / "a.jpg").write_bytes(b"mine")
    add(engine, "http://h.test/a.jpg")
    found = forecast(engine, out, str(recipe))
    assert matters(found) == {"web/a.webp": Matter.NOTHING, "thumb/a (2).jpg": Matter.EXISTS}
    found = forecast(engine, out, str(recipe), existing=Existing.SKIP)
    assert (found.download, found.exists) == (1, 1)
    assert matters(found) == {"web/a.webp": Matter.NOTHING, "thumb/a.jpg": Matter.EXISTS}
    (out / "web").mkdir()
    (out / "web" / "a.webp").write_bytes(b"mine")
    found = forecast(engine, out, str(recipe), existing=Existing.ASK)
    assert (found.download, found.exists) == (1, 2), "both are in the way, and one answer is for both"


def test_names_that_are_known_late_and_templates_that_cannot_be(
    make_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = make_engine(quick(name_template="{index}-{width}"))
    add(engine, "http://h.test/a.jpg", "http://h.test/b.jpg")
    found = forecast(engine, tmp_path, "jpeg")
    assert (found.download, found.late) == (2, 2)
    assert [name.matter for name in found.names] == [Matter.LATE, Matter.LATE]
    found = forecast(engine, tmp_path, "as-downloaded")
    assert found.error is not None
    assert "{width}" in found.error.message


def test_what_has_no_name(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    add(engine, "http://h.test/a.zip")
    found = forecast(engine, tmp_path / "file" / "below")
    assert (found.download, found.unusable) == (0, 1)
    assert found.collisions[0].reason


def test_the_names_are_those_that_the_run_gives(engine: Engine, server: Server, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.webp").write_bytes(b"mine")
    urls = [server.serve(f"/{number}/a.jpg", jpeg_bytes(9, 9, number)) for number in range(3)]
    add(engine, *urls)
    said = [name.path for name in forecast(engine, tmp_path / "out", "webp").names]
    heard = Listener(engine)
    run_to_end(engine, [], tmp_path / "out", "webp")
    made = [heard.jobs[number].file for number in sorted(heard.jobs)]
    assert sorted(map(str, made)) == sorted(said)


def test_the_latest_wish_wins_and_a_start_ends_it(engine: Engine, server: Server, tmp_path: Path) -> None:
    url = server.serve("/a.zip", b"zip")
    lines = tmp_path / "list.txt"
    lines.write_text("\n".join(f"http://h.test/{number}.zip" for number in range(20_000)))
    add(engine, str(lines))
    told: list[Forecast] = []
    engine.forecast_made.connect(told.append)
    engine.forecast(Order(str(tmp_path / "first"), "jpeg"))
    engine.forecast(Order(str(tmp_path / "second"), "jpeg"))
    engine.forecast(None)
    found = forecast(engine, tmp_path / "third")
    assert [one.order.destination for one in told] == [str(tmp_path / "third")]
    assert (found.jobs, len(found.names)) == (20_000, MOST_TOLD)
    engine.cancel()
    add(engine, url)
    heard = Listener(engine)
    engine.forecast(Order(str(tmp_path / "fourth"), "jpeg"))
    engine.start(Order(str(tmp_path / "out"), "as-downloaded"))
    wait_until(lambda: heard.totals is not None and not heard.totals.count(*UNENDED), engine.totals_changed)
    assert len(told) == 1


def test_a_long_list_is_planned_by_the_engine_s_process(qapp: QApplication, tmp_path: Path) -> None:
    del qapp  # a client needs an event loop
    client = EngineClient(quick())
    try:
        wait_for_signal(client.recovered, client.begin)
        lines = tmp_path / "list.txt"
        lines.write_text("\n".join(f"http://h.test/{n}/{n % 99_000}.zip" for n in range(100_000)))
        wait_for_signal(client.batch_added, lambda: client.add(Drop(sources=(str(lines),))), timeout_s=60)
        order = Order(str(tmp_path / "out"), "as-downloaded")
        (found,) = wait_for_signal(client.forecast_made, lambda: client.forecast(order), timeout_s=60)
        assert isinstance(found, Forecast)
        assert (found.jobs, found.download, found.shared) == (100_000, 100_000, 1_000)
        assert (len(found.names), len(found.collisions)) == (MOST_TOLD, MOST_TOLD)
        wait_for_signal(client.closed, client.shut_down)
    finally:
        client.end()


def test_a_local_picture_that_is_too_small_is_foretold_as_not_wanted(
    make_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = make_engine(quick(min_width=100))
    for name, width in (("small.jpg", 99), ("large.jpg", 100)):
        (tmp_path / name).write_bytes(jpeg_bytes(width, 50))
    add(engine, str(tmp_path / "small.jpg"), str(tmp_path / "large.jpg"))
    found = forecast(engine, tmp_path / "out", "jpeg")
    assert (found.unwanted, found.process, found.up_to_date) == (1, 1, 0)
    assert [name.matter for name in found.names] == [Matter.UNWANTED, Matter.NOTHING]
    assert "99 x 50" in found.names[0].reason


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_a_destination_that_nothing_can_be_called(engine: Engine, server: Server, name: str) -> None:
    heard = Listener(engine)
    add(engine, server.serve("/a.zip", b"a"))
    found = forecast(engine, Path("/tmp", name))  # noqa: S108  # never made
    assert (found.unusable, found.names[0].matter) == (1, Matter.UNUSABLE)
    order = Order(found.order.destination, "as-downloaded")
    wait_for_signal(engine.summarised, partial(engine.start, order))
    (job,) = heard.jobs.values()
    assert job.error is not None
    assert job.error.code == "destination"


def test_a_watermark_that_is_a_pipe_is_not_waited_for(engine: Engine, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "mark.png")
    recipe = tmp_path / "marked.toml"
    recipe.write_text(MARKED)
    add(engine, "http://h.test/a.jpg")
    assert forecast(engine, tmp_path, str(recipe)).download == 1
