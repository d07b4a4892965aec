"""Fixtures for files that several connections fetch."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.downloads import acceptance, runs
from tests.support.crew import FILE, KIB, Crew
from tests.support.server import Answer, Server


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of 2 MiB are large."""
    monkeypatch.setattr(acceptance, "SHARED_FROM", 1 << 20)
    monkeypatch.setattr(runs, "LEAST", 64 * KIB)


@pytest.fixture
def make(small: None, server: Server, tmp_path: Path) -> Iterator[Callable[..., Crew]]:  # noqa: ARG001 - what is large
    """Makes the crew."""
    crews: list[Crew] = []

    def made(first: Answer = FILE, *later: Answer) -> Crew:
        crews.append(Crew(server, tmp_path / "a.part", first, *later))
        return crews[-1]

    yield made
    for crew in crews:
        crew.gate.open()
        crew.end()
