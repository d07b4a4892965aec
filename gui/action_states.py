"""Which actions make sense at the moment. A pure function."""

from core.job import JobState, RunState, Totals
from gui.status_line import unfinished

_AGAIN = frozenset({JobState.FAILED, JobState.SKIPPED, JobState.CANCELLED})


def action_states(
    totals: Totals, selected: frozenset[JobState], *, ready: bool, has_file: bool
) -> dict[str, bool]:
    """Whether each action is enabled.

    Args:
        totals: The whole queue.
        selected: The states of the selected jobs; empty when none is selected.
        ready: Whether the engine takes commands.
        has_file: Whether the current job has a file to open.
    """
    waiting = totals.count(JobState.QUEUED, JobState.PAUSED) > 0
    can_start = totals.run is RunState.PAUSED or (totals.run is RunState.IDLE and waiting)
    can_pause = totals.run is not RunState.IDLE
    open_jobs = unfinished(totals) > 0
    return {
        "start": ready and can_start,
        "pause": ready and can_pause,
        "start_or_pause": ready and (can_start or can_pause),
        "cancel": ready and (any(not state.is_final for state in selected) if selected else open_jobs),
        "retry_failed": ready and totals.count(JobState.FAILED) > 0,
        "retry": ready and not selected.isdisjoint(_AGAIN),
        "remove": ready and bool(selected),
        "clear_finished": ready and totals.count(JobState.DONE, JobState.SKIPPED) > 0,
        "open_file": has_file,
        "show_in_folder": has_file,
        "copy_source": bool(selected),
        "toggle_details": bool(selected),
    }
