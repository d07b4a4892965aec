"""A job's last step: its files get their final names, and that is noted, or neither. Runs in the engine's thread.

Names are chosen here; the store's thread notes the intent, renames, and notes the completion (``core.moves``).
"""

import os
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from core.downloads.names import NameBook
from core.downloads.template import Picture
from core.errors import DestinationError, ErrorReport, FetchmillError, FileExistsAlreadyError
from core.file_dates import original_date
from core.final_names import ORIGINALS, finished_name
from core.finished import FinishedFile
from core.images.task import Made, ProcessOutcome, Verdict
from core.job import JobId, JobState
from core.job_queue import JobQueue
from core.ledger import (
    UNCHANGED,
    Content,
    Move,
    Output,
    Publication,
    Published,
    Stamp,
    finished_files,
    twin_note,
)
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
            claim = self._claim(job, plan, job.name, None)
        except FetchmillError as error:
            self._end_unpublished(job, error)
            return
        outputs = (_download(job, claim.path),)
        self._publish(job, plan, UNCHANGED, (self._download_move(job, plan, claim),), outputs)

    def finish_picture(self, job: Job, plan: Plan, made: tuple[Made, ...], outcome: ProcessOutcome) -> bool:
        """Pictures were made; whether they are on their way (else the job has ended, and the parts are to be removed).

        Args:
            job: Whose.
            plan: By which.
            made: What each output came to.
            outcome: Of the whole.
        """
        try:
            claims = self._claims(job, plan, made, dict(outcome.tags))
            original = self._original_move(job, plan, [claim.path for _, claim in claims])
        except FetchmillError as error:
            self._end_unpublished(job, error)
            return False
        date = original_date(job, plan)
        pictures = [
            Move(
                one.part,
                claim.path,
                one.bytes_out,
                one.sha256_out,
                *claim[1:],
                last_modified=date,
                is_synced=False,
            )
            for one, claim in claims
        ]
        job.outcome = _seen_in(outcome, claims[0][0] if claims else None)
        paths = {one.output: claim.path for one, claim in claims}
        wanted = (one for one in made if one.output in paths or one.verdict is Verdict.SKIP)
        outputs = tuple(_output(job, one, paths.get(one.output, "")) for one in wanted)
        discard({one.part for one in made} - {move.part for move in pictures})
        # The original first: what fails after it can be done again without a second download.
        self._publish(job, plan, plan.fingerprint, (*original, *pictures), outputs)
        return True

    def keep_original(self, job: Job, plan: Plan, error: ErrorReport) -> None:
        """A sound download that only could not be processed: it is kept, the job has failed."""
        job.error = error
        try:
            moves = self._original_move(job, plan, [])
        except FetchmillError:
            moves = ()
        if moves:
            self._publish(job, plan, plan.fingerprint, moves, ())
        else:
            self._queue.fail(job, error)

    def skip(self, job: Job, note: str) -> None:
        """A file that is not wanted: what there is of it goes, and nothing is remembered of it."""
        discard_part(job)
        job.notes, job.error = (note, *job.notes), None
        self._queue.move(job, JobState.SKIPPED)

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
        begun.files = publication.job.files
        begun.part = begun.is_picture = None
        begun.refresh = False
        if published.twin is not None:
            job.notes = (*job.notes, twin_note(published.twin))
        job.known, error = None, publication.job.error
        if not publication.outputs and error is not None and self._troubled(job, error):
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

    def _publish(
        self, job: Job, plan: Plan, recipe: str, moves: tuple[Move, ...], outputs: tuple[Output, ...]
    ) -> None:
        file = next((output.path for output in outputs if output.path), None)
        content, original = self._content(job, moves, file, recipe)
        state = JobState.DONE if file is not None else JobState.SKIPPED if outputs else JobState.FAILED
        kept = original if original != file else job.original
        files = _files(outputs, moves)
        ended = job.snapshot()._replace(state=state, file=file, original=kept, speed=None, files=files)
        leftovers = job.part.leftovers(moved={move.part for move in moves}) if job.part is not None else ()
        job.publication = Publication(
            ended, job.key, plan.destination, recipe, content, outputs, moves, leftovers
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

    def _original_move(self, job: Job, plan: Plan, pictures: list[str]) -> tuple[Move, ...]:
        if job.part is None or not plan.keep_originals:
            return ()
        try:
            claim = self._claim(job, plan, job.name, None, apart=True)
        except FetchmillError:
            for path in pictures:
                self._names.release(path)
            raise
        return (self._download_move(job, plan, claim),)

    def _download_move(self, job: Job, plan: Plan, claim: _Claim) -> Move:
        part = job.part
        assert part is not None, _OWN_FILE  # noqa: S101  # as the constant says
        date = original_date(job, plan)
        return Move(part.path, claim.path, part.received, job.sha256 or "", *claim[1:], last_modified=date)

    def _claims(
        self, job: Job, plan: Plan, made: tuple[Made, ...], tags: Mapping[str, str]
    ) -> list[tuple[Made, _Claim]]:
        """Names for all of a job's pictures; where what exists is to be skipped, for those that do not exist.

        Raises:
            StorageError: There is none to be had for one of them, and then none has a name.
        """
        found: list[tuple[Made, _Claim]] = []
        there: list[FileExistsAlreadyError] = []
        for one in made:
            if one.verdict is Verdict.SKIP:
                continue
            picture = Picture(plan.recipe.name, one.output, one.width, one.height, tags)
            try:
                found.append((one, self._claim(job, plan, finished_name(job.name, one.format), picture)))
            except FetchmillError as error:
                if plan.existing is Existing.SKIP and isinstance(error, FileExistsAlreadyError):
                    there.append(error)
                    continue
                for _, claim in found:
                    self._names.release(claim.path)
                raise
        if there and not found:
            raise there[0]
        job.notes = tuple(dict.fromkeys((*job.notes, *(error.message for error in there))))
        return found

    def _claim(
        self, job: Job, plan: Plan, name: str, picture: Picture | None, *, apart: bool = False
    ) -> _Claim:
        """A name for one of the job's files, and what may be replaced by it.

        Raises:
            StorageError: There is none to be had.
        """
        below, name = plan.place(job, name, picture)
        output = picture.output if picture is not None else ""
        owner = (int(job.id), output) if output else int(job.id)
        folder = os.path.join(plan.destination, ORIGINALS if apart else "", below)  # noqa: PTH118  # a string, and there are many
        folder = folder.rstrip(os.sep) or os.sep
        ours = job.known.own_output(output) if job.known is not None else None
        own = job.known and (job.known.own_original if apart else ours and ours.path)
        is_same_place = own and os.path.dirname(own) == folder and _extension(own) == _extension(name)  # noqa: PTH120  # a string
        if own and is_same_place and job.known and self._names.claim_own(own, owner):
            kept = job.known.content if apart else ours
            stamp = kept.stamp if kept is not None else None
            return _Claim(own, replaces=True, expected=stamp)
        # An older original is never in the way of a new one: it is replaced where the user said so, else left there.
        existing = plan.existing
        own_original = job.known.own_original if job.known is not None else None
        is_original = own_original is not None and own_original == os.path.join(folder, name)  # noqa: PTH118  # as above
        if (apart and existing is not Existing.REPLACE) or (is_original and not apart):
            existing = Existing.RENAME  # nor is the picture ever put over what it is made of
        return _Claim(self._names.claim(folder, name, existing, owner), existing is Existing.REPLACE)

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
        ended = publication.job._replace(state=JobState.FAILED, file=None, files=(), error=error)
        job.publication = publication._replace(job=ended, outputs=(), moves=())
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
            if job.part is not None and job.part.is_there:
                job.part.keep()
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
        content, ended = publication.content, publication.job
        content = content._replace(original=others.get(content.original, content.original))
        ended = ended._replace(
            original=others.get(ended.original, ended.original),
            file=others.get(ended.file, ended.file),
            files=tuple(one._replace(file=others.get(one.file, one.file)) for one in ended.files),
        )
        outputs = tuple(one._replace(path=others.get(one.path, one.path)) for one in publication.outputs)
        moves = tuple(
            move._replace(path=others[move.path], replaces=False, expected=None)
            if move.path in others
            else move
            for move in left
        )
        job.publication = publication._replace(job=ended, content=content, outputs=outputs, moves=moves)
        self._in_hand[job.id] = job
        self._store.publish(job.publication)


def _download(job: Job, file: str) -> Output:
    """The download itself as the finished file."""
    outcome = job.outcome
    size = (outcome.width, outcome.height, outcome.format) if outcome is not None else (None, None, None)
    return Output(file, None, job.sha256, *size, job.notes, job.sha256)


def _output(job: Job, made: Made, file: str) -> Output:
    notes = made.notes if made.output else job.notes
    if not file:
        return Output("", None, None, notes=notes, made_of=job.sha256, name=made.output)
    size = (made.width, made.height, made.format)
    return Output(file, None, made.sha256_out, *size, notes, job.sha256, made.output)


def _seen_in(outcome: ProcessOutcome, first: Made | None) -> ProcessOutcome:
    """The outcome as it speaks of the first file that there is."""
    if first is None:
        return outcome._replace(format=None, width=None, height=None, bytes_out=None)
    size = (first.width, first.height)
    return outcome._replace(format=first.format, width=size[0], height=size[1], bytes_out=first.bytes_out)


def _files(outputs: tuple[Output, ...], moves: tuple[Move, ...]) -> tuple[FinishedFile, ...]:
    """What is said of the files of outputs that have names."""
    sizes: dict[str | None, int] = {move.path: move.size for move in moves}
    return tuple(one._replace(bytes_out=sizes.get(one.file)) for one in finished_files(outputs))


def _extension(path: str) -> str:
    return os.path.splitext(path)[1].lower()  # noqa: PTH122  # a string


def discard_part(job: Job) -> None:
    """Remove the job's part file, if it has one."""
    if job.part is not None:
        job.part.discard()
        job.part = None
    job.is_picture = None
