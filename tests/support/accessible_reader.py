"""Reads the accessible tree for ``accessible.py``: a question a line on standard input, an answer a line. pyatspi only.

Run by /usr/bin/python3, as pyatspi belongs to Debian's Python; it imports nothing of ours.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pyatspi  # type: ignore[import-not-found]  # Debian's own Python has it, the virtual environment does not

MOST_CHILDREN = 200  # a table of many rows is not walked to its end
DEEPEST = 25


def walk(element: Any, depth: int = 0) -> Iterator[tuple[int, Any]]:
    """The element and all below it, with their depth."""
    yield depth, element
    if depth >= DEEPEST:
        return
    for number in range(min(element.childCount, MOST_CHILDREN)):
        child = element.getChildAtIndex(number)
        if child is not None:
            yield from walk(child, depth + 1)


def everything() -> Iterator[tuple[int, Any]]:
    """All elements of all programs; those that vanish while they are looked at are left out."""
    desktop = pyatspi.Registry.getDesktop(0)
    for number in range(desktop.childCount):
        program = desktop.getChildAtIndex(number)
        try:
            yield from walk(program)
        except Exception as error:  # noqa: BLE001 - GLib.Error of a program that has just ended
            print(f"lost a program: {error}", file=sys.stderr)


def text_of(element: Any) -> str:
    """What it says: its text, else its value, else its description."""
    for read in (lambda: element.queryText().getText(0, -1), lambda: str(element.queryValue().currentValue)):
        try:
            if text := read():
                return str(text)
        except NotImplementedError:
            continue
    return str(element.description or "")


def fields_of(element: Any) -> list[Any]:
    """The fields of ``accessible.Element``."""
    try:
        box = element.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
        place = [box.x, box.y, box.width, box.height]
    except NotImplementedError:
        place = [0, 0, 0, 0]
    states = [pyatspi.stateToString(state) for state in element.getState().getStates()]
    return [element.getRoleName(), element.name, text_of(element), *place, states]


def answer(question: dict[str, Any]) -> list[Any]:
    """The elements of a name, or the whole tree as lines."""
    pyatspi.clearCache() if hasattr(pyatspi, "clearCache") else None
    if "tree" in question:
        return [
            f"{'  ' * depth}{element.getRoleName()} {element.name!r} {text_of(element)!r:.80}"
            for depth, element in everything()
        ]
    return [fields_of(element) for _, element in everything() if element.name == question["name"]]


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
