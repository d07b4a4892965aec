"""What Start would do, before it is pressed: frozen values, as the engine tells them."""

from enum import Enum
from typing import Final, NamedTuple

from core.errors import ErrorReport
from core.job import Order
from core.settings import Existing

MOST_TOLD: Final = 1_000
"""How many names are told one by one, of all and of those that collide."""


class Matter(Enum):
    """What is the matter with a name that a finished file is to get."""

    NOTHING = "nothing"
    EXISTS = "exists"  # a file of that name was in the destination before
    SHARED = "shared"  # another source gets it, so that this one is numbered
    LATE = "late"  # it is known only once the picture is made
    UP_TO_DATE = "up-to-date"  # there is nothing to do
    UNWANTED = "unwanted"  # it is not as it has to be
    UNUSABLE = "unusable"  # there is none to be had


COLLISIONS: Final = frozenset({Matter.EXISTS, Matter.SHARED, Matter.UNUSABLE})


class PlannedName(NamedTuple):
    """Where one finished file would go.

    Attributes:
        source: What it would come from, without a password.
        path: Absolute; empty where nothing would be written, or where it is not known yet.
        matter: What is the matter with it.
        taken: The path that is taken, where it is; of a file that exists, or that another source gets.
        reason: Why there is no name, or why it is not wanted; one sentence.
    """

    source: str
    path: str
    matter: Matter
    taken: str = ""
    reason: str = ""


class Forecast(NamedTuple):
    """What would come of all jobs that wait. Jobs, but for ``exists``, ``shared`` and ``late``, which are names.

    Attributes:
        order: What Start would be told.
        existing: What would happen to names that exist.
        jobs: How many wait.
        download: To be downloaded.
        process: To be made of what is on this computer already.
        up_to_date: With nothing to do.
        unwanted: Which are not as they have to be.
        exists: Names of files that were in the destination before.
        shared: Names that another source gets: they are numbered.
        late: Names that are known only once the picture is made.
        unusable: For which there is no name.
        names: The first ``MOST_TOLD``, in the order of the list.
        collisions: The first ``MOST_TOLD`` of those that collide.
        free: Bytes that are free where the destination is or will be.
        error: Why Start could do nothing at all.
    """

    order: Order
    existing: Existing
    jobs: int = 0
    download: int = 0
    process: int = 0
    up_to_date: int = 0
    unwanted: int = 0
    exists: int = 0
    shared: int = 0
    late: int = 0
    unusable: int = 0
    names: tuple[PlannedName, ...] = ()
    collisions: tuple[PlannedName, ...] = ()
    free: int | None = None
    error: ErrorReport | None = None
