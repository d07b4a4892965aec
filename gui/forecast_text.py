"""A forecast in words. Pure functions."""

from typing import Final

from core.forecast import Forecast, Matter, PlannedName
from core.settings import Existing
from gui.formatting import count_text, counted, size_text

LATE: Final = "Known once it is made"
_EXISTS: Final = "Exists already"
_FATES_OF_ALL: Final = {
    Existing.ASK: "",
    Existing.SKIP: " (skipped)",
    Existing.RENAME: " (the new ones get a number)",
    Existing.REPLACE: " (replaced)",
}
_FATES: Final = {
    Existing.ASK: "you are asked",
    Existing.SKIP: "it is skipped",
    Existing.RENAME: "it gets a number",
    Existing.REPLACE: "the file is replaced",
}


def is_worth_telling(forecast: Forecast) -> bool:
    """Whether Start would do anything else than fetch all that waits under the names that it has."""
    found = (forecast.exists, forecast.shared, forecast.unusable, forecast.up_to_date, forecast.unwanted)
    return forecast.error is not None or any(found)


def forecast_line(forecast: Forecast) -> str:
    """``812 to download, 14 exist already (replaced), 6 share a name``."""
    if forecast.error is not None:
        return f"{forecast.error.title}: {forecast.error.message}"
    exist = "exists" if forecast.exists == 1 else "exist"
    fate = _FATES_OF_ALL[forecast.existing]
    if forecast.existing is Existing.RENAME and forecast.exists == 1:
        fate = " (the new one gets a number)"
    parts = (
        (forecast.download, "to download"),
        (forecast.process, "to process"),
        (forecast.up_to_date, "up to date"),
        (forecast.unwanted, "not wanted"),
        (forecast.exists, f"{exist} already{fate}"),
        (forecast.shared, "with a name that another one gets" if forecast.shared == 1 else "share a name"),
        (forecast.unusable, "without a possible name"),
    )
    return ", ".join(f"{count_text(count)} {words}" for count, words in parts if count) or "Nothing to do"


def place_line(forecast: Forecast) -> str:
    """``Into /home/me/Pictures · 120 GB free``, and how many names are known only later."""
    late = f"{counted(forecast.late, 'name')} known once it is made" if forecast.late == 1 else ""
    if forecast.late > 1:
        late = f"{counted(forecast.late, 'name')} known once they are made"
    free = f"{size_text(forecast.free)} free" if forecast.free is not None else ""
    return " · ".join(part for part in (f"Into {forecast.order.destination}", free, late) if part)


def bound_line(shown: int, every: int) -> str:
    """That not all of a long list is shown; empty where it is."""
    return f"The first {count_text(shown)} of {count_text(every)} are shown." if shown < every else ""


def planned_text(name: PlannedName, forecast: Forecast) -> str:
    """The name as it stands below the destination."""
    path = name.path or name.taken
    if not path:
        return "" if name.reason else LATE
    root = forecast.order.destination.rstrip("/\\")
    return path[len(root) :].lstrip("/\\") if path.startswith(root) else path


def matter_text(name: PlannedName, forecast: Forecast) -> str:
    """What is the matter with a name, in a few words; empty where nothing is."""
    match name.matter:
        case Matter.EXISTS:
            is_numbered = bool(name.path) and name.path != name.taken
            fate = _FATES[Existing.RENAME if is_numbered else forecast.existing]
            return f"{_EXISTS}: {fate}"
        case Matter.SHARED:
            return "Another source gets the name"
        case Matter.LATE:
            return LATE
        case Matter.UP_TO_DATE:
            return "Up to date"
        case Matter.UNUSABLE | Matter.UNWANTED:
            return name.reason
        case _:
            return ""
