#!/usr/bin/env python3
"""How much the server bears: streams at once, and small requests.

    python3 bench/serve/load_bench.py [--program build/release/hearth] [--json]

Starts a server of its own and measures:
    memory          of the server while 500 clients are sent streams at once and read them slowly. The tokens come from a scripted remote, because
                    no desk's engine has 500 slots; latency_bench.py measures what the real one adds
    tokens/s        of these streams together, and whether every client got all of its tokens
    requests/s      of GET /api/version over 32 kept connections by `wrk`, which must be installed (apt-get install wrk)
Limits: 60 MiB, 20,000/s on two cores. Ends with status 1 when one of them, or a token, is missed.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLIENTS = 500
TOKENS = 100
TOKEN_PAUSE = 0.1  # seconds: 5,000 tokens a second in all
MOST_MIB = 60
LEAST_RATE = 20_000


def event(value):
    text = f"data: {json.dumps(value)}\n\n".encode()
    return f"{len(text):x}\r\n".encode() + text + b"\r\n"


def chunk(delta, reason=None):
    return event({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})


USAGE = event({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": TOKENS, "total_tokens": 105}})


async def remote_connection(reader, writer):
    """A server of one model, which says the same word again and again."""
    while True:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        except (asyncio.IncompleteReadError, ConnectionError):
            return writer.close()
        if found := re.search(r"content-length: (\d+)", head):
            await reader.readexactly(int(found[1]))
        if head.startswith("get"):
            body = json.dumps({"object": "list", "data": [{"id": "m", "object": "model"}]}).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            continue
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(TOKENS):
            writer.write(chunk({"content": "word "}))
            await asyncio.sleep(TOKEN_PAUSE)
        end = b"data: [DONE]\n\n"
        writer.write(chunk({}, "stop") + USAGE + f"{len(end):x}\r\n".encode() + end + b"\r\n0\r\n\r\n")


def run_remote(port):
    async def run():
        server = await asyncio.start_server(remote_connection, "127.0.0.1", 0, backlog=1024)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


async def slow_client(port):
    """The tokens that it was sent; it reads what has come each half second."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
    body = json.dumps({"model": "m", "stream": True, "messages": [{"role": "user", "content": "Hello"}]}).encode()
    writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    text = b""
    while piece := await reader.read(4096):
        text += piece
        await asyncio.sleep(0.5)
    writer.close()
    return text.count(b'"word "')


def memory_mib(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024


async def run_streams(port, pid):
    begun = time.monotonic()
    clients = asyncio.gather(*[slow_client(port) for _ in range(CLIENTS)])
    memory = 0
    while not clients.done():
        memory = max(memory, memory_mib(pid))
        await asyncio.sleep(0.2)
    tokens = clients.result()
    return memory, sum(tokens) / (time.monotonic() - begun), sum(each == TOKENS for each in tokens)


def requests_per_second(port, path="/api/version", seconds=5):
    if not shutil.which("wrk"):
        return None
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", f"http://127.0.0.1:{port}{path}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise RuntimeError(said)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


def measure(program):
    here, there = multiprocessing.Pipe()
    remote = multiprocessing.Process(target=run_remote, args=(there,), daemon=True)
    remote.start()
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "config"
        config.mkdir()
        (config / "remotes.toml").write_text(f'[[remote]]\nname = "scripted"\nurl = "http://127.0.0.1:{here.recv()}/v1"\nslots = {CLIENTS}\n')
        (config / "remotes.toml").chmod(0o600)
        server = subprocess.Popen(
            [program, "serve", "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "HEARTH_HOME": folder},
        )
        try:
            port = int(re.search(r":(\d+)$", server.stdout.readline().strip())[1])
            rate = requests_per_second(port)
            memory, tokens, whole = asyncio.run(run_streams(port, server.pid))
            return {
                "memory_500_streams_mib": round(memory, 1),
                "tokens_per_s": round(tokens),
                "whole_streams": whole,
                "version_requests_per_s": rate,
            }
        finally:
            server.terminate()
            server.wait(60)
            remote.terminate()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/hearth"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options.program)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:26} {'wrk is not installed' if value is None else value}")
    rate = figures["version_requests_per_s"]
    missed = figures["memory_500_streams_mib"] > MOST_MIB or figures["whole_streams"] != CLIENTS or (rate is not None and rate < LEAST_RATE)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
