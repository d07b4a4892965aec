"""Several finished files of one content: known together, or not at all."""

import json
from pathlib import Path

import pytest

from core.finished import FinishedFile, files_of
from core.images.recipe import Output as WantedOutput
from core.images.recipe import OutputFormat, Recipe, Resize
from core.job import JobSnapshot, JobState
from core.json_line import json_line
from core.ledger import Known, Output, Publication, fingerprint, inquiry
from core.remains import Remains, packed, unpacked
from tests.support.queue_files import Desk, job, publication, restored, with_another

RECIPE = "0123456789abcdef"
NAMES = ("web", "thumb")


@pytest.fixture
def desk() -> Desk:
    """In memory."""
    return Desk(None, keeps_jobs=False)


def made(folder: Path) -> Publication:
    """Two outputs, both with names."""
    wish = publication(job(1), folder, b"web", RECIPE)
    return with_another(wish._replace(outputs=(wish.outputs[0]._replace(name="web"),)), b"thumb")


def known(desk: Desk, folder: Path, names: tuple[str, ...] = NAMES, *, needs_original: bool = False) -> Known:
    (found,) = desk.known(
        job(1), destination=folder, recipe=RECIPE, outputs=names, needs_original=needs_original
    )
    return found


def test_all_are_known_in_the_recipes_order(desk: Desk, tmp_path: Path) -> None:
    with desk:
        wish = made(tmp_path)
        desk.publish(wish)
        found = known(desk, tmp_path)
        assert [one.name for one in known(desk, tmp_path, ("thumb", "web")).outputs] == ["thumb", "web"]
    assert [(one.name, one.path, one.notes) for one in found.outputs] == [
        (one.name, one.path, one.notes) for one in wish.outputs
    ]
    assert found.own_outputs == found.outputs
    assert found.own_output("thumb") == found.outputs[1]
    assert found.own_output("none") is None


@pytest.mark.parametrize("which", [0, 1])
def test_one_that_is_gone_or_changed_is_all(desk: Desk, tmp_path: Path, which: int) -> None:
    with desk:
        wish = made(tmp_path)
        desk.publish(wish)
        path = Path(wish.outputs[which].path)
        path.write_bytes(b"edited by hand")
        edited = known(desk, tmp_path)
        path.unlink()
        gone = known(desk, tmp_path)
    for found in (edited, gone):
        assert not found.is_up_to_date
        assert [one.name for one in found.own_outputs] == [NAMES[1 - which]]


def test_an_output_more_or_without_its_name_is_another(desk: Desk, tmp_path: Path) -> None:
    with desk:
        desk.publish(made(tmp_path))
        assert not known(desk, tmp_path, (*NAMES, "large")).is_up_to_date
        assert known(desk, tmp_path, ("",)).own_outputs == ()
        assert known(desk, tmp_path, ("web",)).is_up_to_date


def test_one_that_was_not_wanted_is_up_to_date_without_a_file(desk: Desk, tmp_path: Path) -> None:
    with desk:
        wish = made(tmp_path)
        none = Output("", None, None, notes=("no smaller",), made_of=wish.outputs[0].made_of, name="large")
        desk.publish(wish._replace(outputs=(none, *wish.outputs)))
        found = known(desk, tmp_path, ("large", *NAMES))
        assert [one.path != "" for one in found.outputs] == [False, True, True]
        assert found.outputs[0] == none


def test_where_the_original_is_an_output_it_has_to_be_there(desk: Desk, tmp_path: Path) -> None:
    with desk:
        wish = made(tmp_path)
        kept = tmp_path / "kept.jpg"
        kept.write_bytes(b"original")
        desk.publish(wish._replace(content=wish.content._replace(original=str(kept))))
        assert known(desk, tmp_path, needs_original=True).is_up_to_date
        kept.unlink()
        assert not known(desk, tmp_path, needs_original=True).is_up_to_date
        assert known(desk, tmp_path).is_up_to_date


def test_the_job_comes_back_with_all_its_files(tmp_path: Path) -> None:
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.add([job(1)])
        desk.publish(made(tmp_path / "files"))
    (found,) = restored(tmp_path / "queue.sqlite")
    assert found.state is JobState.DONE
    assert [(one.output, Path(one.file or "").name) for one in found.files] == [
        ("web", "000001.jpg"),
        ("thumb", "000001.jpg"),
    ]


def test_what_is_asked_of_a_recipe() -> None:
    outputs = (WantedOutput("web", format=OutputFormat.WEBP), WantedOutput("original"))
    recipe = Recipe("shop", "Shop", "Shop.", (), outputs)
    assert inquiry((), "/out", recipe)[2:] == (fingerprint(recipe), ("web",), True)
    everywhere = recipe._replace(operations=(Resize(width=9, height=9),))
    assert inquiry((), "/out", everywhere)[3:] == (("web", "original"), False)
    alone = recipe._replace(outputs=outputs[1:])
    assert not alone.changes_pictures
    assert inquiry((), "/out", alone)[2:] == ("", ("",), False)


FILES = (
    FinishedFile("web", "/out/web/\udce9.jpg", 5, "ab", 3, 4, "JPEG", ("note",)),
    FinishedFile("thumb", None, notes=("no smaller",)),
)


def test_the_files_of_a_job_that_rests() -> None:
    remains = Remains(1, 2, 3, "ab" * 32, None, "/out/web/a.jpg", None, 1.5, ("note",), FILES)
    assert unpacked(packed(remains)) == remains


def test_the_line_for_scripts() -> None:
    ended: JobSnapshot = job(1)._replace(files=FILES)
    line = json.loads(json_line(ended))
    assert line["outputs"][0]["file"] == FILES[0].file
    assert line["outputs"][1] == {
        **dict.fromkeys(("file", "bytes_out", "sha256", "width", "height", "format")),
        "output": "thumb",
        "notes": ["no smaller"],
    }
    assert "outputs" not in json.loads(json_line(job(1)))


@pytest.mark.parametrize(
    "row", [["a"], ["a", 1], [1, "b"], ["a", "b", -1], ["a", "b", True], "x" * 9, [None] * 8]
)
def test_what_is_no_such_file_is_refused(row: list[object]) -> None:
    with pytest.raises(TypeError):
        files_of([row])
