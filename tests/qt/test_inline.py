"""Links that carry their file, from the list to the folder."""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

from core.engine import Engine
from core.job import Drop, JobState, Order
from core.report import Export, Exported, ExportForm
from core.store import Store
from tests.support.engines import Listener, close, files_in, run_to_end
from tests.support.pictures import png_bytes
from tests.support.waiting import wait_for_signal, wait_until

PICTURE = png_bytes(300, 200)
LINK = f"data:image/jpeg;base64,{b64encode(PICTURE).decode()}"  # its type is wrong: the content counts
LARGE = "data:application/octet-stream;base64," + b64encode(bytes(range(256)) * 12_000).decode()


def test_a_picture_a_text_and_one_that_is_damaged(engine: Engine, tmp_path: Path) -> None:
    heard = Listener(engine)
    run_to_end(engine, [LINK, "data:,A%20note", f"{LINK}*", LINK[:-800]], tmp_path, "thumbnail-256")
    assert heard.states() == [JobState.DONE, JobState.DONE, JobState.FAILED, JobState.FAILED]
    assert files_in(tmp_path) == ["download.png", "download.txt", "originals/download.png"]
    assert (tmp_path / "originals" / "download.png").read_bytes() == PICTURE
    assert (tmp_path / "download.txt").read_bytes() == b"A note"
    codes = [job.error.code for job in heard.jobs.values() if job.error is not None]
    assert codes == ["bad-url", "truncated"]  # the latter by its content: what is there of it is sound Base64


def test_the_same_again_is_up_to_date(engine: Engine, tmp_path: Path) -> None:
    heard = Listener(engine)
    run_to_end(engine, [LINK], tmp_path)
    run_to_end(engine, [LINK], tmp_path)
    assert heard.states() == [JobState.DONE]
    assert files_in(tmp_path) == ["download.png"]
    (job,) = heard.jobs.values()
    assert job.attempts == 1


def test_a_large_one_comes_back_after_a_restart_and_from_an_exported_list(
    make_engine: Callable[..., Engine], tmp_path: Path
) -> None:
    def begin(name: str) -> tuple[Engine, Listener]:
        engine = make_engine(store=Store(tmp_path / name / "queue.sqlite", keeps_jobs=True))
        heard = Listener(engine)
        wait_for_signal(engine.recovered, engine.announce)
        return engine, heard

    engine, _ = begin("one")
    wait_for_signal(engine.batch_added, lambda: engine.add(Drop(f"{LARGE}\n")))
    close(engine)
    engine, heard = begin("one")
    assert [job.source for job in heard.jobs.values()] == [LARGE]
    listing = tmp_path / "list.jsonl"
    (done,) = wait_for_signal(engine.exported, lambda: engine.export(Export(str(listing), ExportForm.STATE)))
    assert done == Exported(str(listing), 1)
    engine, heard = begin("two")
    engine.add(Drop(sources=(str(listing),)))
    engine.start(Order(str(tmp_path / "out"), "as-downloaded"))
    wait_until(lambda: heard.states() == [JobState.DONE], engine.jobs_changed)
    assert files_in(tmp_path / "out") == ["download"]
    assert (tmp_path / "out" / "download").read_bytes() == bytes(range(256)) * 12_000
