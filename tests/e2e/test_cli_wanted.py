"""``fetchmill-cli run`` with what is wanted of files: what is not is skipped, which is no failure."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import cli, records
from tests.support.pictures import jpeg_bytes, png_bytes
from tests.support.server import Server


def test_what_is_not_wanted_is_skipped_and_comes_when_it_is(server: Server, tmp_path: Path) -> None:
    small = server.serve("/small.png", png_bytes(120, 90))
    wide = server.serve("/wide.jpg", jpeg_bytes(600, 200))
    good = server.serve("/good.jpg", jpeg_bytes(300, 200))
    long = server.serve("/long.zip", bytes(3000))
    arguments = ("run", small, wide, good, long, "--to", tmp_path, "--json", "--recipe", "thumbnail-256")
    options = ("--min-width", "200", "--min-megapixels", "0.05", "--max-aspect", "2.5", "--min-bytes", "5K")
    ended = cli(*arguments, *options)
    assert ended.returncode == 0
    found = records(ended.stdout)
    assert {url: line["state"] for url, line in found.items()} == {
        small: "skipped",
        wide: "skipped",
        good: "done",
        long: "skipped",
    }
    assert found[wide]["notes"] == [
        "It is 600 x 200 pixels; a width of at most 2.5 times the height is wanted."
    ]
    assert found[long]["notes"] == ["It has 3,000 bytes; at least 5,000 bytes are wanted."]
    assert "noted 1 x Skipped: at least 5,000 bytes are wanted." in ended.stderr.decode()
    again = records(cli(*arguments, "--max-bytes", "100M").stdout)
    assert [again[url]["state"] for url in (small, wide, long)] == ["done"] * 3
    assert server.requests("/good.jpg") == 1


def test_the_plan_says_which_local_pictures_are_not_wanted(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "small.png").write_bytes(png_bytes(120, 90))
    (folder / "wide.jpg").write_bytes(jpeg_bytes(600, 200))
    (folder / "good.jpg").write_bytes(jpeg_bytes(300, 200))
    (folder / "none.jpg").write_bytes(
        b"no picture at all, but long enough to be looked at for what it may be......"
    )
    arguments = (folder, "--to", tmp_path / "out", "--json", "--recipe", "thumbnail-256")
    options = ("--min-width", "200", "--max-aspect", "2.5")
    planned = {
        line["source"]: line
        for line in map(json.loads, cli("plan", *arguments, *options).stdout.splitlines())
    }
    done = records(cli("run", *arguments, *options).stdout)
    actions = {Path(source).name: line["action"] for source, line in planned.items()}
    assert actions == {"small.png": "skip", "wide.jpg": "skip", "good.jpg": "process", "none.jpg": "process"}
    for source, line in planned.items():
        if line["action"] == "skip":
            assert line["notes"] == done[source]["notes"]
            assert done[source]["state"] == "skipped"
    said = cli(
        "plan", folder, "--to", tmp_path / "out", "--recipe", "jpeg", "--only-types", "jpeg"
    ).stdout.decode()
    (line,) = (line for line in said.splitlines() if "small.png" in line)
    assert line.endswith("(no file) (It is a PNG; only image/jpeg is wanted.)")


@pytest.mark.parametrize(
    "option", ["--min-width=0", "--max-aspect=wide", "--min-megapixels=nan", "--max-bytes=-1"]
)
def test_what_cannot_be_meant(option: str, tmp_path: Path) -> None:
    ended = cli("run", "http://127.0.0.1:9/a", "--to", tmp_path, option)
    assert ended.returncode == 2
    assert ended.stderr.count(b"\n") == 1
