"""Outputs that get no smaller: not wanted, or the original in their place; and that is remembered."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from core.job import JobState
from tests.support.again import Again
from tests.support.engines import files_in
from tests.support.pictures import jpeg_bytes
from tests.support.server import Server

DONE, SKIPPED = JobState.DONE.value, JobState.SKIPPED.value
SMALL = """
schema = 2
name = "small"
title = "Small"
summary = "If it is smaller."
[[outputs]]
name = "same"
quality = 100
if-larger = "skip"
[[outputs]]
name = "thumb"
[[outputs.operations]]
type = "resize"
width = 64
height = 64
"""


@pytest.fixture
def again(qapp: QApplication, server: Server, tmp_path: Path) -> Again:  # noqa: ARG001 - engines need an event loop
    """For runs into one destination."""
    return Again(server, tmp_path / "out", by_engine=True)


def written(folder: Path, text: str) -> tuple[str, Path]:
    (folder / "small.toml").write_text(text)
    return "--recipe", folder / "small.toml"


def test_one_output_is_not_wanted(again: Again, server: Server, tmp_path: Path) -> None:
    url, recipe = server.serve("/a.jpg", jpeg_bytes(400, 300, quality=30)), written(tmp_path, SMALL)
    line = again.run(url, *recipe, "--no-originals").jobs["a.jpg"]
    assert (line["state"], line["file"], line["width"]) == (DONE, str(again.out / "thumb" / "a.jpg"), 64)
    assert [(one["output"], one["file"] is None) for one in line["outputs"]] == [
        ("same", True),
        ("thumb", False),
    ]
    assert line["outputs"][0]["notes"]
    assert files_in(again.out) == ["thumb/a.jpg"]
    second = again.run(url, *recipe, "--no-originals")
    assert (second.states, second.requests) == ({SKIPPED}, 0)


def test_none_is_wanted(again: Again, server: Server, tmp_path: Path) -> None:
    text = SMALL.split('[[outputs]]\nname = "thumb"', maxsplit=1)[0].replace('name = "same"\n', "")
    url, recipe = server.serve("/a.jpg", jpeg_bytes(400, 300, quality=30)), written(tmp_path, text)
    line = again.run(url, *recipe).jobs["a.jpg"]
    assert (line["state"], line["file"], line["format"]) == (SKIPPED, None, None)
    assert line["notes"]
    assert files_in(again.out) == ["originals/a.jpg"]
    assert again.run(url, *recipe).requests == 0


def test_the_original_in_its_place(again: Again, server: Server, tmp_path: Path) -> None:
    body = jpeg_bytes(400, 300, quality=30)
    url, recipe = server.serve("/a.jpg", body), written(tmp_path, SMALL.replace('"skip"', '"keep-original"'))
    line = again.run(url, *recipe).jobs["a.jpg"]
    assert (line["file"], line["bytes_out"]) == (str(again.out / "same" / "a.jpg"), len(body))
    assert (again.out / "same" / "a.jpg").read_bytes() == body
    assert again.run(url, *recipe).states == {SKIPPED}
