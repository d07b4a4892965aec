"""Room that stays free on a disk, whatever is downloaded to it: before, while it grows, and by several together."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier, Thread

import pytest

from core.downloads.line import Gauge
from core.downloads.part_file import PartFile
from core.downloads.redirects import Rules
from core.downloads.session import Session, Wire
from core.downloads.space import Space
from core.downloads.throttle import Throttle
from core.downloads.transfer import Transfer
from core.engine import Engine
from core.errors import DiskFullError, DownloadError
from core.job import Drop, JobState, Order, RunState
from core.settings import Settings
from tests.support.command_line import cli, records
from tests.support.engines import Listener, begin, files_in, finished_in, holds, is_over, never_failed, quick
from tests.support.server import Answer, Gate, Server
from tests.support.small_disk import SmallDisk
from tests.support.waiting import wait_until

KB, MB = 1 << 10, 1 << 20
SLACK = 64 * KB  # of folders, checkpoints and last blocks
pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
def watchful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at the disk before each chunk, as nobody writes so fast to a real one."""
    monkeypatch.setattr("core.downloads.space._LOOK_AGAIN", 0.0)


class Lane:
    """What a lane has."""

    def __init__(self, path: Path, space: Space) -> None:
        self.session = Session()
        self.gauge = Gauge()
        self.part = PartFile(str(path))
        self._space = space

    def fetch(self, url: str) -> None:
        rules = Rules(space=self._space)
        Transfer(self.session, Wire(), self.gauge, Throttle(), rules).run(url, self.part, 10.0)


@pytest.fixture
def space() -> Space:
    """Room beside a reserve of two MiB."""
    space = Space()
    space.keep_free(2 * MB)
    return space


@pytest.fixture
def lane(disk: SmallDisk, space: Space) -> Iterator[Lane]:
    lane = Lane(disk.folder / "1.part", space)
    yield lane
    lane.session.close()


def test_what_does_not_fit_is_not_begun(lane: Lane, server: Server, disk: SmallDisk) -> None:
    gate = Gate()
    url = server.serve("/a.bin", Answer(bytes(7 * MB), gate=gate, gate_after=0))
    with pytest.raises(DiskFullError) as caught:  # while the server has not begun to send it
        lane.fetch(url)
    gate.open()
    assert caught.value.message == "It needs 7.4 MB more; there are 8.4 MB, of which 2.1 MB are to stay free."
    assert lane.gauge.passed == 0
    assert list(disk.folder.iterdir()) == []


def test_what_fits_is_downloaded(lane: Lane, server: Server, disk: SmallDisk) -> None:
    lane.fetch(server.serve("/a.bin", bytes(5 * MB)))
    assert disk.free >= 2 * MB
    assert lane.part.received == 5 * MB


@pytest.mark.parametrize("chunked", [True, False])
def test_what_grows_without_end_stops_before_the_reserve(
    lane: Lane, server: Server, disk: SmallDisk, chunked: bool
) -> None:
    headers = {} if chunked else {"Content-Length": None}
    answer = Answer(os.urandom(20 * MB), chunked=chunked, headers=headers, close=True)
    with pytest.raises(DiskFullError):
        lane.fetch(server.serve("/a.bin", answer))
    assert 2 * MB <= disk.free < 3 * MB


def test_a_file_in_its_link_has_to_fit_as_well(lane: Lane, space: Space, disk: SmallDisk) -> None:
    link = f"data:,{'a' * 3 * MB}"
    space.keep_free(7 * MB)
    with pytest.raises(DiskFullError):
        lane.fetch(link)
    assert list(disk.folder.iterdir()) == []
    space.keep_free(2 * MB)
    lane.fetch(link)
    assert lane.part.received == 3 * MB


@pytest.mark.usefixtures("watchful")
def test_others_who_fill_the_disk_are_noticed(lane: Lane, server: Server, disk: SmallDisk) -> None:
    gate = Gate()
    url = server.serve("/a.bin", Answer(bytes(5 * MB), gate=gate, gate_after=MB))
    fill = Filler(disk, gate, leave=3 * MB)
    fill.start()
    with pytest.raises(DiskFullError):
        lane.fetch(url)
    fill.join()
    assert disk.free > 3 * MB - 512 * KB
    assert lane.part.received < 2 * MB


class Filler(Thread):
    """Somebody else, who takes the room while the server waits at its gate."""

    def __init__(self, disk: SmallDisk, gate: Gate, leave: int) -> None:
        super().__init__()
        self._disk, self._gate, self._leave = disk, gate, leave

    def run(self) -> None:
        self._gate.reached.wait(20)
        self._disk.fill(self._leave)
        self._gate.open()


def test_a_beginning_counts_as_what_it_is(lane: Lane, server: Server, disk: SmallDisk) -> None:
    body = os.urandom(5 * MB)
    url = server.serve("/a.bin", Answer(body, cut_after=3 * MB), Answer(body))
    with pytest.raises(DownloadError):
        lane.fetch(url)
    assert disk.free < 5 * MB
    lane.fetch(url)
    assert Path(lane.part.path).read_bytes() == body


def test_room_that_is_set_aside_is_not_asked_for_twice(space: Space, disk: SmallDisk) -> None:
    large = PartFile(str(disk.folder / "1.part"))
    large.size = 4 * MB
    with space.claimed(large), large:
        large.share()
        assert space.needed(str(disk.folder)) == 0
        small = PartFile(str(disk.folder / "2.part"))
        small.size = MB
        with space.claimed(small):
            assert space.needed(str(disk.folder)) == MB
        small.size = 2 * MB
        with pytest.raises(DiskFullError, match=r"more, other downloads 16\.4 kB"), space.claimed(small):
            pass


def test_what_several_need_counts_together(space: Space, disk: SmallDisk) -> None:
    parts = [PartFile(str(disk.folder / f"{i}.part")) for i in range(3)]
    for part in parts:
        part.size = 2 * MB
    with space.claimed(parts[0]), space.claimed(parts[1]):
        assert space.needed(str(disk.folder)) == 4 * MB
        with pytest.raises(DiskFullError, match=r"It needs 2\.1 MB more, other downloads 4\.2 MB"):  # noqa: SIM117  # only the last
            with space.claimed(parts[2]):
                pass
    with space.claimed(parts[2]):
        assert space.needed(str(disk.folder)) == 2 * MB


def test_of_many_at_once_as_many_get_room_as_there_is(disk: SmallDisk, space: Space) -> None:
    together, got = Barrier(8), list[int]()

    def claim(number: int) -> None:
        part = PartFile(str(disk.folder / f"{number}.part"))
        part.size = 2 * MB
        together.wait()
        with suppress(DiskFullError), space.claimed(part):
            got.append(number)
            together.wait()
            return
        together.wait()

    with ThreadPoolExecutor(8) as lanes:
        list(lanes.map(claim, range(8)))
    assert len(got) == 2


def test_the_reserve(disk: SmallDisk) -> None:
    space = Space()
    assert space.reserve(str(disk.folder)) == 0
    space.keep_free(None)
    assert space.reserve(str(disk.folder)) == 8 * MB // 100
    space.keep_free(3 * MB)
    assert space.reserve(str(disk.folder)) == 3 * MB
    assert space.reserve(str(disk.folder / "missing")) == 0
    assert Settings().keep_free is None
    assert Settings.from_mapping({"keep_free": 0}) == (Settings(keep_free=0), ())


def test_the_run_holds_for_the_reserve_and_goes_on_with_room(
    make_engine: Callable[..., Engine], server: Server, disk: SmallDisk
) -> None:
    engine = make_engine(quick(keep_free=2 * MB))
    body = os.urandom(3 * MB)
    disk.fill(leave=4 * MB)
    heard = begin(engine, disk.folder, "as-downloaded", server.serve("/a.bin", body))
    wait_until(lambda: holds(heard, "disk-full"), engine.totals_changed)
    assert heard.totals is not None
    assert heard.totals.trouble is not None
    assert heard.totals.trouble.message == (
        f"There is no room for the 3.1 MB that are still to come in {disk.folder}, "
        "beside the 2.1 MB that are to stay free."
    )
    assert disk.free > 4 * MB - SLACK
    disk.make_room()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert never_failed(heard)
    assert (disk.folder / "a.bin").read_bytes() == body


def test_the_run_goes_on_when_less_is_to_stay_free(
    make_engine: Callable[..., Engine], server: Server, disk: SmallDisk
) -> None:
    engine = make_engine(quick(keep_free=2 * MB))
    disk.fill(leave=4 * MB)
    heard = begin(engine, disk.folder, "as-downloaded", server.serve("/a.bin", bytes(3 * MB)))
    wait_until(lambda: holds(heard, "disk-full"), engine.totals_changed)
    engine.configure(quick(keep_free=100_000))
    wait_until(lambda: is_over(heard), engine.totals_changed)


@pytest.mark.usefixtures("watchful")
def test_a_larger_reserve_counts_for_what_runs(
    make_engine: Callable[..., Engine], server: Server, disk: SmallDisk
) -> None:
    engine, gate = make_engine(quick(keep_free=0)), Gate()
    body = os.urandom(4 * MB)
    url = server.serve("/a.bin", Answer(body, gate=gate, gate_after=MB), Answer(body))
    heard = begin(engine, disk.folder, "as-downloaded", url)
    wait_until(lambda: any((job.received or 0) >= MB for job in heard.jobs.values()), engine.jobs_changed)
    engine.configure(quick(keep_free=6 * MB))
    gate.open()
    wait_until(lambda: holds(heard, "disk-full"), engine.totals_changed)
    assert disk.free > 6 * MB
    engine.configure(quick(keep_free=0))
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert (disk.folder / "a.bin").read_bytes() == body
    assert server.received("/a.bin")[1].headers["Range"] is not None


def test_several_that_fit_alone_wait_until_they_fit_together(
    make_engine: Callable[..., Engine], server: Server, disk: SmallDisk
) -> None:
    """Rather than begin, stop and begin again: what is paid for is what all of them need."""
    engine, gate = make_engine(quick(keep_free=MB)), Gate()
    disk.fill(leave=6 * MB)
    bodies = {f"/{i}.bin": os.urandom(3 * MB) for i in range(2)}
    urls = [server.serve(path, Answer(body, gate=gate, gate_after=0)) for path, body in bodies.items()]
    heard = begin(engine, disk.folder, "as-downloaded", *urls)
    wait_until(lambda: holds(heard, "disk-full"), engine.totals_changed)
    gate.open()
    asked = server.requests()
    assert disk.free > 3 * MB
    assert heard.totals is not None
    assert heard.totals.trouble is not None
    assert "for the 6.3 MB that are still to come" in heard.totals.trouble.message
    disk.make_room()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert server.requests() <= asked + 2, "they were not asked for in vain"
    assert {f"/{name}": (disk.folder / name).read_bytes() for name in files_in(disk.folder)} == bodies


def test_without_a_window_what_does_not_fit_fails_and_the_rest_comes(
    make_engine: Callable[..., Engine], server: Server, disk: SmallDisk
) -> None:
    engine, gate = make_engine(quick(keep_free=2 * MB)), Gate()
    body = os.urandom(4 * MB)
    urls = [server.serve(f"/{i}.bin", Answer(body, gate=gate, gate_after=1)) for i in range(2)]
    heard = Listener(engine)
    engine.add(Drop(sources=tuple(urls)))
    engine.start(Order(str(disk.folder), "as-downloaded", holds=False))
    wait_until(lambda: JobState.FAILED in heard.states(), engine.jobs_changed)
    gate.open()
    wait_until(lambda: heard.totals is not None and heard.totals.run is RunState.IDLE, engine.totals_changed)
    assert set(heard.states()) == {JobState.DONE, JobState.FAILED}
    (error,) = [job.error for job in heard.jobs.values() if job.error is not None]
    assert error.code == "disk-full"
    assert "other downloads 4.2 MB" in error.message
    assert len(finished_in(disk.folder)) == 1


def test_the_command_line_keeps_a_hundredth_free(server: Server, disk: SmallDisk) -> None:
    large = server.serve("/large.bin", bytes(8 * MB))
    small = server.serve("/small.bin", bytes(4 * MB))
    ended = cli("run", small, large, "--to", str(disk.folder / "out"), "--json", "--connections", "1")
    found = records(ended.stdout)
    assert ended.returncode == 1, ended.stderr
    assert found[small]["state"] == "done"
    assert found[large]["error"]["code"] == "disk-full"
    assert "of which 83.9 kB are to stay free" in found[large]["error"]["message"]


def test_the_command_line_keeps_as_much_free_as_it_is_told(server: Server, disk: SmallDisk) -> None:
    url = server.serve("/a.bin", bytes(4 * MB))
    command = ("run", url, "--to", str(disk.folder / "out"), "--json", "--keep-free")
    found = records(cli(*command, "6M").stdout)
    assert found[url]["error"]["code"] == "disk-full"
    assert "of which 6.0 MB are to stay free" in found[url]["error"]["message"]
    assert records(cli(*command, "0").stdout)[url]["state"] == "done"
