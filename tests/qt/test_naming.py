"""Templates for names, from the setting to the folder: where files go, and that they go there again after a restart."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.engine import Engine
from core.job import Drop, JobState, Order
from core.store import Store
from tests.support.engines import Listener, close, files_in, finished_in, quick, run_to_end
from tests.support.pictures import jpeg_bytes
from tests.support.server import Answer, Gate, Server
from tests.support.waiting import wait_for_signal, wait_until

MakeEngine = Callable[..., Engine]
BODY = b"%PDF-1.4 nothing more"


def listing(path: Path, *lines: str) -> str:
    path.write_text("\n".join(lines))
    return str(path)


def ended(heard: Listener) -> bool:
    return bool(heard.jobs) and all(state.is_final for state in heard.states())


@pytest.fixture
def kept(make_engine: MakeEngine, tmp_path: Path) -> Callable[[str], tuple[Engine, Listener]]:
    """Ends the engine, if there is one, and begins the next on the same queue file, with a template."""
    running: list[Engine] = []

    def begin_next(template: str) -> tuple[Engine, Listener]:
        while running:
            close(running.pop())
        store = Store(tmp_path / "state" / "queue.sqlite", keeps_jobs=True)
        assert store.lock()
        engine = make_engine(quick(name_template=template), store)
        running.append(engine)
        heard = Listener(engine)
        wait_for_signal(engine.recovered, engine.announce)
        return engine, heard

    return begin_next


def test_folders_and_numbers_of_a_list(make_engine: MakeEngine, server: Server, tmp_path: Path) -> None:
    urls = [server.serve(f"/{name}", BODY) for name in ("b.pdf", "a.pdf", "c")]
    engine = make_engine(quick(name_template="{batch}/{host}/{date:%Y}/{index:03}-{name}"))
    run_to_end(engine, [listing(tmp_path / "My list.txt", *urls)], tmp_path / "out")
    folder = f"My list/127.0.0.1/{time.strftime('%Y')}"
    assert files_in(tmp_path / "out") == [f"{folder}/{name}" for name in ("001-b.pdf", "002-a.pdf", "003-c")]


def test_what_no_list_named_is_called_after_the_batch(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    engine = make_engine(quick(name_template="{batch}/{name}"))
    run_to_end(engine, [server.serve("/a.pdf", BODY)], tmp_path)
    run_to_end(engine, [server.serve("/b.pdf", BODY)], tmp_path)
    assert files_in(tmp_path) == ["Batch 1/a.pdf", "Batch 2/b.pdf"]


def test_a_picture_and_its_original(make_engine: MakeEngine, server: Server, tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "mine.jpg").write_bytes(jpeg_bytes(8, 8))
    engine = make_engine(quick(name_template="{ext}/{index} {name}"))
    sources = [server.serve("/a.png", jpeg_bytes(9, 9)), str(tmp_path / "in")]
    run_to_end(engine, sources, tmp_path / "out", "webp")
    # The folder's own tree stays, below the template's folders.
    assert files_in(tmp_path / "out") == [
        "originals/jpg/1 a.jpg",
        "webp/1 a.webp",
        "webp/deep/2 mine.webp",
    ]


@pytest.mark.parametrize(
    ("said", "template", "file"),
    [
        ("../../up.pdf", "{name}/{name}", "up/up.pdf"),
        ("..%2F..%2Fup.pdf", "x/{name}", "x/up.pdf"),
        (".fetchmill", "{name}/{name}", "_fetchmill/_fetchmill.pdf"),
        ("originals", "{name}/{name}", "_originals/_originals.pdf"),
    ],
)
def test_no_server_leads_out_of_the_destination(
    make_engine: MakeEngine, server: Server, tmp_path: Path, said: str, template: str, file: str
) -> None:
    headers = {"Content-Disposition": f'attachment; filename="{said}"'}
    url = server.serve("/a", Answer(BODY, "application/pdf", headers=headers))
    run_to_end(make_engine(quick(name_template=template)), [url], tmp_path / "out")
    assert files_in(tmp_path / "out") == [file]
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_names_that_come_out_the_same_are_numbered(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    urls = [server.serve(f"/{number}.pdf", BODY + str(number).encode()) for number in range(3)]
    run_to_end(make_engine(quick(name_template="same")), urls, tmp_path)
    assert files_in(tmp_path) == ["same (2).pdf", "same (3).pdf", "same.pdf"]


def test_a_folder_that_cannot_be(make_engine: MakeEngine, server: Server, tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"mine")
    engine = make_engine(quick(name_template="taken/{name}"))
    heard = Listener(engine)
    run_to_end(engine, [server.serve("/a.pdf", BODY)], tmp_path)
    (job,) = heard.jobs.values()
    assert job.error is not None
    assert job.error.code == "destination"
    assert finished_in(tmp_path) == ["taken"]


def test_what_is_there_is_skipped_before_a_byte_is_asked_for(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    source = listing(tmp_path / "new.csv", "link,title", f"{server.serve('/a.pdf', BODY)},Dawn")
    (tmp_path / "out" / "new").mkdir(parents=True)
    (tmp_path / "out" / "new" / "1 dawn.PDF").write_bytes(b"mine")
    engine = make_engine(quick(name_template="{batch}/{index} {column:title}", existing="skip"))
    heard = Listener(engine)
    run_to_end(engine, [source], tmp_path / "out")
    (job,) = heard.jobs.values()
    assert (job.state, job.notes) == (JobState.SKIPPED, ("1 Dawn.pdf was in the destination before.",))
    assert server.requests() == 0


def test_a_template_that_cannot_be_used_fails_what_is_started_until_it_is_mended(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    engine = make_engine(quick(name_template="{nme}"))
    heard = Listener(engine)
    run_to_end(engine, [server.serve("/a.pdf", BODY)], tmp_path)
    (job,) = heard.jobs.values()
    assert job.error is not None
    assert (job.error.code, job.error.message) == ("bad-template", "At character 1: {nme} is not known.")
    engine.configure(quick(name_template="mended"))
    engine.retry()
    engine.start(Order(str(tmp_path), "as-downloaded"))
    wait_until(lambda: heard.states() == [JobState.DONE], engine.jobs_changed)
    assert files_in(tmp_path) == ["mended.pdf"]


def test_the_columns_of_a_table(make_engine: MakeEngine, server: Server, tmp_path: Path) -> None:
    urls = [server.serve(f"/{number}.pdf", BODY + str(number).encode()) for number in range(4)]
    rows = (
        *("no,Title ,link,artist", f'1,"A ""B"" / C",{urls[0]},Ann'),
        *(f"2,,{urls[1]},Bob", f"3,Three,{urls[2]}", f"4,Four,{urls[3]},../up"),
    )
    engine = make_engine(quick(name_template="{column:Artist}/{column:title}"))
    run_to_end(engine, [listing(tmp_path / "l.csv", *rows)], tmp_path / "out")
    # An empty cell is left out: a folder of that name is not made, and the file keeps its own name.
    assert files_in(tmp_path / "out") == ["Ann/A _B_ _ C.pdf", "Bob/1.pdf", "Three.pdf", "__up/Four.pdf"]


def test_folders_that_differ_only_in_case_are_one(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    urls = [server.serve(f"/{number}/a.pdf", BODY + str(number).encode()) for number in range(2)]
    rows = ("link,title", f"{urls[0]},Straße", f"{urls[1]},STRASSE")
    engine = make_engine(quick(name_template="{column:title}/{name}", connections=1, existing="replace"))
    run_to_end(engine, [listing(tmp_path / "l.csv", *rows)], tmp_path / "out")
    assert files_in(tmp_path / "out") == ["Straße/a (2).pdf", "Straße/a.pdf"]


def test_numbers_and_columns_are_the_same_after_a_restart(
    kept: Callable[[str], tuple[Engine, Listener]], server: Server, tmp_path: Path
) -> None:
    template = "{batch}/{index} {column:title}"
    engine, heard = kept(template)
    run_to_end(engine, [server.serve("/before.pdf", BODY)], tmp_path / "out")
    gate = Gate()
    urls = [server.serve("/a.pdf", b"a"), server.serve("/b.pdf", Answer(b"b", gate=gate), Answer(b"b"))]
    rows = [f"{url},Row {number}" for number, url in enumerate(urls)]
    engine.add(Drop(sources=(listing(tmp_path / "l.csv", "link,title", *rows),)))
    engine.start(Order(str(tmp_path / "out"), "as-downloaded"))
    wait_until(lambda: len(heard.jobs) == 3 and heard.job("/a.pdf").state is JobState.DONE, engine.jobs_changed)  # fmt: skip
    assert gate.reached.wait(10)
    engine.clear_finished()  # with it goes the first job of the batch, from which the others are counted
    engine, heard = kept(template)
    gate.open()
    engine.resume()
    wait_until(lambda: ended(heard), engine.jobs_changed)
    assert [job.state for job in heard.jobs.values()] == [JobState.DONE]
    assert files_in(tmp_path / "out") == ["Batch 1/1.pdf", "l/1 Row 0.pdf", "l/2 Row 1.pdf"]


def test_the_same_list_again_makes_nothing_anew_and_counts_on(
    kept: Callable[[str], tuple[Engine, Listener]], server: Server, tmp_path: Path
) -> None:
    urls = [server.serve(f"/{number}.pdf", BODY + str(number).encode()) for number in range(3)]
    engine, heard = kept("{batch}-{index}")
    run_to_end(engine, [listing(tmp_path / "l.txt", *urls[:2])], tmp_path / "out")
    source = listing(tmp_path / "l.txt", *urls)
    run_to_end(engine, [source], tmp_path / "out")
    assert server.requests() == 3
    assert heard.job("/2.pdf").state is JobState.DONE
    assert files_in(tmp_path / "out") == ["l-1 (2).pdf", "l-1.pdf", "l-2.pdf"]


def test_a_template_made_later_counts_for_what_is_started_then(
    kept: Callable[[str], tuple[Engine, Listener]], server: Server, tmp_path: Path
) -> None:
    engine, heard = kept("")
    wait_for_signal(engine.batch_added, lambda: engine.add(Drop(sources=(server.serve("/a.pdf", BODY),))))
    engine, heard = kept("{batch} {index} {name}")
    engine.start(Order(str(tmp_path / "out"), "as-downloaded"))
    wait_until(lambda: ended(heard), engine.jobs_changed)
    assert files_in(tmp_path / "out") == ["Batch 1 1 a.pdf"]
