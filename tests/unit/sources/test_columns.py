"""What is kept of the row that a link stands in: only what is asked for."""

import json
from pathlib import Path

import pytest

from core.asked import Algorithm, Asked, Digest
from tests.unit.sources.conftest import Read, Reading

ONE = "https://example.org/a.jpg"
TWO = "https://example.org/b.jpg?x=[1]"
SHA1 = "0123456789abcdef0123456789abcdef01234567"


def written(path: Path, content: str) -> str:
    path.write_text(content)
    return str(path)


def rows(reading: Reading) -> list[dict[str, str]]:
    return [dict(one.asked.columns) if one.asked is not None else {} for one in reading.requests]


def test_nothing_is_kept_that_is_not_asked_for(read: Read, tmp_path: Path) -> None:
    table = written(tmp_path / "a.csv", f"link,title\n{ONE},Dawn\n{TWO},Dusk\n")
    assert [one.asked for one in read(table).requests] == [None, None]
    assert [one.asked for one in read(table, columns=("artist",)).requests] == [None, None]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_columns_that_are_asked_for(read: Read, tmp_path: Path, delimiter: str) -> None:
    lines = (
        ["no", " TITLE ", "link", "Big name", "title"],
        ["1", '"A ""B"" C"', ONE, "x", "the second of that name"],
        ["2", "", TWO, "  much \u00a0 space  ", ""],
        ["3", "Three", "https://example.org/c"],
        ["no link in this one"],
        ["5", "Five", "https://example.org/d https://example.org/e", "y"],
    )
    table = written(tmp_path / "a.csv", "\n".join(map(delimiter.join, lines)))
    reading = read(table, columns=("title", "big name", "missing"))
    both = {"title": "Five", "big name": "y"}
    assert rows(reading) == [
        {"title": 'A "B" C', "big name": "x"},
        {"big name": "much space"},
        {"title": "Three"},
        both,
        both,
    ]


def test_a_table_without_a_header_has_no_columns(read: Read, tmp_path: Path) -> None:
    assert rows(read(written(tmp_path / "a.csv", f"{ONE},Dawn\n"), columns=("title",))) == [{}]


def test_a_row_ends_with_its_table(read: Read, tmp_path: Path) -> None:
    table = written(tmp_path / "a.csv", f"link,title\n{ONE},Dawn")
    assert rows(read(table, TWO, columns=("title",))) == [{"title": "Dawn"}, {}]


def test_columns_stand_beside_digests(read: Read, tmp_path: Path) -> None:
    table = written(tmp_path / "a.csv", f"link,title,sha1\n{ONE},Dawn,{SHA1}\n")
    (request,) = read(table, columns=("title",)).requests
    assert request.asked == Asked((Digest(Algorithm.SHA1, SHA1),), columns=(("title", "Dawn"),))


def test_a_cell_is_kept_as_far_as_a_name_goes_and_without_a_password(read: Read, tmp_path: Path) -> None:
    table = written(
        tmp_path / "a.csv", f"link,title,link2\n{ONE},{'x' * 5000},ftp://me:secret@host.example/\n"
    )
    (row,) = rows(read(table, columns=("title", "link2")))
    assert row == {"title": "x" * 200, "link2": "ftp://host.example/"}


VALUE = {
    "title": "All",
    "pictures": [
        {"Title": "Dawn", "url": ONE, "year": 1999},
        {"sizes": {"large": TWO}, "title": ["no", "text"], "year": None},
    ],
    "more": "https://example.org/c",
}


def test_members_beside_a_link_in_json(read: Read, tmp_path: Path) -> None:
    found = [{"title": "Dawn", "year": "1999"}, {"title": "All"}, {"title": "All"}]
    path = written(tmp_path / "a.json", json.dumps(VALUE))
    assert rows(read(path, columns=("title", "year"))) == found
    path = written(
        tmp_path / "a.jsonl", f"{json.dumps(VALUE)}\n{json.dumps({'x': 'https://example.org/d'})}\n"
    )
    assert rows(read(path, columns=("title", "year"))) == [*found, {}]
