"""The main job against what a user would do instead: ``python -m tests.benchmarks.main_job [--rounds N] [--photos DIR]``.

Wall clock and CPU seconds of whole processes on 300 photographs, which a local nginx serves; rounds are interleaved.
"""

import argparse
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from tests.support import nginx, photographs
from tests.support.main_job import COUNT, Site, site_of_photographs

ROOT: Final = Path(__file__).parents[2]
_SCRIPT: Final = "tests.benchmarks.one_after_another"


class Cost(NamedTuple):
    """What one run took, in seconds.

    Attributes:
        wall: From start to end.
        cpu: User and system time of the program and all its children.
    """

    wall: float
    cpu: float


def fetchmill(site: Site, folder: Path) -> list[str]:
    """Ours."""
    recipe = ["--recipe", "thumbnail-256", "--quiet"]
    return [sys.executable, "-m", "core.cli", "run", str(site.list_file), "--to", str(folder), *recipe]


def one_after_another(site: Site, folder: Path) -> list[str]:
    """Requests and Pillow in a loop."""
    return [sys.executable, "-m", _SCRIPT, str(site.list_file), str(folder)]


def curl_then_vips(site: Site, folder: Path) -> list[str]:
    """Two plain commands: curl in parallel, then vipsthumbnail."""
    configuration = site.list_file.with_suffix(".curl")
    configuration.write_text("".join(f'url = "{url}"\nremote-name\n' for url in site.urls))
    originals = shlex.quote(str(folder / "originals"))
    fetch = f"curl -s -Z --parallel-max 16 --create-dirs --output-dir {originals} -K {shlex.quote(str(configuration))}"
    finished = shlex.quote(
        f"{folder}/%s.jpg[Q=85]"
    )  # an absolute path, as a leading dot would mean standard output
    shrink = f"cd {originals} && vipsthumbnail --size 256x256 -o {finished} *"
    return ["/bin/bash", "-ec", f"{fetch}; {shrink}"]


CONTESTANTS: Final[dict[str, tuple[str, Callable[[Site, Path], list[str]]]]] = {
    "A": ("fetchmill-cli run", fetchmill),
    "B": ("requests + Pillow, one after another", one_after_another),
    "C": ("curl -Z --parallel-max 16, then vipsthumbnail", curl_then_vips),
}


def cost_of(command: list[str]) -> Cost:
    """Run the command; what it took, its children included."""
    begun = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:  # warnings by the hundred, of interest only after a failure
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        taken = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            sys.exit(f"{shlex.join(command)[:200]} ended with {process.returncode}: {errors.read()[-2000:]}")
    return Cost(taken, usage.ru_utime + usage.ru_stime)


def measure(site: Site, rounds: int, folder: Path) -> dict[str, list[Cost]]:
    """Costs of each contestant, round by round."""
    costs: dict[str, list[Cost]] = defaultdict(list)
    for number in range(rounds):
        for letter, (_, command) in CONTESTANTS.items():
            destination = folder / f"{letter}{number}"
            cost = cost_of(command(site, destination))
            made = sum(path.is_file() and not path.name.startswith(".") for path in destination.iterdir())
            if made != len(site.urls):
                sys.exit(f"{letter} made {made} thumbnails of {len(site.urls)}")
            shutil.rmtree(destination)
            print(f"round {number + 1} {letter}: {cost.wall:6.2f} s, CPU {cost.cpu:6.2f} s", flush=True)
            costs[letter].append(cost)
    return costs


def print_table(costs: dict[str, list[Cost]]) -> None:
    """Medians and ratios."""
    wall = {letter: statistics.median(c.wall for c in found) for letter, found in costs.items()}
    cpu = {letter: statistics.median(c.cpu for c in found) for letter, found in costs.items()}
    print("\n   median wall s  CPU s")
    for letter, (title, _) in CONTESTANTS.items():
        print(f"{letter}  {wall[letter]:12.2f} {cpu[letter]:6.2f}  {title}")
    for other in "BC":
        print(f"A/{other}: wall {wall['A'] / wall[other]:.2f}, CPU {cpu['A'] / cpu[other]:.2f}")


def print_versions() -> None:
    """What takes part."""
    commands = (
        [sys.executable, "-V"],
        [sys.executable, "-m", "core.cli", "--version"],
        [
            sys.executable,
            "-c",
            "import requests, PIL; print('requests', requests.__version__, 'Pillow', PIL.__version__)",
        ],
        ["curl", "--version"],
        ["vipsthumbnail", "--version"],
        [str(nginx.PATH), "-v"],
    )
    for command in commands:
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        print((run.stdout or run.stderr).splitlines()[0])
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.main_job", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--photos", type=Path, default=photographs.FOLDER, help="default: FETCHMILL_PHOTOS")
    parser.add_argument("--all-formats", action="store_true", help="PNG and WebP too, not JPEG only")
    options = parser.parse_args()
    absent = [name for name in ("curl", "vipsthumbnail") if shutil.which(name) is None]
    if options.photos is None or nginx.PATH is None or absent:
        sys.exit(
            f"{photographs.REASON}; nginx: {nginx.PATH}; not installed: {' '.join(absent) or 'nothing else'}"
        )
    endings = photographs.ENDINGS if options.all_formats else (".jpg", ".jpeg")
    with tempfile.TemporaryDirectory(prefix="fetchmill-bench-") as name:
        folder = Path(name)
        with site_of_photographs(options.photos, folder, COUNT, endings) as site:
            distinct = set(site.photographs.values())
            size = sum(photo.stat().st_size for photo in site.photographs.values())
            print(f"{COUNT} pictures ({len(distinct)} distinct, {size / 1e6:.0f} MB) on a local nginx")
            print_versions()
            print_table(measure(site, options.rounds, folder))


if __name__ == "__main__":
    main()
