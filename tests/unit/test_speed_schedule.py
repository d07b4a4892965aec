"""Which speed limit holds at which hour."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings import Settings
from core.speed_schedule import Days, SpeedPeriod, limit_at, next_change, wall_clock

USUAL, SLOW = 2_000_000, 500_000
OFFICE = SpeedPeriod(Days.WEEKDAYS, time(8), time(18), SLOW)
NIGHT = SpeedPeriod(Days.EVERY_DAY, time(22), time(6), None)
MONDAY, FRIDAY, SATURDAY, SUNDAY = (datetime(2024, 1, day) for day in (1, 5, 6, 7))  # noqa: DTZ001  # the wall's


def at(day: datetime, hour: int, minute: int = 0) -> datetime:
    return day.replace(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("moment", "limit"),
    [
        (at(MONDAY, 7, 59), USUAL),
        (at(MONDAY, 8), SLOW),
        (at(MONDAY, 17, 59).replace(second=59, microsecond=999_999), SLOW),
        (at(MONDAY, 18), USUAL),
        (at(MONDAY, 22), None),
        (at(MONDAY, 0), None),
        (at(MONDAY, 5, 59), None),
        (at(MONDAY, 6), USUAL),
        (at(SATURDAY, 12), USUAL),
    ],
)
def test_the_hours(moment: datetime, limit: int | None) -> None:
    assert limit_at(moment, USUAL, (OFFICE, NIGHT)) == limit


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    nights = (SpeedPeriod(Days.FRIDAY, time(22), time(6), None),)
    assert limit_at(at(FRIDAY, 3), USUAL, nights) == USUAL
    assert limit_at(at(FRIDAY, 23), USUAL, nights) is None
    assert limit_at(at(SATURDAY, 5), USUAL, nights) is None
    assert limit_at(at(SATURDAY, 23), USUAL, nights) == USUAL
    sundays = (SpeedPeriod(Days.SUNDAY, time(22), time(6), None),)
    assert limit_at(at(MONDAY, 5), USUAL, sundays) is None, "the week is round"


def test_the_first_that_fits_counts() -> None:
    lunch = SpeedPeriod(Days.EVERY_DAY, time(12), time(13), None)
    assert limit_at(at(MONDAY, 12, 30), USUAL, (lunch, OFFICE)) is None
    assert limit_at(at(MONDAY, 12, 30), USUAL, (OFFICE, lunch)) == SLOW


def test_from_a_time_to_the_same_is_a_whole_day() -> None:
    sundays = (SpeedPeriod(Days.SUNDAY, time(9), time(9), SLOW),)
    assert [limit_at(at(day, 9), None, sundays) for day in (SATURDAY, SUNDAY, MONDAY)] == [None, SLOW, None]
    assert limit_at(at(MONDAY, 8, 59), None, sundays) == SLOW


def test_days() -> None:
    assert Days.EVERY_DAY.numbers == (0, 1, 2, 3, 4, 5, 6)
    assert (Days.WEEKDAYS.numbers, Days.WEEKENDS.numbers) == ((0, 1, 2, 3, 4), (5, 6))
    single = [day.numbers for day in Days if len(day.numbers) == 1]
    assert single == [(0,), (1,), (2,), (3,), (4,), (5,), (6,)]
    assert Days.MONDAY.numbers == (MONDAY.weekday(),)


def test_when_it_changes_next() -> None:
    schedule = (OFFICE, NIGHT)
    assert next_change(at(MONDAY, 9), USUAL, schedule) == at(MONDAY, 18)
    assert next_change(at(MONDAY, 18), USUAL, schedule) == at(MONDAY, 22)
    assert next_change(at(FRIDAY, 23), USUAL, schedule) == at(SATURDAY, 6)
    assert next_change(at(FRIDAY, 18), USUAL, (OFFICE,)) == at(MONDAY, 8) + timedelta(days=7)
    assert next_change(at(MONDAY, 9), SLOW, (OFFICE,)) is None, "which says the same"
    assert next_change(at(MONDAY, 9), USUAL, ()) is None
    monday = SpeedPeriod(Days.MONDAY, time(9), time(10), SLOW)
    assert next_change(at(MONDAY, 10), USUAL, (monday,)) == at(MONDAY, 9) + timedelta(days=7)


PERIODS = st.builds(
    SpeedPeriod,
    st.sampled_from(Days),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.none() | st.integers(1024, 2**40),
)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 1, 1))  # noqa: DTZ001  # the wall's


@given(st.lists(PERIODS, max_size=4), MOMENTS, st.none() | st.just(USUAL))
def test_nothing_changes_before_it_changes(
    schedule: list[SpeedPeriod], moment: datetime, usual: int | None
) -> None:
    now, change = limit_at(moment, usual, schedule), next_change(moment, usual, schedule)
    end = change or moment + timedelta(days=8)
    step = (end - moment) / 50
    assert all(limit_at(moment + step * count, usual, schedule) == now for count in range(50))
    assert change is None or limit_at(change, usual, schedule) != now


@given(PERIODS)
def test_a_period_survives_a_file(period: SpeedPeriod) -> None:
    assert SpeedPeriod.parse(str(period)) == period
    settings = Settings(speed_schedule=(period,))
    assert Settings.from_mapping(settings.to_mapping()) == (settings, ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "weekdays",
        "weekdays 08:00-18:00",
        "weekdays 8-18 500000",
        "weekdays 24:00-18:00 500000",
        "weekdays 08:00-18:60 500000",
        "someday 08:00-18:00 500000",
        "weekdays 08:00-18:00 0",
        "weekdays 08:00-18:00 1023",
        "weekdays 08:00-18:00 -1",
        "weekdays 08:00-18:00 9999999999999",
        "weekdays 08:00-18:00 500000\n",
        "weekdays 08:00-18:00 \u0661\u0661\u0661\u0661\u0661",
    ],
)
def test_what_is_no_period_is_refused_and_stops_nothing(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        SpeedPeriod.parse(text)
    wanted = (Settings(retries=7), ("speed_schedule",))
    assert Settings.from_mapping({"speed_schedule": [text], "retries": 7}) == wanted


@pytest.mark.parametrize("value", [5, None, "weekdays 08:00-18:00 500000", {"a": 1}, [None], [[]]])
def test_what_is_no_list_is_refused(value: object) -> None:
    assert Settings.from_mapping({"speed_schedule": value}) == (Settings(), ("speed_schedule",))


@pytest.mark.parametrize("day", [datetime(2024, 3, 31, tzinfo=UTC), datetime(2024, 10, 27, tzinfo=UTC)])
def test_the_clock_is_put_forward_and_back(day: datetime) -> None:
    """Whatever the day, what holds is what the clock on the wall shows."""
    schedule = (SpeedPeriod(Days.EVERY_DAY, time(2, 30), time(3, 30), SLOW),)
    berlin = ZoneInfo("Europe/Berlin")
    for minute in range(6 * 60):
        wall = (day - timedelta(hours=2) + timedelta(minutes=minute)).astimezone(berlin).replace(tzinfo=None)
        is_slow = time(2, 30) <= wall.time() < time(3, 30)
        assert limit_at(wall, None, schedule) == (SLOW if is_slow else None), wall


def test_the_clock_on_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1_700_000_000.25)
    assert wall_clock().astimezone().timestamp() == 1_700_000_000.25
