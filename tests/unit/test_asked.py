"""What a job is asked with: what of it is written, shown and believed."""

import json
import pickle
from typing import Any

import pytest

from core.asked import Algorithm, Asked, Digest, is_harmless, is_header, is_ours, joined
from core.asked_words import asked_of, kept, words_of
from core.export import read_export, write_export
from core.job import Drop, JobRequest, JobState, SourceKind
from core.job_queue import JobQueue
from core.report import Export, ExportForm
from core.sources.drop import read_drop
from core.sources.sieve import Tally
from core.store_rows import row_of, snapshot_of
from tests.support.queue_files import Desk, job, restored

IN_CLEAR = "s3cr3t-pa55"
DIGEST = Digest(Algorithm.SHA256, "ab" * 32)
HARMLESS = (("User-Agent", "Mozilla/5.0"), ("Referer", "https://h.example/page"))
SECRETS = (
    ("Authorization", f"Basic {IN_CLEAR}"),
    ("Cookie", f"session={IN_CLEAR}"),
    ("X-Api-Key", IN_CLEAR),
    ("X-Whatever", IN_CLEAR),
)
ASKED = Asked(
    (DIGEST,),
    (*HARMLESS, *SECRETS),
    "/home/me/cookies.txt",
    "a.jpg",
    7,
    (f"http://u:{IN_CLEAR}@m.example/a",),
    (("title", "Dawn"),),
)
LEFT = ASKED._replace(headers=HARMLESS, mirrors=("http://m.example/a",))


def test_what_is_kept() -> None:
    assert kept(None) is None
    assert kept(ASKED) == LEFT
    assert kept(LEFT) is LEFT
    assert kept(Asked(headers=SECRETS)) is None
    assert kept(Asked(headers=(("Referer", f"http://me:{IN_CLEAR}@h.example/"),))) == Asked(
        headers=(("Referer", "http://h.example/"),)
    )


def test_secrets_are_not_shown() -> None:
    assert IN_CLEAR not in repr(ASKED._replace(mirrors=()))
    assert "Authorization" in repr(ASKED)
    assert "Mozilla" in repr(JobRequest("http://h/a", SourceKind.URL, asked=ASKED))


def test_it_comes_back_from_words_and_pickles() -> None:
    assert asked_of(json.loads(json.dumps(words_of(LEFT)))) == LEFT
    assert words_of(Asked()) == {}
    assert pickle.loads(pickle.dumps(ASKED)) == ASKED  # noqa: S301 - our own bytes


def test_a_row_holds_no_secret_and_says_so() -> None:
    row = row_of(job(1, asked=ASKED))
    assert IN_CLEAR not in str(row)
    found = snapshot_of(row)
    assert found.asked == LEFT
    assert len(found.notes) == 1
    assert "cookies" in found.notes[0]
    assert snapshot_of(row_of(found)) == found
    assert snapshot_of(row_of(job(1, asked=ASKED, state=JobState.DONE))).notes == ()
    assert snapshot_of(row_of(job(1, asked=ASKED, state=JobState.FAILED))).notes == found.notes, (
        "it may be retried"
    )
    assert snapshot_of(row_of(job(1, asked=LEFT))) == job(1, asked=LEFT)


def test_secrets_never_reach_the_disk(tmp_path: Any) -> None:
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.add([job(1, asked=ASKED), job(2)])
        seen = b"".join(found.read_bytes() for found in tmp_path.rglob("*") if found.is_file())
    seen += b"".join(found.read_bytes() for found in tmp_path.rglob("*") if found.is_file())
    assert IN_CLEAR.encode() not in seen
    assert b"Mozilla" in seen
    first, second = restored(tmp_path / "queue.sqlite")
    assert (first.asked, second.asked) == (LEFT, None)


def test_an_exported_list_holds_no_secret_and_says_so(tmp_path: Any) -> None:
    path = tmp_path / "list.jsonl"
    for form in ExportForm:
        write_export(Export(str(path), form), [job(1, asked=ASKED)])
        assert IN_CLEAR not in path.read_text()
    write_export(Export(str(path), ExportForm.STATE), [job(1, asked=ASKED)])
    (found,) = read_export(str(path))
    assert found is not None
    assert found.asked == LEFT
    assert "cookies" in found.notes[0]


def test_a_job_keeps_it_in_the_queue() -> None:
    queue = JobQueue()
    (added,) = queue.add([JobRequest("http://h/a", SourceKind.URL, asked=ASKED)], job(1).batch)
    assert added.first_snapshot().asked == added.snapshot().asked == ASKED
    assert JobQueue().restore(added.snapshot()).request.asked == ASKED
    (plain,) = queue.add([JobRequest("http://h/b", SourceKind.URL)], job(1).batch)
    assert plain.first_snapshot().asked is None


@pytest.mark.parametrize(
    "words",
    [
        [],
        "a",
        5,
        {"digests": [["sha256", "ab"]]},
        {"digests": [["sha257", "ab" * 32]]},
        {"digests": [["sha256", "AB" * 32]]},
        {"digests": 5},
        {"headers": [["A", "b\r\nCookie: c"]]},
        {"headers": [["A:", "b"]]},
        {"headers": [["Host", "b"]]},
        {"headers": [["Range", "bytes=0-"]]},
        {"headers": [["A"]]},
        {"headers": [["A", 5]]},
        {"headers": [["A", "b"]] * 1001},
        {"cookies_file": "relative"},
        {"cookies_file": "/a\0"},
        {"cookies_file": 5},
        {"name": ["a"]},
        {"name": None},
        {"size": -1},
        {"size": True},
        {"size": "1"},
        {"size": 1 << 62},
        {"mirrors": ["ftp://h/a"]},
        {"mirrors": ["file:///etc/passwd"]},
        {"mirrors": ["http://h/a b"]},
        {"mirrors": [5]},
        {"columns": [["title"]]},
        {"columns": [["title", 5]]},
        {"columns": [["title", "a\0"]]},
        {"columns": [["title", "a"]] * 1001},
    ],
)
def test_words_of_somebody_else_are_checked(words: Any, tmp_path: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        asked_of(words)
    path = tmp_path / "list.jsonl"
    line = {"source": "http://h.example/a.jpg", "kind": "url", "state": "queued", "asked": words}
    path.write_text('{"fetchmill": "list", "version": 1}\n' + json.dumps(line))
    assert list(read_export(str(path))) == [None]


def test_unknown_words_are_left_out() -> None:
    assert asked_of({"colour": "red", "size": 5}) == Asked(size=5)


@pytest.mark.parametrize(
    "name", ["Host", "range", "If-Range", "Content-Length", "Proxy-Authorization", ":path", "TE"]
)
def test_some_headers_are_ours(name: str) -> None:
    assert is_ours(name)
    assert not is_header(name, "a")


def test_harmless_headers_are_a_short_list() -> None:
    assert all(is_harmless(name) for name in ("ACCEPT", "Sec-CH-UA-Mobile", "sec-fetch-site"))
    names = ("Cookie", "authorization", "X-Auth-Token", "Accept-Token", "My-User-Agent", "Sec-WebSocket-Key")
    assert not any(is_harmless(name) for name in names)


def test_the_last_of_a_header_counts() -> None:
    asked = Asked(headers=(("referer", "a"), ("Referer", "b"), ("USER-AGENT", "c")))
    assert (asked.referrer, asked.user_agent, asked.header("Cookie")) == ("b", "c", None)


COMMON = Asked(headers=(("User-Agent", "all"), ("Cookie", "a=b")), cookies_file="/all.txt")


def test_what_is_said_of_one_link_counts_more_than_what_is_said_of_all() -> None:
    assert joined(None, None) is None
    assert joined(Asked(), Asked()) is None
    assert joined(COMMON, None) is COMMON
    assert joined(None, LEFT) is LEFT
    own = Asked((DIGEST,), (("user-agent", "own"),), name="a.jpg")
    assert joined(COMMON, own) == own._replace(
        headers=(("Cookie", "a=b"), ("user-agent", "own")), cookies_file="/all.txt"
    )


def test_all_links_of_a_drop_are_asked_with_one_value() -> None:
    text = f"http://h/1\nhttp://h/2\nhttp://h/3 (1)\nhttp://h/4 sha256:{DIGEST.value}"
    requests = [one for chunk in read_drop(Drop(text, asked=COMMON), set(), Tally()) for one in chunk]
    assert [one.asked is COMMON for one in requests] == [True, True, True, False]
    assert requests[3].asked == COMMON._replace(digests=(DIGEST,))
    rows = [row_of(job(number, asked=kept(COMMON))) for number in range(1, 4)]
    first, *others = [snapshot_of(row).asked for row in rows]
    assert first == kept(COMMON)
    assert all(other is first for other in others)
