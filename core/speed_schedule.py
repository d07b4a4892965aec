"""Other speed limits at certain hours: values and pure functions. Standard library only.

All times are those of the clock on the wall, so a day on which it is put forward or back needs no care: what counts is
what it shows.
"""

import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as TimeOfDay  # noqa: N812  # ``time`` is the module
from enum import Enum
from typing import Final, NamedTuple

LEAST_LIMIT: Final = 1024
MOST_LIMIT: Final = 2**40
NO_LIMIT: Final = "no-limit"
_TEXT: Final = re.compile(rf"([a-z-]+) ([0-9:]{{5}})-([0-9:]{{5}}) ([0-9]{{1,13}}|{NO_LIMIT})", re.ASCII)
_DAYS_TO_LOOK_AT: Final = 9  # a week, and what began before it


class Days(Enum):
    """On which days of the week a period begins."""

    EVERY_DAY = "every-day"
    WEEKDAYS = "weekdays"
    WEEKENDS = "weekends"
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def numbers(self) -> tuple[int, ...]:
        """As ``datetime.weekday`` counts them."""
        several = {Days.EVERY_DAY: range(7), Days.WEEKDAYS: range(5), Days.WEEKENDS: range(5, 7)}
        return tuple(several.get(self, (tuple(Days).index(self) - len(several),)))


class SpeedPeriod(NamedTuple):
    """Hours with a limit of their own.

    Attributes:
        days: On which it begins.
        begin: Hour and minute.
        end: Hour and minute, of the next day where it is not later than the beginning.
        limit: Bytes a second; None is no limit.
    """

    days: Days
    begin: TimeOfDay
    end: TimeOfDay
    limit: int | None

    @classmethod
    def parse(cls, text: str) -> "SpeedPeriod":
        """From the form that ``str`` gives it: ``weekdays 08:00-18:00 500000``, ``every-day 22:00-06:00 no-limit``.

        Raises:
            ValueError: It is not of that form.
        """
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError(text)
        limit = None if found[4] == NO_LIMIT else int(found[4])
        if limit is not None and not LEAST_LIMIT <= limit <= MOST_LIMIT:
            raise ValueError(text)
        return cls(
            Days(found[1]), TimeOfDay.fromisoformat(found[2]), TimeOfDay.fromisoformat(found[3]), limit
        )

    def __str__(self) -> str:
        limit = NO_LIMIT if self.limit is None else self.limit
        return f"{self.days.value} {self.begin:%H:%M}-{self.end:%H:%M} {limit}"

    def holds_at(self, moment: datetime) -> bool:
        """Whether it includes a moment of the clock on the wall."""
        today, yesterday = moment.weekday(), (moment.weekday() - 1) % 7
        days, now = self.days.numbers, moment.time()
        if self.begin < self.end:
            return today in days and self.begin <= now < self.end
        return (now >= self.begin and today in days) or (now < self.end and yesterday in days)


def wall_clock() -> datetime:
    """What the clock on the wall shows: without a time zone."""
    return datetime.fromtimestamp(time.time(), UTC).astimezone().replace(tzinfo=None)


def limit_at(moment: datetime, usual: int | None, schedule: Sequence[SpeedPeriod]) -> int | None:
    """Bytes a second that are allowed at a moment of the clock on the wall; None is no limit.

    Args:
        moment: Without a time zone.
        usual: Where no period holds.
        schedule: Of several that hold the first counts.
    """
    return next((period.limit for period in schedule if period.holds_at(moment)), usual)


def next_change(moment: datetime, usual: int | None, schedule: Sequence[SpeedPeriod]) -> datetime | None:
    """When the limit will be another one than at a moment of the clock on the wall; None for never.

    Args:
        moment: Without a time zone.
        usual: Where no period holds.
        schedule: As for ``limit_at``.
    """
    now = limit_at(moment, usual, schedule)
    times = {time for period in schedule for time in (period.begin, period.end)}
    days = [moment.date() + timedelta(days=count) for count in range(_DAYS_TO_LOOK_AT)]
    edges = sorted(datetime.combine(day, time) for day in days for time in times)
    later = (edge for edge in edges if edge > moment)
    return next((edge for edge in later if limit_at(edge, usual, schedule) != now), None)
