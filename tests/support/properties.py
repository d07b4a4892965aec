"""How property tests run here: the same examples each time, no clock, nothing kept on the disk."""

from typing import Final

from hypothesis import HealthCheck, settings

PROPERTY: Final = settings(
    database=None,
    deadline=None,
    derandomize=True,
    max_examples=200,
    suppress_health_check=[
        HealthCheck.too_slow,  # two tests at once on a small machine
        HealthCheck.function_scoped_fixture,
    ],
)
"""Decorate a property test with it."""
