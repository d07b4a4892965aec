"""What a preview says in words. Pure functions."""

from typing import Final

from core.images.recipe import Recipe
from core.preview import Facts, Preview
from gui.formatting import count_text, counted, size_text

_FORMATS: Final = {"WEBP": "WebP", "JPEG2000": "JPEG 2000", "JXL": "JPEG XL", "HEIF": "HEIC"}


def caption(finished: Facts, original: Facts | None) -> str:
    """``1920 x 1280 WebP, 412 KB, 38 % of 1.1 MB``."""
    words = [" ".join(filter(None, (_pixels(finished), _format(finished)))), _unbroken(finished.bytes)]
    if original is not None and original.bytes:
        words.append(f"{_percent(finished.bytes / original.bytes)} of {_unbroken(original.bytes)}")
    return ", ".join(words)


def original_words(original: Facts | None) -> str:
    """``Original 4000 x 3000 JPEG, 4.1 MB``; empty where nothing is known of it."""
    if original is None:
        return ""
    return f"Original {_pixels(original)} {_format(original)}, {size_text(original.bytes)}"


def seconds_words(seconds: float | None) -> str:
    """``, made in 1.2 s``; empty where nothing was made."""
    if not seconds:
        return ""
    return f", made in {seconds:.1f} s" if seconds >= 0.1 else ", made in less than 0.1 s"


def _unbroken(count: int) -> str:
    return size_text(count).replace(" ", "\N{NO-BREAK SPACE}")


def _pixels(facts: Facts) -> str:
    return f"{facts.width} \N{MULTIPLICATION SIGN} {facts.height}" if facts.width and facts.height else ""


def _format(facts: Facts) -> str:
    return _FORMATS.get(facts.format, facts.format)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %" if share >= 0.1 else f"{share * 100:.1f} %"


def batch_words(preview: Preview, recipe: Recipe) -> str:
    """``About 96 MB for all 812 pictures (now 1.9 GB), judging by 8 of them``.

    Where none of them is there yet: what it would be if all were like the one that is tried.
    """
    batch, finished = preview.batch, preview.finished
    if batch is None or batch.pictures < 2:
        return ""
    count = len(recipe.made)
    outputs = f" in {counted(count, 'output')}" if count > 1 else ""
    if batch.bytes_out is not None:
        now = f" (now {size_text(batch.bytes_in)})" if batch.bytes_in is not None else ""
        said = (
            f"About {size_text(batch.bytes_out)} for all {counted(batch.pictures, 'picture')}{outputs}{now}"
        )
        return f"{said}, judging by {count_text(batch.samples)} of them"
    if batch.bytes_in is not None or finished is None or not finished.bytes or count > 1:
        return ""
    like_this = size_text(finished.bytes * batch.pictures)
    return f"About {like_this} for all {counted(batch.pictures, 'picture')} if they are like this one: none has come yet"
