"""Fixtures for tests with an event loop."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from core.engine import Engine
from core.settings import Settings
from core.store import Store
from tests.support.engines import close, quick
from tests.support.rescue import Held
from tests.support.small_disk import NoSmallDiskError, SmallDisk

_SMALL = 8 << 20


@pytest.fixture
def make_engine(qapp: QApplication) -> Iterator[Callable[..., Engine]]:  # noqa: ARG001 - engines need an event loop
    """Makes engines in this process; they are shut down afterwards."""
    engines: list[Engine] = []
    closed: list[int] = []

    def make(
        settings: Settings | None = None, store: Store | None = None, most_jobs: int | None = None
    ) -> Engine:
        engine = Engine(settings or quick(), store, most_jobs)
        number = id(
            engine
        )  # a connection that held the engine would keep it, and all it has, to the end of the run
        engine.closed.connect(lambda: closed.append(number))
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        if id(engine) not in closed:
            close(engine)


@pytest.fixture
def engine(make_engine: Callable[..., Engine]) -> Engine:
    """An engine in this process."""
    return make_engine()


@pytest.fixture
def held(make_engine: Callable[..., Engine], tmp_path: Path) -> Held:
    """Its engine runs on a queue file below ``tmp_path``."""
    return Held(make_engine, tmp_path)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of 8 MiB that can be filled, pulled out and plugged in again."""
    try:
        with SmallDisk(tmp_path / "small", _SMALL) as disk:
            yield disk
    except NoSmallDiskError as error:
        pytest.skip(str(error))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks ten times as often whether a disk has room again."""
    monkeypatch.setattr("core.trouble._FIRST_WAIT", 0.1)
    monkeypatch.setattr("core.store._TRY_AGAIN_SECONDS", 0.1)
