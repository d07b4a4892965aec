"""What speed costs: PSNR and SSIM against a lossless resize of the whole picture, and the memory of a worker.

SSIM is that of Wang, Bovik, Sheikh and Simoncelli (2004) on brightness, over blocks of 8 x 8 pixels.
"""

import shlex
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Final

from PIL import Image, ImageMath, ImageOps

from tests.support.costs import Cost, cost_of, must_succeed
from tests.support.photographs import photographs
from tests.support.pictures import psnr

_SAMPLE: Final = 48
_SIDES: Final = (256, 1920)
_FORMS: Final = {"png": "png", "jpeg": "jpg[Q=85]"}
_BLOCK: Final = 8
_C1: Final = (0.01 * 255) ** 2
_C2: Final = (0.03 * 255) ** 2

# One picture as a child of the pool does it; without one, what a child is before its first.
_WORKER: Final = """
import sys
from core.images import worker
from core.images.recipe_file import find_recipe
from core.images.task import ProcessTask
worker.Image.init()
for source in sys.argv[3:]:
    outcome = worker.answer(ProcessTask(1, source, (sys.argv[1],), find_recipe(sys.argv[2])))
    assert outcome.error is None, outcome
"""


def print_quality(photos: Path, folder: Path) -> None:
    """Both against the same reference, medians over photographs."""
    found = photographs(photos, (".jpg", ".jpeg"))
    sample = found[:: max(1, len(found) // _SAMPLE)][:_SAMPLE]
    source = folder / "sample"
    source.mkdir()
    for photo in sample:
        (source / f"{len(list(source.iterdir())):03}.jpg").symlink_to(photo.resolve())
    for side, form in ((side, form) for side in _SIDES for form in _FORMS):
        made = {name: folder / f"{name}-{side}-{form}" for name in ("ours", "vips")}
        _run_ours(source, made["ours"], side, form)
        made["vips"].mkdir()
        target = shlex.quote(f"{made['vips']}/%s.{_FORMS[form]}")
        subprocess.run(
            ["/bin/bash", "-ec", f"cd {source} && vipsthumbnail --size '{side}x{side}>' -o {target} *"],
            check=True,
        )
        print(f"\nquality at {side} px as {form}, medians of {len(sample)} photographs")
        for name, made_in in made.items():
            pairs = [
                _compared(path, made_in / f"{path.stem}.{_FORMS[form][:3]}", side)
                for path in sorted(source.iterdir())
            ]
            dbs, likeness = zip(*pairs, strict=True)
            print(
                f"  {name:6} PSNR {statistics.median(dbs):5.1f} dB (least {min(dbs):.1f}), "
                f"SSIM {statistics.median(likeness):.4f} (least {min(likeness):.4f})"
            )


def _run_ours(source: Path, made: Path, side: int, form: str) -> None:
    recipe = made.with_suffix(".toml")
    recipe.write_text(
        'schema = 2\nname = "sample"\ntitle = "Sample"\nsummary = "As vipsthumbnail."\n'
        f'[[operations]]\ntype = "resize"\nwidth = {side}\nheight = {side}\n[[outputs]]\nformat = "{form}"\nquality = 85\n'
    )
    command = [sys.executable, "-m", "core.cli", "run", source, "--to", made, "--recipe", recipe, "--quiet"]
    subprocess.run(list(map(str, command)), check=True)


def _compared(photo: Path, made: Path, side: int) -> tuple[float, float]:
    with Image.open(photo) as image:
        shown = ImageOps.exif_transpose(image).convert("RGB")
    with Image.open(made) as image:
        found = image.convert("RGB")
    scale = min(side / shown.width, side / shown.height, 1.0)
    size = (max(1, round(shown.width * scale)), max(1, round(shown.height * scale)))
    if max(abs(found.width - size[0]), abs(found.height - size[1])) > 1:
        sys.exit(f"{made}: {found.size}, not {size}")
    reference = shown.resize(found.size, Image.Resampling.LANCZOS)
    return psnr(found, reference), ssim(found, reference)


def ssim(one: Image.Image, other: Image.Image) -> float:
    """Mean structural similarity, 1 for the same picture.

    Args:
        one: RGB.
        other: RGB of the same size.
    """
    x, y = (image.convert("L").convert("F") for image in (one, other))

    def mean(image: Image.Image) -> Image.Image:
        return image.reduce(_BLOCK)

    def product(a: Image.Image, b: Image.Image) -> Image.Image:
        return _evaluated(lambda v: v["a"] * v["b"], a=a, b=b)

    mx, my = mean(x), mean(y)
    xx, yy, xy = mean(product(x, x)), mean(product(y, y)), mean(product(x, y))
    likeness = _evaluated(
        lambda v: ((v["mx"] * v["my"] * 2 + _C1) * ((v["xy"] - v["mx"] * v["my"]) * 2 + _C2))
        / (
            (v["mx"] * v["mx"] + v["my"] * v["my"] + _C1)
            * ((v["xx"] - v["mx"] * v["mx"]) + (v["yy"] - v["my"] * v["my"]) + _C2)
        ),
        mx=mx, my=my, xx=xx, yy=yy, xy=xy,
    )  # fmt: skip
    values = likeness.get_flattened_data()
    return statistics.fmean(float(value) for value in values)  # type: ignore[arg-type]  # of mode F


def _evaluated(expression: object, **images: Image.Image) -> Image.Image:
    result = ImageMath.lambda_eval(expression, **images)  # type: ignore[arg-type]  # as Pillow's own examples do it
    assert isinstance(result, Image.Image)
    return result


def print_memory(folder: Path) -> None:
    """The peak of a worker for sources of 2 to 100 megapixels."""
    worker: list[str | Path] = [sys.executable, "-c", _WORKER, folder / "made.part"]
    idle = _must(cost_of([*worker, "jpeg"], folder)).memory
    print(f"\nmemory of a worker at its peak, one picture each; before the first it is {idle / 1e6:.0f} MB")
    for megapixels in (2, 12, 24, 100):
        source = folder / f"{megapixels}.jpg"
        width = round((megapixels * 1e6 * 1.5) ** 0.5)
        grain = Image.effect_noise((width // 8, width // 12), 60).resize((width, width * 2 // 3))
        grain.convert("RGB").save(source, quality=85)
        for recipe in ("thumbnail-256", "web-1920", "webp"):
            cost = _must(cost_of([*worker, recipe, source], folder))
            print(f"  {megapixels:3} MP JPEG, {recipe:14} {cost.memory / 1e6:5.0f} MB, CPU {cost.cpu:.2f} s")


def _must(cost: Cost) -> Cost:
    return must_succeed(["worker"], cost)
