"""What files are called in the end, whatever the server says: from its bytes to the folder (FAULTS.md, N)."""

import contextlib
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from core.destination import download_part
from core.engine import Engine
from core.job import Drop, JobState, Order, SourceKind
from core.settings import Existing
from core.sources.keys import source_key
from core.store import Store
from tests.support.engines import Listener, files_in, finished_in, quick, run_to_end
from tests.support.pictures import jpeg_bytes
from tests.support.server import Answer, Gate, Server, redirect
from tests.support.waiting import wait_for_signal, wait_until

JPEG = jpeg_bytes(8, 8)
OTHER = jpeg_bytes(8, 8, seed=5)
PDF = b"%PDF-1.4 nothing more"


@pytest.fixture
def engine(make_engine: Callable[..., Engine]) -> Engine:
    """One worker does: starting a second one takes longer than these tests otherwise do."""
    return make_engine(quick(workers=1))


def raw(body: bytes, *headers: bytes) -> bytes:
    """An answer with headers as no library would write them."""
    return b"\r\n".join([b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers, b"", body])


@pytest.mark.parametrize(
    ("path", "body", "headers", "name"),
    [
        ("/from%20url.jpg?x=1", JPEG, [], "from url.jpg"),
        ("/data.bin", b"\xff\x0a" + bytes(100), [], "data.bin"),
        ("/notes.txt", b"P1 is the first point.\n", [b"Content-Type: text/plain"], "notes.txt"),
        ("/a", JPEG, [b"Content-Disposition: attachment; filename=raw \xc3\xa4.jpg"], "raw ä.jpg"),
        ("/a", JPEG, [b"Content-Disposition: attachment; filename=latin \xe4.jpg"], "latin ä.jpg"),
        ("/a", JPEG, [b"Content-Disposition: attachment; filename*=UTF-8''%E2%82%AC.jpg; filename=x"], "€.jpg"),
        ("/a", JPEG, [b'content-disposition:attachment;filename="fold\r\n ed.jpg"'], "fold ed.jpg"),
        ("/a", JPEG, [b'Content-Disposition: attachment; filename="../../../out.jpg"'], "out.jpg"),
        ("/a", JPEG, [b'Content-Disposition: attachment; filename="..\\..\\out.jpg"'], "out.jpg"),
        ("/a", JPEG, [b"Content-Disposition: attachment; filename=%2e%2e%2fout.jpg"], "out.jpg"),
        ("/..%2F..%2Fout.jpg", JPEG, [], "out.jpg"),
        ("/a", JPEG, [b'Content-Disposition: attachment; filename="CON.jpg"'], "_CON.jpg"),
        ("/a", JPEG, [b'Content-Disposition: attachment; filename="x.jpg:y.exe"'], "x.jpg_y.jpg"),
        ("/a", JPEG, [b'Content-Disposition: attachment; filename="x.jpg.exe"'], "x.jpg"),
        ("/a", JPEG, [b"Content-Disposition: attachment; filename*=UTF-8''x%E2%80%AEgpj.exe"], "xgpj.jpg"),
        ("/a.png", JPEG, [b"Content-Type: image/png"], "a.jpg"),
        ("/" + "%C3%A9" * 200 + ".jpg", JPEG, [], "é" * 98 + ".jpg"),
        ("/dir/", PDF, [b"Content-Type: application/pdf"], "download.pdf"),
        ("/originals", PDF, [], "_originals"),
        ("/get.php?id=1", PDF, [b"Content-Type: application/pdf"], "get.pdf"),
        ("/a", PDF, [b'Content-Disposition: attachment; filename=".bashrc"'], "_bashrc"),
        ("/a", PDF, [b"Content-Disposition: attachment; filename=first", b"Content-Disposition: attachment; filename=b"], "first"),
    ],
)  # fmt: skip
def test_a_name_from_the_servers_bytes_to_the_folder(
    engine: Engine, server: Server, tmp_path: Path, path: str, body: bytes, headers: list[bytes], name: str
) -> None:
    heard = Listener(engine)
    run_to_end(engine, [server.raw(path, raw(body, *headers))], tmp_path / "out")
    assert heard.states() == [JobState.DONE]
    assert files_in(tmp_path / "out") == [name]
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / name).read_bytes() == body


def test_the_address_that_was_asked_for_names_what_the_last_one_does_not(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    server.serve("/?id=5", Answer(JPEG, "image/jpeg"))
    run_to_end(engine, [server.serve("/photo.jpg", redirect("/?id=5"))], tmp_path)
    assert files_in(tmp_path) == ["photo.jpg"]


def test_many_of_one_name_at_once_are_as_many_files(engine: Engine, server: Server, tmp_path: Path) -> None:
    bodies = [jpeg_bytes(8, 8, seed=i) for i in range(40)]
    names = ["a.jpg", "A.JPG", "a.jpeg", "a%20(2).jpg"]
    urls = [server.serve(f"/{i}/{names[i % 4]}", body) for i, body in enumerate(bodies)]
    run_to_end(engine, urls, tmp_path)
    files = files_in(tmp_path)
    assert len(files) == 40 == len({name.casefold() for name in files})
    assert {(tmp_path / name).read_bytes() for name in files} == set(bodies)


@pytest.mark.parametrize("kind", ["folder", "link", "dead link", "pipe", "socket", "device"])
@pytest.mark.parametrize("existing", [Existing.RENAME, Existing.REPLACE, Existing.SKIP])
def test_what_is_no_file_is_never_replaced(
    engine: Engine, server: Server, tmp_path: Path, kind: str, existing: Existing
) -> None:
    engine.configure(quick(existing=existing.value, workers=1))
    heard = Listener(engine)
    mine, there = tmp_path / "mine.txt", tmp_path / "a.jpg"
    mine.write_bytes(b"mine")
    planted(there, kind)
    before = identity(there)
    run_to_end(engine, [server.serve("/a.jpg", JPEG)], tmp_path)
    made = [] if existing is Existing.SKIP else ["a (2).jpg"]
    assert heard.states() == [JobState.DONE if made else JobState.SKIPPED]
    assert sorted(p.name for p in tmp_path.iterdir() if p.name[0] != ".") == [*made, "a.jpg", "mine.txt"]
    assert identity(there) == before
    assert mine.read_bytes() == b"mine"


def identity(path: Path) -> tuple[int, ...]:
    """By which it is seen that nobody has touched it."""
    found = path.lstat()
    return found.st_ino, found.st_mode, found.st_rdev, found.st_mtime_ns


def planted(path: Path, kind: str) -> None:
    """Something that is no file."""
    match kind:
        case "folder":
            path.mkdir()
        case "link":
            path.symlink_to("mine.txt")
        case "dead link":
            path.symlink_to("nowhere")
        case "pipe":
            os.mkfifo(path)
        case "socket":
            with (
                socket.socket(socket.AF_UNIX) as one,
                contextlib.chdir(path.parent),
            ):  # the path may be too long
                one.bind(path.name)
        case "device":
            try:
                os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 7))  # /dev/full
            except PermissionError as error:
                pytest.skip(f"only root may make devices: {error}")


def test_two_of_one_name_that_end_at_the_same_moment(engine: Engine, server: Server, tmp_path: Path) -> None:
    bodies, gate = [jpeg_bytes(90, 90, seed=seed) for seed in range(2)], Gate()
    answers = [Answer(body, gate=gate, gate_after=500) for body in bodies]
    urls = [server.serve(f"/{number}/a.jpg", answer) for number, answer in enumerate(answers)]
    heard = Listener(engine)
    engine.add(Drop(sources=tuple(urls)))
    engine.start(Order(str(tmp_path), "as-downloaded"))
    wait_until(
        lambda: sorted(job.received or 0 for job in heard.jobs.values()) >= [500, 500], engine.jobs_changed
    )
    gate.open()
    wait_until(lambda: heard.states() == [JobState.DONE] * 2, engine.jobs_changed)
    assert finished_in(tmp_path) == ["a (2).jpg", "a.jpg"]
    assert {(tmp_path / name).read_bytes() for name in finished_in(tmp_path)} == set(bodies)


def test_a_thousand_of_one_name_are_a_thousand_files(engine: Engine, tmp_path: Path) -> None:
    heard = Listener(engine)
    run_to_end(engine, [f"data:,{number}" for number in range(1000)], tmp_path)
    assert set(heard.states()) == {JobState.DONE}
    files = {name: (tmp_path / name).read_bytes() for name in files_in(tmp_path)}
    assert sorted(files) == sorted(["download.txt", *(f"download ({n}).txt" for n in range(2, 1001))])
    assert sorted(files.values()) == sorted(b"%d" % number for number in range(1000))


def test_the_normal_forms_of_a_name_are_one(engine: Engine, server: Server, tmp_path: Path) -> None:
    (tmp_path / "cafe\u0301.jpg").write_bytes(b"mine")
    urls = [server.serve(path, jpeg_bytes(8, 8, seed=1)) for path in ("/caf%C3%A9.jpg", "/1/cafe%CC%81.jpg")]
    run_to_end(engine, urls, tmp_path)
    assert files_in(tmp_path) == ["cafe\u0301.jpg", "café (2).jpg", "café (3).jpg"]
    assert (tmp_path / "cafe\u0301.jpg").read_bytes() == b"mine"


def test_a_path_that_is_nearly_too_long_shortens_the_name(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    out = tmp_path
    while len(os.fsencode(out)) < 3900:
        out = out / ("d" * 60)
    heard = Listener(engine)
    urls = [server.serve(f"/{number}/{'n' * 190}.jpg", jpeg_bytes(8, 8, seed=number)) for number in range(2)]
    run_to_end(engine, urls, out)
    assert heard.states() == [JobState.DONE] * 2
    files = finished_in(out)
    assert len(files) == 2
    assert all(name.startswith("nnn") and name.endswith(".jpg") and len(name) < 190 for name in files)


def test_a_path_that_is_too_long_for_any_name(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    engine = make_engine(quick(name_template="/".join(["{name}"] * 25)))
    heard = Listener(engine)
    run_to_end(engine, [server.serve(f"/{'n' * 190}.jpg", JPEG)], tmp_path / "out")
    (job,) = heard.jobs.values()
    assert job.error is not None
    assert job.error.code == "destination"
    assert "File name too long" in job.error.message
    assert finished_in(tmp_path / "out") == []


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_link_where_the_part_file_is_to_be(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path, when: str
) -> None:
    store = Store(tmp_path / "queue.sqlite", keeps_jobs=True)
    engine = make_engine(store=store)
    heard = Listener(engine)
    wait_for_signal(engine.recovered, engine.announce)
    out, victim, gate = tmp_path / "out", tmp_path / "victim", Gate()
    victim.write_bytes(OTHER)
    url = server.serve("/a.jpg", Answer(JPEG, gate=gate, gate_after=100), Answer(JPEG))
    part = Path(download_part(str(out), store.prefix, source_key(url, SourceKind.URL)))
    if when == "before":
        part.parent.mkdir(parents=True)
        part.symlink_to(victim)
        gate.open()
    engine.add(Drop(sources=(url,)))
    engine.start(Order(str(out), "as-downloaded"))
    if when == "meanwhile":
        wait_until(
            lambda: (heard.job("/a.jpg").received or 0) >= 100 if heard.jobs else False, engine.jobs_changed
        )
        part.unlink()
        part.symlink_to(victim)
        gate.open()
    wait_until(lambda: bool(heard.jobs) and heard.job("/a.jpg").state.is_final, engine.jobs_changed)
    assert victim.read_bytes() == OTHER
    for name in finished_in(out):
        assert not (out / name).is_symlink()
        assert (out / name).read_bytes() == JPEG
    assert finished_in(out) == (["a.jpg"] if when == "before" else [])
    if when == "meanwhile":
        error = heard.job("/a.jpg").error
        assert error is not None
        assert "has been changed by another program" in error.message
        engine.retry()
        engine.start(Order(str(out), "as-downloaded"))
        wait_until(lambda: heard.job("/a.jpg").state is JobState.DONE, engine.jobs_changed)
        assert (out / "a.jpg").read_bytes() == JPEG
