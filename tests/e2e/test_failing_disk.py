"""A disk that fails now and then (EIO), at every kind of call: nothing wrong, and the next run does the rest."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.pictures import jpeg_bytes, png_bytes
from tests.support.server import Server

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "tests" / "support" / "failing_disk.c"
LIMIT_S = 60.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or shutil.which("cc") is None, reason="needs Linux and a C compiler"
    ),
]


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that makes calls fail."""
    library = tmp_path_factory.mktemp("shim") / "failing_disk.so"
    compiler = shutil.which("cc") or "cc"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True)
    return library


def run(urls: list[str], out: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    arguments = ["run", *urls, "--to", str(out), "--recipe", "thumbnail-256", "--json", "--retries", "0"]
    return subprocess.run(
        [sys.executable, "-m", "core.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def contents(out: Path) -> dict[str, bytes]:
    """What a user sees: all but our own folder."""
    files = (path for path in out.rglob("*") if path.is_file())
    return {str(p.relative_to(out)): p.read_bytes() for p in files if ".fetchmill" not in p.parts}


@pytest.mark.parametrize("count", [1, 1000])
@pytest.mark.parametrize("first", [1, 2, 4, 7, 12])
@pytest.mark.parametrize("call", ["write", "pwrite", "fsync", "close", "rename", "link"])
def test_each_call_fails(
    shim: Path, server: Server, tmp_path: Path, call: str, first: int, count: int
) -> None:
    files = {"/a.jpg": jpeg_bytes(640, 480), "/b.png": png_bytes(300, 200), "/c.zip": b"PK" + bytes(300_000)}
    urls = [server.serve(path, content) for path, content in files.items()]
    out = tmp_path / "out"
    failing = {
        "LD_PRELOAD": str(shim),
        "FAILING_FOLDER": str(out),
        "FAILING_CALL": call,
        "FAILING_FROM": str(first),
        "FAILING_COUNT": str(count),
    }
    bad = run(urls, out, failing)
    assert "Traceback" not in bad.stderr
    lines = [json.loads(line) for line in bad.stdout.splitlines()]
    if bad.returncode == 2:  # nothing was begun, and one line says why
        assert (lines, len(bad.stderr.splitlines())) == ([], 1)
    else:
        assert bad.returncode in {0, 1}, bad.stderr
        assert len(lines) == 3, bad.stderr
    for line in lines:  # what is said to be done is done
        assert (line["state"], line["error"] is None) in {("done", True), ("failed", False)}
        assert line["state"] == "failed" or Path(line["file"]).stat().st_size > 0
    is_unknown = "in memory only" in bad.stderr  # then files of the first run are like anybody's
    before = contents(out)
    good = run(urls, out, {})
    assert good.returncode == 0, good.stderr
    found = contents(out)
    assert all(found[name] == content for name, content in before.items())
    if not is_unknown:
        assert sorted(found) == ["a.jpg", "b.png", "c.zip", "originals/a.jpg", "originals/b.png"]
    for name, content in {"a.jpg": files["/a.jpg"], "b.png": files["/b.png"]}.items():
        assert found[f"originals/{name}"] == content
    assert found["c.zip"] == files["/c.zip"]
    assert list((out / ".fetchmill" / "parts").glob("*")) == []
