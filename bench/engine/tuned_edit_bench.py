#!/usr/bin/env python3
"""How much faster a file comes back with one line changed: `hearth serve` beside llama-server with its defaults, in pairs.

    HEARTH_HOME=... python3 bench/engine/tuned_edit_bench.py [--model qwen2.5-coder:1.5b] [--rounds 5] [--tune SECONDS] [--json]

Both run the same engine program with the same CPU back end and environment; llama-server gets the model and an address and nothing else. Each round sends
the first lines of another script of this repository to both, in turn first, greedily, with the same words. The ratio is that of tokens by
seconds, the prompt included (and beside it of decoding alone), as a geometric mean over rounds with Student's 95 % interval. --tune runs
`hearth tune` first; else the model runs with what is kept for it, or as planned. Nothing else should run on the machine.
"""

import argparse
import contextlib
import json
import math
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS = [
    "bench/serve/restore_bench.py",
    "tools/check_layers.py",
    "tests/tools/steps_test.py",
    "bench/serve/fairness_bench.py",
    "tools/run_tidy.py",
    "bench/serve/load_bench.py",
    "tests/tools/commands_test.py",
    "tools/supervise.py",
    "bench/capacity/resident_bench.py",
    "bench/serve/latency_bench.py",
]
LINES = 45
MOST_TOKENS = 900
# Student's t for a two-sided 95 % interval, by degrees of freedom.
STUDENT = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def hearth(program, *words):
    return subprocess.run([program, *words], check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout


def wait_for(url, process):
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended with status {process.returncode}")
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(url, timeout=2) as reply:
                if reply.status == 200:
                    return
        time.sleep(0.2)
    raise RuntimeError(f"{url} did not answer")


@contextlib.contextmanager
def server(command, ready, directory=None, environment=None):
    process = subprocess.Popen(
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(ready, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def question(round_number):
    """An edit that copies most of a file; each round has another one."""
    script = SCRIPTS[round_number % len(SCRIPTS)]
    text = "\n".join((ROOT / script).read_text().splitlines()[:LINES])
    name = script.rsplit("/", 1)[1]
    return (
        f"Here is the file {name}:\n\n```python\n{text}\n```\n\nPut the comment `# Reviewed.` on a line of its own above the "
        "first import. Answer with the whole file in one code block, every other line as it is, and nothing else."
    )


def ask(base, model, text):
    """Tokens a second with the prompt, of decoding alone, and the answer."""
    body = {
        "model": model,
        "messages": [{"role": "user", "content": text}],
        "temperature": 0,
        "max_tokens": MOST_TOKENS,
    }
    request = urllib.request.Request(
        base + "/v1/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    begun = time.perf_counter()
    with urllib.request.urlopen(request, timeout=900) as reply:
        answer = json.load(reply)
    seconds = time.perf_counter() - begun
    tokens = answer["usage"]["completion_tokens"]
    return tokens / seconds, answer["timings"]["predicted_per_second"], answer["choices"][0]["message"]["content"]


def ratio(pairs):
    logs = [math.log(tuned / plain) for plain, tuned in pairs]
    middle = statistics.mean(logs)
    if len(logs) < 2:
        return {"ratio": math.exp(middle)}
    half = STUDENT[len(logs) - 1] * statistics.stdev(logs) / math.sqrt(len(logs))
    return {"ratio": math.exp(middle), "low": math.exp(middle - half), "high": math.exp(middle + half)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build/release/hearth"))
    parser.add_argument("--model", default="qwen2.5-coder:1.5b")
    parser.add_argument("--rounds", type=int, default=5, choices=range(1, len(SCRIPTS) + 1))
    parser.add_argument("--tune", type=int, metavar="SECONDS")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if "HEARTH_HOME" not in os.environ:
        parser.error("set HEARTH_HOME to the home with the engine and the model")
    program, model = arguments.program, arguments.model
    if arguments.tune:
        print(hearth(program, "tune", model, "--seconds", str(arguments.tune)), file=sys.stderr)

    shown = json.loads(hearth(program, "show", model, "--json"))
    engine = json.loads(hearth(program, "run", model, "--max-tokens", "1", "--json", "Hello"))["engine"]
    variant = re.search(r"\((.*)\)", engine)[1]
    folder = sorted((pathlib.Path(os.environ["HEARTH_HOME"]) / "data/engines").iterdir())[-1]
    environment = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "2000", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    plain_port, tuned_port = free_port(), free_port()
    plain_at, tuned_at = f"http://127.0.0.1:{plain_port}", f"http://127.0.0.1:{tuned_port}"
    plain = server(
        [str(folder / "bin/llama-server"), "-m", shown["file"], "--host", "127.0.0.1", "--port", str(plain_port)],
        plain_at + "/health",
        folder / "cpu" / variant,
        environment,
    )
    tuned = server([program, "serve", "--listen", f"127.0.0.1:{tuned_port}"], tuned_at + "/v1/models")
    whole, decode, same = [], [], 0
    with plain, tuned:
        for base in (plain_at, tuned_at):
            ask(base, model, "Say hello.")  # loads
        for number in range(arguments.rounds):
            text = question(number)
            order = (plain_at, tuned_at) if number % 2 == 0 else (tuned_at, plain_at)
            figures = {base: ask(base, model, text) for base in order}
            one, other = figures[plain_at], figures[tuned_at]
            whole.append((one[0], other[0]))
            decode.append((one[1], other[1]))
            same += one[2] == other[2]
            print(f"round {number + 1}: {one[0]:.1f} and {other[0]:.1f} tokens/s, decoding {one[1]:.1f} and {other[1]:.1f}", file=sys.stderr)
    result = {
        "model": model,
        "engine": engine,
        "tuned": shown.get("tuned", "as planned"),
        "rounds": arguments.rounds,
        "defaults_tokens_per_second": statistics.mean(each[0] for each in whole),
        "hearth_tokens_per_second": statistics.mean(each[1] for each in whole),
        "with_prompt": ratio(whole),
        "decoding": ratio(decode),
        "same_answers": same,
    }
    if arguments.json:
        print(json.dumps(result))
        return 0
    print(f"{model} on {engine}, {result['tuned']}")
    print(f"llama-server's defaults {result['defaults_tokens_per_second']:.1f} tokens/s, hearth {result['hearth_tokens_per_second']:.1f}")
    for name in ("with_prompt", "decoding"):
        each = result[name]
        interval = f" ({each['low']:.2f} to {each['high']:.2f})" if "low" in each else ""
        print(f"{name:<12} {each['ratio']:.2f} x{interval}")
    print(f"the same answer in {same} of {arguments.rounds} rounds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
