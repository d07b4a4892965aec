from datetime import datetime

import pytest

from gui.formatting import (
    count_text,
    counted,
    date_text,
    duration_text,
    left_text,
    listed,
    percent_text,
    size_text,
    speed_text,
)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, ""),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 KB"),
        (4_300_000, "4.3 MB"),
        (99_960, "100 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (3_000_000_000, "3.0 GB"),
        (120_000_000_000_000, "120 TB"),
        (5 * 10**18, "5000 PB"),
    ],
)
def test_sizes(count: int | None, text: str) -> None:
    assert size_text(count) == text


def test_speeds() -> None:
    assert speed_text(8_200_000.4) == "8.2 MB/s"
    assert speed_text(None) == speed_text(0.0) == speed_text(0.4) == ""


def test_per_cent_is_whole_only_when_complete() -> None:
    assert [percent_text(share) for share in (0.0, 0.456, 0.999, 1.0)] == ["0 %", "45 %", "99 %", "100 %"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (0.2, "1 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (131, "2 min"),
        (3600, "1 h"),
        (4800, "1 h 20 min"),
        (86_400, "1 d"),
        (273_600, "3 d 4 h"),
    ],
)
def test_durations(seconds: float | None, text: str) -> None:
    assert duration_text(seconds) == text


def test_time_left() -> None:
    assert left_text(131) == "about 2 min left"
    assert [left_text(seconds) for seconds in (0.2, 9.4, 12.4, 57.6, 60)] == [
        "about 1 s left",
        "about 9 s left",
        "about 10 s left",
        "about 1 min left",
        "about 1 min left",
    ]
    assert left_text(None) == ""


def test_dates() -> None:
    now = datetime(2026, 11, 22, 15, 0).astimezone()
    assert date_text(now.replace(hour=9, minute=5).timestamp(), now.timestamp()) == "Today 09:05"
    assert date_text(now.replace(day=21, hour=23).timestamp(), now.timestamp()) == "Yesterday 23:00"
    assert date_text(now.replace(day=1).timestamp(), now.timestamp()) == "1 Nov 2026"


def test_counts() -> None:
    assert count_text(100_000) == "100,000"
    assert counted(1, "file") == "1 file"
    assert counted(1200, "file") == "1,200 files"
    assert counted(2, "entry", "entries") == "2 entries"
    assert [listed(list("abc"[:n])) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
