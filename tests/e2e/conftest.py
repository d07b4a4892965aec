"""Fixtures for tests of the whole program: a display, photographs on nginx."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import nginx, photographs, screen
from tests.support.main_job import Site, site_of_photographs


@pytest.fixture
def display(tmp_path: Path) -> Iterator[screen.Screen]:
    """A display of the test's own, with a window manager and AT-SPI."""
    if reason := screen.missing():
        pytest.skip(reason)
    folder = tmp_path / "display"
    folder.mkdir()
    with screen.Screen(folder) as display:
        yield display


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The 300 photographs on nginx."""
    if nginx.PATH is None:
        pytest.skip(nginx.REASON)
    if photographs.FOLDER is None:
        pytest.skip(photographs.REASON)
    with site_of_photographs(photographs.FOLDER, tmp_path_factory.mktemp("site")) as site:
        yield site
