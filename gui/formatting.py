"""Values as texts: sizes, speeds, times, tips. Pure functions; ``None`` (unknown) gives an empty text."""

from datetime import datetime, timedelta
from html import escape
from typing import Final

_UNITS: Final = ("KB", "MB", "GB", "TB", "PB")
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400


def size_text(count: int | None) -> str:
    """Bytes in decimal units: ``812 B``, ``4.3 MB``, ``120 MB``."""
    if count is None:
        return ""
    if count < 1000:
        return f"{count} B"
    value, power = count / 1000, 0
    while value >= 999.5 and power < len(_UNITS) - 1:
        value, power = value / 1000, power + 1
    unit = _UNITS[power]
    return f"{value:.1f} {unit}" if value < 99.95 else f"{value:.0f} {unit}"


def speed_text(rate: float | None) -> str:
    """Bytes a second: ``8.2 MB/s``; empty when nothing moves."""
    return f"{size_text(round(rate))}/s" if rate and rate >= 1 else ""


def percent_text(share: float) -> str:
    """A share of 0 to 1 in whole per cent, 100 only when complete."""
    return f"{100 if share >= 1 else min(99, int(share * 100))} %"


def duration_text(seconds: float | None) -> str:
    """A time span with its leading unit or two: ``14 s``, ``2 min``, ``1 h 20 min``, ``3 d 4 h``."""
    if seconds is None:
        return ""
    whole = max(0, round(seconds))
    if whole < _MINUTE:
        return f"{max(1, whole)} s"
    if whole < _HOUR:
        return f"{round(whole / _MINUTE)} min"
    if whole < _DAY:
        hours, minutes = divmod(round(whole / _MINUTE), 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(round(whole / _HOUR), 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def estimate_text(seconds: float | None) -> str:
    """A time span that is a guess: ``4 s``, ``35 s``, ``2 min``; no more exact than a guess is."""
    is_rough = seconds is not None and 10 <= seconds < _MINUTE
    return duration_text(5 * round(seconds / 5) if is_rough and seconds is not None else seconds)


def left_text(seconds: float | None) -> str:
    """An estimate in a sentence: ``about 2 min left``."""
    return f"about {estimate_text(seconds)} left" if seconds is not None else ""


def date_text(moment: float, now: float) -> str:
    """When something was added: ``Today 14:05``, ``Yesterday 9:12``, ``22 Nov 2026``.

    Args:
        moment: Seconds since the epoch.
        now: The same, for the present.
    """
    then = datetime.fromtimestamp(moment).astimezone()
    today = datetime.fromtimestamp(now).astimezone().date()
    if then.date() == today:
        return f"Today {then:%H:%M}"
    if then.date() == today - timedelta(days=1):
        return f"Yesterday {then:%H:%M}"
    return f"{then.day} {then:%b %Y}"


def count_text(count: int) -> str:
    """A whole number with its thousands apart: ``100,000``."""
    return f"{count:,}"


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun: ``1 file``, ``3 files``, ``2 duplicates``."""
    return f"{count_text(count)} {one if count == 1 else many or one + 's'}"


def listed(parts: list[str]) -> str:
    """Parts of a sentence in a row: ``a``, ``a and b``, ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def in_sentence(title: str) -> str:
    """A title as it stands after a colon: ``Disk full`` as ``disk full``, but ``TLS failed`` as it is."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def plain_tip(text: str) -> str:
    """A tooltip that shows the text as it is: Qt would take a file name with a tag in it for markup."""
    return f'<p style="white-space: pre-wrap">{escape(text)}</p>' if text else ""
