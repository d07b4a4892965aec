"""A fresh Debian without Python in a folder, in which a package is installed and used (debootstrap(8), chroot(1)).

What every program in it needs of this computer (devices, the process table, folders that are shared) is mounted for that
program alone, in a mount namespace that ends with it: nothing stays mounted, whatever is killed. Needs root, the right to
mount, and Debian's packages; the first time's are kept in ``$XDG_CACHE_HOME/fetchmill-debootstrap``.
"""

import fcntl
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

USER: Final = "mill"
USER_ID: Final = 1000
HOME: Final = Path("/home", USER)
_ARCHIVES: Final = Path("/var/cache/apt/archives")
_LIMIT_S: Final = 300.0
_NOTHING: Final[Mapping[Path, Path]] = MappingProxyType({})
_NO_MORE: Final[Mapping[str, str]] = MappingProxyType({})
_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NEEDED: Final = ("apt-get", "chroot", "debootstrap", "tar", "unshare")
# root, user, pairs of folders (of this computer, in there), --, words of the command
_ENTER: Final = """
root=$1 user=$2; shift 2
mount --rbind /dev "$root/dev" && mount --rbind /proc "$root/proc" || exit 125
while [ "$1" != -- ]; do mkdir -p "$root$2" && mount --bind "$1" "$root$2" || exit 125; shift 2; done
shift
exec chroot --userspec="$user" "$root" "$@"
"""


class NoBareRootError(Exception):
    """This computer does not let the test have one; says why."""


class BareRoot:
    """The Debian; whoever made the folder takes it away.

    Attributes:
        folder: Its root.
    """

    def __init__(self, folder: Path) -> None:
        """Unpack it, and make a user, without a home as yet.

        Raises:
            NoBareRootError: It cannot be had here.
        """
        self.folder = folder
        self._cache = _cache_folder()
        _check()
        with _held(self._cache / "lock"):
            base = _base(self._cache)
        folder.mkdir()
        _run("tar", "-xf", base, "-C", folder)
        for name in ("resolv.conf", "hosts"):
            shutil.copy(Path("/etc", name), folder / "etc")
        self.run("useradd", "--uid", str(USER_ID), USER, user="root").check_returncode()

    def make_home(self) -> None:
        """Give its user a home that is as good as new."""
        shutil.rmtree(self.path(HOME), ignore_errors=True)
        self.run("cp", "-r", "/etc/skel", HOME, user="root").check_returncode()
        self.run("chown", "-R", USER, HOME, user="root").check_returncode()

    def path(self, inside: Path | str) -> Path:
        """Where a path of its own lies on this computer."""
        return self.folder / Path(inside).relative_to("/")

    def command(
        self,
        *words: str | Path,
        user: str = USER,
        environment: Mapping[str, str] = _NO_MORE,
        shared: Mapping[Path, Path] = _NOTHING,
    ) -> list[str]:
        """The words that run a command in it: the process that they start becomes that of the command.

        Args:
            words: Program and arguments, as they are in there.
            user: Who runs it.
            environment: What it has beside that of a login; nothing of this computer's goes along.
            shared: Folders of this computer, and where it is to see them.
        """
        pairs = [str(path) for pair in shared.items() for path in pair]
        inside = ["sh", "-c", _ENTER, "enter", str(self.folder), user, *pairs, "--"]
        variables = [f"{name}={value}" for name, value in {**_login(user), **environment}.items()]
        own = ["unshare", "--mount", "--propagation", "private", *inside]
        return [*own, "env", "--ignore-environment", *variables, *map(str, words)]

    def run(
        self,
        *words: str | Path,
        user: str = USER,
        environment: Mapping[str, str] = _NO_MORE,
        shared: Mapping[Path, Path] = _NOTHING,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in it to its end; the arguments are those of ``command``."""
        return subprocess.run(
            self.command(*words, user=user, environment=environment, shared=shared),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=_LIMIT_S,
            check=False,
        )

    def install(self, package: Path) -> None:
        """Install a ``.deb`` and what it depends on, nothing else, as its user would.

        Raises:
            NoBareRootError: The lists of Debian's packages cannot be fetched.
        """
        here = HOME / package.name
        shutil.copy(package, self.path(here))
        update = self._apt("update", "--error-on=any")
        if update.returncode:
            raise NoBareRootError(f"Debian's packages cannot be reached: {_last_line(update.stderr)}")
        install = self._apt("install", here)
        assert install.returncode == 0, install.stdout[-2000:] + install.stderr
        self.path(here).unlink()

    def purge(self, name: str) -> None:
        """Take a package away with all that belongs to it."""
        purge = self._apt("purge", name)
        assert purge.returncode == 0, purge.stdout[-2000:] + purge.stderr

    def files(self, *below: Path | str) -> set[str]:
        """Paths in it of all that lies below these folders, folders included; links are not followed."""
        found = _run("find", *map(self.path, below), "-xdev", "-print0").split("\0")
        return {f"/{Path(path).relative_to(self.folder)}" for path in found if path}

    def _apt(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        archives = self._cache / "archives"
        (archives / "partial").mkdir(parents=True, exist_ok=True)
        options = ("-o", "Acquire::Languages=none", "-o", "APT::Keep-Downloaded-Packages=1")
        with _held(self._cache / "lock"):  # apt has a lock of its own for what it keeps, and does not wait
            return self.run(
                *("apt-get", "-y", "--no-install-recommends", *options, *words),
                user="root",
                environment={"DEBIAN_FRONTEND": "noninteractive"},
                shared={archives: _ARCHIVES},
            )


def _login(user: str) -> dict[str, str]:
    """What a login gives a program."""
    home = "/root" if user == "root" else str(HOME)
    return {"HOME": home, "USER": user, "LOGNAME": user, "PATH": _PATH, "LANG": "C.UTF-8"}


def _check() -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NoBareRootError("only root on Linux can have a Debian of its own")
    if absent := [name for name in _NEEDED if shutil.which(name) is None]:
        raise NoBareRootError(f"not installed: {' '.join(absent)}")
    mount = ("unshare", "--mount", "--propagation", "private", "mount", "--bind", "/dev", "/dev")
    tried = subprocess.run(["/usr/bin/env", *mount], capture_output=True, text=True, check=False)
    if tried.returncode:
        raise NoBareRootError(f"nothing can be mounted here: {_last_line(tried.stderr)}")


def _cache_folder() -> Path:
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fetchmill-debootstrap"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """For one process at a time."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _base(cache: Path) -> Path:
    """The archive of what debootstrap makes: of the system that this computer runs, from where it has its packages."""
    suite, mirror = _suite_and_mirror()
    base = cache / f"{suite}-{platform.machine()}.tar"
    if base.exists():
        return base
    making, unfinished = cache / "making", base.with_suffix(".unfinished")
    shutil.rmtree(making, ignore_errors=True)
    made = subprocess.run(
        ["/usr/bin/env", "debootstrap", "--variant=minbase", suite, str(making), mirror],
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
        check=False,
    )
    if made.returncode:
        raise NoBareRootError(f"debootstrap: {_last_line(made.stdout + made.stderr)}")
    _run("tar", "-cf", unfinished, "-C", making, ".")
    shutil.rmtree(making)
    return unfinished.rename(base)


def _suite_and_mirror() -> tuple[str, str]:
    suite = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    shown = _run("apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)", "Created-By: Packages")
    sources = dict(reversed([line.split() for line in shown.splitlines() if " " in line]))
    if suite not in sources:
        raise NoBareRootError(f"apt knows no mirror of {suite or 'this system'}")
    return suite, sources[suite]


def _run(*words: str | Path) -> str:
    return subprocess.run(
        ["/usr/bin/env", *map(str, words)], check=True, capture_output=True, text=True, timeout=_LIMIT_S
    ).stdout


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it says nothing"])[-1]
