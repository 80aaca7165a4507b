"""Runs one command and ends with it: whatever it started and left running is killed, also what left its process group.

On Linux this process adopts the orphans among its descendants (prctl PR_SET_CHILD_SUBREAPER), so that a process that
detaches itself becomes a child of this one and is found. Elsewhere only the command's process group is killed.

SIGINT, SIGTERM and SIGHUP are passed on to the command; SIGQUIT ends it at once.

Usage: python3 -I -S contain.py COMMAND [ARGUMENT...]
Exits with the command's exit code, or 128 + N when signal N ended it.
"""

import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HANDLED = (*FORWARDED, signal.SIGQUIT)


def main(argv):
    on_linux = sys.platform == "linux"
    if on_linux:
        libc = ctypes.CDLL(None, use_errno=True)
        # Slipway gone without a word: the command must not go on alone.
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
            sys.exit("slipway: cannot adopt orphans: " + os.strerror(ctypes.get_errno()))

    def begin():
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
        if on_linux:
            # Killed outright, this process could end nothing: then the command ends with it.
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)

    # A signal that comes before there is somebody to pass it to waits until there is.
    signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
    command = subprocess.Popen(argv, start_new_session=True, preexec_fn=begin)
    for number in FORWARDED:
        signal.signal(number, lambda received, _frame: kill_group(command.pid, received))
    signal.signal(signal.SIGQUIT, lambda _received, _frame: kill_group(command.pid, signal.SIGKILL))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
    status = wait_for(command.pid)
    for number in HANDLED:
        signal.signal(number, signal.SIG_IGN)
    kill_group(command.pid, signal.SIGKILL)
    ended = end_children() if on_linux else 0
    if ended > 0:
        print(f"slipway: ended {ended} process(es) that the command left running", file=sys.stderr, flush=True)
    sys.exit(status if status >= 0 else 128 - status)


def wait_for(pid):
    """Reaps every adopted orphan that ends meanwhile; returns the exit code of the given process, -N for signal N."""
    while True:
        ended, status = os.wait()
        if ended == pid:
            return os.waitstatus_to_exitcode(status)


def kill_group(pid, number):
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def end_children():
    """Kills children until there are none: killing one makes this process adopt the children it had."""
    killed = set()
    while True:
        for pid in children():
            if is_running(pid):
                killed.add(pid)
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        try:
            os.wait()
        except ChildProcessError:
            return len(killed)


def children():
    me = os.getpid()
    for name in os.listdir("/proc"):
        if name.isdigit() and parent_and_state(int(name))[0] == me:
            yield int(name)


def is_running(pid):
    return parent_and_state(pid)[1] not in ("Z", "X", "")


def parent_and_state(pid):
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            # The name in parentheses may hold anything, also parentheses.
            fields = stat.read().rpartition(b")")[2].split()
    except OSError:
        return 0, ""
    return int(fields[1]), fields[0].decode()


if __name__ == "__main__":
    main(sys.argv[1:])
