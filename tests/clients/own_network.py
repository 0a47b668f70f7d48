"""Starts a test again in a network of its own that has only a loopback."""

import ctypes
import fcntl
import os
import socket
import struct
import sys

MARK = "HEARTH_TEST_ALONE"
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4


def enter(as_root=False):
    """`as_root`: as a made-up root. Else as the same user, who may read the packets of the network (programs that are started with
    drop_rights() may not)."""
    if os.environ.pop(MARK, None):
        return raise_loopback()
    user = []
    if as_root:
        user = ["--map-root-user"]
    elif os.geteuid() != 0:
        user = ["--user", "--map-current-user", "--keep-caps"]
    command = ["unshare", *user, "--net", sys.executable, *sys.argv]
    os.execvpe(command[0], command, os.environ | {MARK: "1"})


def raise_loopback():
    set_flags, up, running = 0x8914, 0x1, 0x40
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", up | running))


def drop_rights():
    """For `preexec_fn`: what an ordinary user was given in enter() is not handed on."""
    if os.geteuid() != 0:
        ctypes.CDLL(None).prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
