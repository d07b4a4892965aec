"""What is read from the disk and what is left on it."""

import errno
import hashlib
import io
import os
import sys
import threading
from pathlib import Path

import pytest
from PIL import Image

from core.errors import DestinationError, DiskFullError, UnsupportedPictureError
from core.images.encoding import encoded
from core.images.frames import Frames
from core.images.metadata import Carried
from core.images.process import process
from core.images.recipe import IfLarger, Output
from core.images.recipe_file import find_recipe
from core.images.task import ProcessTask
from core.images.writing import write_part
from tests.unit.images.pictures import Bench, quartered, recipe, saved

DESCRIPTORS = Path("/proc/self/fd")


def test_checking_writes_nothing(bench: Bench) -> None:
    outcome = bench.run(saved(quartered(), "PNG"), "as-downloaded")
    assert (outcome.format, outcome.extension, outcome.width, outcome.height) == ("PNG", ".png", 400, 300)
    assert outcome.bytes_out is None
    assert bench.part.read_bytes() == b"of an earlier try"


def test_the_hash_is_the_sources(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(saved(quartered(), "PNG"))
    for name in ("as-downloaded", "jpeg"):
        outcome = process(
            ProcessTask(1, str(path), (str(tmp_path / "p"),), find_recipe(name), hash_source=True)
        )
        assert outcome.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc to see how far it has read")
def test_a_source_that_changes_while_its_hash_is_made(tmp_path: Path) -> None:
    path = tmp_path / "large.bmp"
    Image.new("RGB", (6000, 5000)).save(path)
    is_over = threading.Event()

    def change() -> None:
        while not _is_being_read(path) and not is_over.is_set():
            pass
        with path.open("r+b") as file:
            file.seek(-3, os.SEEK_END)
            file.write(b"new")

    other = threading.Thread(target=change)
    other.start()
    task = ProcessTask(1, str(path), (str(tmp_path / "p"),), find_recipe("thumbnail-256"), hash_source=True)
    outcome = process(task)
    is_over.set()
    other.join()
    assert outcome.error is not None
    assert "was changed" in outcome.error.message
    assert not (tmp_path / "p").exists()


def _is_being_read(path: Path) -> bool:
    """Whether a descriptor of ours stands some way into the file."""
    for descriptor in DESCRIPTORS.iterdir():
        try:
            if descriptor.samefile(path):
                position = Path(f"/proc/self/fdinfo/{descriptor.name}").read_text().split()[1]
                return int(position) > 1_000_000
        except OSError:
            continue
    return False


def test_sources_that_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("gone.jpg", "pipe", ".", "nul\0"):
        outcome = process(ProcessTask(1, str(tmp_path / name), (str(tmp_path / "p"),), find_recipe("jpeg")))
        assert outcome.error is not None
        assert outcome.error.code == "unreadable"
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("part", ["no/such/folder/p", ".", "x" * 300, "nul\0"])
def test_destinations_that_cannot_be_written(tmp_path: Path, part: str) -> None:
    source = tmp_path / "a"
    source.write_bytes(saved(quartered(), "PNG"))
    outcome = process(ProcessTask(1, str(source), (str(tmp_path / part),), find_recipe("jpeg")))
    assert outcome.error is not None
    assert outcome.error.code == "destination"


def test_the_original_is_never_the_target(tmp_path: Path) -> None:
    source, link = tmp_path / "a", tmp_path / "link"
    content = saved(quartered(), "PNG")
    source.write_bytes(content)
    link.symlink_to(source)
    for part in (source, link):
        outcome = process(ProcessTask(1, str(source), (str(part),), find_recipe("jpeg")))
        assert outcome.error is not None
        assert source.read_bytes() == content


def test_a_link_planted_as_part_file_is_not_followed(tmp_path: Path) -> None:
    precious, part = tmp_path / "precious", tmp_path / "p"
    precious.write_text("mine")
    part.symlink_to(precious)
    assert write_part(str(part), memoryview(b"picture")) == 7
    assert precious.read_text() == "mine"
    assert not part.is_symlink()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's full device")
def test_a_full_disk_is_told_from_other_troubles() -> None:
    from core.images.writing import _storage_error

    with pytest.raises(OSError, match="space") as caught, Path("/dev/full").open("wb", buffering=0) as full:
        full.write(b"x")
    assert isinstance(_storage_error(caught.value, "p"), DiskFullError)
    assert isinstance(_storage_error(OSError(errno.EROFS, "read-only"), "p"), DestinationError)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_a_disk_that_fails_at_the_first_byte_is_told(tmp_path: Path) -> None:
    task = ProcessTask(1, "/proc/self/mem", (str(tmp_path / "p"),), find_recipe("jpeg"))  # EIO at 0
    error = process(task).error
    assert error is not None
    assert (error.code, "/proc/self/mem" in error.message) == ("unreadable", True)


def test_an_earlier_part_that_cannot_be_removed_is_told_where_nothing_is_written(tmp_path: Path) -> None:
    source, part = tmp_path / "a", tmp_path / "p"
    source.write_bytes(saved(quartered(), "PNG"))
    part.mkdir()
    outcome = process(
        ProcessTask(1, str(source), (str(part),), recipe(format="bmp", if_larger=IfLarger.SKIP))
    )
    assert outcome.error is not None
    assert outcome.error.code == "destination"


def test_a_failing_write_leaves_no_part(tmp_path: Path) -> None:
    import resource
    import signal

    part = tmp_path / "p"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(DestinationError):
            write_part(str(part), memoryview(b"x" * 100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert not part.exists()


def test_metadata_that_cannot_be_written_costs_only_itself() -> None:
    made = encoded(Frames((quartered(),)), "TIFF", Output(), Carried(exif=b"Exif\0\0rubbish"))
    assert Image.open(io.BytesIO(made.content)).size == made.size == (400, 300)
    assert made.notes == ("Its metadata cannot be written; it was left out.",)


def test_an_encoder_that_refuses_is_an_error_of_ours() -> None:
    with pytest.raises(UnsupportedPictureError, match="JPEG"):
        encoded(Frames((Image.new("F", (2, 2)),)), "JPEG", Output(), Carried())


def test_encoding_leaves_pillows_settings_as_they_were() -> None:
    from PIL import ImageFile

    before = ImageFile.MAXBLOCK
    encoded(Frames((quartered(),)), "JPEG", Output(), Carried())
    assert before == ImageFile.MAXBLOCK
    assert not ImageFile.LOAD_TRUNCATED_IMAGES
