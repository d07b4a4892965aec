"""When the product is made, as far as its files say: the same source gives the same bytes on any day."""

import os
from datetime import UTC, datetime, time

from resources.packaging.changelog import release
from resources.packaging.layout import VERSION


def moment() -> datetime:
    """``SOURCE_DATE_EPOCH`` (reproducible-builds.org), else the day of this version in the changelog.

    Raises:
        SystemExit: The changelog does not speak of this version.
    """
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        return datetime.fromtimestamp(int(epoch), UTC)
    return datetime.combine(release(VERSION).day, time(), UTC)
