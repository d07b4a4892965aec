"""``fetchmill-cli`` as a process: its promises to scripts (CONTRACT.md)."""

import json
import os
import signal
import subprocess
import sys
from base64 import b64encode
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import core
from tests.support.pictures import jpeg_bytes
from tests.support.server import Answer, Gate, Server, failure

ROOT = Path(__file__).parents[2]


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "core.cli", *map(str, arguments)]


def cli(
    *arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command(*arguments),
        input=stdin,
        capture_output=True,
        timeout=120,
        env=environment,
        cwd=cwd,
        check=False,
    )


def records(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_version_and_help() -> None:
    version = cli("--version")
    first, *others = version.stdout.decode().splitlines()
    assert (version.returncode, version.stderr, first) == (0, b"", f"fetchmill {core.__version__}")
    for name in ("Python 3.", "Qt 6.", "Pillow ", "libwebp ", "requests ", "OpenSSL ", "SQLite "):
        assert any(name in line for line in others), name
    usage = cli("run", "--help")
    assert usage.returncode == 0
    for option in ("--to", "--recipe", "--json", "--connections", "--per-host", "--workers", "--limit-rate"):
        assert option in usage.stdout.decode()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["run"],
        ["run", "http://h/a"],
        ["run", "http://h/a", "--to", "x", "--connections", "0"],
        ["run", "http://h/a", "--to", "x", "--workers", "many"],
        ["run", "http://h/a", "--to", "x", "--limit-rate", "fast"],
        ["run", "http://h/a", "--to", "x", "--keep-free", "much"],
        ["run", "http://h/a", "--to", "x", "--timeout", "-1"],
        ["run", "http://h/a", "--to", "x", "--overwrite", "maybe"],
        ["run", "http://h/a", "--to", "x", "--recipe", "no-such-recipe"],
        ["plan", "http://h/a", "--to", "x", "--recipe", "no-such-recipe"],
        ["run", "http://h/a", "--to", "x", "--name", "{nme}"],
        ["plan", "http://h/a", "--to", "x", "--name", "../{name}"],
        ["recipes", "no-such-recipe"],
        ["scan", "http://h/"],
    ],
)
def test_unusable_arguments_are_said_in_one_line(arguments: list[str], tmp_path: Path) -> None:
    ended = cli(*arguments, cwd=tmp_path)
    assert ended.returncode == 2
    assert ended.stdout == b""
    assert len(ended.stderr.decode().strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_recipes_by_name_and_as_a_file(tmp_path: Path, server: Server) -> None:
    listed = cli("recipes").stdout.decode().splitlines()
    names = [line.split()[0] for line in listed]
    assert names == ["as-downloaded", "thumbnail-256", "web-1920", "square-1080", "jpeg", "webp"]
    assert b'## `type = "resize"`' in cli("recipes", "--reference").stdout
    printed = cli("recipes", "thumbnail-256")
    assert printed.returncode == 0
    own = tmp_path / "own.toml"
    own.write_bytes(printed.stdout.replace(b"256", b"99"))
    url = server.serve("/a.jpg", jpeg_bytes())
    ended = cli("run", url, "--to", tmp_path / "out", "--recipe", own, "--json")
    assert records(ended.stdout)[0]["width"] == 99


def test_json_is_one_object_a_line_and_nothing_else(server: Server, tmp_path: Path) -> None:
    urls = [server.serve(f"/{i}.jpg", jpeg_bytes(seed=i)) for i in range(6)] + [
        server.serve("/no.jpg", failure(404))
    ]
    (tmp_path / "list.txt").write_text("\n".join([*urls, urls[0], "rubbish", "# a comment", ""]))
    ended = cli(
        *("run", tmp_path / "list.txt", "--to", tmp_path / "out", "--recipe", "thumbnail-256", "--json"),
        *("--retries", "0"),
    )
    assert ended.returncode == 1
    found = {line["source"]: line for line in records(ended.stdout)}
    assert len(found) == len(ended.stdout.splitlines()) == 8
    assert [found[url]["state"] for url in urls] == ["done"] * 6 + ["failed"]
    assert found[urls[-1]]["error"]["code"] == "http-status"
    assert found[urls[-1]]["error"]["status"] == 404
    assert found["rubbish"]["error"]["code"] == "bad-url"
    assert "1 duplicate" in ended.stderr.decode()
    assert "6 done, 2 failed" in ended.stderr.decode()
    assert "Traceback" not in ended.stderr.decode()


def test_finished_files_are_listed_and_all_done_is_zero(server: Server, tmp_path: Path) -> None:
    url = server.serve("/a.jpg", jpeg_bytes())
    ended = cli("run", "-", "--to", "out", "--quiet", stdin=url.encode("utf-16"), cwd=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
    ended = cli("run", url, "--to", "out2", cwd=tmp_path)
    assert (ended.returncode, ended.stdout.decode().strip()) == (0, str(tmp_path / "out2" / "a.jpg"))
    assert (tmp_path / "out" / "a.jpg").read_bytes() == jpeg_bytes()


def test_an_empty_list_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    ended = cli("run", tmp_path / "empty.txt", "--to", tmp_path / "out", "--json")
    assert (ended.returncode, ended.stdout) == (0, b"")
    assert "empty.txt: 0 added" in ended.stderr.decode()


def test_a_destination_that_is_none(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = cli("run", server.serve("/a.jpg", jpeg_bytes()), "--to", tmp_path / "file", "--json")
    assert ended.returncode == 1
    assert records(ended.stdout)[0]["error"]["code"] == "destination"


def test_links_that_carry_their_file(tmp_path: Path) -> None:
    body = jpeg_bytes(200, 200)
    link = f"data:image/jpeg;base64,{b64encode(body).decode()}"
    assert 2000 < len(link) < 100_000
    lines = f"{link}\ndata:,small\ndata:image/png;base64\n".encode()
    planned = records(cli("plan", "-", "--to", tmp_path / "out", "--json", stdin=lines).stdout)
    assert [line["action"] for line in planned] == ["download", "download", "fail"]
    ended = cli("run", "-", "--to", tmp_path / "out", "--json", stdin=lines)
    assert ended.returncode == 1
    failed, *done = sorted(records(ended.stdout), key=lambda line: str(line["file"] or ""))
    assert {line["source"] for line in done} == {link[:1999] + "…", "data:,small"}
    assert (failed["source"], failed["error"]["code"]) == ("data:image/png;base64", "bad-url")
    assert (tmp_path / "out" / "download.jpg").read_bytes() == body
    assert (tmp_path / "out" / "download.txt").read_bytes() == b"small"
    assert [line["file"] for line in planned[:2]] == [line["file"] for line in done]
    manifest = (tmp_path / "out" / ".fetchmill" / "manifest.jsonl").read_bytes()
    assert {line["source"] for line in records(manifest)} == {line["source"] for line in done}


def test_run_names_files_as_plan_says(server: Server, tmp_path: Path) -> None:
    urls = [server.serve(f"/{n}.jpg", jpeg_bytes(seed=n)) for n in range(3)]
    rows = ["link,title", f"{urls[0]},Dawn", "http://,no link", f"{urls[1]},", f"{urls[2]},Dusk/Night"]
    (tmp_path / "My list.csv").write_text("\n".join(rows))
    template = "{batch}/{host} {date}/{index:02} {column:Title}"
    arguments = (tmp_path / "My list.csv", "--to", tmp_path / "out", "--json", "--name", template)
    said = {line["source"]: line["file"] for line in records(cli("plan", *arguments).stdout)}
    assert not (tmp_path / "out").exists()
    made = {line["source"]: line["file"] for line in records(cli("run", *arguments).stdout)}
    assert made == said
    names = [Path(made[url]).relative_to(tmp_path / "out").parts for url in urls]
    assert [name[-1] for name in names] == ["01 Dawn.jpg", "03.jpg", "04 Dusk_Night.jpg"]
    assert {name[:-1] for name in names} == {("My list", f"127.0.0.1 {datetime.now().astimezone():%Y-%m-%d}")}


def test_plan_touches_nothing(server: Server, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "b.png").write_bytes(b"")
    (tmp_path / "list.txt").write_text(f"{server.url('/a.jpg')}\n{server.url('/x/A.jpg')}\nrubbish\n")
    before = sorted(tmp_path.rglob("*"))
    out = tmp_path / "out"
    ended = cli("plan", tmp_path / "list.txt", tmp_path / "in", "--to", out, "--recipe", "jpeg", "--json")
    assert ended.returncode == 1
    found = {line["source"]: (line["action"], line["file"]) for line in records(ended.stdout)}
    assert found == {
        server.url("/a.jpg"): ("download", str(out / "a.jpg")),
        server.url("/x/A.jpg"): ("download", str(out / "A (2).jpg")),
        "rubbish": ("fail", None),
        str(tmp_path / "in" / "b.png"): ("process", str(out / "b.jpg")),
    }
    assert server.requests() == 0
    assert sorted(tmp_path.rglob("*")) == before
    assert cli("plan", server.url("/a.jpg"), "--to", out).returncode == 0


@pytest.mark.parametrize(
    ("existing", "file", "status"), [("rename", "A (2).zip", 0), ("replace", "a.zip", 0), ("ask", None, 1)]
)
def test_plan_says_what_exists_already(tmp_path: Path, existing: str, file: str | None, status: int) -> None:
    (tmp_path / "a.zip").write_bytes(b"mine")
    urls = ["http://127.0.0.1:9/A.zip", "http://127.0.0.1:9/b.zip"]
    ended = cli("plan", *urls, "--to", tmp_path, "--overwrite", existing, "--json")
    assert ended.returncode == status
    there, other = records(ended.stdout)
    assert there["file"] == (file and str(tmp_path / file))
    assert there["exists"] == [str(tmp_path / "A.zip")]
    assert "exists" not in other
    assert b"1 with names that exist already" in ended.stderr


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_in_order_and_keeps_what_is_finished(
    server: Server, tmp_path: Path, kind: signal.Signals
) -> None:
    gate = Gate()
    quick = server.serve("/a.jpg", jpeg_bytes())
    slow = server.serve("/b.jpg", Answer(jpeg_bytes(), gate=gate, gate_after=1000))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    arguments = command("run", quick, slow, "--to", tmp_path, "--recipe", "jpeg", "--json")
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        gate.reached.wait(10)
        process.send_signal(kind)
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 130
    assert first["state"] == "done"
    assert b"Traceback" not in errors
    assert Path(first["file"]).exists()
    gate.open()
    again = cli("run", quick, slow, "--to", tmp_path, "--recipe", "jpeg", "--json")
    assert {line["state"] for line in records(again.stdout)} == {"done", "skipped"}
    assert server.requests("/a.jpg") == 1
    assert server.received("/b.jpg")[-1].headers["Range"] is not None
    assert not list(tmp_path.rglob("*.part*"))


def test_a_reader_that_has_seen_enough(server: Server, tmp_path: Path) -> None:
    urls = [server.serve(f"/{i}.jpg", jpeg_bytes(seed=i % 3)) for i in range(30)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    arguments = command("run", *urls, "--to", tmp_path, "--json")
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        errors = process.stderr.read()
        process.wait(20)
    assert b"Traceback" not in errors


def test_without_its_libraries_it_says_so_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "PySide6").mkdir()
    (tmp_path / "PySide6" / "__init__.py").write_text(
        "raise ImportError('libglib-2.0.so.0: cannot open shared object file: No such file or directory')"
    )
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    ended = subprocess.run(
        command("run", "http://127.0.0.1:1/a", "--to", tmp_path / "out"),
        capture_output=True,
        env=environment,
        check=False,
        cwd=ROOT,
    )
    assert ended.returncode == 2
    assert len(ended.stderr.decode().strip().splitlines()) == 1
    assert b"libglib-2.0.so.0" in ended.stderr


@pytest.mark.parametrize("closed", ["2>&-", ">&-", "<&-", "> /dev/full", "2> /dev/full"])
def test_closed_streams_neither_hang_nor_trace(server: Server, tmp_path: Path, closed: str) -> None:
    url = server.serve("/a.jpg", jpeg_bytes())
    shell = f'exec "$0" "$@" {closed}'
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for arguments in (["run", url, "--to", str(tmp_path)], ["plan", url, "--to", str(tmp_path)], ["recipes"]):
        ended = subprocess.run(
            ["/bin/sh", "-c", shell, *command(*arguments)],
            capture_output=True,
            env=environment,
            timeout=60,
            check=False,
        )
        assert b"Traceback" not in ended.stderr + ended.stdout
        assert ended.returncode == (1 if closed == "> /dev/full" else 0)


def test_an_interrupt_while_standard_input_is_read(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    arguments = command("run", "-", "--to", str(tmp_path))
    pipe = subprocess.PIPE
    with subprocess.Popen(arguments, stdin=pipe, stdout=pipe, stderr=pipe, env=environment) as process:
        assert process.stdin is not None
        process.stdin.write(b"x" * 1_000_000)  # more than a pipe holds: it has begun to read
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        process.wait(20)
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 130


def test_what_was_kept_for_an_answer_goes_when_it_is_skipped(server: Server, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"mine")
    run = ("run", server.serve("/a.zip", b"a" * 999), "--to", tmp_path, "--overwrite")
    assert cli(*run, "ask").returncode == 1
    assert list(tmp_path.glob(".fetchmill/parts/*"))
    assert cli(*run, "skip").returncode == 0
    assert not list(tmp_path.glob(".fetchmill/parts/*"))
    assert server.requests() == 1
