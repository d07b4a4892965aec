"""The dates of finished files: those of what they were made of, where that is wanted."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.engine import Engine
from core.job import Drop, JobState, Order
from tests.support.engines import Listener, quick
from tests.support.server import Answer, Server
from tests.support.waiting import wait_until
from tests.unit.images.pictures import quartered, saved

THEN = 784111777
SAID = "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize("is_local", [True, False])
def test_a_picture_has_the_date_of_its_original(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path, is_local: bool, keeps: bool
) -> None:
    content, local = saved(quartered(), "PNG"), tmp_path / "a.png"
    local.write_bytes(content)
    os.utime(local, (THEN, THEN + 0.4))
    engine = make_engine(quick(keeps_dates=keeps))
    heard = Listener(engine)
    engine.add(
        Drop(
            str(local)
            if is_local
            else server.serve("/a.png", Answer(content, headers={"Last-Modified": SAID}))
        )
    )
    engine.start(Order(str(tmp_path / "out"), "thumbnail-256"))
    wait_until(lambda: heard.jobs and all(state.is_final for state in heard.states()), engine.jobs_changed)
    assert heard.states() == [JobState.DONE]
    (made,) = (tmp_path / "out").glob("*.png")
    assert (int(made.stat().st_mtime) == THEN) == keeps
