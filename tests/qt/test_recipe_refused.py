"""A recipe that cannot be used: nothing begins, it is told, and all goes on once it is right."""

from pathlib import Path

import pytest
from PIL import Image

from core.engine import Engine
from core.job import Drop, JobState, Order, RunState, Totals
from tests.support.engines import Listener, files_in
from tests.support.pictures import jpeg_bytes
from tests.support.server import Server
from tests.support.waiting import wait_for_signal

RECIPE = """schema = 2
name = "mine"
title = "Mine"
summary = "With a mark."

[[operations]]
type = "resize"
width = 64
height = 64

[[operations]]
type = "picture-watermark"
picture = "logo.png"
size = 100
opacity = 100

[[outputs]]
"""


def _told(engine: Engine, order: Order) -> Totals:
    heard: list[Totals] = []

    def is_refused(totals: Totals) -> bool:
        heard.append(totals)
        return totals.trouble is not None

    wait_for_signal(engine.totals_changed, lambda: engine.start(order), is_refused)
    return heard[-1]


@pytest.fixture
def order(tmp_path: Path) -> Order:
    (tmp_path / "mine.toml").write_text(RECIPE)
    return Order(str(tmp_path / "out"), str(tmp_path / "mine.toml"))


def test_nothing_begins_without_the_picture_of_a_watermark(
    engine: Engine, server: Server, tmp_path: Path, order: Order
) -> None:
    heard = Listener(engine)
    url = server.serve("/a.jpg", jpeg_bytes())
    wait_for_signal(engine.batch_added, lambda: engine.add(Drop(url)))
    for _ in range(2):  # it is told as often as it is tried
        now = _told(engine, order)
        assert now.trouble is not None
        assert (now.trouble.code, now.run) == ("bad-recipe", RunState.IDLE)
        assert "mine.toml, line 13: operations[2].picture: " in now.trouble.message
        assert str(tmp_path / "logo.png") in now.trouble.message
        assert "picture" in now.trouble.hint
    assert heard.states() == [JobState.QUEUED]
    assert server.requests() == 0
    Image.new("RGB", (64, 64), "lime").save(tmp_path / "logo.png")
    wait_for_signal(
        engine.totals_changed,
        lambda: engine.start(order),
        lambda totals: totals.run is RunState.IDLE and totals.trouble is None and totals.count(JobState.DONE),
    )
    assert heard.states() == [JobState.DONE]
    assert files_in(tmp_path / "out") == ["a.jpg", "originals/a.jpg"]


def test_nor_by_a_recipe_that_is_not_there(engine: Engine, server: Server, tmp_path: Path) -> None:
    heard = Listener(engine)
    url = server.serve("/a.jpg", jpeg_bytes())
    wait_for_signal(engine.batch_added, lambda: engine.add(Drop(url)))
    now = _told(engine, Order(str(tmp_path / "out"), "no-such-recipe"))
    assert now.trouble is not None
    assert now.trouble.code == "bad-recipe"
    assert heard.states() == [JobState.QUEUED]
    assert not (tmp_path / "out").exists()
