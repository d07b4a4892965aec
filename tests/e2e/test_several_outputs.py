"""A recipe with several outputs: all of them are made, found again, and made again together."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from core.images.recipe import Output
from core.job import JobState
from tests.support.again import Again
from tests.support.command_line import cli, records
from tests.support.engines import files_in, finished_in
from tests.support.pictures import jpeg_bytes, png_bytes
from tests.support.server import Server
from tests.support.slow import slow

DONE, SKIPPED, FAILED = (state.value for state in (JobState.DONE, JobState.SKIPPED, JobState.FAILED))
BOTH = """
schema = 2
name = "shop"
title = "Shop"
summary = "For the shop."
[[outputs]]
name = "web"
format = "webp"
[[outputs.operations]]
type = "resize"
width = 200
height = 200
[[outputs]]
name = "thumb"
[[outputs.operations]]
type = "resize"
width = 64
height = 64
"""
ORIGINAL = '[[outputs]]\nname = "original"\n'


@pytest.fixture
def again(qapp: QApplication, server: Server, tmp_path: Path) -> Again:  # noqa: ARG001 - engines need an event loop
    """For runs into one destination."""
    return Again(server, tmp_path / "out", by_engine=True)


@pytest.fixture
def recipe(tmp_path: Path) -> tuple[str, Path]:
    """As arguments."""
    return written(tmp_path, BOTH)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program keeps what is its own."""
    monkeypatch.setenv("FETCHMILL_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "recipes").mkdir(parents=True)
    return tmp_path / "home"


def written(folder: Path, text: str) -> tuple[str, Path]:
    path = folder / "shop.toml"
    path.write_text(text, encoding="utf-8")
    return "--recipe", path


def stamps(folder: Path) -> dict[str, tuple[int, int, int]]:
    """By which it is seen whether anything was touched."""
    found = {name: (folder / name).stat() for name in files_in(folder)}
    return {name: (stat.st_ino, stat.st_mtime_ns, stat.st_size) for name, stat in found.items()}


def with_model(name: str) -> bytes:
    """A photograph of such a camera."""
    exif = Image.Exif()
    exif[0x0110] = name
    exif.get_ifd(0x8769)[0x9003] = "2024:05:31 18:30:00"
    stream = BytesIO()
    with Image.open(BytesIO(jpeg_bytes(400, 300))) as picture:
        picture.save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def test_all_are_made_and_said(again: Again, server: Server, recipe: tuple[str, Path]) -> None:
    url = server.serve("/a.jpg", jpeg_bytes(400, 300))
    line = again.run(url, *recipe).jobs["a.jpg"]
    assert files_in(again.out) == ["originals/a.jpg", "thumb/a.jpg", "web/a.webp"]
    assert (line["state"], line["file"]) == (DONE, str(again.out / "web" / "a.webp"))
    assert (line["width"], line["height"], line["format"]) == (200, 150, "WEBP")
    assert [(one["output"], one["width"], one["format"]) for one in line["outputs"]] == [
        ("web", 200, "WEBP"),
        ("thumb", 64, "JPEG"),
    ]
    for one in line["outputs"]:
        assert Path(one["file"]).stat().st_size == one["bytes_out"]
    lines = (again.out / ".fetchmill" / "manifest.jsonl").read_text().splitlines()
    assert {(found["output"], found["file"], found["width"]) for found in map(json.loads, lines)} == {
        ("web", "web/a.webp", 200),
        ("thumb", "thumb/a.jpg", 64),
    }


def test_the_second_run_touches_nothing(again: Again, server: Server, recipe: tuple[str, Path]) -> None:
    url = server.serve("/a.jpg", jpeg_bytes(400, 300))
    first, before = again.run(url, *recipe), stamps(again.out)
    assert again.plan(url, *recipe) == {"a.jpg": ("skip", str(again.out / "web" / "a.webp"))}
    second = again.run(url, *recipe)
    assert (second.states, second.requests) == ({SKIPPED}, 0)
    assert stamps(again.out) == before
    assert second.jobs["a.jpg"]["outputs"] == first.jobs["a.jpg"]["outputs"]
    assert "1 up to date" in again.errors


@pytest.mark.parametrize("missing", ["thumb/a.jpg", *slow("web/a.webp")])
def test_one_that_is_deleted_is_made_again(
    again: Again, server: Server, recipe: tuple[str, Path], missing: str
) -> None:
    url = server.serve("/a.jpg", jpeg_bytes(400, 300))
    again.run(url, *recipe)
    contents = {name: (again.out / name).read_bytes() for name in files_in(again.out)}
    (again.out / missing).unlink()
    assert again.plan(url, *recipe)["a.jpg"] == ("process", str(again.out / "web" / "a.webp"))
    second = again.run(url, *recipe)
    assert (second.states, second.requests) == ({DONE}, 0)
    assert {name: (again.out / name).read_bytes() for name in files_in(again.out)} == contents
    assert again.run(url, *recipe).states == {SKIPPED}


@pytest.mark.slow
def test_one_that_was_edited_is_the_users(again: Again, server: Server, recipe: tuple[str, Path]) -> None:
    url = server.serve("/a.jpg", jpeg_bytes(400, 300))
    again.run(url, *recipe)
    (again.out / "thumb" / "a.jpg").write_bytes(b"mine")
    assert again.run(url, *recipe).states == {DONE}
    assert (again.out / "thumb" / "a.jpg").read_bytes() == b"mine"
    assert files_in(again.out) == ["originals/a.jpg", "thumb/a (2).jpg", "thumb/a.jpg", "web/a.webp"]
    assert again.run(url, *recipe).states == {SKIPPED}


@pytest.mark.slow
def test_the_original_is_an_output_too(again: Again, server: Server, tmp_path: Path) -> None:
    body = jpeg_bytes(400, 300)
    url, recipe = server.serve("/a.jpg", body), written(tmp_path, BOTH + ORIGINAL)
    again.run(url, *recipe, "--no-originals")
    assert files_in(again.out) == ["originals/a.jpg", "thumb/a.jpg", "web/a.webp"]
    assert (again.out / "originals" / "a.jpg").read_bytes() == body
    assert again.run(url, *recipe, "--no-originals").states == {SKIPPED}
    (again.out / "originals" / "a.jpg").unlink()
    second = again.run(url, *recipe, "--no-originals")
    assert (second.states, second.requests) == ({DONE}, 1)
    assert len(files_in(again.out)) == 3


@pytest.mark.slow
def test_the_tree_of_a_folder_is_kept_below_each(
    again: Again, tmp_path: Path, recipe: tuple[str, Path]
) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "a.png").write_bytes(png_bytes(300, 200))
    again.run(tmp_path / "in", *recipe)
    assert files_in(again.out) == ["thumb/deep/a.png", "web/deep/a.webp"]
    before = stamps(again.out)
    assert again.run(tmp_path / "in", *recipe).states == {SKIPPED}
    assert stamps(again.out) == before


def test_what_is_no_picture_is_only_downloaded(
    again: Again, server: Server, recipe: tuple[str, Path]
) -> None:
    url = server.serve("/a.zip", b"PK\3\4 nothing more")
    assert "outputs" not in again.run(url, *recipe).jobs["a.zip"]
    assert files_in(again.out) == ["a.zip"]
    assert again.run(url, *recipe).states == {SKIPPED}


class TestNamesThatExist:
    """Existing files, and two sources that want one name."""

    def test_all_there_is_skipped_before_a_byte(
        self, again: Again, server: Server, recipe: tuple[str, Path]
    ) -> None:
        url = server.serve("/a.jpg", jpeg_bytes(400, 300))
        for name in ("web/a.webp", "thumb/a.jpg"):
            (again.out / name).parent.mkdir(parents=True)
            (again.out / name).write_bytes(b"mine")
        second = again.run(url, *recipe, "--overwrite", "skip")
        assert (second.states, second.requests) == ({SKIPPED}, 0)
        assert len(files_in(again.out)) == 2

    def test_one_there_is_left_and_the_other_made(
        self, again: Again, server: Server, recipe: tuple[str, Path]
    ) -> None:
        url = server.serve("/a.jpg", jpeg_bytes(400, 300))
        (again.out / "web").mkdir(parents=True)
        (again.out / "web" / "a.webp").write_bytes(b"mine")
        line = again.run(url, *recipe, "--overwrite", "skip").jobs["a.jpg"]
        assert (line["state"], line["file"], line["width"]) == (DONE, str(again.out / "thumb" / "a.jpg"), 64)
        assert any("a.webp was there before" in note for note in line["notes"])
        assert (again.out / "web" / "a.webp").read_bytes() == b"mine"
        assert not list((again.out / ".fetchmill" / "parts").glob("*"))

    @pytest.mark.slow
    def test_asked_about_one_means_that_none_is_made(
        self, again: Again, server: Server, recipe: tuple[str, Path]
    ) -> None:
        url = server.serve("/a.jpg", jpeg_bytes(400, 300))
        (again.out / "thumb").mkdir(parents=True)
        (again.out / "thumb" / "a.jpg").write_bytes(b"mine")
        line = again.run(url, *recipe, "--overwrite", "ask", status=1).jobs["a.jpg"]
        assert line["error"]["code"] == "file-exists"
        assert not (again.out / "web").exists()
        assert again.run(url, *recipe, "--overwrite", "replace").states == {DONE}
        assert files_in(again.out) == ["originals/a.jpg", "thumb/a.jpg", "web/a.webp"]

    @pytest.mark.slow
    def test_a_folder_that_cannot_be_made_means_that_none_is_made(
        self, again: Again, server: Server, recipe: tuple[str, Path]
    ) -> None:
        url = server.serve("/a.jpg", jpeg_bytes(400, 300))
        again.out.mkdir()
        (again.out / "thumb").write_bytes(b"mine")
        line = again.run(url, *recipe, status=1).jobs["a.jpg"]
        assert line["error"]["code"] == "destination"
        assert "outputs" not in line
        assert finished_in(again.out) == ["thumb"]
        (again.out / "thumb").unlink()
        second = again.run(url, *recipe)
        assert (second.states, second.requests) == ({DONE}, 0)
        assert files_in(again.out) == ["originals/a.jpg", "thumb/a.jpg", "web/a.webp"]

    @pytest.mark.slow
    def test_two_sources_of_one_name(self, again: Again, server: Server, recipe: tuple[str, Path]) -> None:
        urls = [server.serve(f"/{i}/a.jpg", jpeg_bytes(400, 300, seed=i)) for i in range(2)]
        ended = cli("plan", *urls, "--to", again.out, *recipe, "--json")
        one, two = (json.loads(line) for line in ended.stdout.splitlines())
        assert one["files"] == [str(again.out / name) for name in ("web/a.webp", "thumb/a.jpg")]
        assert two["files"] == [str(again.out / name) for name in ("web/a (2).webp", "thumb/a (2).jpg")]
        assert "taken" not in one
        assert two["taken"] == one["files"]
        assert b"1 with names that others get" in ended.stderr
        again.run(*urls, *recipe)
        assert sorted(one["files"] + two["files"]) == sorted(
            str(again.out / name) for name in files_in(again.out) if not name.startswith("originals")
        )

    def test_two_outputs_of_one_name(self, again: Again, server: Server, tmp_path: Path) -> None:
        text = BOTH.replace('format = "webp"', 'names = "same"').replace('"thumb"', '"thumb"\nnames = "same"')
        url, recipe = server.serve("/a.jpg", jpeg_bytes(400, 300)), written(tmp_path, text)
        again.run(url, *recipe)
        assert files_in(again.out) == ["originals/a.jpg", "same (2).jpg", "same.jpg"]
        before = stamps(again.out)
        assert again.run(url, *recipe).states == {SKIPPED}
        (again.out / "same.jpg").unlink()
        assert again.run(url, *recipe).states == {DONE}
        assert list(stamps(again.out)) == list(before)


class TestTemplates:
    """What names may say of finished pictures."""

    def test_all_fields(self, again: Again, server: Server, recipe: tuple[str, Path]) -> None:
        url = server.serve("/a.jpg", with_model("X/T4"))
        template = "{recipe}/{output}/{exif:DateTimeOriginal:%Y}/{exif:Model} {name}-{width}x{height}"
        names = ("--name", template)
        assert again.plan(url, *recipe, *names) == {"a.jpg": ("download", None)}
        again.run(url, *recipe, *names)
        assert files_in(again.out) == [
            "originals/a.jpg",  # what asks for more than it has is left out
            "shop/thumb/2024/X_T4 a-64x48.jpg",
            "shop/web/2024/X_T4 a-200x150.webp",
        ]
        before = stamps(again.out)
        assert again.run(url, *recipe, *names).states == {SKIPPED}
        assert stamps(again.out) == before

    @pytest.mark.slow
    def test_without_the_output_it_has_its_folder(
        self, again: Again, server: Server, recipe: tuple[str, Path]
    ) -> None:
        again.run(server.serve("/a.jpg", jpeg_bytes(400, 300)), *recipe, "--name", "{host}/{index:03}")
        assert files_in(again.out) == [
            "originals/127.0.0.1/001.jpg",
            "thumb/127.0.0.1/001.jpg",
            "web/127.0.0.1/001.webp",
        ]

    @pytest.mark.slow
    def test_an_output_has_its_own(self, again: Again, server: Server, tmp_path: Path) -> None:
        text = BOTH.replace('"thumb"', '"thumb"\nnames = "small/{name}-{width}"')
        again.run(server.serve("/a.jpg", jpeg_bytes(400, 300)), *written(tmp_path, text))
        assert files_in(again.out) == ["originals/a.jpg", "small/a-64.jpg", "web/a.webp"]

    @pytest.mark.slow
    def test_a_plain_download_has_no_width(self, server: Server, tmp_path: Path) -> None:
        url = server.serve("/a.jpg", jpeg_bytes())
        for command in ("run", "plan"):
            ended = cli(command, url, "--to", tmp_path / "out", "--name", "{width} {name}")
            assert ended.returncode == 2
            assert b"{width}: only finished pictures have that" in ended.stderr
            assert b"Traceback" not in ended.stderr
        assert server.requests() == 0
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize("template", ["{exif:Nonsense}", *slow("{exif}", "{exif:Model:%Y}", "{width:4}")])
    def test_what_is_no_field(self, template: str, tmp_path: Path) -> None:
        ended = cli("plan", "http://127.0.0.1:9/a.jpg", "--to", tmp_path, "--name", template)
        assert (ended.returncode, ended.stdout) == (2, b"")


class TestRecipesOfOnesOwn:
    """They lie in the folder ``recipes`` beside the settings."""

    @pytest.mark.slow
    def test_listed_printed_and_run_by_name(self, home: Path, server: Server, tmp_path: Path) -> None:
        (home / "recipes" / "mine.toml").write_text(BOTH)
        (home / "recipes" / "bad.toml").write_text(BOTH.replace('"shop"', '"bad"').replace("200", '"200"'))
        (home / "recipes" / "twice.toml").write_text(BOTH)
        ended = cli("recipes")
        assert ended.returncode == 0
        names = [line.split()[0] for line in ended.stdout.decode().splitlines()]
        assert (names[0], names[-1], names.count("shop")) == ("as-downloaded", "shop", 1)
        first, second = ended.stderr.decode().splitlines()
        assert "bad.toml, line 11: outputs[1].operations[1].width" in first
        assert "twice.toml" in second
        assert cli("recipes", "shop").stdout.decode() == BOTH
        url, out = server.serve("/a.jpg", jpeg_bytes(400, 300)), tmp_path / "out"
        ended = cli("run", url, "--to", out, "--recipe", "shop", "--json")
        assert records(ended.stdout)[url]["state"] == DONE
        assert files_in(out) == ["originals/a.jpg", "thumb/a.jpg", "web/a.webp"]
        ended = cli("run", url, "--to", out, "--recipe", "bad")
        assert ended.returncode == 2
        assert b"line 11" in ended.stderr

    def test_without_json_every_file_is_listed(self, home: Path, server: Server, tmp_path: Path) -> None:
        (home / "recipes" / "mine.toml").write_text(BOTH)
        url, out = server.serve("/a.jpg", jpeg_bytes(400, 300)), tmp_path / "out"
        ended = cli("run", url, "--to", out, "--recipe", "shop")
        assert ended.stdout.decode().splitlines() == [
            str(out / "web" / "a.webp"),
            str(out / "thumb" / "a.jpg"),
        ]


def test_what_is_an_original() -> None:
    assert Output("original").is_original
    assert not Output("web").is_original
