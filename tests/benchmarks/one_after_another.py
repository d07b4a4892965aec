"""What a user would write first: download with requests, shrink with Pillow, one after the other.

``python -m tests.benchmarks.one_after_another LIST DIR``
"""

import sys
from pathlib import Path

import requests
from PIL import Image, ImageOps


def main(list_file: str, destination: str) -> None:
    """Download every URL of the list and write its thumbnail."""
    folder = Path(destination)
    (folder / "originals").mkdir(parents=True)
    with requests.Session() as session:
        for url in Path(list_file).read_text().split():
            name = url.rpartition("/")[2]
            original = folder / "originals" / name
            answer = session.get(url, timeout=30)
            answer.raise_for_status()
            original.write_bytes(answer.content)
            with Image.open(original) as image:
                image.thumbnail((256, 256))  # with draft and reducing_gap, as is Pillow's default
                upright = ImageOps.exif_transpose(image)
                upright.save(folder / name, quality=85)


if __name__ == "__main__":
    main(*sys.argv[1:])
