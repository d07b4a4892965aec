"""By what a source that is in the queue already is recognised."""

import os
from pathlib import Path

from core.errors import BadUrlError
from core.job import SourceKind
from core.sources.urls import url_key


def source_key(source: str, kind: SourceKind) -> str:
    """The key of a job's source: equal for what is the same source, whatever way it is written.

    A local file: its absolute path without ``.`` and ``..``; symbolic links are not followed, so no disk is asked.
    A URL: see ``core.sources.urls.url_key``. What is no URL (a job that was born failed) has a key of its own that
    never equals that of a URL or a file. Never raises.
    """
    if kind is SourceKind.FILE:
        return path_key(source)
    try:
        return url_key(source)
    except BadUrlError:
        return f"?{source}"


def keys_of(source: str, added_as: str, kind: SourceKind) -> tuple[str, ...]:
    """All keys by which a job is recognised, that of its part file first.

    Args:
        source: What it comes from.
        added_as: The source that it was added with, where it was given another one since; else empty.
        kind: What the source is.
    """
    key = source_key(source, kind)
    first = source_key(added_as, kind) if added_as else key
    return (key,) if first == key else (first, key)


def path_key(path: str) -> str:
    """The key of a local file; names that differ only in case are one where the system says so."""
    key = os.path.normcase(absolute(path))
    return path if key == path else key  # the very string: a long list holds both


def absolute(path: str) -> str:
    """The path from the root, without ``.`` and ``..``; relative ones count from this process's current folder."""
    return os.path.normpath(Path(path).absolute())
