"""Fault -> what happened -> right or wrong: ``python -m tests.hostile [--peers] [--quick] [CASE...]``.

A server on this computer plays every case of a list of faults to ``fetchmill-cli``, all in one run, and with
``--peers`` to curl, wget and aria2c where they are installed. Exit status 1 where ours did anything wrong.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.hostile.trial import CASES, Verdict, installed, try_ours, try_peer


def main() -> int:
    """Run the cases and print the table; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile")
    parser.add_argument(
        "case", nargs="*", help="ids, or the letters they begin with; all where none is given"
    )
    parser.add_argument("--peers", action="store_true", help="put curl, wget and aria2c before them as well")
    parser.add_argument("--quick", action="store_true", help="leave out what takes waiting")
    options = parser.parse_args()
    wanted = tuple(options.case) or ("",)
    cases = [case for case in CASES if case.id.startswith(wanted) and not (options.quick and case.is_slow)]
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        ours = try_ours(cases, Path(folder, "ours"))
        took = time.monotonic() - begun
        for verdict in ours:
            print(_line(verdict))
        summaries = [f"fetchmill: {_counts(ours)}, in {took:.0f} s"]
        for peer in installed() if options.peers else ():
            theirs = try_peer(peer, cases, Path(folder, peer))
            print(f"\n{peer}, where it is wrong:")
            for verdict in theirs:
                if verdict.wrong:
                    print(_line(verdict))
            summaries.append(f"{peer}: {_counts(theirs)}")
    print("\n" + "\n".join(reversed(summaries)))
    return 1 if any(verdict.wrong for verdict in ours) else 0


def _line(verdict: Verdict) -> str:
    word = f"WRONG, {verdict.wrong}" if verdict.wrong else "right"
    return f"{verdict.case.id:5} {verdict.case.fault:52} -> {verdict.happened:70} -> {word}"


def _counts(verdicts: list[Verdict]) -> str:
    wrong = sum(bool(verdict.wrong) for verdict in verdicts)
    return f"{len(verdicts)} cases, {len(verdicts) - wrong} right, {wrong} wrong"


if __name__ == "__main__":
    sys.exit(main())
