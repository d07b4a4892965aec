"""Fixtures for tests with an event loop."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from core.engine import Engine
from core.settings import Settings
from core.store import Store
from tests.support.engines import close, quick


@pytest.fixture
def make_engine(qapp: QApplication) -> Iterator[Callable[..., Engine]]:  # noqa: ARG001 - engines need an event loop
    """Makes engines in this process; they are shut down afterwards."""
    engines: list[Engine] = []
    closed: list[Engine] = []

    def make(settings: Settings | None = None, store: Store | None = None) -> Engine:
        engine = Engine(settings or quick(), store)
        engine.closed.connect(lambda: closed.append(engine))
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        if engine not in closed:
            close(engine)


@pytest.fixture
def engine(make_engine: Callable[..., Engine]) -> Engine:
    """An engine in this process."""
    return make_engine()
