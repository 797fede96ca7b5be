"""Processes that never outlive the one that started them."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from pwd import struct_passwd
from typing import IO, Any

import psutil

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, wish: signal.Signals) -> None:
    """Ask Linux to send us the signal when our parent ends, even by kill -9; elsewhere do nothing."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, wish)
    if os.getppid() != parent:  # it ended before we asked
        os.kill(os.getpid(), wish)


def spawn(
    arguments: Sequence[str | Path],
    *,
    wish: signal.Signals = signal.SIGTERM,
    user: struct_passwd | None = None,
    environment: Mapping[str, str] | None = None,
    log: IO[bytes] | None = None,
) -> psutil.Popen:
    """Start a child in a session of its own: Ctrl-C reaches the parent alone, which stops all in order."""
    parent = os.getpid()
    return psutil.Popen(
        [str(argument) for argument in arguments],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd="/" if user else None,
        env=environment,
        start_new_session=True,
        preexec_fn=lambda: die_with_parent(parent, wish),
        **as_user(user),
    )


def as_user(user: struct_passwd | None) -> dict[str, Any]:
    """Return what makes subprocess change to the user, when it is not the one we are."""
    if user is None or user.pw_uid == os.geteuid():
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def stop(process: psutil.Process, *signals: signal.Signals, patience: float = 20) -> None:
    """Send the signals in turn until the process ends."""
    for wish in signals:
        try:
            process.send_signal(wish)
            process.wait(timeout=patience)
        except psutil.NoSuchProcess:
            return
        except (psutil.TimeoutExpired, subprocess.TimeoutExpired):
            continue
        return
