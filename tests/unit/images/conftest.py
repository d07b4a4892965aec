"""What all tests of pictures share."""

from pathlib import Path

import pytest

from tests.unit.images.pictures import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)
