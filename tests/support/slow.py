"""Cases that take longer than the default run may."""

import pytest
from _pytest.mark.structures import ParameterSet


def slow(*values: object) -> list[ParameterSet]:
    """The values as parameters of slow tests: ``[1, *slow(2, 3)]``."""
    return [pytest.param(value, marks=pytest.mark.slow) for value in values]
