"""A part file that several connections fill: what a kill leaves of it, and disks without room."""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from core.downloads import checkpoint
from core.downloads.part_file import PartFile
from core.downloads.runs import RunNote, Runs
from core.downloads.session import Wire
from core.downloads.transfer import Arrival
from core.errors import StorageError
from tests.support.crew import BODY, ETAG, FILE, SIZE, Connection, Crew, ends_of
from tests.support.server import Server
from tests.support.small_disk import NoSmallDiskError, SmallDisk

Make = Callable[..., Crew]
pytestmark = pytest.mark.usefixtures("small")


class TestCheckpoint:
    """What a kill leaves."""

    RUNS: Final = ((600_000, 700_000), (1_000_000, 1_500_000), (1_500_000, 1_600_000))

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        """A part file of 100,000 bytes and three runs behind them; its process was killed."""
        path = tmp_path / "a.part"
        part = PartFile(str(path), "source")
        part.find()
        part.validator, part.size = ETAG, SIZE
        with part:
            part.write(BODY[:100_000])
            part.share()
            part.runs = Runs(100_000, SIZE, [RunNote(begin, begin, 0) for begin, _ in self.RUNS])
            for begin, end in self.RUNS:
                run = part.runs.take(Wire())
                assert run is not None
                assert run.begin == begin
                with part.filling(part.runs, run) as write:
                    assert write(BODY[begin:end]) == (run.end > end)
        return path

    def found(self, path: Path) -> PartFile:
        part = PartFile(str(path), "source")
        part.find()
        return part

    def assert_completes(self, server: Server, path: Path, *begins: int) -> None:
        """The next process asks from there on, and from nowhere else."""
        url = server.serve("/a", FILE)
        part = PartFile(str(path), "source")
        outcome = Connection(url, part, is_help=False).outcome()
        assert isinstance(outcome, Arrival), repr(outcome)
        assert path.read_bytes() == BODY
        assert outcome.sha256 == hashlib.sha256(BODY).hexdigest()
        asked = [request.headers["Range"] for request in server.received("/a")]
        assert [ends_of(one)[0] if one else 0 for one in asked] == list(begins)

    def test_it_goes_on_with_all_that_came(self, server: Server, path: Path) -> None:
        part = self.found(path)
        assert (part.received, part.total) == (100_000, 800_000)
        self.assert_completes(server, path, 100_000, 700_000, 1_600_000)

    def test_a_run_that_somebody_changed_is_fetched_again_and_nothing_else(
        self, server: Server, path: Path
    ) -> None:
        with path.open("r+b") as file:
            file.seek(1_200_000)
            file.write(b"changed")
        assert self.found(path).total == 300_000
        self.assert_completes(server, path, 100_000, 700_000, 1_600_000)

    @pytest.mark.parametrize("length", [99_999, 0])
    def test_a_file_without_its_beginning_is_begun_anew(
        self, server: Server, path: Path, length: int
    ) -> None:
        with path.open("r+b") as file:
            file.truncate(length)
        self.assert_completes(server, path, 0)

    def test_a_file_without_its_end_is_begun_anew(self, server: Server, path: Path) -> None:
        with path.open("r+b") as file:
            file.truncate(1_550_000)
        self.assert_completes(server, path, 0)

    @pytest.mark.parametrize(
        "nonsense",
        [
            5,
            "runs",
            [5],
            [[1, 2]],
            [[1, 2, 3, 4]],
            {"600000": 1},
            [["a", "b", "c"]],
            [[None, 1, 2]],
            [[99_999, 700_000, 0]],
            [[700_000, 600_000, 0]],
            [[600_000, 600_000, 0]],
            [[600_000, 700_000, 0], [650_000, 750_000, 0]],
            [[600_000, SIZE + 1, 0]],
            [[-5, 700_000, 0]],
            [[1e999, 700_000, 0]],
            [[600_000, 10**30, 0]],
        ],
    )
    def test_nonsense_is_begun_anew(self, server: Server, path: Path, nonsense: object) -> None:
        sidecar = Path(f"{path}.json")
        sidecar.write_text(json.dumps(json.loads(sidecar.read_bytes()) | {"runs": nonsense}))
        self.assert_completes(server, path, 0)

    def test_what_says_that_it_is_whole_and_is_not_is_begun_anew(self, server: Server, path: Path) -> None:
        sidecar = Path(f"{path}.json")
        whole = {"whole": ["a.bin", None, ETAG, None]}
        for runs_left in (True, False):
            noted = json.loads(sidecar.read_bytes()) | whole | ({} if runs_left else {"runs": []})
            sidecar.write_text(json.dumps(noted))
            assert self.found(path).whole is None
            if runs_left:
                path.write_bytes(BODY[:100_000])
                sidecar.write_text(json.dumps(noted))
        self.assert_completes(server, path, 0)

    def test_a_file_that_shrinks_before_the_end_is_no_arrival(self, path: Path) -> None:
        """And the hash of what is there is not spoiled by having read half of it."""
        part = self.found(path)
        with part:
            shared = part.share()
            while (run := shared.take(Wire())) is not None:
                with part.filling(shared, run) as write:
                    write(BODY[run.position : run.end])
            part.write(BODY[part.received : shared.prefix.end])
            assert shared.is_complete
            with path.open("r+b") as file:
                file.truncate(SIZE - 1000)
            before = part.sha256()
            with pytest.raises(StorageError):
                part.join()
            assert part.sha256() == before
        assert not part.is_there


@pytest.mark.parametrize("code", sorted(checkpoint._NO_SUCH_CALL))
def test_a_file_system_that_sets_no_room_aside(
    make: Make, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: int) -> None:
        raise OSError(code, "no such call")

    monkeypatch.setattr("os.posix_fallocate", refuse, raising=False)
    crew = make()
    first = crew.begin()
    assert crew.help().outcome() is None
    crew.gate.open()
    crew.assert_right(first.outcome())


def test_a_disk_without_room_says_so_before_anything_is_fetched(server: Server, tmp_path: Path) -> None:
    with suppress(NoSmallDiskError), SmallDisk(tmp_path / "small", 4 << 20) as disk:
        disk.fill(leave=SIZE // 2)
        crew = Crew(server, disk.folder / "a.part")
        crew.gate.open()
        first = Connection(crew.url, crew.part, is_help=False)
        error = first.outcome()
        assert isinstance(error, StorageError)
        assert error.code == "disk-full"
        assert crew.part.total == 0
        assert crew.help().outcome() is None
        disk.make_room()
        crew.assert_right(crew.again())
        return
    pytest.skip("no small disk can be mounted here")
