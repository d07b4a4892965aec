"""``fetchmill-cli --proxy``: through what it says, and its login stays with the proxy."""

from pathlib import Path

import pytest

from tests.support.command_line import cli, records
from tests.support.proxy import Proxy
from tests.support.server import Server, failure

LOGIN = "user:very-secret"


def everything_in(*folders: Path) -> bytes:
    return b"".join(path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(("kind", "scheme"), [("http", "http"), ("socks5", "socks5h")])
def test_downloads_go_through_the_proxy(
    server: Server, tmp_path: Path, home: Path, kind: str, scheme: str
) -> None:
    server.serve("/a.bin", b"file")
    out = tmp_path / "out"
    with Proxy(kind, LOGIN) as proxy:
        url = f"http://far.test:{server.port}/a.bin"
        run = cli("run", url, "--to", out, "--json", "--proxy", proxy.url(scheme, LOGIN))
    assert run.returncode == 0
    assert records(run.stdout)[url]["state"] == "done"
    assert (out / "a.bin").read_bytes() == b"file"
    assert proxy.asked == [f"far.test:{server.port}"]
    assert b"secret" not in run.stdout + run.stderr + everything_in(out, home)


def test_a_proxy_that_fails_is_not_passed_by(server: Server, tmp_path: Path, home: Path) -> None:
    url, proxy = server.serve("/a.bin", b"file"), f"http://{LOGIN}@127.0.0.1:9"
    run = cli("run", url, "--to", tmp_path / "out", "--json", "--retries", "1", "--proxy", proxy)
    assert run.returncode == 1
    assert records(run.stdout)[url]["error"]["code"] == "proxy"
    assert server.requests() == 0
    assert b"secret" not in run.stdout + run.stderr + everything_in(tmp_path, home)


def test_none_is_asked_when_none_is_wanted(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.serve("/a.bin", b"file").replace(
        "127.0.0.1", "127.0.0.2"
    )  # which is not excepted by itself here
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    server.serve("/a.bin", failure(410))
    run = cli("run", url, "--to", tmp_path / "out", "--json", "--retries", "0", "--proxy", "none")
    assert records(run.stdout)[url]["error"]["code"] != "proxy"


@pytest.mark.parametrize("value", ["ftp://user:very-secret@host", "http://very-secret@host:99999", ""])
def test_what_is_no_proxy_is_said_in_one_line_without_its_password(tmp_path: Path, value: str) -> None:
    run = cli("run", "http://h/a", "--to", tmp_path, "--proxy", value)
    assert run.returncode == 2
    assert run.stderr.count(b"\n") == 1
    assert b"--proxy" in run.stderr
    assert b"secret" not in run.stderr
