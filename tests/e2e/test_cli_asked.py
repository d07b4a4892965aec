"""``fetchmill-cli run`` and ``plan`` with headers, referrer, user agent and cookies for all links."""

from pathlib import Path

import pytest

from tests.support.command_line import cli
from tests.support.server import Server


def test_every_link_is_asked_as_the_options_say(server: Server, tmp_path: Path) -> None:
    urls = [server.serve(f"/{name}.bin", b"x") for name in "ab"]
    cookies = tmp_path / "cookies.txt"
    cookies.write_text("127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\topen\n")
    headers = ("--referer", "http://page.example/", "--header", "X-Key: k", "--header", "X-Other: o")
    program = ("--user-agent", "Mine/1", "--cookies", cookies)
    ended = cli("run", *urls, "--to", tmp_path / "out", *headers, *program)
    assert ended.returncode == 0, ended.stderr
    for path in ("/a.bin", "/b.bin"):
        (request,) = server.received(path)
        said = [request.headers[name] for name in ("Referer", "X-Key", "X-Other", "User-Agent", "Cookie")]
        assert said == ["http://page.example/", "k", "o", "Mine/1", "session=open"]


def test_no_secret_is_left_in_the_journal(server: Server, tmp_path: Path) -> None:
    url = server.serve("/a.bin", b"x")
    assert cli("run", url, "--to", tmp_path, "--header", "X-Key: open-sesame").returncode == 0
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert left
    assert not [path for path in left if b"open-sesame" in path.read_bytes()]


@pytest.mark.parametrize("command", ["run", "plan"])
@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--header", "no colon"], "'no' begins no header"),
        (["--header", "Range: bytes=0-"], "Range"),
        (["--user-agent", "a\nb: c"], "cannot be sent"),
        (["--cookies", "/no/such/cookies.txt"], "/no/such/cookies.txt"),
        (["--cookies", "{here}"], "Netscape"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_line(
    command: str, options: list[str], word: str, tmp_path: Path
) -> None:
    here = tmp_path / "cookies.json"
    here.write_text('[{"name": "session"}]\n')
    arguments = [option.format(here=here) for option in options]
    ended = cli(command, "http://127.0.0.1:9/a", "--to", tmp_path / "out", *arguments)
    assert ended.returncode == 2
    assert word in ended.stderr.decode()
    assert ended.stderr.count(b"\n") == 1
    assert not (tmp_path / "out").exists()


def test_plan_accepts_them(tmp_path: Path) -> None:
    arguments = ("--header", "X-Key: k", "--referer", "http://page.example/")
    planned = cli("plan", "http://127.0.0.1:9/a.zip", "--to", tmp_path, *arguments)
    assert planned.returncode == 0
    assert planned.stdout.startswith(b"download")
