"""From what Start was told to what is done: the order made concrete, and the destination made ready."""

from collections.abc import Collection
from pathlib import Path

from core.destination import Room, download_part, parts_folder, prepare, sweep, tidy
from core.errors import RecipeError
from core.images.recipe_file import built_in_titles, own_recipes, usable_recipe
from core.job import Order, RecipeTitle
from core.job_list import JobList
from core.ledger import fingerprint
from core.live_job import Job, Plan
from core.naming import naming
from core.places import recipes_folder
from core.report import Recovery
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
        RecipeError: There is no such recipe, or a file that it names cannot be used.
        TemplateError: The template for names cannot be used.
        StorageError: The destination cannot be written.
    """
    recipe = usable_recipe(order.recipe, recipes_folder())
    names = naming(settings.name_template, jobs.batches, recipe)
    destination = str(Path(order.destination).absolute())
    room = prepare(destination, before)
    sweep_parts(destination, store, jobs)
    return Plan(
        destination,
        recipe,
        order.existing or settings.existing,
        settings.keep_originals or recipe.keeps_original,
        fingerprint(recipe),
        order.holds,
        room,
        names,
        settings.keeps_dates,
    )


def recipe_titles() -> tuple[tuple[RecipeTitle, ...], tuple[RecipeError, ...]]:
    """The recipes to choose from, the user's own at the end, and what is wrong with those that cannot be used."""
    own, errors = own_recipes(recipes_folder())
    titles = [RecipeTitle(*words) for words in built_in_titles()]
    titles += [RecipeTitle(one.name, one.title, one.summary, is_own=True) for one in own]
    return tuple(titles), errors


def told_of(recovery: Recovery, wrong: tuple[RecipeError, ...]) -> Recovery:
    """What is said at the beginning, with what is wrong with recipes."""
    return recovery._replace(messages=(*recovery.messages, *(error.report() for error in wrong)))


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
