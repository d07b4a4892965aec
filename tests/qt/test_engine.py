"""The engine as a whole, on a real server, with real children: from a drop to finished pictures."""

import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from core.engine import Engine
from core.job import Drop, JobState, Order, RunState, SourceKind
from core.store import Store
from tests.support.engines import Listener, close, files_in, finished_in, quick, run_to_end
from tests.support.pictures import jpeg_bytes, png_bytes
from tests.support.server import Answer, Gate, Server, failure, redirect
from tests.support.waiting import wait_for_signal, wait_until


def test_a_list_becomes_finished_pictures(engine: Engine, server: Server, tmp_path: Path) -> None:
    photos = {f"/p{i}.jpg": jpeg_bytes(640, 480, seed=i) for i in range(12)}
    urls = [server.serve(path, photo) for path, photo in photos.items()]
    heard = Listener(engine)
    run_to_end(engine, urls, tmp_path / "out", "thumbnail-256")
    assert heard.states() == [JobState.DONE] * 12
    for path, photo in photos.items():
        job = heard.job(path)
        assert job.sha256 == hashlib.sha256(photo).hexdigest()
        assert (job.received, job.width, job.height, job.format) == (len(photo), 256, 192, "JPEG")
        assert Path(job.original or "").read_bytes() == photo
        with Image.open(job.file or "") as picture:
            assert picture.size == (256, 192)
        assert Path(job.file or "").stat().st_size == job.bytes_out
    assert files_in(tmp_path / "out") == sorted(
        [f"p{i}.jpg" for i in range(12)] + [f"originals/p{i}.jpg" for i in range(12)]
    )


def test_states_are_said_in_an_order_that_exists(engine: Engine, server: Server, tmp_path: Path) -> None:
    gate = Gate()
    url = server.serve("/a.jpg", Answer(jpeg_bytes(), gate=gate, gate_after=2000))
    heard = Listener(engine)
    engine.add(Drop(url))
    engine.start(Order(str(tmp_path), "jpeg"))
    wait_until(lambda: any((j.received or 0) >= 2000 for j in heard.jobs.values()), engine.jobs_changed)
    assert heard.job("/a.jpg").state is JobState.DOWNLOADING
    assert heard.job("/a.jpg").size == len(jpeg_bytes())
    wait_for_signal(engine.totals_changed, gate.open, lambda totals: totals.run is RunState.IDLE)
    (states,) = heard.history.values()
    assert states[0] is JobState.QUEUED
    assert states[-1] is JobState.DONE


def test_as_downloaded_changes_nothing_and_keeps_no_second_copy(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    url = server.serve("/a.jpg", jpeg_bytes())
    heard = Listener(engine)
    run_to_end(engine, [url], tmp_path)
    assert files_in(tmp_path) == ["a.jpg"]
    assert (tmp_path / "a.jpg").read_bytes() == jpeg_bytes()
    job = heard.job("/a.jpg")
    assert (job.file, job.original, job.bytes_out) == (str(tmp_path / "a.jpg"), None, len(jpeg_bytes()))


def test_what_is_no_picture_arrives_without_a_recipe(engine: Engine, server: Server, tmp_path: Path) -> None:
    url = server.serve("/a.zip", b"PK\x03\x04 and so on")
    heard = Listener(engine)
    run_to_end(engine, [url], tmp_path, "thumbnail-256")
    assert heard.job("/a.zip").state is JobState.DONE
    assert files_in(tmp_path) == ["a.zip"]


def test_a_picture_that_hides_behind_a_plain_name_is_recognised(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    url = server.serve("/get?id=7", Answer(png_bytes(), content_type="application/octet-stream"))
    heard = Listener(engine)
    run_to_end(engine, [url], tmp_path, "jpeg")
    assert files_in(tmp_path) == ["get.jpg", "originals/get.png"]
    assert heard.job("id=7").format == "JPEG"


@pytest.mark.parametrize("recipe", ["as-downloaded", "thumbnail-256"])
def test_each_bad_download_fails_alone_and_leaves_nothing(
    engine: Engine, server: Server, tmp_path: Path, recipe: str
) -> None:
    photo = jpeg_bytes()
    cases = {
        server.serve("/404.jpg", failure(404)): "http-status",
        server.serve("/html.jpg", b"<!doctype html><title>Log in</title>"): "not-an-image",
        server.serve("/typed", Answer(b"hello", content_type="image/png")): "not-an-image",
        server.serve("/empty.jpg", b""): "not-an-image",
        server.serve("/short.jpg", Answer(photo, cut_after=900)): "truncated",
        server.serve("/chunked.jpg", Answer(photo, chunked=True, cut_after=900)): "truncated",
        server.serve("/half.jpg", photo[: len(photo) // 2]): "truncated",
        server.serve("/loop.jpg", redirect("/loop.jpg")): "redirect",
        server.serve("/out.jpg", redirect("file:///etc/passwd")): "redirect",
        server.raw("/odd.jpg", b"HTTP/1.1 200 OK\r\nContent-Length: 6x\r\n\r\nabcdef"): "protocol",
        "http://127.0.0.1:1/refused.jpg": "connection-refused",
        "http://no-such-host.invalid/a.jpg": "name-resolution",
        "ftp://127.0.0.1/a.jpg": "unsupported-scheme",
        "no link at all": "bad-url",
        str(tmp_path / "missing.jpg"): "bad-url",
    }
    good = server.serve("/good.jpg", photo)
    heard = Listener(engine)
    run_to_end(engine, [*cases, good], tmp_path / "out", recipe)
    codes = {job.source: job.error.code for job in heard.jobs.values() if job.error}
    assert codes == cases
    for job in heard.jobs.values():
        if job.error:
            assert job.state is JobState.FAILED
            assert all((job.error.title, job.error.message, job.error.hint))
    assert heard.job("/404.jpg").error.status == 404  # type: ignore[union-attr]  # it failed: see codes
    assert heard.job("/good.jpg").state is JobState.DONE
    kept = ["good.jpg"] if recipe == "as-downloaded" else ["good.jpg", "originals/good.jpg"]
    assert finished_in(tmp_path / "out") == kept
    close(engine)
    assert files_in(tmp_path / "out") == kept


def test_a_passing_failure_is_tried_again(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    url = server.serve(
        "/a.jpg", failure(503, retry_after=0), Answer(jpeg_bytes(), cut_after=500), Answer(jpeg_bytes())
    )
    engine = make_engine(quick(retries=3))
    heard = Listener(engine)
    run_to_end(engine, [url], tmp_path)
    job = heard.job("/a.jpg")
    assert (job.state, job.attempts) == (JobState.DONE, 3)
    assert (tmp_path / "a.jpg").read_bytes() == jpeg_bytes()
    assert server.received("/a.jpg")[-1].headers["Range"] == "bytes=500-"


def test_waiting_for_another_try_is_shown_and_ends_with_the_tries(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    url = server.serve("/a.jpg", failure(503, retry_after=3000))
    engine = make_engine(quick(retries=1))
    heard = Listener(engine)
    engine.add(Drop(url))
    engine.start(Order(str(tmp_path), "jpeg"))
    wait_until(lambda: heard.states() == [JobState.RETRYING], engine.jobs_changed)
    job = heard.job("/a.jpg")
    assert job.retry_in is not None
    assert 2900 < job.retry_in <= 3000
    assert job.error is not None
    assert job.error.status == 503
    engine.cancel()
    wait_until(lambda: heard.states() == [JobState.CANCELLED], engine.jobs_changed)


def test_two_urls_of_one_name_get_two_names(engine: Engine, server: Server, tmp_path: Path) -> None:
    urls = [server.serve(f"/{i}/Photo.JPG", jpeg_bytes(seed=i)) for i in range(3)]
    urls.append(server.serve("/4/photo.jpg", jpeg_bytes(seed=4)))
    heard = Listener(engine)
    run_to_end(engine, urls, tmp_path)
    assert {name.lower() for name in files_in(tmp_path)} == {
        "photo.jpg",
        "photo (2).jpg",
        "photo (3).jpg",
        "photo (4).jpg",
    }
    for i in (0, 1, 2, 4):
        file = heard.job(f"/{i}/Photo.JPG" if i < 4 else "/4/photo.jpg").file
        assert Path(file or "").read_bytes() == jpeg_bytes(seed=i)


def test_the_same_url_twice_is_one_job(engine: Engine, server: Server, tmp_path: Path) -> None:
    url = server.serve("/a.jpg", jpeg_bytes())
    heard = Listener(engine)
    run_to_end(engine, [url, url + "#top", url], tmp_path)
    assert len(heard.jobs) == 1
    assert (heard.reports[0].added, heard.reports[0].duplicates) == (1, 2)
    assert server.requests("/a.jpg") == 1


def test_a_folder_keeps_its_tree_and_its_originals(engine: Engine, tmp_path: Path) -> None:
    for name in ("a.jpg", "sub/b.jpg", "sub/deep/a.jpg"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg_bytes(400, 300))
    before = {name: (tmp_path / "in" / name).stat().st_mtime_ns for name in files_in(tmp_path / "in")}
    heard = Listener(engine)
    run_to_end(engine, [str(tmp_path / "in")], tmp_path / "out", "thumbnail-256")
    assert files_in(tmp_path / "out") == ["a.jpg", "sub/b.jpg", "sub/deep/a.jpg"]
    assert {name: (tmp_path / "in" / name).stat().st_mtime_ns for name in files_in(tmp_path / "in")} == before
    job = heard.job("b.jpg")
    assert job.kind is SourceKind.FILE
    assert (job.received, job.sha256) == (
        len(jpeg_bytes(400, 300)),
        hashlib.sha256(jpeg_bytes(400, 300)).hexdigest(),
    )
    assert job.original == job.source


@pytest.mark.parametrize("existing", ["rename", "replace", "skip"])
def test_a_local_original_is_never_overwritten(
    make_engine: Callable[..., Engine], tmp_path: Path, existing: str
) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg_bytes(400, 300))
    run_to_end(make_engine(quick(existing=existing)), [str(tmp_path / "a.jpg")], tmp_path, "thumbnail-256")
    assert (tmp_path / "a.jpg").read_bytes() == jpeg_bytes(400, 300)


def test_a_local_picture_that_stays_as_it_is_is_skipped(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg_bytes())
    heard = Listener(engine)
    run_to_end(engine, [str(tmp_path / "a.jpg")], tmp_path / "out")
    assert heard.states() == [JobState.SKIPPED]
    assert heard.job("a.jpg").notes


@pytest.mark.parametrize(
    ("existing", "state", "files"),
    [
        ("rename", JobState.DONE, ["a (2).jpg", "a.jpg"]),
        ("replace", JobState.DONE, ["a.jpg"]),
        ("skip", JobState.SKIPPED, ["a.jpg"]),
        ("ask", JobState.FAILED, ["a.jpg"]),
    ],
)
def test_files_that_were_there_before(
    make_engine: Callable[..., Engine],
    server: Server,
    tmp_path: Path,
    existing: str,
    state: JobState,
    files: list[str],
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"from before")
    url = server.serve("/a.jpg", jpeg_bytes())
    engine = make_engine(quick(existing=existing))
    heard = Listener(engine)
    run_to_end(engine, [url], tmp_path)
    assert heard.states() == [state]
    assert finished_in(tmp_path) == files
    replaced = (tmp_path / "a.jpg").read_bytes() == jpeg_bytes()
    assert replaced == (existing == "replace")
    assert server.requests("/a.jpg") == (0 if existing == "skip" else 1)


def test_originals_are_left_out_where_nobody_wants_them(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    url = server.serve("/a.jpg", jpeg_bytes())
    run_to_end(make_engine(quick(keep_originals=False)), [url], tmp_path, "webp")
    assert files_in(tmp_path) == ["a.webp"]


def test_a_destination_that_cannot_be_written_fails_rows_and_loses_none(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    url = server.serve("/a.jpg", jpeg_bytes())
    heard = Listener(engine)
    run_to_end(engine, [url], tmp_path / "file")
    job = heard.job("/a.jpg")
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code == "destination"
    assert server.requests() == 0
    engine.retry()
    wait_for_signal(
        engine.totals_changed,
        lambda: engine.start(Order(str(tmp_path / "out"), "as-downloaded")),
        lambda totals: totals.run is RunState.IDLE,
    )
    assert heard.states() == [JobState.DONE]


def test_decoded_content_is_right(engine: Engine, server: Server, tmp_path: Path) -> None:
    run_to_end(engine, [server.serve("/a.png", png_bytes(300, 200))], tmp_path, "webp")
    with Image.open(tmp_path / "a.webp") as made, Image.open(BytesIO(png_bytes(300, 200))) as came:
        assert made.size == came.size


def again(engine: Engine, destination: Path, recipe: str) -> None:
    """Retry what ended and wait for the end."""
    engine.retry(tuple(job.id for job in engine._queue))
    wait_for_signal(
        engine.totals_changed,
        lambda: engine.start(Order(str(destination), recipe)),
        lambda totals: totals.run is RunState.IDLE,
    )


def test_the_hint_to_keep_the_file_as_it_is_works(engine: Engine, server: Server, tmp_path: Path) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    heard = Listener(engine)
    run_to_end(engine, [server.serve("/a.svg", svg)], tmp_path, "jpeg")
    assert heard.states() == [JobState.FAILED]
    again(engine, tmp_path, "as-downloaded")
    assert heard.states() == [JobState.DONE]
    assert (tmp_path / "a.svg").read_bytes() == svg


def test_another_recipe_makes_another_file(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg_bytes())
    heard = Listener(engine)
    run_to_end(engine, [str(tmp_path / "a.jpg")], tmp_path / "out", "as-downloaded")
    assert heard.states() == [JobState.SKIPPED]
    again(engine, tmp_path / "out", "thumbnail-256")
    assert heard.states() == [JobState.DONE]
    assert heard.job("a.jpg").file == str(tmp_path / "out" / "a.jpg")
    assert files_in(tmp_path / "out") == ["a.jpg"]


@pytest.mark.parametrize("existing", ["skip", "ask", "rename"])
def test_an_older_original_is_in_nobodys_way(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path, existing: str
) -> None:
    (tmp_path / "originals").mkdir()
    (tmp_path / "originals" / "a.jpg").write_bytes(b"from before")
    engine = make_engine(quick(existing=existing))
    heard = Listener(engine)
    run_to_end(engine, [server.serve("/a.jpg", jpeg_bytes())], tmp_path, "thumbnail-256")
    assert heard.states() == [JobState.DONE]
    assert files_in(tmp_path) == ["a.jpg", "originals/a (2).jpg", "originals/a.jpg"]
    assert (tmp_path / "originals" / "a.jpg").read_bytes() == b"from before"


@pytest.mark.parametrize("way", ["folder", "parent", "source"])
def test_links_do_not_lead_to_a_local_original(
    make_engine: Callable[..., Engine], tmp_path: Path, way: str
) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    (real / "in").mkdir(parents=True)
    (real / "in" / "a.jpg").write_bytes(jpeg_bytes())
    link.symlink_to(real)
    source, destination = {
        "folder": (real / "in", link / "in"),
        "parent": (link / "in" / "a.jpg", real / "in"),
        "source": (tmp_path / "a.jpg", real / "in"),
    }[way]
    if way == "source":
        source.symlink_to(real / "in" / "a.jpg")
    run_to_end(make_engine(quick(existing="replace")), [str(source)], destination, "thumbnail-256")
    assert (real / "in" / "a.jpg").read_bytes() == jpeg_bytes()


def test_a_speed_limit_is_no_stall(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    urls = [server.serve(f"/{i}.bin", bytes(60_000)) for i in range(4)]
    engine = make_engine(quick(limit_rate=100_000, timeout=1))
    heard = Listener(engine)
    run_to_end(engine, urls, tmp_path)
    assert heard.states() == [JobState.DONE] * 4


def test_what_a_dead_engine_left_is_swept(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    store = Store(tmp_path / "queue.sqlite", keeps_jobs=True)
    parts = tmp_path / "out" / ".fetchmill" / "parts"
    parts.mkdir(parents=True)
    for name in (
        f"{store.prefix}-0123.part",
        f"{store.prefix}-0123.part.json",
        f"{store.prefix}~77aa-1.part",
    ):
        (parts / name).touch()
    (parts / "of-another-queue.part").touch()
    engine = make_engine(store=store)
    engine.announce()
    run_to_end(engine, [server.serve("/a.jpg", jpeg_bytes())], tmp_path / "out")
    assert files_in(tmp_path / "out") == [".fetchmill/parts/of-another-queue.part", "a.jpg"]


def test_two_engines_in_one_folder_lose_nothing(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    engines = [make_engine(), make_engine()]
    heard = [Listener(engine) for engine in engines]
    for number, engine in enumerate(engines):
        urls = [server.serve(f"/{number}/{i}/same.bin", f"{number} {i}".encode()) for i in range(40)]
        engine.add(Drop("\n".join(urls)))
        engine.start(Order(str(tmp_path), "as-downloaded"))
    wait_until(lambda: all(one.states() == [JobState.DONE] * 40 for one in heard), timeout_s=60)
    contents = {Path(job.file or "").read_bytes() for one in heard for job in one.jobs.values()}
    assert len(contents) == 80
