"""What the user may answer where a name is taken."""

from typing import Final

from core.settings import Existing

ANSWERS: Final = ((Existing.SKIP, "Skip"), (Existing.RENAME, "Rename"), (Existing.REPLACE, "Replace"))
