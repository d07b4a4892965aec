"""The real window, of which only the Start button presses itself: ``python -m tests.torture.window [--start] [SOURCE...]``.

It prints a line when something that the harness waits for has happened:

    recovered jobs=200 unfinished=31 running=True
    batch added=200 duplicates=0
    running done=12 failed=0 other=0 left=188     whenever one of the numbers has changed
"""

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # children of multiprocessing import this module again: nothing of Qt at module level
    from core.job import BatchReport, Totals
    from core.report import Recovery
    from gui.app import App

START: Final = "--start"


class Telling:
    """Says what an app does, and presses Start.

    Args:
        app: That is about to begin.
        presses: Whether to press Start at all.
        waits_for_batch: Whether only once a batch was added.
    """

    def __init__(self, app: "App", *, presses: bool, waits_for_batch: bool) -> None:
        self._start = app.window.actions_by_name["start"]
        self._presses = presses
        self._waits = waits_for_batch
        self._last = ""
        client = app._client
        client.recovered.connect(self._tell_recovery)
        client.batch_added.connect(self._tell_batch)
        client.totals_changed.connect(self._tell_totals)

    def _tell_recovery(self, found: "Recovery") -> None:
        print(
            f"recovered jobs={found.jobs} unfinished={found.unfinished} running={found.was_running}",
            flush=True,
        )
        for message in found.messages:
            print("trouble", message.message, flush=True)
        self._press()

    def _tell_batch(self, report: "BatchReport") -> None:
        print(f"batch added={report.added} duplicates={report.duplicates}", flush=True)
        self._waits = False
        self._press()

    def _tell_totals(self, totals: "Totals") -> None:
        from core.job import FINAL_STATES, JobState

        done, failed = totals.count(JobState.DONE), totals.count(JobState.FAILED)
        ended = totals.count(*FINAL_STATES)
        left = sum(totals.counts.values()) - ended
        line = f"{totals.run.value} done={done} failed={failed} other={ended - done - failed} left={left}"
        if line != self._last:
            self._last = line
            print(line, flush=True)
        self._press()

    def _press(self) -> None:
        """Press Start once, as soon as that is possible."""
        if self._presses and not self._waits and self._start.isEnabled():
            self._presses = False
            print("pressed", flush=True)
            self._start.trigger()


def main(arguments: list[str]) -> int:
    """Open the window, as ``fetchmill`` does."""
    import gui.app
    from gui.__main__ import main as fetchmill

    presses = START in arguments
    sources = [argument for argument in arguments if argument != START]
    begin = gui.app.App.begin
    kept: list[Telling] = []

    def begin_and_tell(app: gui.app.App) -> None:
        kept.append(Telling(app, presses=presses, waits_for_batch=bool(sources)))
        begin(app)

    gui.app.App.begin = begin_and_tell  # type: ignore[method-assign, assignment]  # the one thing that is not as it is
    return fetchmill(sources)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
