"""A job whose name is taken waits for an answer, and goes on by it without another download."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import pytest

from core.engine import Engine
from core.job import Drop, Edit, JobId, JobSnapshot, JobState, Order, RunState
from core.settings import Existing
from core.store import Store
from tests.support.engines import Listener, close, finished_in, quick, run_to_end
from tests.support.pictures import jpeg_bytes
from tests.support.server import Answer, Gate, Server
from tests.support.waiting import wait_for_signal, wait_until

MakeEngine = Callable[..., Engine]
MINE = b"what was there before"
TWO = """
schema = 2
name = "two"
title = "Two"
summary = "Of two formats."
[[outputs]]
name = "web"
format = "webp"
[[outputs]]
name = "thumb"
"""
FAILED, DONE, SKIPPED = JobState.FAILED, JobState.DONE, JobState.SKIPPED


def serve(server: Server, *names: str) -> list[str]:
    return [server.serve(f"/{name}", body_of(name)) for name in names]


def body_of(name: str) -> bytes:
    return jpeg_bytes(40, 30, sum(name.encode())) if name.endswith(".jpg") else name.encode() * 100


def take(out: Path, *names: str) -> None:
    out.mkdir(exist_ok=True)
    for name in names:
        (out / name).write_bytes(MINE)


def is_asking(heard: Listener) -> list[str]:
    """The ends of the sources of the jobs that ask."""
    asking = (j for j in heard.jobs.values() if j.error is not None and j.error.code == "file-exists")
    return sorted(job.source.rpartition("/")[2] for job in asking)


def go_on(engine: Engine, choice: Existing, out: Path, recipe: str, ids: Iterable[int] | None = None) -> None:
    """As the window does: an answer, then a start where nothing runs."""

    def answer() -> None:
        engine.answer(choice, None if ids is None else tuple(map(JobId, ids)))
        engine.start(Order(str(out), recipe))

    wait_for_signal(engine.summarised, answer)


@pytest.mark.parametrize("recipe", ["as-downloaded", "jpeg"])
@pytest.mark.parametrize(
    ("choice", "state", "files"),
    [
        (Existing.SKIP, SKIPPED, ["a.jpg", "b.jpg"]),
        (Existing.RENAME, DONE, ["a (2).jpg", "a.jpg", "b.jpg"]),
        (Existing.REPLACE, DONE, ["a.jpg", "b.jpg"]),
        (Existing.ASK, FAILED, ["a.jpg", "b.jpg"]),
    ],
)
def test_the_rest_goes_on_and_the_answer_ends_it(
    make_engine: MakeEngine,
    server: Server,
    tmp_path: Path,
    recipe: str,
    choice: Existing,
    state: JobState,
    files: list[str],
) -> None:
    engine, out = make_engine(quick(existing="ask", keep_originals=False)), tmp_path / "out"
    take(out, "a.jpg")
    heard = Listener(engine)
    run_to_end(engine, serve(server, "a.jpg", "b.jpg"), out, recipe)
    assert (heard.states(), is_asking(heard)) == ([FAILED, DONE], ["a.jpg"])
    go_on(engine, choice, out, recipe)
    assert heard.states() == [state, DONE]
    assert finished_in(out) == files
    assert ((out / "a.jpg").read_bytes() == MINE) is (choice is not Existing.REPLACE)
    assert server.requests("/a.jpg") == 1
    close(engine)
    assert choice is Existing.ASK or not list(out.glob(".fetchmill/parts/*"))


def test_the_answer_for_one_is_for_that_one(make_engine: MakeEngine, server: Server, tmp_path: Path) -> None:
    engine = make_engine(quick(existing="ask"))
    take(tmp_path, "a.zip", "b.zip")
    heard = Listener(engine)
    run_to_end(engine, serve(server, "a.zip", "b.zip"), tmp_path)
    go_on(engine, Existing.RENAME, tmp_path, "as-downloaded", [heard.job("/a.zip").id])
    assert is_asking(heard) == ["b.zip"]
    assert finished_in(tmp_path) == ["a (2).zip", "a.zip", "b.zip"]
    go_on(engine, Existing.REPLACE, tmp_path, "as-downloaded")
    assert (tmp_path / "b.zip").read_bytes() == body_of("b.zip")
    assert server.requests() == 2


def test_what_is_on_this_computer(make_engine: MakeEngine, tmp_path: Path) -> None:
    engine, out = make_engine(quick(existing="ask")), tmp_path / "out"
    take(out, "a.jpg")
    (tmp_path / "a.jpg").write_bytes(body_of("a.jpg"))
    heard = Listener(engine)
    run_to_end(engine, [str(tmp_path / "a.jpg")], out, "jpeg")
    assert is_asking(heard) == ["a.jpg"]
    go_on(engine, Existing.RENAME, out, "jpeg")
    assert heard.states() == [DONE]
    assert finished_in(out) == ["a (2).jpg", "a.jpg"]


def test_several_outputs_of_which_one_exists(make_engine: MakeEngine, server: Server, tmp_path: Path) -> None:
    engine, out, recipe = make_engine(quick(existing="ask")), tmp_path / "out", tmp_path / "two.toml"
    recipe.write_text(TWO)
    (out / "thumb").mkdir(parents=True)
    take(out / "thumb", "a.jpg")
    heard = Listener(engine)
    run_to_end(engine, serve(server, "a.jpg"), out, str(recipe))
    assert is_asking(heard) == ["a.jpg"]
    assert finished_in(out) == ["thumb/a.jpg"]
    go_on(engine, Existing.SKIP, out, str(recipe))
    assert heard.states() == [DONE]
    assert finished_in(out) == ["originals/a.jpg", "thumb/a.jpg", "web/a.webp"]
    assert (out / "thumb" / "a.jpg").read_bytes() == MINE
    assert server.requests() == 1


def test_two_of_one_name_never_write_one(make_engine: MakeEngine, server: Server, tmp_path: Path) -> None:
    engine = make_engine(quick(existing="ask"))
    take(tmp_path, "a.zip")
    heard = Listener(engine)
    run_to_end(engine, serve(server, "1/a.zip", "2/A.zip"), tmp_path)
    assert heard.states() == [FAILED, FAILED]
    go_on(engine, Existing.REPLACE, tmp_path, "as-downloaded")
    files = finished_in(tmp_path)
    assert len(files) == 2
    assert {(tmp_path / name).read_bytes() for name in files} == {body_of("1/a.zip"), body_of("2/A.zip")}


def test_nor_one_after_the_other(make_engine: MakeEngine, server: Server, tmp_path: Path) -> None:
    engine = make_engine(quick(existing="ask"))
    take(tmp_path, "a.zip")
    heard = Listener(engine)
    run_to_end(engine, serve(server, "1/a.zip", "2/a.zip", "3/a.zip"), tmp_path)
    for number in "12":
        go_on(engine, Existing.REPLACE, tmp_path, "as-downloaded", [heard.job(f"{number}/a.zip").id])
    go_on(engine, Existing.REPLACE, tmp_path, "as-downloaded")
    assert heard.states() == [DONE, DONE, DONE]
    names = ("a.zip", "a (2).zip", "a (3).zip")
    bodies = [body_of(f"{number}/a.zip") for number in "123"]
    assert [(tmp_path / name).read_bytes() for name in names] == bodies


def test_an_answer_for_all_counts_to_the_end_of_the_run_and_no_longer(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    engine, gate = make_engine(quick(existing="ask")), Gate()
    take(tmp_path, "a.zip", "b.zip", "c.zip")
    late = server.serve("/b.zip", Answer(body_of("b.zip"), gate=gate, gate_after=10))
    heard = Listener(engine)
    run_until_asked(engine, heard, [*serve(server, "a.zip"), late], tmp_path)
    assert heard.totals is not None
    assert heard.totals.run is RunState.RUNNING
    engine.answer(Existing.RENAME)
    wait_for_signal(engine.summarised, gate.open)
    assert heard.states() == [DONE, DONE]
    assert finished_in(tmp_path) == ["a (2).zip", "a.zip", "b (2).zip", "b.zip", "c.zip"]
    run_to_end(engine, serve(server, "c.zip"), tmp_path)
    assert is_asking(heard) == ["c.zip"]


def run_until_asked(engine: Engine, heard: Listener, urls: list[str], out: Path) -> None:
    engine.add(Drop(sources=tuple(urls)))
    engine.start(Order(str(out), "as-downloaded"))
    wait_until(lambda: is_asking(heard) == ["a.zip"], engine.jobs_changed)


def test_an_answer_for_all_leaves_one_s_own_answer_alone(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    """Also while that one is being downloaded again, as somebody has removed what had arrived."""
    engine, gate = make_engine(quick(existing="ask")), Gate()
    take(tmp_path, "a.zip", "b.zip")
    heard = Listener(engine)
    run_to_end(engine, serve(server, "a.zip", "b.zip"), tmp_path)
    for part in tmp_path.glob(".fetchmill/parts/*"):
        part.unlink()
    server.serve("/a.zip", Answer(body_of("a.zip"), gate=gate, gate_after=10))

    def answer_one() -> None:
        engine.answer(Existing.RENAME, (heard.job("/a.zip").id,))
        engine.start(Order(str(tmp_path), "as-downloaded"))

    def is_under_way(jobs: Iterable[JobSnapshot]) -> bool:
        return any(job.state is JobState.DOWNLOADING and job.received for job in jobs)

    wait_for_signal(engine.jobs_changed, answer_one, is_under_way)
    engine.answer(Existing.REPLACE)
    wait_for_signal(engine.summarised, gate.open)
    assert heard.states() == [DONE, DONE]
    assert (tmp_path / "a.zip").read_bytes() == MINE
    assert (tmp_path / "b.zip").read_bytes() == body_of("b.zip")


@pytest.mark.parametrize("has_restarted", [False, True])
def test_an_answer_says_nothing_of_a_file_in_another_place(
    make_engine: MakeEngine, server: Server, tmp_path: Path, *, has_restarted: bool
) -> None:
    def begin() -> tuple[Engine, Listener]:
        store = Store(tmp_path / "state" / "queue.sqlite", keeps_jobs=True)
        assert store.lock()
        engine = make_engine(quick(existing="ask"), store)
        heard = Listener(engine)
        wait_for_signal(engine.recovered, engine.announce)
        return engine, heard

    one, two = tmp_path / "one", tmp_path / "two"
    take(one, "a.zip")
    take(two, "a.zip")
    engine, heard = begin()
    run_to_end(engine, serve(server, "a.zip"), one)
    if has_restarted:
        close(engine)
        engine, heard = begin()
    go_on(engine, Existing.REPLACE, two, "as-downloaded")
    assert (is_asking(heard), (two / "a.zip").read_bytes()) == (["a.zip"], MINE)
    go_on(engine, Existing.REPLACE, two, "as-downloaded")
    assert (heard.states(), (two / "a.zip").read_bytes()) == ([DONE], body_of("a.zip"))


def test_nor_of_a_file_that_another_recipe_makes(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    engine = make_engine(quick(existing="ask"))
    take(tmp_path, "a.jpg", "a.webp")
    heard = Listener(engine)
    run_to_end(engine, serve(server, "a.jpg"), tmp_path)
    go_on(engine, Existing.REPLACE, tmp_path, "webp")
    assert (is_asking(heard), (tmp_path / "a.webp").read_bytes()) == (["a.jpg"], MINE)


def test_nor_of_what_the_job_is_given_another_url_for(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    engine, gate = make_engine(quick(existing="ask")), Gate()
    take(tmp_path, "a.zip", "b.zip")
    late = server.serve("/c.zip", Answer(body_of("c.zip"), gate=gate, gate_after=10))
    heard = Listener(engine)
    run_until_asked(engine, heard, [*serve(server, "a.zip"), late], tmp_path)
    engine.pause()
    ids = (heard.job("/a.zip").id,)
    engine.answer(Existing.REPLACE, ids)
    edit = Edit(ids, server.serve("/b.zip", body_of("b.zip")))
    wait_for_signal(engine.edited, partial(engine.edit, edit))
    gate.open()
    wait_for_signal(engine.summarised, engine.resume)
    assert is_asking(heard) == ["b.zip"]
    assert (tmp_path / "b.zip").read_bytes() == MINE


def test_what_is_skipped_by_the_answer_leaves_nothing_behind(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    engine, gate = make_engine(quick(existing="ask")), Gate()
    take(tmp_path, "a.zip")
    late = server.serve("/b.zip", Answer(body_of("b.zip"), gate=gate, gate_after=10))
    heard = Listener(engine)
    run_until_asked(engine, heard, [*serve(server, "a.zip"), late], tmp_path)
    answer = partial(engine.answer, Existing.SKIP)
    wait_for_signal(engine.jobs_changed, answer, lambda jobs: any(job.state is SKIPPED for job in jobs))
    assert len(list(tmp_path.glob(".fetchmill/parts/*"))) == 1, "b.zip's own"
    wait_for_signal(engine.summarised, gate.open)


def test_the_order_may_have_the_answer(make_engine: MakeEngine, server: Server, tmp_path: Path) -> None:
    engine = make_engine(quick(existing="ask"))
    take(tmp_path, "a.zip", "b.zip")
    heard = Listener(engine)
    wait_for_signal(engine.batch_added, lambda: engine.add(Drop(sources=tuple(serve(server, "a.zip")))))
    order = Order(str(tmp_path), "as-downloaded", existing=Existing.RENAME)
    wait_for_signal(engine.summarised, lambda: engine.start(order))
    assert finished_in(tmp_path) == ["a (2).zip", "a.zip", "b.zip"]
    run_to_end(engine, serve(server, "b.zip"), tmp_path)
    assert is_asking(heard) == ["b.zip"], "it counted for that run only"


def test_after_a_restart_they_still_ask_and_nothing_is_downloaded_again(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    take(out, "a.zip", "b.jpg")

    def begin() -> tuple[Engine, Listener]:
        store = Store(tmp_path / "state" / "queue.sqlite", keeps_jobs=True)
        assert store.lock()
        engine = make_engine(quick(existing="ask"), store)
        heard = Listener(engine)
        wait_for_signal(engine.recovered, engine.announce)
        return engine, heard

    engine, heard = begin()
    run_to_end(engine, serve(server, "a.zip", "b.jpg"), out, "jpeg")
    assert is_asking(heard) == ["a.zip", "b.jpg"]
    close(engine)
    engine, heard = begin()
    assert is_asking(heard) == ["a.zip", "b.jpg"]
    go_on(engine, Existing.REPLACE, out, "jpeg")
    assert heard.states() == [DONE, DONE]
    assert (out / "a.zip").read_bytes() == body_of("a.zip")
    assert finished_in(out) == ["a.zip", "b.jpg", "originals/b.jpg"]
    assert (server.requests("/a.zip"), server.requests("/b.jpg")) == (1, 1)


def test_an_order_s_answer_goes_on_after_a_restart(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    out, gate = tmp_path / "out", Gate()
    take(out, "a.zip")
    url = server.serve("/a.zip", Answer(body_of("a.zip"), gate=gate, gate_after=10))

    def begin() -> Engine:
        store = Store(tmp_path / "state" / "queue.sqlite", keeps_jobs=True)
        assert store.lock()
        engine = make_engine(quick(existing="ask"), store)
        wait_for_signal(engine.recovered, engine.announce)
        return engine

    engine = begin()
    wait_for_signal(engine.batch_added, lambda: engine.add(Drop(url)))
    order = Order(str(out), "as-downloaded", existing=Existing.RENAME)
    wait_for_signal(engine.jobs_changed, lambda: engine.start(order), lambda jobs: jobs[0].received)
    close(engine)
    gate.open()
    engine = begin()
    wait_for_signal(engine.summarised, engine.resume)
    assert finished_in(out) == ["a (2).zip", "a.zip"]
