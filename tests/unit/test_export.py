"""Lists out to a file and in again: as they were, and no harm from files that somebody else wrote."""

import gzip
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from core.errors import BadUrlError, ErrorReport
from core.export import is_export, read_export, write_export
from core.job import BatchId, JobId, JobSnapshot, JobState, SourceKind
from core.report import Export, ExportForm
from tests.support.queue_files import Desk, job, random_job
from tests.support.queue_files import restored as jobs_in

MARK = '{"fetchmill": "list", "version": 1}\n'
PLAIN: dict[str, Any] = {"source": "http://h.example/a.jpg", "kind": "url", "state": "queued"}
ERROR = ["http-status", "Refused", "No.", "Ask.", 404]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the list is."""
    return tmp_path / "list.jsonl"


def write(path: Path, *lines: dict[str, Any] | str) -> None:
    """A list that somebody else wrote."""
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text(MARK + "".join(text + "\n" for text in texts), encoding="utf-8")


def read(path: Path) -> list[JobSnapshot | None]:
    """What is read of it."""
    assert is_export(str(path))
    return list(read_export(str(path)))


def again(jobs: Iterable[JobSnapshot], path: Path) -> list[JobSnapshot | None]:
    """Out, and in again."""
    taken = tuple(jobs)
    exported = write_export(Export(str(path), ExportForm.STATE), taken)
    assert (exported.jobs, exported.error) == (len(taken), None)
    return read(path)


def test_states_come_back(path: Path) -> None:
    chance = random.Random(1)
    jobs = []
    for number in range(1, 300):
        one = random_job(chance, number)
        source = f"http://h.example/{number}" if one.kind is SourceKind.URL else f"/{number}\udce9"
        jobs.append(one._replace(source=source, folder="a/ä\udce9"))
    for before, after in zip(jobs, again(jobs, path), strict=True):
        wanted = before._replace(id=JobId(0), batch=BatchId(0))
        if not before.state.is_final:
            wanted = wanted._replace(state=JobState.QUEUED, error=None)
        assert after == wanted


def test_a_job_that_was_never_a_link_comes_back(path: Path) -> None:
    born = job(1, source="rubbish", state=JobState.FAILED, error=BadUrlError("No.").report())
    assert again([born], path) == [born._replace(id=JobId(0), batch=BatchId(0))]


def test_logins_stay_here(path: Path) -> None:
    one = job(1, source="http://user:s3cr3t@h.example/a.jpg", name="http://user:s3cr3t@h.example/a.jpg")
    for form in ExportForm:
        write_export(Export(str(path), form), [one])
        assert b"s3cr3t" not in path.read_bytes()
        assert b"h.example/a.jpg" in path.read_bytes()


def test_plain_links_are_a_line_each(path: Path) -> None:
    jobs = [
        job(1, source="http://h/a"),
        job(2, source="/x/a\nb\r\u2028c.jpg"),
        job(3, source="/x/\udce9\ud800"),
    ]
    write_export(Export(str(path), ExportForm.URLS), jobs)
    assert path.read_bytes() == b"http://h/a\n/x/a b  c.jpg\n/x/\xe9\xef\xbf\xbd\n"
    assert not is_export(str(path))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    exported = write_export(Export(str(tmp_path / "no" / "list"), ExportForm.STATE), [job(1)])
    assert exported.jobs == 0
    assert exported.error is not None


def test_what_was_there_stays_until_the_new_one_is_whole(path: Path) -> None:
    path.write_bytes(b"old")

    def jobs() -> Iterable[JobSnapshot]:
        yield job(1)
        raise OSError(28, "full")

    assert write_export(Export(str(path), ExportForm.STATE), jobs()).error is not None
    assert path.read_bytes() == b"old"
    assert [found.name for found in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "changes",
    [
        {"source": 5},
        {"source": ""},
        {"source": None},
        {"source": "ftp://h/a"},
        {"source": "javascript:alert(1)"},
        {"source": "file:///etc/passwd"},
        {"source": "http://"},
        {"source": "http://h/a\r\nCookie: b"},
        {"source": "http://h/" + "a" * 70_000},
        {"source": "relative.jpg", "kind": "file"},
        {"source": "/a\0b", "kind": "file"},
        {"kind": "folder"},
        {"kind": []},
        {"state": "flying"},
        {"state": {}},
        {"folder": "../up"},
        {"folder": "a/../../up"},
        {"folder": "/etc"},
        {"folder": ".fetchmill/parts"},
        {"folder": "a\0b"},
        {"folder": 5},
        {"name": ["a"]},
        {"added": "today"},
        {"added": None},
        {"added": -1},
        {"added": 10**30},
        {"added": float("nan")},
        {"added": float("inf")},
        {"added": True},
        {"received": 1.5},
        {"received": -1},
        {"received": "1"},
        {"received": True},
        {"size": 1 << 63},
        {"attempts": None},
        {"attempts": 10**400},
        {"width": []},
        {"file": 5},
        {"file": ["/etc/passwd"]},
        {"original": {}},
        {"seconds_process": float("-inf")},
        {"seconds_download": "long"},
        {"notes": 5},
        {"added_as": 5},
        {"added_as": None},
        {"state": "failed", "error": "four"},
        {"state": "failed", "error": [1, 2, 3, 4, 5]},
        {"state": "failed", "error": ERROR[:4]},
        {"state": "failed", "error": [*ERROR[:4], "404"]},
        {"state": "failed", "error": {"code": "x"}},
    ],
)
def test_a_line_with_a_wrong_value_is_none(path: Path, changes: dict[str, Any]) -> None:
    write(path, PLAIN | changes, PLAIN)
    assert read(path)[0] is None
    assert read(path)[1] is not None


@pytest.mark.parametrize(
    "line", ["[]", "null", "5", "{", "{}", '"source"', "[" * 100_000, '{"a":' * 100_000, "\0", "9" * 10_000]
)
def test_a_line_that_is_none(path: Path, line: str) -> None:
    write(path, line, PLAIN)
    *others, last = read(path)
    assert not any(others)
    assert last is not None


def test_unknown_words_are_left_out(path: Path) -> None:
    write(path, PLAIN | {"id": 7, "batch": 9, "speed": 5, "colour": "red", "state": "failed", "error": ERROR})
    (found,) = read(path)
    assert found is not None
    assert (found.id, found.batch, found.speed) == (0, 0, None)
    assert found.error == ErrorReport("http-status", "Refused", "No.", "Ask.", 404)


def test_whatever_is_read_can_be_stored(path: Path, tmp_path: Path) -> None:
    largest = (1 << 62) - 1
    numbers = {"received": largest, "size": largest, "width": largest, "attempts": largest}
    write(
        path,
        PLAIN | numbers | {"added": 5, "name": "../../\0\ud800"},
        PLAIN | {"added": 2**61, "notes": "abc"},
    )
    found = [one for one in read(path) if one is not None]
    assert len(found) == 2
    jobs = [one._replace(id=JobId(n), batch=BatchId(1)) for n, one in enumerate(found, 1)]
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.add(jobs)
    assert jobs_in(tmp_path / "queue.sqlite") == jobs


def test_a_huge_line_is_none(path: Path) -> None:
    write(path, json.dumps(PLAIN | {"notes": ["x" * (20 << 20)]}), PLAIN)
    *others, last = read(path)
    assert not any(others)
    assert last is not None


def test_a_hundred_thousand_lines(path: Path) -> None:
    path.write_text(MARK + (json.dumps(PLAIN) + "\n") * 100_000, encoding="utf-8")
    assert sum(found is not None for found in read_export(str(path))) == 100_000


def test_a_compressed_list(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl.gz"
    path.write_bytes(gzip.compress((MARK + (json.dumps(PLAIN) + "\n") * 3).encode()))
    assert len(read(path)) == 3


def test_a_compressed_list_that_is_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl.gz"
    lines = [json.dumps(PLAIN | {"name": random.Random(n).randbytes(9).hex()}) for n in range(5_000)]
    path.write_bytes(gzip.compress((MARK + "\n".join(lines)).encode())[:-5_000])
    assert is_export(str(path))
    found = read_export(str(path))
    assert next(found) is not None
    with pytest.raises(EOFError):
        list(found)


def test_a_compressed_list_that_is_damaged(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress((MARK + (json.dumps(PLAIN) + "\n") * 30).encode()))
    for at in range(0, len(whole), 3):
        path = tmp_path / f"{at}.jsonl.gz"
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        if is_export(str(path)):
            try:
                list(read_export(str(path)))
            except (OSError, EOFError):
                continue


@pytest.mark.parametrize(
    "content", [b"", b"{}\n", b"[]\n", b"http://h/a\n", b"\xff\xfe", b"[" * 300, b'{"fetchmill": 1}']
)
def test_no_list(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert not is_export(str(path))


def test_a_name_that_is_no_file(tmp_path: Path) -> None:
    assert not is_export(str(tmp_path))
    assert not is_export(str(tmp_path / "nowhere"))
    assert not is_export("a\0b")
    assert not is_export("http://h/a")
