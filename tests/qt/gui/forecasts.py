"""A forecast for windows that are only looked at, and for tests."""

from typing import Final

from core.forecast import Forecast, Matter, PlannedName
from core.job import Order
from core.settings import Existing

_MATTERS: Final = (
    Matter.EXISTS,
    Matter.SHARED,
    Matter.NOTHING,
    Matter.NOTHING,
    Matter.UP_TO_DATE,
    Matter.LATE,
)


def forecast(order: Order, existing: Existing = Existing.ASK) -> Forecast:
    """With a bit of everything."""
    names = tuple(_name(order, number, existing) for number in range(1, 61))
    collisions = tuple(name for name in names if name.matter in (Matter.EXISTS, Matter.SHARED))
    return Forecast(order, existing, 300, 262, 0, 38, 0, 10, 10, 10, 0, names, collisions, 120_400_000_000)


def _name(order: Order, number: int, existing: Existing) -> PlannedName:
    matter = _MATTERS[number % len(_MATTERS)]
    path = f"{order.destination}/harbour/photo-{number:05}.jpg"
    source = f"https://pictures.example.org/2026/photo-{number:05}.jpg"
    if matter is Matter.EXISTS:
        return PlannedName(source, "" if existing is Existing.ASK else path, matter, path)
    if matter is Matter.SHARED:
        return PlannedName(source, path.replace(".jpg", " (2).jpg"), matter, path)
    return PlannedName(source, "" if matter is Matter.LATE else path, matter)
