"""Runs into one destination, one after the other: by an engine in this process, or by ``fetchmill-cli``."""

import io
import json
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from core.cli import make_parser
from core.cli_plan import show_plan
from core.cli_run import MOST_JOBS
from core.cli_settings import settings_from
from core.cli_sources import drop_from
from core.console import Console
from core.destination import PRIVATE
from core.engine import Engine
from core.job import JobState, Order
from core.json_line import json_line
from core.places import JOURNAL_FILE
from core.report import Summary
from core.store import Store
from tests.support.command_line import cli, records
from tests.support.engines import Listener, close
from tests.support.server import Server
from tests.support.waiting import wait_for_signal


class Outcome(NamedTuple):
    """What came of a run.

    Attributes:
        jobs: The JSON lines by the last part of the source.
        requests: How many requests the server got.
    """

    jobs: dict[str, dict[str, Any]]
    requests: int

    @property
    def states(self) -> set[str]:
        """The states that the jobs ended in."""
        return {str(line["state"]) for line in self.jobs.values()}


class Again:
    """The same list again and again.

    Args:
        server: Whose requests are counted.
        out: The destination.
        by_engine: Whether an engine in this process does it: the same but for what only a process has, and sooner.

    Attributes:
        out: The destination.
        errors: What the last run said on standard error.
    """

    def __init__(self, server: Server, out: Path, *, by_engine: bool) -> None:
        self.out = out
        self.errors = ""
        self._server = server
        self._carry_out = self._by_engine if by_engine else self._by_process

    def run(self, *arguments: str | Path, status: int = 0) -> Outcome:
        """One run; what came of it, by the last part of the source."""
        before = self._server.requests()
        lines, ended = self._carry_out(*arguments, "--to", self.out, "--json", "--retries", "0")
        assert ended == status, self.errors
        found = {source.rpartition("/")[2]: line for source, line in lines.items()}
        return Outcome(found, self._server.requests() - before)

    def plan(self, *arguments: str | Path) -> dict[str, tuple[str, str | None]]:
        """Action and file that are planned for each source, by its last part; nothing is touched by that."""
        before, requests = _fingerprints(self.out), self._server.requests()
        options = make_parser().parse_args(["plan", *map(str, arguments), "--to", str(self.out), "--json"])
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(io.StringIO()):
            assert show_plan(options) == 0
        assert _fingerprints(self.out) == before
        assert self._server.requests() == requests
        lines = [json.loads(line) for line in said.getvalue().splitlines()]
        return {line["source"].rpartition("/")[2]: (line["action"], line["file"]) for line in lines}

    def _by_process(self, *arguments: str | Path) -> tuple[dict[str, dict[str, Any]], int]:
        ended = cli("run", *arguments)
        self.errors = ended.stderr.decode()
        return records(ended.stdout), ended.returncode

    def _by_engine(self, *arguments: str | Path) -> tuple[dict[str, dict[str, Any]], int]:
        options = make_parser().parse_args(["run", *map(str, arguments)])
        store = Store(self.out / PRIVATE / JOURNAL_FILE)
        assert store.lock()
        engine = Engine(settings_from(options), store, MOST_JOBS)
        heard = Listener(engine)
        engine.announce()

        def begin() -> None:
            engine.add(drop_from(options.source))
            engine.start(Order(str(self.out), options.recipe, options.refresh, holds=False))

        (summary,) = wait_for_signal(engine.summarised, begin, timeout_s=60)
        assert isinstance(summary, Summary)
        close(engine)
        engine.deleteLater()
        said = io.StringIO()
        with redirect_stderr(said):
            Console(quiet=False).summary(summary)
        self.errors = said.getvalue()
        jobs = heard.jobs.values()
        lines = _lines(json_line(job) for job in jobs)
        return lines, int(any(job.state is JobState.FAILED for job in jobs))


def _lines(texts: Iterable[str]) -> dict[str, dict[str, Any]]:
    return {str(found["source"]): found for found in map(json.loads, texts)}


def _fingerprints(folder: Path) -> dict[str, tuple[int, int]]:
    found = ((str(path), path.stat()) for path in folder.rglob("*"))
    return {name: (stat.st_mtime_ns, stat.st_size) for name, stat in found}
