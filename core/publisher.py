"""A job's last step: its files get their final names, and that is noted, or neither. Runs in the engine's thread.

Names are chosen here; the store's thread notes the intent, renames, and notes the completion (``core.moves``).
"""

import os
from collections.abc import Callable
from typing import Final, NamedTuple

from core.downloads.names import NameBook
from core.errors import DestinationError, ErrorReport, FetchmillError, FileExistsAlreadyError
from core.final_names import ORIGINALS, finished_name
from core.images.task import ProcessOutcome
from core.job import JobId, JobState
from core.job_queue import JobQueue
from core.ledger import UNCHANGED, Content, Move, Output, Publication, Published, Stamp, twin_note
from core.live_job import Job, Plan
from core.moves import discard
from core.settings import Existing
from core.store import Store

_OWN_FILE: Final = "the publisher's own order of steps"

Troubled = Callable[[Job, ErrorReport], bool]


class _Claim(NamedTuple):
    """A name that a file gets, and what may be replaced by it: see ``Move``."""

    path: str
    replaces: bool = False
    expected: Stamp | None = None


class Publisher:
    """Ends jobs whose files are whole.

    Args:
        queue: All jobs.
        store: What was made.
        names: Who may write what.
        troubled: Asked when a file cannot be put in its place: whether that holds the whole run up, in which case it
            has put the job back into the queue.
    """

    def __init__(self, queue: JobQueue, store: Store, names: NameBook, troubled: Troubled) -> None:
        self._queue = queue
        self._store = store
        self._names = names
        self._troubled = troubled
        self._in_hand: dict[JobId, Job] = {}

    def finish_download(self, job: Job, plan: Plan) -> None:
        """The download itself is the finished file."""
        assert job.part is not None, _OWN_FILE  # noqa: S101  # as the constant says
        self._begin(job)
        try:
            claim = self._claim(job, plan, job.name, apart=False)
        except FetchmillError as error:
            self._end_unpublished(job, error)
            return
        self._publish(job, plan, UNCHANGED, (self._download_move(job, plan, claim),), claim.path)

    def finish_picture(self, job: Job, plan: Plan, part: str, outcome: ProcessOutcome) -> bool:
        """A picture was made; whether it is on its way (else the job has ended, and the part is to be removed)."""
        assert outcome.format is not None, "a picture without error has a format"  # noqa: S101  # the worker's promise
        name = finished_name(job.name, outcome.format)
        try:
            claim = self._claim(job, plan, name, apart=False)
            original = self._original_move(job, plan, claim.path)
        except FetchmillError as error:
            self._end_unpublished(job, error)
            return False
        picture = Move(part, claim.path, outcome.bytes_out or 0, outcome.sha256_out or "", *claim[1:])
        # The original first: what fails after it can be done again without a second download.
        self._publish(job, plan, plan.fingerprint, (*original, picture), claim.path)
        return True

    def keep_original(self, job: Job, plan: Plan, error: ErrorReport) -> None:
        """A sound download that only could not be processed: it is kept, the job has failed."""
        job.error = error
        try:
            moves = self._original_move(job, plan, "")
        except FetchmillError:
            moves = ()
        if moves:
            self._publish(job, plan, plan.fingerprint, moves, None)
        else:
            self._queue.fail(job, error)

    def home(self, published: Published) -> None:
        """The store has answered."""
        job = self._in_hand.pop(published.job, None)
        if job is None or job.publication is None:
            return
        begun = job.begun
        publication, begun.publication = job.publication, None
        if published.taken or published.error is not None:
            self._take_back(job, publication, published)
            return
        for move in publication.moves:
            self._names.settle(move.path)
        begun.file, begun.original = publication.job.file, publication.job.original
        begun.part = begun.is_picture = None
        begun.refresh = False
        if published.twin is not None:
            job.notes = (*job.notes, twin_note(published.twin))
        job.known, error = None, publication.job.error
        if publication.output is None and error is not None and self._troubled(job, error):
            self._queue.unsaved.add(job.id)  # it was noted as failed with the rest
            return
        self._queue.move(job, publication.job.state)
        self._queue.unsaved.discard(job.id)  # the store has written it with the rest

    def forget(self, job: Job) -> None:
        """The job is taken off the list; its last step is done all the same."""
        self._in_hand.pop(job.id, None)

    def _begin(self, job: Job) -> None:
        if job.state is not JobState.PROCESSING:
            self._queue.move(job, JobState.PROCESSING)

    def _publish(self, job: Job, plan: Plan, recipe: str, moves: tuple[Move, ...], file: str | None) -> None:
        content, original = self._content(job, moves, file, recipe)
        state = JobState.FAILED if file is None else JobState.DONE
        kept = original if original != file else job.original
        ended = job.snapshot()._replace(state=state, file=file, original=kept, speed=None)
        leftovers = job.part.leftovers(moved={move.part for move in moves}) if job.part is not None else ()
        output = None if file is None else _output(job, file, recipe)
        job.publication = Publication(
            ended, job.key, plan.destination, recipe, content, output, moves, leftovers
        )
        self._in_hand[job.id] = job
        self._queue.unsaved.discard(job.id)  # the store writes it with the rest
        self._store.publish(job.publication)

    def _content(
        self, job: Job, moves: tuple[Move, ...], file: str | None, recipe: str
    ) -> tuple[Content, str | None]:
        """What the source gave, and where that is kept."""
        known = job.known.content if job.known is not None and job.known.has_original else None
        if job.is_local:
            path = job.request.source
            return Content(job.sha256, job.size, name=job.name, original=path, stamp=job.stamp), path
        if job.part is None:  # made again from what was kept
            assert known is not None, _OWN_FILE  # noqa: S101  # as the constant says
            return known, known.original
        whole = job.part.whole
        assert whole is not None, "only what has arrived is published"  # noqa: S101  # the engine's own order
        kept = file if recipe == UNCHANGED else next((m.path for m in moves if m.part == job.part.path), None)
        is_picture, stamp = bool(job.is_picture), None
        if recipe == UNCHANGED and known is not None and known.sha256 == job.sha256:
            kept, stamp = known.original, known.stamp  # the older one serves as well: nobody works on it
        said = (whole.etag, whole.modified)
        content = Content(job.sha256, job.received, *said, job.name, is_picture, kept, stamp)
        return content, kept

    def _original_move(self, job: Job, plan: Plan, picture: str) -> tuple[Move, ...]:
        if job.part is None or not plan.keep_originals:
            return ()
        try:
            claim = self._claim(job, plan, job.name, apart=True)
        except FetchmillError:
            if picture:
                self._names.release(picture)
            raise
        return (self._download_move(job, plan, claim),)

    def _download_move(self, job: Job, plan: Plan, claim: _Claim) -> Move:
        part = job.part
        assert part is not None, _OWN_FILE  # noqa: S101  # as the constant says
        date = part.whole.modified if plan.keeps_dates and part.whole is not None else None
        return Move(part.path, claim.path, part.received, job.sha256 or "", *claim[1:], last_modified=date)

    def _claim(self, job: Job, plan: Plan, name: str, *, apart: bool) -> _Claim:
        """A name for one of the job's files, and what may be replaced by it.

        Raises:
            StorageError: There is none to be had.
        """
        below, name = plan.place(job, name)
        folder = os.path.join(plan.destination, ORIGINALS if apart else "", below)  # noqa: PTH118  # a string, and there are many
        folder = folder.rstrip(os.sep) or os.sep
        own = job.known and (job.known.own_original if apart else job.known.own_output)
        is_same_place = own and os.path.dirname(own) == folder and _extension(own) == _extension(name)  # noqa: PTH120  # a string
        if own and is_same_place and job.known and self._names.claim_own(own, job.id):
            content = job.known.content
            stamp = (content.stamp if content else None) if apart else job.known.own_output_stamp
            return _Claim(own, replaces=True, expected=stamp)
        # An older original is never in the way of a new one: it is replaced where the user said so, else left there.
        existing = plan.existing
        own_original = job.known.own_original if job.known is not None else None
        is_original = own_original is not None and own_original == os.path.join(folder, name)  # noqa: PTH118  # as above
        if (apart and existing is not Existing.REPLACE) or (is_original and not apart):
            existing = Existing.RENAME  # nor is the picture ever put over what it is made of
        return _Claim(self._names.claim(folder, name, existing, job.id), existing is Existing.REPLACE)

    def _take_back(self, job: Job, publication: Publication, published: Published) -> None:
        """The last step was not done, or not all of it."""
        done = published.done
        left = tuple(move for move in publication.moves if move not in done)
        error = published.error
        if published.taken:
            try:
                self._publish_renamed(job, publication, left)
            except FetchmillError as caught:
                error = caught.report()
            else:
                return
        assert error is not None, "not taken, so there is an error"  # noqa: S101  # home's own order
        for move in left:
            self._names.release(move.path)
        discard(move.part for move in left if job.part is None or move.part != job.part.path)
        if any(job.part is not None and move.part == job.part.path for move in done):
            self._end_half_done(job, publication, error)
        elif not self._troubled(job, error):
            self._queue.fail(job, error)

    def _end_half_done(self, job: Job, publication: Publication, error: ErrorReport) -> None:
        """The original is where it belongs, the picture is not: it is noted, so that the picture can be made of it."""
        job.error = error
        ended = publication.job._replace(state=JobState.FAILED, file=None, error=error)
        job.publication = publication._replace(job=ended, output=None, moves=())
        self._in_hand[job.id] = job
        self._store.publish(job.publication)

    def _end_unpublished(self, job: Job, error: FetchmillError) -> None:
        """A whole file could not get its name: skipped if the user wanted that, else failed; the part file stays."""
        report = error.report()
        if self._troubled(job, report):
            return
        is_wanted = job.plan is not None and job.plan.existing is Existing.SKIP
        if is_wanted and isinstance(error, FileExistsAlreadyError):
            discard_part(job)
            job.notes = (*job.notes, error.message)
            self._queue.move(job, JobState.SKIPPED)
        else:
            self._queue.fail(job, report)

    def _publish_renamed(self, job: Job, publication: Publication, left: tuple[Move, ...]) -> None:
        """Choose other names for those that somebody else took meanwhile.

        Raises:
            StorageError: There is none to be had.
        """
        others: dict[str | None, str] = {}
        for move in left:
            if (not move.replaces or move.expected is not None) and os.path.lexists(move.path):
                folder, name = os.path.split(move.path)
                others[move.path] = self._names.claim(folder, name, Existing.RENAME)
        if not others:
            raise DestinationError(f"{publication.destination}: a name is taken and is not.")
        content, ended, output = publication.content, publication.job, publication.output
        content = content._replace(original=others.get(content.original, content.original))
        ended = ended._replace(
            original=others.get(ended.original, ended.original), file=others.get(ended.file, ended.file)
        )
        if output is not None:
            output = output._replace(path=others.get(output.path, output.path))
        moves = tuple(
            move._replace(path=others[move.path], replaces=False, expected=None)
            if move.path in others
            else move
            for move in left
        )
        job.publication = publication._replace(job=ended, content=content, output=output, moves=moves)
        self._in_hand[job.id] = job
        self._store.publish(job.publication)


def _output(job: Job, file: str, recipe: str) -> Output:
    outcome = job.outcome
    sha256 = job.sha256 if recipe == UNCHANGED or outcome is None else outcome.sha256_out
    size = (outcome.width, outcome.height, outcome.format) if outcome is not None else (None, None, None)
    return Output(file, None, sha256, *size, job.notes, job.sha256)


def _extension(path: str) -> str:
    return os.path.splitext(path)[1].lower()  # noqa: PTH122  # a string


def discard_part(job: Job) -> None:
    """Remove the job's part file, if it has one."""
    if job.part is not None:
        job.part.discard()
        job.part = None
    job.is_picture = None
