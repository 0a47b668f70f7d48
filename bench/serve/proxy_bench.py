#!/usr/bin/env python3
"""What hearth serve costs in front of an engine, beside LiteLLM's proxy in front of the same one.

    python3 bench/serve/proxy_bench.py --install    # once: LiteLLM below build/, 730 MB, pinned by version and hash
    python3 bench/serve/proxy_bench.py [--clients 500] [--quick] [--program build/release/hearth] [--model smollm2:135m] [--json]

Starts a llama-server (the engine that hearth uses, with a model of HEARTH_HOME), and in front of it hearth serve in a home of its own, with
its ledger and access log, and LiteLLM's proxy as it ships: one worker, and no database. Neither asks for a key. They take turns, so that what
else the machine does hits both alike:
    start          from the start of the program to its first small answer, and to the end of its first streamed chat. Medians
    first byte     of a streamed chat with one token, on a connection that is kept, less that of the engine asked directly. Median and 99th
                   percentile of the differences
    requests/s     of hearth's /api/version and LiteLLM's /health/liveliness, and of /v1/models of both, over 32 kept connections by `wrk`,
                   which must be installed (apt-get install wrk). Medians
    memory         resident, of the program and its children: after the chats above, and the most while clients are sent streams at once and
                   read them slowly. Their tokens come from a script at ten a second, because no desk's engine has 500 slots; a stream is
                   whole when its client got all of them
All of it runs in a network that is this machine alone, so that nothing is fetched and nothing is told to anybody.
Faults, which make it end with status 1: a request that is not answered, a stream of hearth's that is not whole, and without
--quick a figure in which hearth is behind, but for the 99th percentile, which is the machine's when it does other work.
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import pathlib
import resource
import statistics
import sys
import tempfile
import time

from latency_bench import chat
from load_bench import TOKENS, requests_per_second, run_remote, slow_client
from proxy_servers import SLOTS, Hearth, LiteLlm, install, installed, litellm_version, start_engine

ROOT = pathlib.Path(__file__).resolve().parents[2]
ALONE = "PROXY_BENCH_ALONE"
STREAM_PATIENCE = 300
# How a figure is called, and whether more of it is better.
FIGURES = {
    "start_s": ("start to the first answer, s", False),
    "start_to_chat_s": ("start to the end of the first chat, s", False),
    "added_median_ms": ("added to the first byte, median, ms", False),
    "added_p99_ms": ("added to the first byte, p99, ms", False),
    "small_requests_per_s": ("small requests a second", True),
    "models_requests_per_s": ("lists of models a second", True),
    "memory_idle_mib": ("memory, idle, MiB", False),
    "memory_streams_mib": ("memory with the streams, MiB", False),
    "whole_streams": ("whole streams", True),
    "streams_took_s": ("until the last stream ended, s", False),
}
# What other load or the pace of the script decides, where the two are alike.
UNJUDGED = ("added_p99_ms", "streams_took_s")


def without_network():
    """Starts this program again in a network of its own that has only a loopback."""
    if ALONE not in os.environ:
        command = ["bwrap", "--dev-bind", "/", "/", "--unshare-net", "--die-with-parent", sys.executable, *sys.argv]
        os.execvpe(command[0], command, os.environ | {ALONE: "yes"})


def run_turns(count, names):
    """The names, so often, each time another one first."""
    names = list(names)
    for turn in range(count):
        yield names[turn % len(names) :] + names[: turn % len(names)]


def measure_starts(proxies, count, message, figures, running):
    """Leaves each of them running."""
    starts = {name: [] for name in proxies}
    for names in run_turns(count, proxies):
        for name in names:
            if name in running:
                running.pop(name).end()
            begun = time.monotonic()
            running[name] = proxies[name].start()
            running[name].first_byte_ms(message)
            starts[name].append((running[name].start_s, time.monotonic() - begun))
    for name, each in starts.items():
        figures[name]["start_s"] = statistics.median(start for start, _ in each)
        figures[name]["start_to_chat_s"] = statistics.median(whole for _, whole in each)


def measure_first_bytes(engine, running, count, message, figures):
    """Milliseconds of the engine alone; what each adds to them is put down."""
    asked = {"engine": engine, **running}
    took = {name: [] for name in asked}
    for names in run_turns(count, asked):
        for name in names:
            took[name].append(asked[name].first_byte_ms(message))
    for name in running:
        added = sorted(ours - bare for ours, bare in zip(took[name], took["engine"]))
        figures[name]["added_median_ms"] = statistics.median(added)
        figures[name]["added_p99_ms"] = added[int(count * 0.99)]
    return statistics.median(took["engine"])


def measure_rates(proxies, running, count, seconds, figures):
    for figure, path_of in (("small_requests_per_s", lambda proxy: proxy.small), ("models_requests_per_s", lambda _: "/v1/models")):
        rates = {name: [] for name in proxies}
        for names in run_turns(count, proxies):
            for name in names:
                rates[name].append(requests_per_second(running[name].port, path_of(proxies[name]), seconds))
        for name, each in rates.items():
            figures[name][figure] = None if None in each else statistics.median(each)


async def run_streams(server, count):
    """The most memory meanwhile, how many streams were whole, and the seconds until the last one ended."""
    begun = time.monotonic()
    clients = [asyncio.create_task(slow_client(server.port)) for _ in range(count)]
    memory = 0
    while not all(each.done() for each in clients) and time.monotonic() - begun < STREAM_PATIENCE:
        memory = max(memory, server.memory_mib())
        await asyncio.sleep(0.2)
    took = time.monotonic() - begun
    for each in clients:
        each.cancel()
    tokens = await asyncio.gather(*clients, return_exceptions=True)
    return memory, sum(each == TOKENS for each in tokens), took


def find_faults(figures, clients, quick):
    whole = figures["hearth"]["whole_streams"]
    if whole != clients:
        yield f"{clients - whole} streams of hearth's are not whole"
    for name, (words, more) in FIGURES.items():
        ours, theirs = figures["hearth"][name], figures["litellm"][name]
        if not quick and name not in UNJUDGED and ours is not None and (ours < theirs if more else ours > theirs):
            yield f"hearth is behind in: {words}"


def times_better(name, figures):
    ours, theirs = figures["hearth"][name], figures["litellm"][name]
    if ours is None or min(ours, theirs) <= 0:
        return None
    return ours / theirs if FIGURES[name][1] else theirs / ours


def measure(options):
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # LiteLLM does not raise its own
    starts, chats, rounds, seconds = (1, 20, 1, 1) if options.quick else (3, 200, 3, 5)
    figures = {"hearth": {}, "litellm": {}}
    message = chat(options.model, 1)
    here, there = multiprocessing.Pipe()
    script = multiprocessing.Process(target=run_remote, args=(there,), daemon=True)
    script.start()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        stack.callback(script.terminate)
        engine = start_engine(options.program, options.model, folder)
        stack.callback(engine.end)
        upstreams = [(options.model, engine.port, SLOTS), ("m", here.recv(), options.clients)]
        proxies = {"hearth": Hearth(options, folder, upstreams), "litellm": LiteLlm(options, folder, upstreams)}
        running = {}
        stack.callback(lambda: [each.end() for each in running.values()])
        engine.first_byte_ms(message)
        measure_starts(proxies, starts, message, figures, running)
        alone = measure_first_bytes(engine, running, chats, message, figures)
        for each in figures:
            figures[each]["memory_idle_mib"] = running[each].memory_mib()
        measure_rates(proxies, running, rounds, seconds, figures)
        for each in figures:
            done = asyncio.run(run_streams(running[each], options.clients))
            figures[each] |= zip(("memory_streams_mib", "whole_streams", "streams_took_s"), done)
    return {
        "litellm_version": litellm_version(),
        "clients": options.clients,
        "engine_first_byte_ms": alone,
        **figures,
        "times_better": {name: times_better(name, figures) for name in FIGURES},
        "faults": list(find_faults(figures, options.clients, options.quick)),
    }


def print_table(result):
    def number(value, digits=2):
        return "-" if value is None else f"{value:,.{0 if isinstance(value, int) or value >= 100 else digits}f}"

    print(f"LiteLLM {result['litellm_version']}; {result['clients']} streams; the engine alone: {result['engine_first_byte_ms']:.1f} ms to the first byte")
    print(f"{'':38} {'hearth':>10} {'LiteLLM':>10} {'hearth is better':>18}")
    for name, (words, _) in FIGURES.items():
        ours, theirs = (number(result[each][name]) for each in ("hearth", "litellm"))
        better = result["times_better"][name]
        print(f"{words:38} {ours:>10} {theirs:>10} {number(better, 1) + (' times' if better else ''):>18}")
    if result["hearth"]["small_requests_per_s"] is None:
        print("wrk is not installed")
    for fault in result["faults"]:
        print(f"FAULT {fault}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--install", action="store_true", help="install LiteLLM below build/, and end")
    parser.add_argument("--program", default=str(ROOT / "build/release/hearth"))
    parser.add_argument("--model", default="smollm2:135m")
    parser.add_argument("--clients", type=int, help="streams at once (500; 20 with --quick)")
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that it works")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.install:
        if not installed():
            install()
        return 0
    if not installed():
        parser.error("LiteLLM is not installed as pinned; --install does it")
    options.clients = options.clients or (20 if options.quick else 500)
    options.program = str(pathlib.Path(options.program).resolve())
    without_network()
    try:
        result = measure(options)
    except (OSError, RuntimeError) as error:
        print(f"FAULT {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(result))
    else:
        print_table(result)
    return 1 if result["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
