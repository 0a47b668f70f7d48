#!/usr/bin/env python3
"""What the server adds to the engine behind it, and how much it bears.

    python3 bench/serve/latency_bench.py [--program build/release/hearth] [--model smollm2:135m] [--json]

Starts a server of its own (HEARTH_HOME as for any verb) and measures, in one run:
    added first byte  of a streamed chat with one token, through the server less straight to the engine's socket; the two take turns, so
                      that what else the machine does hits both alike. Median and 99th percentile of the differences
    TLS               the same first byte over a new TLS connection less that over a plain one (with the handshake), and what TLS adds to a
                      small request on a connection that is kept. Medians
    requests/s        of GET /api/version over kept connections, by as many clients as it takes (the clients share the cores)
    memory            of the server with 500 clients that have asked and read slowly; they wait for their turn
Limits: 0.3 ms, 2 ms, 20,000/s, 60 MiB.
"""

import argparse
import json
import pathlib
import re
import socket
import ssl
import statistics
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAIRS = 200
CLIENTS = 500


def request_bytes(target, body=None):
    data = b"" if body is None else json.dumps(body).encode()
    method = "GET" if body is None else "POST"
    head = f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    return head.encode() + data


def chat(model, tokens):
    return request_bytes(
        "/v1/chat/completions",
        {"model": model, "stream": True, "max_tokens": tokens, "messages": [{"role": "user", "content": "Hello"}]},
    )


def first_byte_ms(connect, message):
    """Milliseconds from connecting to the first byte of the answer's body; reads the rest."""
    begun = time.perf_counter()
    with connect() as connection:
        connection.sendall(message)
        seen = b""
        took = None
        while b"[DONE]" not in seen:
            piece = connection.recv(65536)
            if not piece:
                raise RuntimeError(f"the answer broke off: {seen[-300:]!r}")
            seen += piece
            if took is None and b"data: " in seen:
                took = (time.perf_counter() - begun) * 1000
    return took


def tcp(port):
    connection = socket.create_connection(("127.0.0.1", port), timeout=120)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def unix(path):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(120)
    connection.connect(path)
    return connection


def trusting():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


TRUSTING = trusting()


def tls(port):
    return TRUSTING.wrap_socket(tcp(port))


def kept_request_ms(connection, count=500):
    """Milliseconds of one small request on a connection that is kept."""
    message = request_bytes("/api/version")
    took = []
    for _ in range(count):
        begun = time.perf_counter()
        connection.sendall(message)
        connection.recv(65536)
        took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took)


def engine_socket(server):
    """The socket of the server's engine, from its command line."""
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if not entry.name.isdigit() or f"PPid:\t{server.pid}\n" not in (entry / "status").read_text():
                continue
            for word in (entry / "cmdline").read_bytes().decode().split("\0"):
                if word.endswith(".sock"):
                    return word
        except OSError:
            continue
    raise RuntimeError("the engine's socket is not to be found")


def requests_per_second(port, seconds=3, connections=32):
    message = request_bytes("/api/version") * 16  # pipelined, so that the measuring program is not what is measured
    done = []
    until = time.perf_counter() + seconds

    def client():
        count = 0
        with tcp(port) as connection:
            while time.perf_counter() < until:
                connection.sendall(message)
                answers = 0
                while answers < 16:
                    answers += connection.recv(65536).count(b"HTTP/1.1 200")
                count += answers
        done.append(count)

    threads = [threading.Thread(target=client) for _ in range(connections)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - begun)


def memory_mib(server):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{server.pid}/status").read_text())[1]) / 1024


def measure(program, model):
    server = subprocess.Popen(
        [program, "serve", "--listen", "127.0.0.1:0", "--listen", "https://127.0.0.1:0", "--parallel", "4"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        port = int(re.search(r":(\d+)$", server.stdout.readline().strip())[1])
        tls_port = int(re.search(r":(\d+)$", server.stdout.readline().strip())[1])
        message = chat(model, 1)
        first_byte_ms(lambda: tcp(port), message)  # loads the model
        path = engine_socket(server)
        through, added, handshake = [], [], []
        for pair in range(PAIRS):
            # Who comes second finds caches and clocks another way than who comes first.
            asked = {}
            for which in ("bare", "ours") if pair % 2 else ("ours", "bare"):
                connect = (lambda: unix(path)) if which == "bare" else (lambda: tcp(port))
                asked[which] = first_byte_ms(connect, message)
            bare, ours = asked["bare"], asked["ours"]
            through.append(ours)
            added.append(ours - bare)
            handshake.append(first_byte_ms(lambda: tls(tls_port), message) - ours)
        added.sort()
        with tcp(port) as plain, tls(tls_port) as encrypted:
            kept = kept_request_ms(encrypted) - kept_request_ms(plain)
        rate = requests_per_second(port)
        waiting = [tcp(port) for _ in range(CLIENTS)]
        for connection in waiting:
            connection.sendall(chat(model, 64))
        time.sleep(3)
        memory = memory_mib(server)
        for connection in waiting:
            connection.close()
        return {
            "first_byte_ms": statistics.median(through),
            "added_median_ms": statistics.median(added),
            "added_p99_ms": added[int(len(added) * 0.99)],
            "tls_first_byte_added_ms": statistics.median(handshake),
            "tls_kept_request_added_ms": kept,
            "version_requests_per_s": rate,
            "memory_500_clients_mib": memory,
        }
    finally:
        server.terminate()
        server.wait(30)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/hearth"))
    parser.add_argument("--model", default="smollm2:135m")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options.program, options.model)
    if options.json:
        print(json.dumps(figures))
        return 0
    for name, value in figures.items():
        print(f"{name:28} {value:10.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
