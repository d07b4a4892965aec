"""``fetchmill-cli`` with recipes that name a picture: one that is missing is said at once, a changed one is heeded."""

from pathlib import Path

import pytest
from PIL import Image

from tests.support.command_line import cli, records
from tests.support.pictures import jpeg_bytes
from tests.support.server import Server

RECIPE = """schema = 2
name = "mine"
title = "Mine"
summary = "With a mark."

[[operations]]
type = "picture-watermark"
picture = "logo.png"
size = 100
opacity = 100

[[outputs]]
format = "png"
"""


@pytest.mark.parametrize("command", ["run", "plan"])
def test_a_picture_that_is_missing_is_said_before_anything_begins(
    server: Server, tmp_path: Path, command: str
) -> None:
    (tmp_path / "mine.toml").write_text(RECIPE)
    url = server.serve("/a.jpg", jpeg_bytes(64, 48))
    ended = cli(command, url, "--to", tmp_path / "out", "--recipe", tmp_path / "mine.toml")
    assert ended.returncode == 2
    said = ended.stderr.decode()
    assert said.count("\n") == 1
    assert "mine.toml, line 8: operations[1].picture: " in said
    assert "logo.png" in said
    assert server.requests() == 0
    assert not (tmp_path / "out").exists()


def test_a_changed_picture_is_laid_on_anew(server: Server, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(RECIPE)
    url = server.serve("/a.jpg", jpeg_bytes(64, 48))
    arguments = ("run", url, "--to", tmp_path / "out", "--recipe", tmp_path / "mine.toml", "--json")
    for colour, state in (("red", "done"), ("red", "skipped"), ("blue", "done"), ("blue", "skipped")):
        Image.new("RGB", (64, 64), colour).save(tmp_path / "logo.png")
        found = records(cli(*arguments).stdout)[url]
        assert found["state"] == state
        with Image.open(found["file"]) as made:
            assert made.getpixel((32, 24)) == Image.new("RGB", (1, 1), colour).getpixel((0, 0))
    assert server.requests("/a.jpg") == 1
