"""What the product asks of the Python Package Index, as the metadata of what is installed say."""

import re
from collections.abc import Iterator
from importlib import metadata

from resources.packaging.components import normalised


def needed() -> Iterator[str]:
    """The distributions that the product needs, as their metadata say."""
    left, seen = (
        {
            "requests",
            "pillow",
            "pyside6-essentials",
            "certifi",
            "pillow-heif",
            "pillow-jxl-plugin",
            "pysocks",
        },
        set(),
    )
    while left:
        name = left.pop()
        seen.add(name)
        needs = (need for need in metadata.requires(name) or () if "extra ==" not in need)
        left |= {normalised(re.match(r"[\w.-]+", need)[0]) for need in needs} - seen  # type: ignore[index] # a name
    yield from sorted(seen)
