"""Which jobs may start now: a pure function of what waits, what runs, and the limits."""

import os
from collections.abc import Callable, Iterable, Mapping
from itertools import chain, islice
from typing import Final, NamedTuple

from core.downloads.pace import FIRST, MOST, Pace
from core.images.budget import default_budget
from core.images.task import PoolLimits, Terms
from core.job import JobId
from core.settings import Settings

LOCAL: Final = ""  # the host of local pictures, which need no download
NOWHERE: Final = "?"  # the host of links that carry their file: no server is asked for it
_BACKLOG_PER_WORKER: Final = 4
_PAYS_FROM: Final = 2.0  # seconds that a file takes yet


class Limits(NamedTuple):
    """How much may go on at once.

    Attributes:
        connections: Downloads in all.
        per_host: Downloads from one host; None where each has the pace that is learned.
        workers: Children of the process pool.
        segments: Connections of one file.
        pictures: What holds for the process pool.
        backlog: Pictures that may be downloaded and not yet processed, beyond what is downloading: the bound that
            keeps memory and part files flat whatever the length of the list.
    """

    connections: int
    per_host: int | None
    workers: int
    backlog: int
    segments: int = 1
    pictures: PoolLimits = PoolLimits(1)

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """The limits that the settings mean, with "auto" decided for this computer."""
        connections = settings.connections or MOST
        workers = settings.workers or max(1, os.cpu_count() or 1)
        memory = settings.picture_memory or default_budget()
        terms = Terms(settings.most_megapixels * 1_000_000, memory)
        return cls(
            connections,
            min(connections, settings.per_host) if settings.per_host else None,
            workers,
            workers * _BACKLOG_PER_WORKER,
            max(settings.segments, settings.per_host or 1),
            PoolLimits(workers, settings.picture_seconds, terms),
        )


def downloads_to_start(
    waiting: Mapping[str, Iterable[JobId]],
    running: Mapping[str, int],
    paces: Mapping[str, Pace],
    unprocessed: int,
    limits: Limits,
    holds: Callable[[str], bool] = lambda _: False,
) -> list[JobId]:
    """The downloads that may start now, taking turns among hosts.

    Args:
        waiting: Queued jobs by host, each in its order.
        running: Downloads under way by host.
        paces: What is known of hosts.
        unprocessed: Pictures downloaded and not yet finished.
        limits: What must not be exceeded.
        holds: Whether nothing is to be asked from a host at the moment.
    """
    under_way = sum(running.values())
    room = min(limits.connections - under_way, limits.connections + limits.backlog - under_way - unprocessed)
    if room <= 0:
        return []
    askable = ((host, jobs) for host, jobs in waiting.items() if host != LOCAL and not holds(host))
    first = list(
        islice(askable, limits.connections)
    )  # of 100,000 hosts no more are looked at than can matter
    share = max(1, limits.connections // max(1, len(first)))  # a slow host does not end up with all of them
    turns = []
    for host, jobs in chain(first, askable):
        most = limits.per_host or min(share, paces[host].limit if host in paces else FIRST)
        free = min(room, most - running.get(host, 0))
        if free > 0:
            turns.append(list(islice(jobs, free)))
        if len(turns) >= room:
            break
    return _in_turns(turns, room)


def connections_to_add(
    left: int, rate: float | None, assistants: int, running: int, host: int, pace: int, limits: Limits
) -> int:
    """How many connections more a large file gets: as long as it would take seconds yet, and nobody else needs them.

    Args:
        left: Bytes that are still to come.
        rate: Bytes a second; None while it is not known.
        assistants: Its connections beside the first.
        running: Connections under way in all.
        host: Those of its host.
        pace: What its host gets at the moment.
        limits: What must not be exceeded.
    """
    seconds = left / rate if rate else 0.0
    if seconds < _PAYS_FROM:
        return 0
    most = limits.segments - 1 - assistants
    return max(0, min(most, limits.connections - running, (limits.per_host or pace) - host, int(seconds)))


def pictures_to_start(ready: Iterable[JobId], in_hand: int, limits: Limits) -> list[JobId]:
    """The pictures that may be given to the process pool now: one more than it has children, so none waits."""
    return list(islice(ready, max(0, limits.workers + 1 - in_hand)))


def _in_turns(turns: list[list[JobId]], room: int) -> list[JobId]:
    rounds = max(map(len, turns), default=0)
    return [jobs[i] for i in range(rounds) for jobs in turns if i < len(jobs)][:room]
