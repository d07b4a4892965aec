"""Dates as HTTP has them (RFC 9110, section 5.6.7)."""

import re
from datetime import UTC, datetime
from typing import Final

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_USUAL: Final = re.compile(
    r"[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)


def http_date(text: str) -> float:
    """Seconds since 1970.

    Args:
        text: A header's value: in the usual form, one of the obsolete ones, or what mail programs write.

    Raises:
        ValueError: It is no date.
    """
    found = _USUAL.fullmatch(text)
    if found is not None and found[2] in _MONTHS:
        day, year, hour, minute, second = map(int, found.group(1, 3, 4, 5, 6))
        month = _MONTHS.index(found[2]) + 1
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  # slow to load, and hardly ever needed

    try:
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=date.tzinfo or UTC).timestamp()
    except (OverflowError, TypeError, IndexError) as error:
        raise ValueError(text) from error


def header_date(seconds: float) -> str:
    """The date as a header has it, in whole seconds.

    Args:
        seconds: Since 1970.

    Raises:
        ValueError: There is no such date: of a year before 1 or after 9999.
    """
    try:
        date = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(str(seconds)) from error
    return f"{_DAYS[date.weekday()]}, {date:%d} {_MONTHS[date.month - 1]} {date:%Y %H:%M:%S} GMT"
