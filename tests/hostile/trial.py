"""Puts downloaders before the faults: ours with all cases in one run, others with one process a case."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.hostile import bodies, leading, resuming, waiting
from tests.hostile.case import Case
from tests.hostile.certificates import make
from tests.hostile.server import Server
from tests.support.command_line import command, environment

CASES: Final = (*resuming.CASES, *bodies.CASES, *leading.CASES, *waiting.CASES)
_LIMIT_S: Final = 180.0
_PEER_S: Final = 20.0
_NETRC: Final = "machine 127.0.0.1 login netrc password from-netrc\n"
# What others may see otherwise without being wrong: coded bodies kept as they came, odd statuses, old TLS.
_TASTE: Final = frozenset(
    [
        "B11",
        "B11b",
        "B12",
        "B12b",
        "B13",
        "B13b",
        "B15",
        "B15b",
        "B15c",
        "B15d",
        "B16",
        "B17",
        "B20",
        "B21",
        "B21b",
        "B21h",
        "B25",
        "D7",
        "L5",
    ]
)
PEERS: Final[dict[str, tuple[str, ...]]] = {
    "curl": ("curl", "-sSfL", "-C", "-", "--speed-limit", "1024", "--speed-time", "2", "--connect-timeout", "2",
             "--cacert", "{ca}", "-o", "{file}", "{url}"),
    "wget": ("wget", "-qc", "-t", "1", "-T", "2", "--ca-certificate={ca}", "-O", "{file}", "{url}"),
    "aria2c": ("aria2c", "--quiet=true", "--continue=true", "--max-tries=1", "--timeout=2", "--connect-timeout=2", "--lowest-speed-limit=1K", "--ca-certificate={ca}",
               "--allow-overwrite=true", "--auto-file-renaming=false", "-d", "{folder}", "-o", "{name}", "{url}"),
}  # fmt: skip


class Verdict(NamedTuple):
    """What became of a case.

    Attributes:
        case: Which.
        happened: In a few words.
        wrong: Why that was not right; empty where it was.
    """

    case: Case
    happened: str
    wrong: str


def try_ours(cases: Iterable[Case], folder: Path) -> list[Verdict]:
    """All these cases in one run of ``fetchmill-cli run --json``."""
    cases = tuple(cases)
    authority, contexts = make(folder / "certificates")
    (folder / "home").mkdir()
    (folder / "home" / ".netrc").write_text(_NETRC, encoding="ascii")
    with Server({case.id: case.plays for case in cases}, contexts) as server:
        links = [case.address(server.ports) for case in cases]
        run = _run_ours(links, folder, authority, server.ports["proxy"])
        rows = [json.loads(line) for line in run.stdout.splitlines()]
        told = run.stderr + _logged(folder)
        return [_verdict(case, rows, server, told, folder / "out") for case in cases]


def _run_ours(
    links: list[str], folder: Path, authority: Path, proxy: int
) -> "subprocess.CompletedProcess[bytes]":
    surroundings = environment() | {
        "SSL_CERT_FILE": str(authority),
        "HOME": str(folder / "home"),
        "FETCHMILL_HOME": str(folder / "own"),
        "http_proxy": f"http://proxy-user:{leading.SECRET}@127.0.0.1:{proxy}",
        "no_proxy": "no-such-host.invalid",
    }
    how = ("--json", "--timeout", "1", "--retries", "4", "--connections", "64", "--per-host", "64")
    return subprocess.run(
        command("run", *links, "--to", folder / "out", "--recipe", "as-downloaded", *how),
        capture_output=True,
        timeout=_LIMIT_S,
        env=surroundings,
        check=False,
    )


def _logged(folder: Path) -> bytes:
    own = [path for place in ("own", "out") for path in (folder / place).rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in own)


def _verdict(case: Case, rows: list[dict[str, Any]], server: Server, told: bytes, out: Path) -> Verdict:
    mine = [row for row in rows if f"/{case.id}/" in row["source"]]
    if len(mine) != 1:
        return Verdict(case, f"{len(mine)} rows", "there must be one")
    row = mine[0]
    error = row["error"]
    happened = row["state"] if error is None else f"{error['code']}: {error['message']}"
    wrong = case.check(server.heard(case.id))
    if leading.SECRET in case.url and (
        leading.SECRET.encode() in told or leading.SECRET in json.dumps(error)
    ):
        wrong = "the secret was told"
    elif row["state"] == "done":
        wrong = wrong or _wrong_file(case, Path(row["file"]))
        happened = f"done, {row['bytes_in']:,} bytes"
    elif not case.is_fine_to_fail or error["code"] not in case.codes:
        wrong = wrong or f"must {_must(case)}"
    elif any(out.glob(f"{case.id}-*")):
        wrong = "failed, and there is a file"
    return Verdict(case, happened, wrong)


def _wrong_file(case: Case, path: Path) -> str:
    if case.right is None:
        return f"must {_must(case)}"
    return "" if path.read_bytes() == case.right else "wrong bytes under a final name"


def _must(case: Case) -> str:
    ways = [] if case.right is None else [f"give {len(case.right):,} bytes"]
    ways += [f"fail as {' or '.join(sorted(case.codes))}"] if case.codes else []
    return " or ".join(ways)


def try_peer(peer: str, cases: Iterable[Case], folder: Path) -> list[Verdict]:
    """These cases with another downloader, three tries each, as a user would."""
    authority, contexts = make(folder / "certificates")
    cases = tuple(case for case in cases if not case.is_ours and case.id not in _TASTE)
    with (
        Server({case.id: case.plays for case in cases}, contexts) as server,
        ThreadPoolExecutor(8) as threads,
    ):
        return list(threads.map(lambda case: _try_one(peer, case, server, folder, authority), cases))


def _try_one(peer: str, case: Case, server: Server, folder: Path, authority: Path) -> Verdict:
    target = folder / case.id / case.name
    target.parent.mkdir()
    words = {"ca": authority, "file": target, "folder": target.parent, "name": target.name}
    words["url"] = case.address(server.ports)
    call = [word.format(**words) for word in PEERS[peer]]
    status = 1
    for _ in range(3):
        try:
            status = subprocess.run(call, capture_output=True, timeout=_PEER_S, check=False).returncode
        except subprocess.TimeoutExpired:
            return Verdict(case, "hangs", f"for more than {_PEER_S:g} s")
        if status == 0:
            break
    if status == 0:
        wrong = _wrong_file(case, target) if target.exists() else "success without a file"
        return Verdict(case, "success", wrong if case.right is not None else "success where there is no file")
    return Verdict(case, f"exit status {status}", "")  # not the file, but honestly so


def installed() -> list[str]:
    """The peers that are here."""
    return [name for name in PEERS if shutil.which(name)]
