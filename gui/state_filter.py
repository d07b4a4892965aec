"""Which jobs the left pane lets through."""

from enum import Enum

from core.job import JobState


class StateFilter(Enum):
    """A line of the left pane: its title, its icon and the states it stands for.

    Attributes:
        title: On the screen.
        icon: Name of the drawing.
        states: What it lets through; empty for all.
    """

    ALL = ("All", "all", frozenset[JobState]())
    ACTIVE = (
        "Active",
        "active",
        frozenset({JobState.DOWNLOADING, JobState.RETRYING, JobState.DOWNLOADED, JobState.PROCESSING}),
    )
    WAITING = ("Waiting", "waiting", frozenset({JobState.QUEUED, JobState.PAUSED}))
    DONE = ("Done", "done", frozenset({JobState.DONE}))
    FAILED = ("Failed", "failed", frozenset({JobState.FAILED}))
    SKIPPED = ("Skipped", "skipped", frozenset({JobState.SKIPPED, JobState.CANCELLED}))

    def __init__(self, title: str, icon: str, states: frozenset[JobState]) -> None:
        self.title = title
        self.icon = icon
        self.states = states

    def lets_through(self, state: JobState) -> bool:
        """Whether jobs in that state are shown."""
        return not self.states or state in self.states
