"""What a process that answers queries gives up before it does: network, files, memory.

Each of these holds for as long as the process lives, and no query can take it back.
"""

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38

# Landlock (Linux 5.13): https://docs.kernel.org/userspace-api/landlock.html
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1}  # all that may be done with files, by version
_FILES_LATER = (1 << 15) - 1
_NETWORK_FROM, _BIND_AND_CONNECT = 4, 0b11

OPENED_AT_ONCE = 16
"""Files of each of its tables that a store opens at first; it opens others when it needs them."""


def leave_network() -> None:
    """Move to a network namespace that has no way out (Linux, where it is permitted)."""
    if not sys.platform.startswith("linux"):
        return
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare is not None and unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        unshare(_CLONE_NEWNET)


def die_with_parent() -> None:
    """End when the process ends that started this one (Linux)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def be_quiet() -> None:
    """Leave the terminal to those who started this: the engine prints before it dies."""
    handle = os.open(os.devnull, os.O_WRONLY)
    os.dup2(handle, 2)
    os.close(handle)


def give_up_memory(memory: int) -> None:
    """Allow this process so much memory more than it has (Linux), and leave no core file."""
    import resource  # noqa: PLC0415 - Windows has none

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # the first that the system ends when memory is short
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    with suppress(OSError, ValueError, StopIteration):
        status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        held = int(next(line for line in status if line.startswith("VmData")).split()[1]) * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (held + memory, held + memory))


def give_up_files(folder: Path | None = None) -> None:
    """Open no file and no socket from now on (not on Windows).

    A store in a `folder` that has more files than are open already may open those, and no others,
    and no connection (Linux 6.7; from 5.13 on the latter is left to the network namespace).
    """
    if folder is not None and len(list(folder.glob("*.sst"))) > OPENED_AT_ONCE:
        open_only_beneath(folder)
        return
    with suppress(ImportError):
        import resource  # noqa: PLC0415 - Windows has none

        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def open_only_beneath(folder: Path) -> bool:
    """Let this thread read files in the folder and open nothing else; tell whether that holds."""
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None, use_errno=True)
    version = library.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    if version < 1:
        return False
    handled = (ctypes.c_uint64 * 2)(_FILES.get(version, _FILES_LATER), _BIND_AND_CONNECT)
    size = ctypes.c_size_t(16 if version >= _NETWORK_FROM else 8)
    rules = library.syscall(_CREATE_RULESET, handled, size, 0)
    if rules < 0:
        return False
    place = os.open(folder, os.O_RDONLY)
    try:
        beneath = (ctypes.c_uint8 * 12).from_buffer_copy(
            (_READ_FILE | _READ_DIR).to_bytes(8, sys.byteorder) + place.to_bytes(4, sys.byteorder)
        )
        added = library.syscall(_ADD_RULE, rules, _PATH_BENEATH, beneath, 0)
        library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        return bool(added == 0 and library.syscall(_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(place)
        os.close(rules)
