import pytest
from PySide6.QtCore import Qt

from core.job import JobState, SourceKind
from gui.columns import TRAITS, Column, natural_key
from gui.details import facts_of
from gui.job_model import JobModel
from gui.job_text import (
    STATE_ICONS,
    STATE_WORDS,
    authority,
    cause_text,
    download_share,
    origin_text,
    outcome_text,
    second_line,
    seconds_left,
    size_column,
    spoken_status,
    status_text,
    type_icon,
)
from tests.qt.gui.scripted_engine import REFUSED, snapshot


def test_every_state_has_word_and_icon() -> None:
    assert STATE_WORDS.keys() == STATE_ICONS.keys() == set(JobState)


def test_status() -> None:
    job = snapshot(1, JobState.DOWNLOADING, received=450, size=1000, speed=100.0)
    assert status_text(job) == "Downloading 45 %"
    assert status_text(job._replace(state=JobState.PAUSED)) == "Paused 45 %"
    assert status_text(job._replace(state=JobState.PAUSED, received=0)) == "Paused"
    assert spoken_status(job) == "Downloading, 45 %"
    assert seconds_left(job) == 5.5
    assert status_text(job._replace(size=None)) == "Downloading"
    assert download_share(job._replace(size=None)) is None
    assert seconds_left(job._replace(speed=None)) is None
    assert status_text(snapshot(1, JobState.RETRYING, retry_in=3.7)) == "Retrying in 4 s"
    assert spoken_status(snapshot(1, JobState.FAILED, error=REFUSED)) == "Failed, Refused by the server"


def test_second_line_tells_the_cause() -> None:
    assert second_line(snapshot(1)) == "pictures.example.org"
    failed = snapshot(1, JobState.FAILED, error=REFUSED)
    assert second_line(failed) == "The server answered 404 Not Found."
    assert cause_text(failed) == "Refused by the server"
    assert cause_text(snapshot(1, JobState.DONE, error=REFUSED)) == ""
    assert second_line(snapshot(1, JobState.SKIPPED, notes=("Up to date.",))) == "Up to date."


def test_local_pictures() -> None:
    job = snapshot(1, source="/home/me/a/b.png", kind=SourceKind.FILE, name="b.png")
    assert origin_text(job) == "/home/me/a"
    assert type_icon(job) == "picture"
    assert job.host == ""
    waiting = job._replace(state=JobState.DOWNLOADED)
    assert status_text(waiting) == spoken_status(waiting) == "Ready"
    assert status_text(snapshot(1, JobState.DOWNLOADED)) == "Downloaded"


@pytest.mark.parametrize("link", ["data:image/png;base64,AA//host/BB", "data:text/html,http://host/"])
def test_a_link_that_carries_its_file_is_shown_by_its_beginning(link: str) -> None:
    job = snapshot(1, source=link + "A" * 1_000_000, name="download.png")
    assert (authority(job), job.host) == ("", "")
    assert origin_text(job) == second_line(job) == link.partition(",")[0]
    assert facts_of(job)[0] == ("URL", f"{link}{'A' * (199 - len(link))}…")
    assert type_icon(job) == "picture"
    model = JobModel()
    model.add((job,))
    tip = model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert link in tip
    assert len(tip) < 1_000


@pytest.mark.parametrize(
    ("name", "icon"), [("a.JPG", "picture"), ("a.zip", "archive"), ("a.pdf", "document"), ("", "globe")]
)
def test_icons_by_name(name: str, icon: str) -> None:
    assert type_icon(snapshot(1, name=name, source="https://example.org/")) == icon


def test_outcome() -> None:
    job = snapshot(1, JobState.DONE, width=256, height=171, format="JPEG")
    assert outcome_text(job) == "256 \N{MULTIPLICATION SIGN} 171 JPEG"
    assert outcome_text(snapshot(1)) == ""


def test_natural_order() -> None:
    names = ["photo10", "Photo9", "a", "10", "9b"]
    assert sorted(names, key=natural_key) == ["9b", "10", "a", "Photo9", "photo10"]


def test_a_size_is_shown_once_something_is_known_of_it() -> None:
    def text(state: JobState, received: int | None, size: int | None = None) -> str:
        return size_column(snapshot(1, state)._replace(received=received, size=size))

    assert text(JobState.QUEUED, 0) == text(JobState.FAILED, None) == ""
    assert text(JobState.DOWNLOADING, 812) == "812 B"
    assert text(JobState.DOWNLOADING, 0, 4_300_000) == "4.3 MB"
    assert text(JobState.DONE, 0) == "0 B"


@pytest.mark.parametrize("column", Column)
def test_columns_answer_for_every_state(column: Column) -> None:
    for state in JobState:
        job = snapshot(1, state)
        assert isinstance(TRAITS[column].text(job), str)
        TRAITS[column].key(job)
