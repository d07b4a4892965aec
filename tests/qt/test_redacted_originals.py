"""A recipe that makes something unreadable: the originals that still show it are kept as ever, and told of."""

from pathlib import Path

from core.engine import Engine
from core.images.notes import STILL_SHOWN
from core.report import Summary
from tests.support.engines import Listener, quick, run_to_end
from tests.support.pictures import jpeg_bytes
from tests.support.server import Server
from tests.support.waiting import wait_until

HEAD = 'schema = 2\nname = "hidden"\ntitle = "Hidden"\nsummary = "Without faces."\n'
REDACT = 'type = "redact"\nregions = [[10, 10, 50, 50]]\n'


def _recipe(folder: Path, *outputs: str) -> str:
    """A recipe that redacts its only output, or else the last one."""
    path = folder / "hidden.toml"
    tables = "".join(f"[[outputs]]\n{one}\n" for one in outputs)
    for_one, for_all = f"{tables}[[outputs.operations]]\n{REDACT}", f"[[operations]]\n{REDACT}[[outputs]]\n"
    path.write_text(HEAD + (for_one if outputs else for_all))
    return str(path)


def _run(engine: Engine, sources: list[str], out: Path, recipe: str) -> tuple[list[str], list[str]]:
    """The notes of the jobs, and those of the report."""
    heard, summaries = Listener(engine), list[Summary]()
    engine.summarised.connect(summaries.append)
    run_to_end(engine, sources, out, recipe)
    wait_until(lambda: summaries)
    told = [note for job in heard.jobs.values() for note in job.notes]
    return told, [f"{one.jobs} x {one.note}" for one in summaries[-1].notes]


def test_it_is_told_once_in_the_report(engine: Engine, server: Server, tmp_path: Path) -> None:
    urls = [server.serve(f"/{n}.jpg", jpeg_bytes(seed=n)) for n in range(3)]
    told, report = _run(engine, urls, tmp_path / "out", _recipe(tmp_path))
    assert told == [STILL_SHOWN] * 3
    assert report == [f"3 x {STILL_SHOWN}"]
    assert len(list((tmp_path / "out" / "originals").iterdir())) == 3


def test_not_where_none_is_kept(engine: Engine, server: Server, tmp_path: Path) -> None:
    engine.configure(quick(keep_originals=False))
    url = server.serve("/a.jpg", jpeg_bytes())
    assert _run(engine, [url], tmp_path / "out", _recipe(tmp_path)) == ([], [])
    assert not (tmp_path / "out" / "originals").exists()


def test_not_of_pictures_that_were_here_before(engine: Engine, tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(jpeg_bytes())
    assert _run(engine, [str(picture)], tmp_path / "out", _recipe(tmp_path)) == ([], [])


def test_not_where_the_original_is_asked_for(engine: Engine, server: Server, tmp_path: Path) -> None:
    recipe = _recipe(tmp_path, 'name = "original"', 'name = "web"')
    told, _ = _run(engine, [server.serve("/a.jpg", jpeg_bytes())], tmp_path / "out", recipe)
    assert told == []
