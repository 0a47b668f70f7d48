#!/usr/bin/env python3
"""How long a person waits for hearth itself: from the start of the program to its exit, and to its first request.

    python3 bench/app/start_bench.py [--program build/release/hearth] [--runs 30] [--json]

Each figure is the median of several starts, beside /bin/true in the same run (the least that any start can take) and beside its
limit. The first request is taken by a socket that answers nothing, so no engine is in the figure; a test command runs contained
before the request, so `--test true` also holds two starts of the sandbox.
"""

import argparse
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMITS = {"version_ms": 10, "first_request_ms": 30, "memory_mib": 40}


def milliseconds(command):
    begun = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begun) * 1000


def peak_mib(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the kernel does not tell the peak memory")


def first_request(program, options):
    """Milliseconds to the first byte of the first request, and the peak memory in MiB by then."""
    # Not under /tmp, which contained commands do not see.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hearth-bench-", dir="/var/tmp"))
    try:
        project = folder / "project"
        project.mkdir()
        (project / "total.py").write_text("def total(prices):\n    return sum(prices) - 1\n")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(folder / "s"))
        listener.listen()
        listener.settimeout(60)
        environment = dict(os.environ, HEARTH_HOME=str(folder / "home"))
        command = [program, "code", "--server", f"unix:{folder}/s", "-C", str(project), "-p", "Mend total()", *options]
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            connection, _ = listener.accept()
            connection.recv(1)
            return (time.perf_counter() - begun) * 1000, peak_mib(process)
        finally:
            process.kill()
            process.wait()
            listener.close()
    finally:
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build/release/hearth"))
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    runs = range(arguments.runs)
    plain = [first_request(arguments.program, ["--no-test"]) for _ in runs]
    tested = [first_request(arguments.program, ["--test", "true"]) for _ in runs]
    figures = {
        "bin_true_ms": statistics.median(milliseconds(["/bin/true"]) for _ in runs),
        "version_ms": statistics.median(milliseconds([arguments.program, "--version"]) for _ in runs),
        "first_request_ms": statistics.median(each[0] for each in plain),
        "first_request_after_a_test_ms": statistics.median(each[0] for each in tested),
        "memory_mib": max(each[1] for each in plain + tested),
    }
    if arguments.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            limit = f"  limit {LIMITS[name]}" if name in LIMITS else ""
            print(f"{name:<32}{value:8.1f}{limit}")
    return 0 if all(figures[name] <= limit for name, limit in LIMITS.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
