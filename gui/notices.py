"""The engine's reports in words for the banner. Pure functions."""

from collections.abc import Sequence

from core.errors import ErrorReport
from core.job import BatchReport
from core.settings import Settings
from gui.banner import Notice, Tone
from gui.formatting import count_text, counted, listed

_STAYS = 9.0


def batch_notice(report: BatchReport) -> Notice:
    """``300 photos.txt: 298 new, 2 duplicates, 1 invalid``."""
    parts = [f"{count_text(report.added)} new"]
    if report.duplicates:
        parts.append(counted(report.duplicates, "duplicate"))
    if report.invalid:
        parts.append(f"{count_text(report.invalid)} invalid")
    if report.ignored:
        parts.append(f"{count_text(report.ignored)} ignored")
    title = f"{report.title}: {', '.join(parts)}" if report.title else ", ".join(parts)
    if report.invalid:
        hint = "What is invalid stands in the list as failed, with the reason."
        return Notice(title, hint=hint, tone=Tone.WARNING, topic="batch")
    if not report.added:
        hint = (
            "Everything is in the list already." if report.duplicates else "No links or pictures were found."
        )
        return Notice(title, hint=hint, tone=Tone.NEUTRAL, topic="batch", seconds=_STAYS)
    return Notice(title, tone=Tone.DONE, topic="batch", seconds=_STAYS)


def lost_notice(error: ErrorReport) -> Notice:
    """The engine died."""
    return Notice(error.title, error.message, error.hint, Tone.FAILED, topic="engine")


def restarted_notice() -> Notice:
    """A new engine runs."""
    message = "The engine was started again and has its jobs back. Press Start to go on."
    return Notice("Back at work", message, tone=Tone.DONE, topic="engine", seconds=_STAYS)


def refused_notice(names: Sequence[str]) -> Notice:
    """Settings in the file that could not be used."""
    titles = [_title_of(name) for name in names]
    message = f"The settings file has unusable values for: {listed(titles)}. Defaults are used instead."
    return Notice(
        "Some settings were not usable", message, "Open Settings to choose anew.", Tone.WARNING, "settings"
    )


def unreadable_notice(reason: str) -> Notice:
    """A settings file that could not be read at all."""
    return Notice(
        "Settings could not be read", reason, "Defaults are used instead.", Tone.WARNING, "settings"
    )


def fault_notice(error: BaseException) -> Notice:
    """A fault of our own."""
    message = f"{type(error).__name__}: {error}"
    return Notice("Fault in Fetchmill", message, "The log file has the details.", Tone.FAILED, "fault")


def _title_of(name: str) -> str:
    try:
        return Settings.trait(name).title.lower()
    except KeyError:
        return name
