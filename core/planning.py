"""From what Start was told to what is done: the order made concrete, and the destination made ready."""

from collections.abc import Collection
from pathlib import Path

from core.destination import Room, download_part, parts_folder, prepare, sweep, tidy
from core.images.recipe_file import find_recipe
from core.job import Order
from core.job_list import JobList
from core.ledger import fingerprint
from core.live_job import Job, Plan
from core.naming import naming
from core.settings import Settings
from core.store import Store
from core.summary import host_of


def planned(order: Order, settings: Settings, store: Store, jobs: JobList, before: Room | None) -> Plan:
    """The order, made concrete.

    Args:
        order: What Start was told.
        settings: To go by.
        store: Whose part files are the queue's.
        jobs: Which of them are still wanted.
        before: The destination as it was, if a run goes on.

    Raises:
        RecipeError: There is no such recipe.
        TemplateError: The template for names cannot be used.
        StorageError: The destination cannot be written.
    """
    recipe = find_recipe(order.recipe)
    names = naming(settings.name_template, jobs.batches)
    destination = str(Path(order.destination).absolute())
    room = prepare(destination, before)
    sweep_parts(destination, store, jobs)
    return Plan(
        destination,
        recipe,
        settings.existing,
        settings.keep_originals,
        fingerprint(recipe),
        order.holds,
        room,
        names,
        settings.keeps_dates,
    )


def sweep_parts(destination: str, store: Store, jobs: JobList) -> None:
    """Remove what nobody needs; part files of jobs that may go on stay, those taken off the list among them."""
    wanted: Collection[str] | None = () if store.keeps_jobs else None
    if store.keeps_jobs and any(
        parts_folder(destination).glob(f"{store.prefix}-*")
    ):  # else it is dear for nothing
        wanted = {download_part(destination, store.prefix, key) for key in jobs.keys_to_go_on()}
    sweep(destination, store.prefix, store.token, wanted)


def leave(destination: str, store: Store, *, is_over: bool) -> None:
    """Remove what an engine that ends leaves there for nobody.

    Args:
        destination: Absolute path.
        store: Its own.
        is_over: Whether nothing is to be gone on with; else our folder stays, as the next engine takes a destination
            without it for one whose disk is not mounted.
    """
    if not store.is_kept:
        sweep(destination, store.prefix, "", ())
    if is_over or not store.is_kept:
        tidy(destination)


def failed_so(job: Job, code: str | None, host: str | None) -> bool:
    """Whether the job failed for this cause (an error's code) at this host; None is any."""
    is_cause = code is None or (job.error is not None and job.error.code == code)
    return is_cause and host in (None, host_of(job.source, job.kind))
