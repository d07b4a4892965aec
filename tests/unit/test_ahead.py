"""What is ahead of the queue: it comes back as it was, in its order, and no secret of it gets to a disk."""

from pathlib import Path
from typing import IO

import pytest

from core.ahead import Ahead, Part
from core.asked import Asked
from core.errors import BadUrlError
from core.job import BatchId, JobId, JobRequest, SourceKind


def part(first: int, *sources: str, asked: Asked | None = None) -> Part:
    """Links of one batch, or local pictures."""
    kinds = {source: SourceKind.FILE if source.startswith("/") else SourceKind.URL for source in sources}
    requests = tuple(JobRequest(source, kind, asked=asked) for source, kind in kinds.items())
    return Part(JobId(first), BatchId(1), requests)


class Opened:
    """Has the temporary file where a test can get at it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
        self.path = path
        monkeypatch.setattr("core.ahead.tempfile.TemporaryFile", self._open)

    def _open(self, *, buffering: int) -> IO[bytes]:
        return self.path.open("w+b", buffering=buffering)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Opened:
    """The temporary file."""
    return Opened(monkeypatch, tmp_path / "ahead")


def test_parts_come_back_as_they_were_and_in_their_order() -> None:
    kept = Ahead()
    failed = JobRequest("no link", SourceKind.URL, error=BadUrlError("It is none.").report())
    asked = Asked(headers=(("Referer", "http://a/"),), name="a.jpg", columns=(("title", "A"),))
    parts = [
        part(1, "http://a/1", "/home/\udcff.png"),
        Part(JobId(3), BatchId(2), (failed,)),
        part(4, "http://b/1", asked=asked),
    ]
    for one in parts:
        kept.put(one)
    assert (len(kept), set(kept.hosts)) == (4, {"a", "", "b"})
    assert [kept.take() for _ in parts] == parts
    assert (len(kept), dict(kept.hosts)) == (0, {})
    kept.put(parts[0])
    assert kept.take() == parts[0]


def test_a_preferred_host_comes_first_and_what_nobody_has_does_not_matter() -> None:
    kept = Ahead()
    for first, host in enumerate("aabbc", 1):
        kept.put(part(first, f"http://{host}/{first}"))
    assert [kept.take(hosts).first for hosts in ({"b"}, {"b", "c"}, {"b"}, (), ())] == [3, 4, 1, 2, 5]


@pytest.mark.parametrize(
    "secret",
    [
        part(1, "http://somebody:sesame@a/1"),
        part(1, "http://a/1", asked=Asked(headers=(("Authorization", "Bearer sesame"),))),
        part(1, "http://a/1", asked=Asked(mirrors=("http://somebody:sesame@b/1",))),
    ],
)
def test_a_secret_stays_in_memory(opened: Opened, secret: Part) -> None:
    kept = Ahead()
    kept.put(part(2, "http://a/2"))
    kept.put(secret)
    kept.put(part(3, "http://a/3"))
    written = opened.path.read_bytes()
    assert b"http://a/3" in written
    assert b"sesame" not in written
    assert [kept.take().first for _ in range(3)] == [2, 1, 3]


def test_what_cannot_be_written_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no disk that is always full")
    Opened(monkeypatch, full)
    kept = Ahead()
    parts = [part(1, "http://a/1"), part(2, "http://a/2")]
    for one in parts:
        kept.put(one)
    assert [kept.take() for _ in parts] == parts


def test_half_of_a_part_is_not_taken_for_all_of_it() -> None:
    resource = pytest.importorskip("resource")
    kept = Ahead()
    parts = [part(1, "http://a/1"), part(2, "http://a/2"), part(3, "http://a/3")]
    kept.put(parts[0])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (140, before[1])
    )  # the second begins below it and ends beyond it
    try:
        kept.put(parts[1])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    kept.put(parts[2])
    assert [kept.take() for _ in parts] == parts


@pytest.mark.parametrize("damage", [b"", b"\0" * 10_000])
def test_what_cannot_be_read_any_more_is_a_failed_job_each(opened: Opened, damage: bytes) -> None:
    kept = Ahead()
    kept.put(part(7, "/home/a.png", "http://a/1", "http://a/2"))
    opened.path.write_bytes(damage)
    lost = kept.take()
    assert lost.first == 7
    assert sorted(request.kind.value for request in lost.requests) == ["file", "url", "url"]
    assert len({request.source for request in lost.requests}) == 3
    assert all(request.error and request.error.code == "unreadable" for request in lost.requests)
