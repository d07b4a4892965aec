"""What files are called in the end, whatever the server says: from its bytes to the folder (FAULTS.md, N)."""

from pathlib import Path

import pytest

from core.engine import Engine
from core.job import JobState
from core.settings import Existing
from tests.support.engines import Listener, files_in, quick, run_to_end
from tests.support.pictures import jpeg_bytes, png_bytes
from tests.support.server import Answer, Server, redirect

JPEG = jpeg_bytes(8, 8)
PDF = b"%PDF-1.4 nothing more"


def raw(body: bytes, *headers: bytes) -> bytes:
    """An answer with headers as no library would write them."""
    return b"\r\n".join([b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers, b"", body])


@pytest.mark.parametrize(
    ("path", "body", "headers", "name"),
    [
        ("/from%20url.jpg?x=1", JPEG, [], "from url.jpg"),
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


def test_what_is_no_file_is_never_replaced(engine: Engine, server: Server, tmp_path: Path) -> None:
    engine.configure(quick(existing=Existing.REPLACE.value))
    (tmp_path / "mine.jpg").write_bytes(b"mine")
    (tmp_path / "a.jpg").symlink_to("mine.jpg")
    (tmp_path / "b.png").mkdir()
    urls = [server.serve("/a.jpg", JPEG), server.serve("/b.png", png_bytes(8, 8))]
    run_to_end(engine, urls, tmp_path)
    assert files_in(tmp_path) == ["a (2).jpg", "a.jpg", "b (2).png", "mine.jpg"]
    assert (tmp_path / "mine.jpg").read_bytes() == b"mine"
