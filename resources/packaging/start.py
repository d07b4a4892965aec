"""Where both frozen programs begin; which of them this is, its file's name says."""

import os
import sys
from pathlib import Path

from core import frozen

if __name__ == "__main__":
    frozen.begin(os.environ)
    if Path(sys.executable).stem.lower() == "fetchmill-cli":  # Windows' users may write it in capitals
        from core.cli import program

        program()

    from gui.__main__ import main

    sys.exit(main())
