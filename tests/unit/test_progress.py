"""The whole queue in numbers."""

from itertools import pairwise

import pytest

from core.job import JobState, Progress, RunState, SourceKind
from core.progress import Arriving, Tracker, smoothed

URL, FILE = SourceKind.URL, SourceKind.FILE


def test_both_phases_and_all() -> None:
    counts = {
        (URL, JobState.DONE): 3,
        (URL, JobState.DOWNLOADING): 2,
        (URL, JobState.PROCESSING): 1,
        (URL, JobState.QUEUED): 0,
        (FILE, JobState.QUEUED): 4,
        (FILE, JobState.FAILED): 1,
    }
    totals = Tracker().totals(RunState.RUNNING, counts, [Arriving(4, 8), Arriving(1, 4)], "network")
    assert totals.downloads == Progress(4, 6, 0.75)
    assert totals.processing == Progress(4, 11)
    assert totals.overall == Progress(8, 17, 0.75)
    assert totals.counts == {
        JobState.DONE: 3,
        JobState.DOWNLOADING: 2,
        JobState.PROCESSING: 1,
        JobState.QUEUED: 4,
        JobState.FAILED: 1,
    }
    assert totals.seconds_left is None
    assert totals.bottleneck == "network"


@pytest.mark.parametrize(
    ("progress", "share"), [(Progress(), None), (Progress(1, 4), 0.25), (Progress(3, 4, 1.5), 1.0)]
)
def test_shares(progress: Progress, share: float | None) -> None:
    assert progress.share == share


def test_time_left_and_speed_follow_the_last_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("core.progress.time.monotonic", lambda: now)
    tracker = Tracker()
    for done in range(11):
        counts = {(FILE, JobState.DONE): done, (FILE, JobState.QUEUED): 50 - done}
        tracker.count_bytes(1000)
        totals = tracker.totals(RunState.RUNNING, counts, [], None)
        now += 1.0
    assert totals.seconds_left == pytest.approx(40.0)
    assert totals.speed == pytest.approx(1000.0)
    paused = tracker.totals(RunState.PAUSED, counts, [], None)
    assert (paused.seconds_left, paused.speed) == (None, 0.0)
    tracker.forget()
    assert tracker.totals(RunState.RUNNING, counts, [], None).seconds_left is None


def test_a_large_file_that_is_still_coming_takes_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("core.progress.time.monotonic", lambda: now)
    tracker = Tracker()
    for second in range(6):
        counts = {(URL, JobState.DONE): min(second, 3), (URL, JobState.DOWNLOADING): 4 - min(second, 3)}
        tracker.count_bytes(1000)
        large = Arriving(1000 * second, 401_000)
        totals = tracker.totals(RunState.RUNNING, counts, [large], None)
        now += 1.0
    assert totals.seconds_left == pytest.approx(396.0)


def test_the_last_files_take_what_their_bytes_take(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("core.progress.time.monotonic", lambda: now)
    tracker = Tracker()
    for second in range(6):
        tracker.count_bytes(1000)
        large = Arriving(1000 * second, 405_000)
        totals = tracker.totals(RunState.RUNNING, {(URL, JobState.DOWNLOADING): 1}, [large], None)
        now += 1.0
    assert totals.seconds_left == pytest.approx(400.0)


def test_the_time_left_comes_late_and_does_not_jump(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("core.progress.time.monotonic", lambda: now)
    tracker, told = Tracker(), list[float | None]()
    for step in range(300):
        done = step // 10 if step < 100 else 10 + (step - 100) // 5  # from then on twice as fast
        counts = {(FILE, JobState.DONE): done, (FILE, JobState.QUEUED): 200 - done}
        told.append(tracker.totals(RunState.RUNNING, counts, [], None).seconds_left)
        now += 0.1
    assert set(told[:40]) == {None}
    assert None not in told[41:]
    shown = [left for left in told if left is not None]
    assert max(abs(after - before) for before, after in pairwise(shown)) < 1.5
    assert shown[-1] == pytest.approx(75.0, rel=0.15)
    tracker.forget()
    assert tracker.totals(RunState.RUNNING, counts, [], None).seconds_left is None


def test_smoothing() -> None:
    assert smoothed(None, 100, 1.0) == 100.0
    assert smoothed(100.0, 0, 0.0) == 100.0
    assert smoothed(100.0, 200, 1.0) == pytest.approx(130.0)
