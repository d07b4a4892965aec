"""What a picture is going to take, against what a real child takes."""

import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from core.images.plugins import require_plugin
from tests.unit.images.pictures import natural

MB = 1 << 20
_SIZE = (2400, 1600)
_PIXELS = 4 * _SIZE[0] * _SIZE[1]

# In a process of its own, as the most that was ever taken is asked of the system.
_CHILD = """
import re, sys
from pathlib import Path
from core.images import worker
from core.images.recipe_file import find_recipe
from core.images.task import ProcessTask

def peak():
    return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024

worker.Image.init()
idle = peak()
task = ProcessTask(1, sys.argv[1], (sys.argv[1] + ".part",), find_recipe(sys.argv[2]))
asked = worker.answer(task._replace(allowance=0))
after_asking = peak()
while hasattr(asked, "need"):
    need = asked.need
    asked = done = worker.answer(task._replace(allowance=need))
assert done.error is None, done
print(need, after_asking - idle, peak() - idle)
"""


@lru_cache(maxsize=1)
def _picture() -> Image.Image:
    return natural(*_SIZE)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
@pytest.mark.parametrize(
    ("name", "mode", "recipe", "options"),
    [
        ("JPEG", "RGB", "jpeg", {}),
        ("JPEG", "RGB", "thumbnail-256", {}),
        ("JPEG", "RGB", "thumbnail-256", {"progressive": True, "subsampling": 0}),
        pytest.param("PNG", "RGB", "webp", {"compress_level": 1}, marks=pytest.mark.slow),
        ("PNG", "RGBA", "webp", {"compress_level": 1}),
        ("PNG", "RGBA", "as-downloaded", {"compress_level": 1}),
        ("WEBP", "RGB", "web-1920", {"method": 0}),
        ("AVIF", "RGB", "jpeg", {"speed": 10}),
        pytest.param("TIFF", "CMYK", "jpeg", {}, marks=pytest.mark.slow),
        ("JPEG2000", "RGB", "thumbnail-256", {}),
        ("JXL", "RGB", "jpeg", {"effort": 1}),
        pytest.param("JXL", "RGBA", "as-downloaded", {"effort": 1}, marks=pytest.mark.slow),
        pytest.param("GIF", "P", "square-1080", {}, marks=pytest.mark.slow),
    ],
)
def test_it_takes_no_more_than_it_asks_for_and_asks_before_it_decodes(
    tmp_path: Path, name: str, mode: str, recipe: str, options: dict[str, object]
) -> None:
    require_plugin(name)
    image = _picture().copy()
    if mode == "RGBA":
        image.putalpha(Image.effect_noise(_SIZE, 60))
    source = tmp_path / "source"
    image.convert(mode).save(source, name, **options)
    need, after_asking, taken = _asked_and_taken(source, recipe)
    assert after_asking < _PIXELS // 2
    assert taken <= need
    assert need < 3 * taken + 40 * MB


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
@pytest.mark.parametrize("form", ["webp", "gif", "png", pytest.param("avif", marks=pytest.mark.slow)])
def test_every_frame_of_an_animation_is_counted_and_its_encoder_once(tmp_path: Path, form: str) -> None:
    frame = _picture().crop((0, 0, 700, 600)).quantize(32, dither=Image.Dither.NONE)
    frames = [ImageChops.offset(frame, 40 * at, 0) for at in range(60)]
    source, recipe = tmp_path / "source", tmp_path / "recipe.toml"
    frames[0].save(source, "GIF", save_all=True, append_images=frames[1:], duration=40)
    recipe.write_text(
        f'schema = 2\nname = "x"\ntitle = "X"\nsummary = "X"\n[[outputs]]\nformat = "{form}"\neffort = 0\n'
        '[[operations]]\ntype = "resize"\nwidth = 600\nheight = 600\n'
    )
    need, after_asking, taken = _asked_and_taken(source, str(recipe))
    held = 4 * 600 * 514 * len(frames)
    assert after_asking < held // 4
    assert held < taken <= need
    assert need < 2 * taken + 40 * MB


def _asked_and_taken(source: Path, recipe: str) -> tuple[int, int, int]:
    """What is asked for, what that takes, and what all of it takes; bytes."""
    found = subprocess.run(
        [sys.executable, "-c", _CHILD, source, recipe],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    need, after_asking, taken = map(int, found.stdout.split())
    return need, after_asking, taken
