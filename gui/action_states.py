"""Which actions make sense at the moment. Pure functions."""

from typing import Final, NamedTuple

from core.job import JobSnapshot, JobState, RunState, SourceKind, Totals
from gui.job_text import waits_for_answer
from gui.status_line import unfinished

_AGAIN: Final = frozenset({JobState.DONE, JobState.FAILED, JobState.SKIPPED, JobState.CANCELLED})
_MADE: Final = frozenset({JobState.DONE, JobState.SKIPPED})


class Situation(NamedTuple):
    """What it depends on.

    Attributes:
        totals: The whole queue.
        selected: The states of the selected jobs; empty when none is selected.
        current: The job of the current row.
        ready: Whether the engine takes commands.
        has_file: Whether the current job has a file to open.
        has_report: Whether a run has ended that can be reported on.
        has_plan: Whether it is known what Start would do.
        several: Whether more than one job is selected.
    """

    totals: Totals
    selected: frozenset[JobState] = frozenset()
    current: JobSnapshot | None = None
    ready: bool = True
    has_file: bool = False
    has_report: bool = False
    has_plan: bool = False
    several: bool = False


def action_states(now: Situation) -> dict[str, bool]:
    """Whether each action is enabled."""
    return {**_running(now), **_again(now), **_list(now), **_looking(now)}


def retry_text(selected: frozenset[JobState]) -> str:
    """What trying the selected jobs again is called."""
    return "Make again" if selected and selected <= _MADE else "Retry"


def edit_text(now: Situation) -> str:
    """What giving the selected jobs another URL or other headers is called."""
    return "Edit headers…" if now.several else "Edit URL…"


def _running(now: Situation) -> dict[str, bool]:
    totals, selected = now.totals, now.selected
    waiting = totals.count(JobState.QUEUED, JobState.PAUSED) > 0
    can_start = totals.run is RunState.PAUSED or (totals.run is RunState.IDLE and waiting)
    can_pause = totals.run is not RunState.IDLE
    can_cancel = any(not state.is_final for state in selected) if selected else unfinished(totals) > 0
    return {
        "start": now.ready and can_start,
        "pause": now.ready and can_pause,
        "start_or_pause": now.ready and (can_start or can_pause),
        "cancel": now.ready and can_cancel,
    }


def _again(now: Situation) -> dict[str, bool]:
    failed = now.current is not None and now.current.state is JobState.FAILED
    asks = now.ready and now.current is not None and waits_for_answer(now.current)
    return {
        **dict.fromkeys(("skip_taken", "rename_taken", "replace_taken"), asks),
        "retry_failed": now.ready and now.totals.count(JobState.FAILED) > 0,
        "retry": now.ready and not now.selected.isdisjoint(_AGAIN),
        "refresh": now.ready and not now.selected.isdisjoint(_MADE),
        "retry_cause": now.ready and failed,
        "retry_host": now.ready and failed,
    }


def _list(now: Situation) -> dict[str, bool]:
    totals = now.totals
    some = bool(sum(totals.counts.values()))
    return {
        "remove": now.ready and bool(now.selected),
        "clear_finished": now.ready and totals.count(JobState.DONE, JobState.SKIPPED) > 0,
        "undo": now.ready and totals.undoable > 0,
        "import_list": now.ready,
        "export_list": now.ready and some,
        "export_links": now.ready and some,
        "export_failed": now.ready and totals.count(JobState.FAILED) > 0,
    }


def _looking(now: Situation) -> dict[str, bool]:
    return {
        "open_file": now.has_file,
        "show_in_folder": now.has_file,
        "copy_source": bool(now.selected),
        "edit_source": _can_edit(now),
        "select_batch": now.current is not None,
        "toggle_details": bool(now.selected),
        "report": now.has_report,
        "show_plan": now.has_plan,
    }


def _can_edit(now: Situation) -> bool:
    is_only_local = not now.several and now.current is not None and now.current.kind is SourceKind.FILE
    return now.ready and bool(now.selected - {JobState.DONE}) and not is_only_local
