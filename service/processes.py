"""Child processes that do not outlive this one."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def die_with_parent(signal_number: signal.Signals) -> Callable[[], None]:
    """Return a preexec_fn: Linux then sends the child this signal when its parent dies.

    The parent is the thread that starts the child: start it from one that stays, such as the main
    thread. Changing user clears the request, and Popen changes user before it calls a preexec_fn.
    Elsewhere than on Linux it does nothing.
    """
    if sys.platform != "linux":
        return lambda: None
    # Loaded here, because little is safe between fork and exec.
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
        if os.getppid() != parent:  # It died before it could be asked about.
            os._exit(1)

    return ask
