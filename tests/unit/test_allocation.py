"""Large blocks are pages of their own, so that they can go back."""

import platform
import subprocess
import sys

import pytest

from tests.support.architecture import ROOT

# Whether a block of a megabyte is taken from the heap after one of sixteen was freed: that is when glibc would begin to.
_PROGRAM = """
import ctypes
from core.allocation import give_back_large_blocks
{told}
del (large := [bytearray(1 << 24)])[0]
block = bytearray(1 << 20)
at = ctypes.addressof(ctypes.c_char.from_buffer(block))
heap = next(line for line in open("/proc/self/maps") if "[heap]" in line).split()[0]
begin, end = (int(number, 16) for number in heap.split("-"))
print(begin <= at < end)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc's habit")
@pytest.mark.parametrize(("told", "is_in_heap"), [("", "True"), ("give_back_large_blocks()", "False")])
def test_large_blocks_are_kept_apart(told: str, is_in_heap: str) -> None:
    program = _PROGRAM.format(told=told)
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.strip() == is_in_heap
