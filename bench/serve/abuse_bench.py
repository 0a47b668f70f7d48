#!/usr/bin/env python3
"""How the server bears clients that mean no good, and what another client notices of them.

    python3 bench/serve/abuse_bench.py [--connections 10000] [--quick] [--program build/release/hearth] [--json]

Starts a server of its own (HEARTH_HOME as for any verb; no model is needed). In each case many clients misbehave while a good one asks for
/api/version on a kept connection and on new ones. Figures: the good client's median and worst time, what the others were told, and the
server's memory. Faults, which make it end with status 1: the good client fails or waits for over a second; the others are told something
else than belongs to the case; the server takes more than its limit of memory, or ends.
--quick leaves out the cases that take seconds of waiting, and allows for three seconds, because it runs beside other tests.
"""

import argparse
import collections
import contextlib
import json
import pathlib
import re
import resource
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LONGEST_MS = 1000
MOST_MIB = 400  # 128 MiB of bodies, up to twice that while they grow, and 10,000 connections
SPARE_FILES = 500
VERSION = b"GET /api/version HTTP/1.1\r\nHost: localhost\r\n\r\n"


def post(body, length=None, target="/v1/chat/completions"):
    head = f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length or len(body)}\r\n\r\n"
    return head.encode() + body


def chat(content):
    return post(b'{"model":"none","messages":[{"role":"user","content":' + content + b"}]}")


class Server:
    def __init__(self, program, folder):
        self.process = subprocess.Popen(
            [program, "serve", "--listen", "127.0.0.1:0", "--ledger", f"{folder}/ledger.db", "--access-log", "none"],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(re.search(r":(\d+)$", self.process.stdout.readline().strip())[1])

    def memory_mib(self, what="VmRSS"):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(what + r":\s+(\d+)", status)[1]) / 1024

    def connect(self, source=None):
        """From an address of its own, so that no address runs out of ports."""
        address = (source, 0) if source else None
        return socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=address)

    def end(self):
        self.process.terminate()
        return self.process.wait(60)


class GoodClient:
    """Asks all the time, on a connection that it keeps and on new ones in turn."""

    def __init__(self, server):
        self.server, self.over = server, threading.Event()
        self.times, self.failures = [], []
        self.kept = None
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def ask(self, connection):
        connection.sendall(VERSION)
        return connection.recv(65536).startswith(b"HTTP/1.1 200")

    def ask_kept(self):
        # A server may close a connection that waits, and every client's library asks once more then.
        for _ in range(2):
            try:
                self.kept = self.kept or self.server.connect()
                if self.ask(self.kept):
                    return True
            except OSError:
                pass
            self.kept = None
        return False

    def ask_fresh(self):
        with self.server.connect() as connection:
            return self.ask(connection)

    def run(self):
        count = 0
        while not self.over.is_set():
            count += 1
            begun = time.perf_counter()
            try:
                good = self.ask_kept() if count % 2 else self.ask_fresh()
                if not good:
                    self.failures.append("no 200")
            except OSError as error:
                self.failures.append(str(error))
            self.times.append((time.perf_counter() - begun) * 1000)
            time.sleep(0.005)


def status_of(answer):
    if not answer:
        return "closed"
    return answer.split(b" ", 2)[1].decode() if answer.startswith(b"HTTP/") else "?"


def statuses(connections, seconds):
    """What each is told until its connection ends, or within the time."""
    told = dict.fromkeys(connections, b"")
    with selectors.DefaultSelector() as selector:
        for each in connections:
            each.setblocking(False)
            selector.register(each, selectors.EVENT_READ)
        until = time.monotonic() + seconds
        while selector.get_map() and time.monotonic() < until:
            for key, _ in selector.select(0.1):
                try:
                    piece = key.fileobj.recv(65536)
                except OSError:
                    piece = b""
                told[key.fileobj] += piece[:64]
                # An answer is enough; a server need not close where both may go on.
                if not piece or status_of(told[key.fileobj]) not in ("102", "closed"):
                    selector.unregister(key.fileobj)
                # Behind an interim answer comes another one.
                told[key.fileobj] = re.sub(rb"^HTTP/1.1 102 [^\r]*\r\n\r\n", b"", told[key.fileobj])
        silent = {key.fileobj for key in selector.get_map().values()}
    return collections.Counter("silent" if each in silent else status_of(told[each]) for each in connections)


def open_many(server, count, message):
    connections = []
    for index in range(count):
        connection = server.connect(f"127.0.{1 + index // 250}.{1 + index % 250}")
        connection.sendall(message)
        connections.append(connection)
    return connections


def send_all(connection, message):
    """As much as the server takes before it refuses."""
    with contextlib.suppress(OSError):
        connection.sendall(message)


def idle(server, options):
    return open_many(server, options.connections, b""), 0.5, {"silent", "closed"}


def begun_heads(server, options):
    return open_many(server, options.connections, b"GET /api/version HT"), 0.5, {"silent", "closed"}


def slow_heads(server, options):
    """A byte a second, for longer than a head may take."""
    connections = open_many(server, 500, b"GET /api/version HTTP/1.1\r\nX-A: ")
    for _ in range(22):
        for each in connections:
            send_all(each, b"a")
        time.sleep(1)
    return connections, 5, {"408"}


def half_closed(server, options):
    connections = open_many(server, options.connections // 4, VERSION)
    for each in connections:
        each.shutdown(socket.SHUT_WR)
    return connections, 10, {"200"}


def busy(server, options):
    return open_many(server, options.connections, VERSION), 10, {"200", "closed"}


def huge_heads(server, options):
    connections = open_many(server, 200, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ")
    for each in connections:
        send_all(each, b"a" * 200_000)
    return connections, 10, {"431"}


def many_fields(server, options):
    return open_many(server, 200, b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-A: 1\r\n" * 500 + b"\r\n"), 10, {"431"}


def huge_bodies(server, options):
    return open_many(server, 200, post(b"", length=10**12)), 10, {"413"}


def bodies_in_flight(server, options):
    """Each stops short of its end: 60 times 15 MiB."""
    connections = []
    for _ in range(60):
        connections += open_many(server, 1, post(b"", length=16_000_000))
        send_all(connections[-1], b"x" * 15_000_000)
    return connections, 1, {"503", "silent"}


def slow_bodies(server, options):
    return open_many(server, 500, post(b'{"model"', length=100_000)), 35, {"408"}


def endless_chunks(server, options):
    head = b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    connections = open_many(server, 100, head)
    for each in connections:
        send_all(each, b"1;" + b"a" * 1_000_000)
    return connections, 10, {"400"}


def smuggled(server, options):
    both = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    return open_many(server, 200, both), 10, {"400"}


def deep_json(server, options):
    deep = b"[" * 100_000 + b"]" * 100_000
    return open_many(server, 100, chat(deep)), 10, {"400"}


def wide_json(server, options):
    wide = b"[" + b"[1]," * 3_900_000 + b"1]"
    return open_many(server, 4, chat(wide)), 30, {"413"}


def as_wide_as_may_be(server, options):
    wide = b"[" + b"[1]," * 490_000 + b"1]"
    return open_many(server, 4, chat(wide)), 30, {"400", "404"}


def bad_utf8(server, options):
    return open_many(server, 200, chat(b'"\xff\xfe"')), 10, {"400"}


def not_reading(server, options):
    """Asks for ever more and reads nothing of it."""
    connections = open_many(server, 200, VERSION)
    for each in connections:
        each.settimeout(0.05)
        send_all(each, VERSION * 20_000)
    return connections, 0, {"silent"}


QUICK = [idle, begun_heads, half_closed, busy, huge_heads, many_fields, huge_bodies, endless_chunks, smuggled, deep_json, bad_utf8]
SLOW = [slow_heads, slow_bodies, bodies_in_flight, wide_json, as_wide_as_may_be, not_reading]


def run_case(case, server, options):
    with GoodClient(server) as good:
        connections, seconds, expected = case(server, options)
        told = statuses(connections, seconds)
        memory = server.memory_mib()
        for each in connections:
            each.close()
    faults = [f"{case.__name__}: the good client failed: {why}" for why in set(good.failures)]
    if max(good.times) > LONGEST_MS * (3 if options.quick else 1):
        faults.append(f"{case.__name__}: the good client waited for {max(good.times):.0f} ms")
    if set(told) - expected:
        faults.append(f"{case.__name__}: told {dict(told)} instead of {sorted(expected)}")
    if memory > MOST_MIB:
        faults.append(f"{case.__name__}: {memory:.0f} MiB")
    return {
        "connections": len(connections),
        "told": dict(told),
        "good_median_ms": round(statistics.median(good.times), 2),
        "good_worst_ms": round(max(good.times), 1),
        "memory_mib": round(memory, 1),
        "faults": faults,
    }


def measure(options):
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    options.connections = min(options.connections, most - SPARE_FILES)
    cases = {}
    with tempfile.TemporaryDirectory() as folder:
        server = Server(options.program, folder)
        try:
            for case in QUICK + ([] if options.quick else SLOW):
                cases[case.__name__] = run_case(case, server, options)
            peak = server.memory_mib("VmHWM")
        finally:
            status = server.end()
    faults = [fault for each in cases.values() for fault in each.pop("faults")]
    if status != 0:
        faults.append(f"the server ended with status {status}")
    return {"cases": cases, "peak_memory_mib": round(peak, 1), "faults": faults}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/hearth"))
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options)
    if options.json:
        print(json.dumps(figures))
    else:
        print(f"{'case':18} {'clients':>7} {'median ms':>10} {'worst ms':>9} {'MiB':>7}  told")
        for name, each in figures["cases"].items():
            numbers = f"{each['connections']:7} {each['good_median_ms']:10.2f} {each['good_worst_ms']:9.1f} {each['memory_mib']:7.1f}"
            print(f"{name:18} {numbers}  {each['told']}")
        print(f"peak of memory: {figures['peak_memory_mib']} MiB")
        for fault in figures["faults"]:
            print(f"FAULT {fault}")
    return 1 if figures["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
