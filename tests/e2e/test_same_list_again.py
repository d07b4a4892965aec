"""The same command again: nothing is done twice, and what is missing or has changed here is done."""

import hashlib
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from core.job import JobState
from tests.support.again import Again
from tests.support.command_line import begun, records
from tests.support.engines import files_in
from tests.support.pictures import jpeg_bytes, png_bytes
from tests.support.server import Answer, Gate, Server, failure
from tests.support.slow import slow

DONE, SKIPPED, FAILED = (state.value for state in (JobState.DONE, JobState.SKIPPED, JobState.FAILED))


WAYS = [True, *slow(False)]


@pytest.fixture(params=WAYS, ids=["engine", "command-line"])
def again(request: pytest.FixtureRequest, qapp: QApplication, server: Server, tmp_path: Path) -> Again:  # noqa: ARG001 - engines need an event loop
    """For runs into one destination."""
    return Again(server, tmp_path / "out", by_engine=request.param)


@pytest.fixture
def by_command(server: Server, tmp_path: Path) -> Again:
    """The same by fetchmill-cli only."""
    return Again(server, tmp_path / "out", by_engine=False)


@pytest.fixture
def urls(server: Server) -> list[str]:
    """Three photographs."""
    return [server.serve(f"/{i}.jpg", jpeg_bytes(seed=i)) for i in range(3)]


RECIPE = ("--recipe", "thumbnail-256")


def test_the_command_line_twice(by_command: Again, urls: list[str]) -> None:
    assert by_command.run(*urls, *RECIPE).states == {DONE}
    second = by_command.run(*urls, *RECIPE)
    assert (second.states, second.requests) == ({SKIPPED}, 0)
    assert "3 up to date" in by_command.errors


def test_the_second_run_asks_nobody_and_says_so(again: Again, urls: list[str]) -> None:
    first = again.run(*urls, *RECIPE)
    assert (first.states, first.requests) == ({DONE}, 3)
    planned = again.plan(*urls, *RECIPE)
    second = again.run(*urls, *RECIPE)
    assert (second.states, second.requests) == ({SKIPPED}, 0)
    assert "3 up to date" in again.errors
    for name, line in second.jobs.items():
        kept = ("file", "original", "sha256", "bytes_out", "width", "height", "format")
        assert {key: line[key] for key in kept} == {key: first.jobs[name][key] for key in kept}
        assert line["error"] is None
        assert planned[name] == ("skip", line["file"])


def test_another_recipe_is_made_from_what_was_kept(again: Again, urls: list[str]) -> None:
    again.run(*urls, *RECIPE)
    assert {action for action, _ in again.plan(*urls, "--recipe", "webp").values()} == {"process"}
    second = again.run(*urls, "--recipe", "webp")
    assert (second.states, second.requests) == ({DONE}, 0)
    assert again.run(*urls, *RECIPE).states == {SKIPPED}
    names = [f"{i}.{end}" for i in range(3) for end in ("jpg", "webp")] + [
        f"originals/{i}.jpg" for i in range(3)
    ]
    assert files_in(again.out) == sorted(names)


def test_a_deleted_file_is_made_again_under_its_name(again: Again, urls: list[str]) -> None:
    first = again.run(*urls, *RECIPE)
    missing = Path(first.jobs["1.jpg"]["file"])
    content = missing.read_bytes()
    missing.unlink()
    assert again.plan(*urls, *RECIPE)["1.jpg"] == ("process", str(missing))
    second = again.run(*urls, *RECIPE)
    assert [second.jobs[name]["state"] for name in ("0.jpg", "1.jpg", "2.jpg")] == [SKIPPED, DONE, SKIPPED]
    assert second.requests == 0
    assert missing.read_bytes() == content
    (again.out / "originals" / "2.jpg").unlink()
    (again.out / "2.jpg").unlink()
    assert again.plan(*urls, *RECIPE)["2.jpg"] == ("download", str(again.out / "2.jpg"))
    assert again.run(*urls, *RECIPE).requests == 1
    assert len(files_in(again.out)) == 6


@pytest.mark.slow
def test_without_originals_another_recipe_downloads(again: Again, urls: list[str]) -> None:
    again.run(*urls, *RECIPE, "--no-originals")
    assert again.run(*urls, *RECIPE, "--no-originals").states == {SKIPPED}
    assert {action for action, _ in again.plan(*urls, "--recipe", "webp").values()} == {"download"}
    second = again.run(*urls, "--recipe", "webp", "--no-originals")
    assert (second.states, second.requests) == ({DONE}, 3)
    assert len(files_in(again.out)) == 6


@pytest.mark.slow
def test_as_downloaded_after_a_recipe_copies_the_original(again: Again, urls: list[str]) -> None:
    again.run(*urls, "--recipe", "webp")
    second = again.run(*urls)
    assert (second.states, second.requests) == ({DONE}, 0)
    for i in range(3):
        assert (again.out / f"{i}.jpg").read_bytes() == jpeg_bytes(seed=i)
    assert again.run(*urls).states == {SKIPPED}


def test_a_refresh_costs_no_body_where_nothing_has_changed(again: Again, server: Server) -> None:
    by_tag = server.serve("/tag.jpg", jpeg_bytes(seed=1))
    dated = {"Last-Modified": "Wed, 01 Jan 2020 00:00:00 GMT"}
    by_date = server.serve("/date.jpg", Answer(jpeg_bytes(seed=2), etag=None, headers=dated))
    again.run(by_tag, by_date, *RECIPE)
    second = again.run(by_tag, by_date, *RECIPE, "--refresh")
    assert (second.states, second.requests) == ({SKIPPED}, 2)
    assert server.received("/tag.jpg")[1].headers["If-None-Match"] is not None
    assert server.received("/date.jpg")[1].headers["If-Modified-Since"] == dated["Last-Modified"]
    assert "2 up to date" in again.errors


@pytest.mark.parametrize("recipe", ["thumbnail-256", *slow("as-downloaded")])
def test_a_refresh_replaces_our_own_file_by_what_is_new(again: Again, server: Server, recipe: str) -> None:
    old, new = jpeg_bytes(seed=1), jpeg_bytes(900, 300, seed=2)
    url = server.serve("/a.jpg", old, new)
    first = again.run(url, "--recipe", recipe)
    assert again.run(url, "--recipe", recipe).requests == 0
    assert again.plan(url, "--recipe", recipe, "--refresh") == {
        "a.jpg": ("download", first.jobs["a.jpg"]["file"])
    }
    second = again.run(url, "--recipe", recipe, "--refresh")
    assert second.jobs["a.jpg"]["state"] == DONE
    assert second.jobs["a.jpg"]["file"] == first.jobs["a.jpg"]["file"]
    assert second.jobs["a.jpg"]["sha256"] == hashlib.sha256(new).hexdigest()
    with Image.open(second.jobs["a.jpg"]["file"]) as picture:
        assert picture.width > 2 * picture.height
    kept = [] if recipe == "as-downloaded" else ["originals/a.jpg"]
    assert files_in(again.out) == ["a.jpg", *kept]


@pytest.mark.parametrize("recipe", ["as-downloaded", *slow("thumbnail-256")])
def test_a_refresh_never_replaces_what_the_user_has_edited(again: Again, server: Server, recipe: str) -> None:
    url = server.serve("/a.jpg", jpeg_bytes(seed=1), jpeg_bytes(seed=2))
    mine = Path(again.run(url, "--recipe", recipe).jobs["a.jpg"]["file"])
    mine.write_bytes(b"edited by hand")
    second = again.run(url, "--recipe", recipe, "--refresh")
    assert mine.read_bytes() == b"edited by hand"
    assert second.jobs["a.jpg"]["file"] == str(again.out / "a (2).jpg")


def test_a_refresh_that_fails_keeps_what_is_there(again: Again, server: Server) -> None:
    url = server.serve("/a.jpg", Answer(jpeg_bytes()), failure(503))
    again.run(url, *RECIPE)
    before = files_in(again.out)
    assert again.run(url, *RECIPE, "--refresh", status=1).states == {FAILED}
    assert files_in(again.out) == before
    assert again.run(url, *RECIPE).states == {SKIPPED}


@pytest.mark.slow
def test_a_local_picture_that_has_changed_is_processed_again(again: Again, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for i in range(3):
        (source / f"{i}.png").write_bytes(png_bytes(300, 200, seed=i))
    assert again.run(source, *RECIPE).states == {DONE}
    assert again.run(source, *RECIPE).states == {SKIPPED}
    (source / "1.png").write_bytes(png_bytes(200, 300, seed=7))
    planned = again.plan(source, *RECIPE)
    assert {name: action for name, (action, _) in planned.items()} == {
        "0.png": "skip",
        "1.png": "process",
        "2.png": "skip",
    }
    second = again.run(source, *RECIPE)
    assert second.jobs["1.png"]["state"] == DONE
    assert second.jobs["1.png"]["height"] == 256
    assert files_in(again.out) == ["0.png", "1.png", "2.png"]


@pytest.mark.slow
def test_the_same_content_under_two_links_is_noted(again: Again, server: Server) -> None:
    one, other = (server.serve(f"/{name}.jpg", jpeg_bytes()) for name in "ab")
    again.run(one, *RECIPE)
    second = again.run(one, other, *RECIPE)
    assert second.jobs["b.jpg"]["notes"] == [f"The same content came from {one} as well."]
    assert "same content" in again.errors


def test_what_failed_is_tried_again_and_what_is_new_is_added(again: Again, server: Server) -> None:
    good = server.serve("/good.jpg", jpeg_bytes())
    bad = server.serve("/bad.jpg", failure(500), Answer(jpeg_bytes(seed=1)))
    again.run(good, bad, *RECIPE, status=1)
    new = server.serve("/new.bin", b"new")
    second = again.run(good, bad, new, *RECIPE)
    assert {name: line["state"] for name, line in second.jobs.items()} == {
        "good.jpg": SKIPPED,
        "bad.jpg": DONE,
        "new.bin": DONE,
    }
    assert again.run(good, bad, new, *RECIPE).states == {SKIPPED}


@pytest.mark.slow
def test_a_plan_beside_a_run_that_was_killed(by_command: Again, server: Server, urls: list[str]) -> None:
    """The journal's log is not merged then; it is read all the same, and not touched."""
    _stopped_run(by_command, server, urls, signal.SIGKILL)
    assert (by_command.out / ".fetchmill" / "journal.sqlite-wal").exists()
    planned = by_command.plan(*urls, *RECIPE)
    assert {action for action, _ in planned.values()} == {"skip"}


@pytest.mark.parametrize("how", [signal.SIGKILL, *slow(signal.SIGINT)])
def test_after_an_interrupt_only_what_is_missing_is_done(
    by_command: Again, server: Server, urls: list[str], how: signal.Signals
) -> None:
    slow, body = _stopped_run(by_command, server, urls, how)
    second = by_command.run(*urls, slow, *RECIPE)
    assert {name: line["state"] for name, line in second.jobs.items() if name != "slow.bin"} == {
        f"{i}.jpg": SKIPPED for i in range(3)
    }
    assert second.requests == 1
    assert (by_command.out / "slow.bin").read_bytes() == body
    begins = server.received("/slow.bin")[1].headers["Range"]
    assert int(begins.removeprefix("bytes=").rstrip("-")) >= 1 << 20
    assert len(files_in(by_command.out)) == 7


def _stopped_run(again: Again, server: Server, urls: list[str], how: signal.Signals) -> tuple[str, bytes]:
    """A run that is ended when the photographs are done and most of something slow has come."""
    gate, body = Gate(), os.urandom(2_500_000)
    slow = server.serve("/slow.bin", Answer(body, gate=gate, gate_after=2_400_000), Answer(body))
    with begun("run", *urls, slow, "--to", again.out, "--json", *RECIPE) as process:
        assert process.stdout is not None
        for _ in urls:
            assert json.loads(process.stdout.readline())["state"] == DONE
        assert gate.reached.wait(20)
        process.send_signal(how)
        process.communicate(timeout=20)
    assert process.returncode == (130 if how is signal.SIGINT else -how)
    gate.open()
    return slow, body


@pytest.mark.slow
def test_two_at_once_into_one_folder(by_command: Again, server: Server, urls: list[str]) -> None:
    gate = Gate()
    slow = server.serve("/slow.bin", Answer(b"slow", gate=gate))
    arguments: list[str | Path] = ["run", *urls, slow, "--to", by_command.out, "--json", *RECIPE]
    with begun(*arguments) as first:
        assert gate.reached.wait(20)
        with begun(*arguments) as second:
            assert second.stderr is not None
            assert b"waiting until it has ended" in second.stderr.readline()
            gate.open()
            outputs = [process.communicate(timeout=60)[0] for process in (first, second)]
            assert [first.returncode, second.returncode] == [0, 0]
    assert [{line["state"] for line in records(output).values()} for output in outputs] == [{DONE}, {SKIPPED}]
    assert server.requests() == 4
    assert len(files_in(by_command.out)) == 7


@pytest.mark.slow
def test_ten_thousand_that_are_done_already(
    by_command: Again, server: Server, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """CONTRACT: the second run ends in 2 s, and says so. Printed, not asserted: computers differ."""
    urls = [server.serve(f"/{i}.bin", b"%d" % i) for i in range(10_000)]
    (tmp_path / "list.txt").write_text("\n".join(urls))
    assert by_command.run(tmp_path / "list.txt").states == {DONE}
    before = os.times()
    second = by_command.run(tmp_path / "list.txt")
    after = os.times()
    assert (second.states, second.requests, len(second.jobs)) == ({SKIPPED}, 0, 10_000)
    assert "10,000 up to date" in by_command.errors
    print(f"\n10,000 done jobs again: {after.elapsed - before.elapsed:.2f} s; {by_command.errors.strip()}")
    record_property("seconds", after.elapsed - before.elapsed)
    planned = by_command.plan(tmp_path / "list.txt")
    assert {action for action, _ in planned.values()} == {"skip"}
    print(f"planned again: {os.times().elapsed - after.elapsed:.2f} s")


@pytest.mark.parametrize(("below", "ours"), [("pictures/web", "web/0.png"), ("pictures", "0 (2).png")])
def test_pictures_made_in_the_folder_they_come_from_are_no_new_sources(
    server: Server,
    qapp: QApplication,  # noqa: ARG001 - engines need an event loop
    tmp_path: Path,
    below: str,
    ours: str,
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(2):
        (folder / f"{number}.png").write_bytes(png_bytes(400, 300, seed=number))
    engine, command = (Again(server, tmp_path / below, by_engine=by_engine) for by_engine in (True, False))
    assert engine.run(folder, *RECIPE).states == {DONE}
    made = pictures_in(folder)
    assert len(made) == 4
    for again in (engine, command):
        assert {action for action, _ in again.plan(folder, *RECIPE).values()} == {"skip"}
        assert again.run(folder, *RECIPE).states == {SKIPPED}
        assert pictures_in(folder) == made
        assert "2 x It was made here" in again.errors
    engine.run(folder, "--recipe", "square-1080")
    assert len(pictures_in(folder)) == 6
    (folder / ours).write_bytes(png_bytes(500, 400, seed=9))  # edited, it is the user's
    engine.run(folder, *RECIPE)
    assert len(pictures_in(folder)) == 8


def pictures_in(folder: Path) -> list[str]:
    """What people see in it."""
    return [name for name in files_in(folder) if ".fetchmill" not in name]
