#!/usr/bin/env python3
"""Runs one command so that nothing of it outlives the script that started it.

usage: supervise.py PARENT_PID COMMAND [ARGUMENT...]

The command gets its own process group and no terminal input. When this process is told to stop, or the parent ends
in any way (also SIGKILL, alone or with its whole process group), the command's group gets SIGTERM, and whatever is
left of the tree after a grace period SIGKILL.
Ends with the command's own exit status (128 + signal number when a signal ended it).
"""
import ctypes
import os
import signal
import sys
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
GRACE_SECONDS = 5.0
WATCHED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}

libc = ctypes.CDLL(None, use_errno=True)


def descendants():
    """Process ids of the whole tree below this process; orphans of it are our children (subreaper)."""
    children = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="latin-1") as stat:
                parent = int(stat.read().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):
            continue
        children.setdefault(parent, []).append(int(name))
    found, todo = [], [os.getpid()]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def reap():
    """Collects every child that has ended: {pid: wait status}."""
    ended = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        ended[pid] = status


def send(pid, number):
    try:
        os.kill(pid, number)
    except OSError:
        pass


def end_tree(group):
    """SIGTERM to the group, SIGKILL to what is left of the tree, until nothing is."""
    send(-group, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while descendants():
        if time.monotonic() >= deadline:
            for pid in descendants():
                send(pid, signal.SIGKILL)
        signal.sigtimedwait({signal.SIGCHLD}, 0.05)
        reap()


def start(command):
    pid = os.fork()
    if pid != 0:
        return pid
    os.setpgid(0, 0)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # A script's background jobs ignore these two; the command should not.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr, flush=True)
    os._exit(127)


def main():
    if len(sys.argv) < 3 or not sys.argv[1].isdigit():
        sys.exit(__doc__)
    parent = int(sys.argv[1])
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    # Not of the script's process group: a SIGKILL to that group is seen here as the parent's end, and the tree is ended.
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended before we asked to be told
        return 143
    child = start(sys.argv[2:])
    while True:
        number = signal.sigwait(WATCHED)
        if number == signal.SIGCHLD:
            status = reap().get(child)
            if status is not None:
                end_tree(child)  # nothing a step started stays behind
                return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
        else:
            end_tree(child)
            return 128 + number


if __name__ == "__main__":
    sys.exit(main())
