"""Lists that are longer than what may be in memory at a time: nobody can tell, but by the memory."""

from collections.abc import Callable
from pathlib import Path

from core.engine import Engine
from core.job import Drop, JobState, Order
from core.report import Summary
from core.store import Store
from tests.support.engines import Listener, close, files_in, quick
from tests.support.server import Answer, Gate, Server
from tests.support.waiting import wait_for_signal, wait_until

MakeEngine = Callable[..., Engine]
MANY = 1_300  # more than two parts
MOST = 200


def listing(path: Path, *others: str) -> str:
    """A list of links that carry their files, and of these others after them."""
    links = [f"data:text/plain,{number}" for number in range(1, MANY + 1)]
    path.write_text("\n".join([*links, *others]))
    return str(path)


def begin(engine: Engine, source: str, out: Path) -> None:
    """As the command line does it."""
    engine.add(Drop(sources=(source,)))
    engine.start(Order(str(out), "as-downloaded", holds=False))


def run(engine: Engine, source: str, out: Path) -> Summary:
    """From the beginning to the end."""
    (summary,) = wait_for_signal(engine.summarised, lambda: begin(engine, source, out), timeout_s=60)
    assert isinstance(summary, Summary)
    return summary


def test_all_of_it_is_done_counted_and_numbered(make_engine: MakeEngine, tmp_path: Path) -> None:
    again = [f"data:text/plain,{number}" for number in (1, 700, MANY)]
    engine = make_engine(quick(name_template="{index}.{ext}"), None, MOST)
    heard = Listener(engine)
    told: list[tuple[int, int]] = []
    engine.totals_changed.connect(lambda totals: told.append((totals.processing.all, len(heard.jobs))))
    summary = run(engine, listing(tmp_path / "list.txt", *again, "ftp://a/b"), tmp_path / "out")
    assert (summary.all, summary.done, summary.failed, summary.title) == (MANY + 1, MANY, 1, "list.txt")
    assert summary.bytes_out == sum(len(str(number)) for number in range(1, MANY + 1))
    assert [(report.added, report.duplicates) for report in heard.reports] == [(MANY, 3)]
    assert sorted(heard.jobs) == list(range(1, MANY + 2))
    assert heard.states() == [*[JobState.DONE] * MANY, JobState.FAILED]
    assert heard.totals is not None
    assert heard.totals.counts == {JobState.DONE: MANY, JobState.FAILED: 1}
    assert any(
        every == MANY + 1 > here for every, here in told
    )  # how many there are is known before all are here
    assert {int(file.stem) for file in (tmp_path / "out").glob("*.txt")} == set(range(1, MANY + 1))
    assert all(file.read_text() == file.stem for file in (tmp_path / "out").glob("*.txt"))


def test_names_are_given_once_though_their_jobs_are_forgotten(
    make_engine: MakeEngine, tmp_path: Path
) -> None:
    summary = run(make_engine(quick(), None, MOST), listing(tmp_path / "list.txt"), tmp_path / "out")
    assert summary.done == MANY
    contents = sorted(int((tmp_path / "out" / name).read_text()) for name in files_in(tmp_path / "out"))
    assert contents == list(range(1, MANY + 1))


def test_where_nothing_can_be_done_each_has_failed(make_engine: MakeEngine, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    engine = make_engine(quick(), None, MOST)
    heard = Listener(engine)
    summary = run(engine, listing(tmp_path / "list.txt"), tmp_path / "out")
    assert (summary.all, summary.failed) == (MANY, MANY)
    assert heard.states() == [JobState.FAILED] * MANY


def test_what_is_cut_in_the_middle_goes_on_from_there(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    gate = Gate()
    links = [server.serve(f"/{n}.bin", Answer(b"bytes", gate=gate)) for n in range(8)]
    source, journal = listing(tmp_path / "list.txt", *links), tmp_path / "journal"
    engine = make_engine(quick(), Store(journal), MOST)
    engine.announce()
    heard = Listener(engine)

    wait_for_signal(
        engine.totals_changed,
        lambda: begin(engine, source, tmp_path / "out"),
        lambda totals: totals.count(JobState.DONE) > 0,
    )
    close(engine)
    done = {job.source for job in heard.jobs.values() if job.state is JobState.DONE}
    assert 0 < len(done) < MANY + len(links)
    gate.open()
    engine = make_engine(quick(), Store(journal), MOST)
    engine.announce()
    summary = run(engine, source, tmp_path / "out")
    assert (summary.all, summary.failed) == (MANY + len(links), 0)
    assert summary.up_to_date >= len(done)
    assert len(files_in(tmp_path / "out")) == MANY + len(links)


def test_what_is_given_up_is_counted_though_it_was_not_here_yet(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    gate = Gate()
    (tmp_path / "list.txt").write_text(
        "\n".join(server.serve(f"/{n}.bin", Answer(b"bytes", gate=gate)) for n in range(MANY))
    )
    engine = make_engine(quick(), None, MOST)
    heard = Listener(engine)
    wait_for_signal(
        engine.batch_added, lambda: begin(engine, str(tmp_path / "list.txt"), tmp_path / "out"), timeout_s=60
    )
    assert len(heard.jobs) < MANY
    (summary,) = wait_for_signal(engine.summarised, engine.cancel, timeout_s=60)
    assert isinstance(summary, Summary)
    gate.open()
    assert (summary.all, summary.cancelled) == (MANY, MANY)
    assert heard.states() == [JobState.CANCELLED] * MANY


def test_hosts_behind_a_slow_one_do_not_wait_for_it(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    gate = Gate()
    slow = [server.serve(f"/slow/{n}", Answer(b"late", gate=gate)) for n in range(MANY)]
    others = [server.serve(f"/{n}", b"soon").replace("127.0.0.1", "localhost") for n in range(3)]
    (tmp_path / "list.txt").write_text("\n".join([*slow, *others]))
    engine = make_engine(quick(), None, MOST)
    heard = Listener(engine)
    begin(engine, str(tmp_path / "list.txt"), tmp_path / "out")
    wait_until(lambda: heard.states().count(JobState.DONE) == len(others), engine.jobs_changed)
    assert {job.source for job in heard.jobs.values() if job.state is JobState.DONE} == set(others)
    close(engine)
    gate.open()
