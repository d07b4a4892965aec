"""Files that are to be small: target sizes, originals that stay, JPEGs that are quantized as they were."""

import io
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from PIL import ExifTags, Image, JpegImagePlugin

from core.images import notes
from core.images.encoding import encoded
from core.images.frames import Frames
from core.images.metadata import Carried
from core.images.recipe import IfLarger, Keeping, Output, Redact
from core.images.target import MOST_ENCODES, within_target
from core.images.task import Verdict
from core.images.writing import shaped_for
from tests.support.architecture import ROOT
from tests.unit.images.pictures import Bench, fit, natural, psnr, recipe, saved

LOSSY = ["JPEG", "WEBP", "AVIF", "JPEG2000", "JXL"]


def noise(side: int = 300) -> Image.Image:
    return Image.effect_noise((side, side), 80).convert("RGB")


@pytest.mark.parametrize("name", [*LOSSY, "PNG", "GIF"])
def test_targets_are_met(name: str) -> None:
    for picture, target in ((natural(320, 240), 7_000), (noise(), 8_000)):
        fitting = shaped_for(picture, name).image
        made = encoded(Frames((fitting,)), name, Output(target_size=target), Carried())
        assert len(made.content) <= target
        assert len(made.content) > target * 0.5
        assert any(f"To fit in {target} bytes" in note for note in made.notes)
        result = Image.open(io.BytesIO(made.content))
        assert result.size == made.size
        assert max(made.size) >= 64
        assert (
            made.content == encoded(Frames((fitting,)), name, Output(target_size=target), Carried()).content
        )


def test_what_fits_already_stays_as_it_is() -> None:
    flat = Image.new("RGB", (900, 900), "teal")
    for name in (*LOSSY, "PNG"):
        plain = encoded(Frames((flat,)), name, Output(), Carried())
        made = encoded(Frames((flat,)), name, Output(target_size=50_000), Carried())
        assert made.content == plain.content
        assert made.notes == ()


def test_quality_goes_before_size() -> None:
    picture = natural(320, 240)
    whole = encoded(Frames((picture,)), "JPEG", Output(), Carried())
    made = encoded(Frames((picture,)), "JPEG", Output(target_size=len(whole.content) * 3 // 4), Carried())
    assert made.size == picture.size
    assert "quality was lowered to" in made.notes[0]
    quality = int(made.notes[0].rstrip(".").rsplit(" ", 1)[1])
    finer = encoded(Frames((picture,)), "JPEG", Output(quality=quality + 1), Carried())
    assert len(finer.content) > len(whole.content) * 3 // 4


def test_what_cannot_be_met_is_said() -> None:
    made = encoded(Frames((noise(),)), "PNG", Output(target_size=1_000), Carried())
    assert made.size == (64, 64)
    assert made.notes == (notes.UNMET.format(len(made.content), 1000),)


@pytest.mark.parametrize("target", [1_000, 3_000, 9_999, 20_000, 39_000])
def test_a_target_takes_few_encodes(target: int) -> None:
    tried: list[tuple[int, float]] = []

    def encode(output: Output, scale: float) -> memoryview:
        tried.append((output.quality, scale))
        return memoryview(bytes(int(400 * output.quality * scale**2)))

    best = within_target(target, Output(quality=100), (4000, 3000), encode, is_lossy=True)
    assert len(tried) <= MOST_ENCODES
    assert len(best.content) <= target
    assert len(best.content) > target * 0.79
    assert (best.quality, best.scale) in tried


def tables_of(image: Image.Image) -> dict[int, list[int]]:
    assert isinstance(image, JpegImagePlugin.JpegImageFile)
    return image.quantization


def test_a_jpeg_is_quantized_as_it_was_where_only_its_metadata_changes(bench: Bench) -> None:
    for quality, sampling in ((70, "4:2:2"), (80, "4:4:4")):
        content = saved(natural(200, 150), "JPEG", quality=quality, subsampling=sampling, comment=b"secret")
        before = Image.open(io.BytesIO(content))
        result = bench.picture(content, recipe(format="jpeg", quality=85, exif=Keeping.STRIP))
        assert bench.part.read_bytes() != content
        assert tables_of(result) == tables_of(before)
        assert psnr(result, before.convert("RGB")) > 48
    scaled = bench.picture(content, recipe(fit(100, 100), format="jpeg", quality=85, exif=Keeping.STRIP))
    assert tables_of(scaled) != tables_of(before)
    less = bench.picture(content, recipe(format="jpeg", quality=50, exif=Keeping.STRIP))
    assert sum(tables_of(less)[0]) > sum(tables_of(before)[0])


@pytest.mark.parametrize(
    "name", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "BMP", "ICO", "JPEG2000", "HEIF", "JXL"]
)
def test_where_nothing_changes_the_original_goes_through(bench: Bench, name: str) -> None:
    picture = shaped_for(natural(90, 60), name).image
    content = bytes(encoded(Frames((picture,)), name, Output(quality=80), Carried()).content)
    outcome = bench.run(content, recipe())
    assert outcome.verdict is Verdict.ORIGINAL
    assert (outcome.format, outcome.width, outcome.height, outcome.notes) == (name, 90, 60, ())
    assert bench.part.read_bytes() == content
    assert bench.run(content, recipe(fit(50, 50))).verdict is Verdict.NEW
    assert bench.part.read_bytes() != content


def test_what_is_under_its_target_goes_through(bench: Bench) -> None:
    content = saved(natural(90, 60), "JPEG", quality=98)
    assert bench.run(content, recipe(format="jpeg")).verdict is Verdict.NEW
    assert bench.run(content, recipe(format="jpeg", target_size=len(content))).verdict is Verdict.ORIGINAL
    assert bench.part.read_bytes() == content
    assert bench.run(content, recipe(format="jpeg", target_size=len(content) - 1)).verdict is Verdict.NEW
    assert bench.part.stat().st_size < len(content)


def judged(bench: Bench, if_larger: IfLarger, content: bytes, *operations: Redact, **told: Any) -> Verdict:
    wanted = recipe(*operations, format="png", **told)
    output = replace(wanted.outputs[0], if_larger=if_larger)
    return bench.run(content, wanted._replace(outputs=(output,))).verdict


def test_only_if_smaller(bench: Bench) -> None:
    content = saved(natural(90, 60), "JPEG", quality=60)
    assert judged(bench, IfLarger.KEEP_NEW, content) is Verdict.NEW
    assert judged(bench, IfLarger.KEEP_ORIGINAL, content) is Verdict.ORIGINAL
    assert bench.part.read_bytes() == content
    outcome = bench.run(content, recipe(format="png", if_larger=IfLarger.KEEP_ORIGINAL))
    assert (outcome.format, outcome.extension, outcome.width) == ("JPEG", ".jpg", 90)
    assert "The original was kept" in outcome.notes[0]
    assert judged(bench, IfLarger.SKIP, content) is Verdict.SKIP
    assert not bench.part.exists()


def test_an_original_that_is_kept_has_its_own_size(bench: Bench) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    content = saved(Image.new("RGB", (1600, 1200), "teal"), "JPEG", quality=30, exif=exif)
    told = recipe(fit(800, 800), format="bmp", if_larger=IfLarger.KEEP_ORIGINAL)
    outcome = bench.run(content, told)
    assert (outcome.verdict, outcome.width, outcome.height) == (Verdict.ORIGINAL, 1200, 1600)
    assert bench.part.read_bytes() == content


def test_the_least_saving(bench: Bench) -> None:
    content = saved(natural(90, 60), "BMP")
    saving = 100 - len(saved(natural(90, 60), "PNG", compress_level=3)) * 100 / len(content)
    assert saving > 2
    for if_larger, verdict in ((IfLarger.SKIP, Verdict.SKIP), (IfLarger.KEEP_ORIGINAL, Verdict.ORIGINAL)):
        assert judged(bench, if_larger, content, least_saving=saving - 1) is Verdict.NEW
        assert judged(bench, if_larger, content, least_saving=saving + 1) is verdict


def test_an_original_with_something_to_hide_is_not_kept(bench: Bench) -> None:
    content = saved(natural(90, 60), "JPEG", quality=60)
    assert judged(bench, IfLarger.KEEP_ORIGINAL, content, gps=Keeping.STRIP) is Verdict.NEW
    outcome = bench.run(content, recipe(format="png", if_larger=IfLarger.KEEP_ORIGINAL, gps=Keeping.STRIP))
    assert any("the original was not kept" in note for note in outcome.notes)


@pytest.mark.parametrize(
    ("name", "module", "extra"), [("HEIF", "pillow_heif", "heif"), ("JXL", "pillow_jxl", "jxl")]
)
def test_a_missing_plugin_is_an_error_that_names_the_extra(
    bench: Bench, name: str, module: str, extra: str
) -> None:
    made = encoded(Frames((natural(20, 20),)), name, Output(), Carried())
    bench.source.write_bytes(made.content)
    program = f"""
import sys
sys.modules[{module!r}] = None  # as if it were not installed
from core.images.process import process
from core.images.recipe import Output, OutputFormat, Recipe
from core.images.task import ProcessTask
for output in (Output(), Output(format=OutputFormat.{name})):
    outcome = process(ProcessTask(1, {str(bench.source)!r}, ({str(bench.part)!r},), Recipe("r", "R", "", (), (output,))))
    print(outcome.error.code, outcome.error.message, outcome.error.hint)
print(process(ProcessTask(1, {str(bench.source)!r}, (), Recipe("r", "R", ""))).notes)
"""
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    reading, writing, checking = run.stdout.splitlines()
    for line in (reading, writing):
        assert line.startswith("missing-plugin ")
        assert f"fetchmill[{extra}]" in line
    assert "It was not checked" in checking
    assert not bench.part.exists()


def test_plugins_are_loaded_only_where_they_are_needed() -> None:
    program = (
        "import sys, core.images.worker; print([one for one in sys.modules if 'heif' in one or 'jxl' in one])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stdout.strip() == "['core.images.jxl']"
