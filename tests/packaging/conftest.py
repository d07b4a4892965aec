"""Fixtures for tests of the product: made once, tried in a Debian of its own."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import screen
from tests.support.bare_root import USER_ID, BareRoot, NoBareRootError
from tests.support.product import made


@pytest.fixture(scope="session")
def product() -> Path:
    """The frozen folder."""
    return made("app")


@pytest.fixture(scope="session")
def deb() -> Path:
    """The Debian package."""
    if shutil.which("dpkg-deb") is None:
        pytest.skip("dpkg-deb is not installed (Debian: dpkg)")
    return made("deb")


@pytest.fixture(scope="session")
def bare_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BareRoot]:
    """A fresh Debian without Python, for all tests of this process."""
    folder = tmp_path_factory.mktemp("debian") / "root"
    try:
        yield BareRoot(folder)
    except NoBareRootError as error:
        pytest.skip(str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # 400 MB


@pytest.fixture
def display() -> Iterator[screen.Screen]:
    """The display of the Debian's user."""
    if reason := screen.missing():
        pytest.skip(reason)
    # not tmp_path: only we may look into that
    with (
        tempfile.TemporaryDirectory(prefix="fetchmill-screen-") as folder,
        screen.Screen(Path(folder), user=USER_ID) as display,
    ):
        yield display
