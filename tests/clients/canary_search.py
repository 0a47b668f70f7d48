"""Looks for planted keys: in files, in processes and in packets, in the forms in which programs write them."""

import base64
import html
import json
import os
import socket
import struct
import threading
import urllib.parse
from pathlib import Path

SO_RCVBUFFORCE = 33
SOL_PACKET, PACKET_STATISTICS = 263, 6
ETH_P_ALL, PACKET_OUTGOING = 3, 4
BUFFER_BYTES = 64 << 20
FRAME_BYTES = 1 << 17
LOOK_S = 0.01


def forms(key):
    """{name of the form: bytes}."""
    raw = key.encode()
    found = {
        "as it is": raw,
        "hexadecimal": raw.hex().encode(),
        "HEXADECIMAL": raw.hex().upper().encode(),
        "percent-encoded": urllib.parse.quote(key, safe="").encode(),
        "JSON": json.dumps(key)[1:-1].encode(),
        "HTML": html.escape(key).encode(),
    }
    for offset in range(3):
        digits = base64.b64encode(bytes(offset) + raw)
        core = digits[(offset * 8 + 5) // 6 : (offset + len(raw)) * 8 // 6]
        found[f"base64 at {offset}"] = core
        found[f"base64 for URLs at {offset}"] = core.translate(bytes.maketrans(b"+/", b"-_"))
    return found


class Keys:
    """`keys` is {name: key}."""

    def __init__(self, keys):
        self.forms = [(name, form, text) for name, key in keys.items() for form, text in forms(key).items()]

    def of(self, data):
        """{(name, form)} of what is in these bytes."""
        return {(name, form) for name, form, text in self.forms if text in data}


def in_files(root, keys):
    """{(path below root, name, form)}, also of names of files. Links are not followed."""
    found = set()
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder) / name
            place = str(path.relative_to(root))
            data = place.encode(errors="surrogateescape")
            if path.is_file() and not path.is_symlink():
                data += b"\0" + path.read_bytes()
            found |= {(place, *each) for each in keys.of(data)}
    return found


class ProcessWatch:
    """Looks at the command line and the environment of every process again and again. `found` is {(what, name, form)}; `seen` has the names
    of all programs, by which a test knows that they were looked at. `owner` is the program that was given keys in its environment."""

    def __init__(self, keys, owner):
        self.keys, self.owner = keys, owner
        self.found, self.seen = set(), set()
        self.looked = {}
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.ended.wait(LOOK_S):
            for pid in [int(each) for each in os.listdir("/proc") if each.isdigit()]:
                self.look(pid)

    def look(self, pid):
        try:
            texts = [Path(f"/proc/{pid}/{part}").read_bytes() for part in ("cmdline", "environ")]
            file = os.readlink(f"/proc/{pid}/exe")
        except OSError:
            return  # gone, or somebody else's
        if self.looked.get(pid) == texts:
            return
        self.looked[pid] = texts
        program = texts[0].split(b"\0")[0].decode(errors="replace").rsplit("/", 1)[-1]
        self.seen.add(program)
        if file == self.owner:  # also what it forked and that is still itself
            texts = texts[:1]
        for part, text in zip(("cmdline", "environ"), texts):
            self.found |= {(f"{part} of {program}", *each) for each in self.keys.of(text)}

    def close(self):
        self.ended.set()
        self.thread.join()


class PacketWatch:
    """Keeps what goes over the loopback of this network, by connection and direction."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
        except PermissionError:  # of an ordinary user; what is lost by a smaller one is counted
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self.socket.bind(("lo", 0))
        self.socket.settimeout(0.1)
        self.streams = {}
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while True:
            try:
                frame, address = self.socket.recvfrom(FRAME_BYTES)
            except TimeoutError:
                if self.ended.is_set():
                    return
                continue
            if address[2] != PACKET_OUTGOING:  # the loopback shows each twice
                self.keep(frame[14:])

    def keep(self, packet):
        if len(packet) < 20 or packet[0] >> 4 != 4 or packet[9] != socket.IPPROTO_TCP:
            self.streams.setdefault("others", bytearray()).extend(packet)
            return
        segment = packet[(packet[0] & 15) * 4 : struct.unpack(">H", packet[2:4])[0] or None]
        self.streams.setdefault((packet[12:20], segment[:4]), bytearray()).extend(segment[(segment[12] >> 4) * 4 :])

    def found(self, keys):
        return {(f"packets to port {struct.unpack('>H', key[1][2:4])[0]}" if key != "others" else key, *each)
                for key, data in self.streams.items() for each in keys.of(data)}

    def close(self):
        """Returns how many packets came faster than they were kept."""
        self.ended.set()
        self.thread.join()
        _, lost = struct.unpack("II", self.socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        self.socket.close()
        return lost
