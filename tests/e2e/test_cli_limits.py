"""``fetchmill-cli run`` with what is wanted at all, dates, logins of the home folder, and proxies past which some go."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.command_line import cli, records
from tests.support.server import Answer, Server

_DATE = "Wed, 21 Oct 2015 07:28:00 GMT"


def test_only_what_is_wanted_comes(server: Server, tmp_path: Path) -> None:
    wanted = server.serve("/a.txt", Answer(b"x" * 1500, headers={"Content-Type": "text/plain"}))
    large = server.serve("/b.txt", Answer(b"x" * 3000, headers={"Content-Type": "text/plain"}))
    other = server.serve("/c.zip", Answer(b"x" * 1500, headers={"Content-Type": "application/zip"}))
    limits = ("--max-filesize", "2K", "--only-types", "text,image/png")
    found = records(cli("run", wanted, large, other, "--to", tmp_path, "--json", *limits).stdout)
    assert found[wanted]["state"] == "done"
    assert found[large]["error"]["code"] == "too-large"
    assert found[other]["error"]["code"] == "unwanted-type"


@pytest.mark.parametrize(("options", "is_kept"), [((), True), (("--no-remote-time",), False)])
def test_files_get_the_servers_dates_unless_told(
    server: Server, tmp_path: Path, options: tuple[str, ...], *, is_kept: bool
) -> None:
    url = server.serve("/a.bin", Answer(b"x", headers={"Last-Modified": _DATE}))
    assert cli("run", url, "--to", tmp_path, *options).returncode == 0
    date = datetime(2015, 10, 21, 7, 28, tzinfo=UTC).timestamp()
    assert ((tmp_path / "a.bin").stat().st_mtime == date) is is_kept


def test_logins_of_the_home_folder(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login user password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    url = server.serve("/a.bin", b"x")
    assert cli("run", url, "--to", tmp_path / "out", "--netrc").returncode == 0
    assert server.received("/a.bin")[0].headers["Authorization"] is not None


@pytest.mark.parametrize("kind", ["system", "http://127.0.0.1:9"])
def test_hosts_are_asked_past_any_proxy(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    nowhere = "0.0.0.0"  # noqa: S104  # asked, not bound: it leads here, and no proxy excepts it by itself
    url = server.serve("/a.bin", b"x").replace("127.0.0.1", nowhere)
    states = []
    for past in ((), ("--no-proxy", "0.0.0.0/8")):
        ended = cli("run", url, "--to", tmp_path, "--json", "--retries", "0", "--proxy", kind, *past)
        states.append(records(ended.stdout)[url]["state"])
    assert states == ["failed", "done"]


def test_a_password_in_a_link_is_in_no_output(server: Server, tmp_path: Path, home: Path) -> None:
    place = f"127.0.0.1:{server.port}"
    for path in ("/a.bin", "/b.bin"):
        server.serve(path, b"the same")  # of which a note is made
    urls = [f"http://me:ver@y-secret@{place}/{name}.bin" for name in "ab"] + ["http://me:y-secret@:/x"]
    shown = [f"http://me:***@{place}/{name}.bin" for name in "ab"] + ["http://me:***@:/x"]
    runs = [
        cli(command, *urls, "--to", tmp_path / "out", *form, "--retries", "0")
        for form in (("--json",), ())
        for command in ("plan", "run")
    ]
    assert set(records(runs[0].stdout)) == set(records(runs[1].stdout)) == set(shown)
    assert records(runs[1].stdout)[shown[0]]["state"] == "done"
    written = [
        path.read_bytes() for folder in (tmp_path, home) for path in folder.rglob("*") if path.is_file()
    ]
    assert not [text for run in runs for text in (run.stdout, run.stderr) if b"y-secret" in text]
    assert not [text for text in written if b"y-secret" in text]
