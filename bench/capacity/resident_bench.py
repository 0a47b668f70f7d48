#!/usr/bin/env python3
"""Predicted beside measured memory of real models, over contexts, cache types and slots.

    python3 bench/capacity/resident_bench.py [--program build/release/hearth] [--models smollm2:135m,qwen2.5-coder:1.5b]
        [--contexts 2048,8192,32768] [--types f16,q8_0] [--slots 1,8] [--json]

Without --models all that are installed. For each combination a server of its own (models and engines of HEARTH_HOME, its own state) loads the model
and answers a question whose prompt fills several steps; then `hearth plan --check` says what was planned and what was measured. A context that the
model was not trained for, or that does not fit, is left out and said so. Ends with status 1 when the resident memory of one is over 3 % off, or over
1 % more than planned. Slots are those that the engine has: a server keeps one for a guest, so 2 at least.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXT = "Which of these numbers is the largest? " + ", ".join(str(i * 37 % 1000) for i in range(120))


def environment(home):
    return os.environ | {"HEARTH_HOME": str(home)}


def run(options, home, *arguments):
    return subprocess.run(
        [options.program, *arguments], env=environment(home), capture_output=True, text=True, check=True
    ).stdout


def ask(url, model):
    body = {"model": model, "messages": [{"role": "user", "content": TEXT}], "max_tokens": 8}
    request = urllib.request.Request(
        url + "/v1/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        urllib.request.urlopen(request).read()
    except urllib.error.HTTPError as error:
        return json.load(error)["error"]["message"]
    return None


def parts(options, home, model):
    """Once the memory after the answer was compared, which takes about a second."""
    for _ in range(50):
        loads = json.loads(run(options, home, "plan", model, "--check", "--json"))["loads"]
        if loads and any(part["part"] == "resident memory" for part in loads[0]["parts"]):
            return loads[0]
        time.sleep(0.1)
    return None


def measure(options, model, context, cache, slots):
    """The load of one combination as `hearth plan --check` has it, or why there is none."""
    real = pathlib.Path(os.environ["HEARTH_HOME"])
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        (home / "data").symlink_to((real / "data").resolve())
        (home / "state").mkdir()
        for kept in ("engine-verdicts.json", "machine-speed.json"):
            if (real / "state" / kept).exists():
                (home / "state" / kept).write_bytes((real / "state" / kept).read_bytes())
        server = subprocess.Popen(
            [options.program, "serve", "--listen", "127.0.0.1:0", "--context", str(context), "--cache-type", cache,
             "--parallel", str(max(1, slots - 1)), "--no-prompt-files",
             "--ledger", str(home / "ledger.db")],
            env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            url = re.search(r"http://\S+", server.stdout.readline()).group()
            problem = ask(url, model)
            if problem:
                return None, problem
            load = parts(options, home, model)
            return load, None if load else "its memory was not compared"
        finally:
            server.terminate()
            server.wait()


def row(load, model, context, cache, slots):
    resident = next(part for part in load["parts"] if part["part"] == "resident memory")
    buffers = [part for part in load["parts"] if part is not resident]
    worst = max(buffers, key=lambda part: abs(part.get("error", 1)))
    return {
        "model": model, "context": context, "type": cache, "slots": slots, "settings": load["settings"],
        "predicted": resident["predicted"], "measured": resident["measured"], "error": resident["error"],
        "worst_buffer": worst["part"], "worst_buffer_error": worst.get("error", 1),
    }  # fmt: skip


def show(line):
    mib = 1 << 20
    print(
        f"{line['model']:<22} {line['context']:>6} {line['type']:<5} {line['slots']:>5} "
        f"{line['predicted'] / mib:>9.1f} {line['measured'] / mib:>9.1f} {100 * line['error']:>+6.1f} % "
        f"{100 * line['worst_buffer_error']:>+6.1f} % {line['worst_buffer']}",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/hearth"))
    parser.add_argument("--models", default="")
    parser.add_argument("--contexts", default="2048,8192,32768")
    parser.add_argument("--types", default="f16,q8_0")
    parser.add_argument("--slots", default="2,8")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if "HEARTH_HOME" not in os.environ:
        sys.exit("set HEARTH_HOME to a home with an engine and models")
    models = options.models.split(",") if options.models else [
        each["name"] for each in json.loads(run(options, os.environ["HEARTH_HOME"], "list", "--json"))
    ]  # fmt: skip
    lines = []
    if not options.json:
        print(f"{'model':<22} {'tokens':>6} {'KV':<5} {'slots':>5} {'predicted':>9} {'measured':>9} MiB      worst buffer")
    for model in models:
        for context in map(int, options.contexts.split(",")):
            for cache in options.types.split(","):
                for slots in map(int, options.slots.split(",")):
                    load, problem = measure(options, model, context, cache, slots)
                    if problem:
                        print(f"{model} {context} {cache} {slots}: {problem}", file=sys.stderr)
                        continue
                    lines.append(row(load, model, context, cache, slots))
                    if not options.json:
                        show(lines[-1])
    good = bool(lines) and all(abs(line["error"]) <= 0.03 and line["error"] <= 0.01 for line in lines)
    if options.json:
        print(json.dumps({"good": good, "runs": lines}))
    elif lines:
        errors = [line["error"] for line in lines]
        print(f"{len(lines)} runs: resident memory {100 * min(errors):+.1f} % to {100 * max(errors):+.1f} %")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
