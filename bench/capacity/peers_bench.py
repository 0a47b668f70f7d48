#!/usr/bin/env python3
"""How far memory planners are from what the engine allocates, on the same files.

    bench/capacity/install_peers                                  once: the other planners, into build/peers
    python3 bench/capacity/peers_bench.py [--models 'qwen3*'] [--only hearth,llmfit] [--rows] [--json]

For every shape in catalogue/shapes a GGUF file is written whose tensors are a hole. llama-server is started on it, prints what it
would allocate and is ended before it loads: that is the truth here. Then each planner says what the same file takes with the same
context, slots, KV type and step, on the CPU:

    hearth             hearth plan FILE --json
    llama-fit-params   llama.cpp's own estimate (-fitp), of the same version as the engine
                       (it knows no cache that slots share, so theirs are apart)
    gguf-parser        gguf-parser-go, which reads the file too; of its answer the RAM
    llmfit             knows models by name only: the name is the "as published" line of a shape; its totals are taken for GiB

and the table has their errors in percent of the truth, by part:

    weights    of the model, with what the CPU copies into a layout of its own
    KV         the cache, with the state of recurrent layers
    compute    work buffers and logits
    total      these three. What llmfit gives as its total is taken as it is

Settings: 4k tokens; 32k; 32k in q8_0; 4 slots that share 32k. A context that a model was not trained for is cut to what it was, for
all alike. The engine is its plain AVX2 variant, so figures are the same on every machine. Takes about 6 minutes on 2 cores.
The engine is the one that hearth uses (HEARTH_HOME). What a planner cannot read is counted, not guessed.
"""

import argparse
import fnmatch
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHAPES = ROOT / "catalogue" / "shapes"
MIB = 1024 * 1024
PARTS = ("weights", "kv", "compute", "total")
TITLES = {"weights": "weights", "kv": "KV", "compute": "compute", "total": "total"}
# Context of all slots together, slots, type of the KV cache.
SETTINGS = ((4096, 1, "f16"), (32768, 1, "f16"), (32768, 1, "q8_0"), (32768, 4, "f16"))
STEP = 512
MACHINE = """[[machine]]
name = "peers"
title = "Room for anything, AVX2"
memory_gib = 16384
cores = 2
cpu = "avx2"
source = "bench/capacity/peers_bench.py"
"""


class Unreadable(Exception):
    """A planner gave no answer for a file."""


def run(command, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False, **options)
    if done.returncode != 0:
        said = done.stderr.strip() or done.stdout.strip() or f"status {done.returncode}"
        message = re.search(r'"message": "(.*)"', said)
        raise Unreadable(message[1] if message else said.splitlines()[-1])
    return done.stdout


def whole(weights, kv, compute):
    return {"weights": weights, "kv": kv, "compute": compute, "total": weights + kv + compute}


def data_folder():
    home = os.environ.get("HEARTH_HOME")
    if home:
        return pathlib.Path(home).resolve() / "data"
    return pathlib.Path(os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local/share") / "hearth"


class Engine:
    """The installed llama-server with its plain AVX2 back end, which lies in the folder that it is started in."""

    def __init__(self, data):
        installed = sorted((data / "engines").glob("llama.cpp-*"))
        if not installed:
            sys.exit(f"There is no engine below {data}: engine/build makes one, or set HEARTH_HOME to where one is.")
        self.folder = installed[-1]
        self.variant = self.folder / "cpu" / "haswell"
        if not self.variant.is_dir():
            sys.exit(f"{self.folder} has no variant haswell: HEARTH_ENGINE_VARIANTS=haswell engine/build adds it.")

    @staticmethod
    def flags(file, context, slots, kv_type):
        return [
            *("--model", str(file), "--ctx-size", str(context), "--parallel", str(slots)),
            *("--batch-size", str(STEP), "--ubatch-size", str(STEP), "--cache-type-k", kv_type, "--cache-type-v", kv_type),
        ]

    def ask(self, file, context, slots, kv_type):
        """What it says it would allocate, in bytes."""
        socket = file.with_suffix(".sock")
        command = [self.folder / "bin" / "llama-server", *self.flags(file, context, slots, kv_type)]
        command += ["--kv-unified", "--host", str(socket), "-lv", "5", "--no-warmup"]
        server = subprocess.Popen(
            command, cwd=self.variant, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        log = []
        try:
            for line in server.stdout:
                log.append(line)
                if "projected to use" in line:
                    break
        finally:
            server.kill()
            server.wait()
            server.stdout.close()
            socket.unlink(missing_ok=True)
        return self.read("".join(log))

    @staticmethod
    def read(log):
        def sizes(pattern):
            return [float(each) for each in re.findall(pattern, log)]

        host = sizes(r"- Host .*?= +(\d+)")
        work = sizes(r"CPU compute buffer size = *([\d.]+)")
        if not host or not work:
            raise Unreadable("llama-server did not say what it takes: " + (log.strip().splitlines() or ["(nothing)"])[-1])
        weights = host[-1] + sum(sizes(r"- CPU_REPACK .*?= +(\d+)")[-1:])
        cache = sum(sizes(r"llama_kv_cache: size = *([\d.]+) MiB \(.* cells,")) + sum(sizes(r"llama_memory_recurrent: size = *([\d.]+)"))
        output = sum(sizes(r"CPU +output buffer size = *([\d.]+)")[-1:])
        return whole(weights * MIB, cache * MIB, (work[-1] + output) * MIB)


class Hearth:
    name = "hearth"

    def __init__(self, program, folder):
        self.program = program
        self.home = folder / "home"
        machines = self.home / "config" / "catalogue" / "machines"
        machines.mkdir(parents=True)
        (machines / "peers.toml").write_text(MACHINE)
        self.version = run([program, "--version"]).split()[-1]

    def ask(self, shape, file, context, slots, kv_type):
        command = [self.program, "plan", str(file), "--on", "peers", "--json", "--kv", kv_type, "--batch", str(STEP)]
        command += ["--context", str(context // slots), "--slots", str(slots)]
        plan = json.loads(run(command, env=dict(os.environ, HEARTH_HOME=str(self.home))))
        if plan["settings"]["pool"] != context:
            raise Unreadable(f"it planned {plan['settings']['pool']} tokens, not {context}")
        host = plan["memory"]["host"]
        return whole(host["weights"], host["kv_cache"] + host["state"], host["compute"] + plan["memory"]["output"])


class FitParams:
    name = "llama-fit-params"

    def __init__(self, peers, engine):
        self.program = peers / "llama-fit-params"
        self.engine = engine
        self.version = engine.folder.name.split("-")[-1]

    def ask(self, shape, file, context, slots, kv_type):
        text = run([self.program, *self.engine.flags(file, context, slots, kv_type), "--fit-print", "on"], cwd=self.engine.variant)
        rows = re.findall(r"^\S+ (\d+) (\d+) (\d+) *$", text, re.MULTILINE)
        if not rows:
            raise Unreadable("it printed no row of memory")
        return whole(*(sum(int(row[i]) for row in rows) * MIB for i in range(3)))


class GgufParser:
    name = "gguf-parser"
    version = "0.28.1"

    def __init__(self, peers):
        self.process = subprocess.Popen([peers / "gguf-parser"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, shape, file, context, slots, kv_type):
        self.process.stdin.write(f"{file} {context} {slots} {STEP} {kv_type}\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise Unreadable(answer["error"])
        return whole(answer["weights"], answer["kv"], answer["compute"])

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)


class Llmfit:
    name = "llmfit"

    def __init__(self, peers):
        self.program = peers / "llmfit" / "bin" / "llmfit"
        self.version = run([self.program, "--version"]).split()[-1]

    def ask(self, shape, file, context, slots, kv_type):
        kv_type = {"f16": "fp16"}.get(kv_type, kv_type)
        command = [self.program, "--json", "plan", shape["published"], "--context", str(context), "--quant", shape["quant"]]
        plan = json.loads(run([*command, "--kv-quant", kv_type]))
        at = next(each for each in plan["kv_alternatives"] if each["kv_quant"] == kv_type)
        gib = 1024 * MIB
        # It has no figure for work buffers alone.
        return {"weights": plan["disk_size_gb"] * 1e9, "kv": at["kv_cache_gb"] * gib, "total": at["memory_required_gb"] * gib}


def shapes(pattern):
    found = []
    for path in sorted(SHAPES.glob("*.shape")):
        if not fnmatch.fnmatch(path.stem, pattern):
            continue
        text = path.read_text()
        quant = re.search(r"\b(Q\d\w*|MXFP4)\b", text.splitlines()[0])
        found.append(
            {
                "name": path.stem,
                "published": re.search(r"^# as published: (\S+)", text, re.MULTILINE)[1],
                "quant": quant[1] if quant else "Q4_K_M",
                "trained": int(re.search(r"^int \S+\.context_length (\d+)", text, re.MULTILINE)[1]),
            }
        )
    return found


def settings_of(shape):
    cut = [(min(context, shape["trained"] * slots) // 1024 * 1024, slots, kv_type) for context, slots, kv_type in SETTINGS]
    return list(dict.fromkeys(cut))


def measure(shape, file, engine, planners):
    rows = []
    for context, slots, kv_type in settings_of(shape):
        row = {"model": shape["name"], "context": context, "slots": slots, "kv_type": kv_type, "planners": {}}
        row["truth"] = engine.ask(file, context, slots, kv_type)
        for planner in planners:
            try:
                row["planners"][planner.name] = planner.ask(shape, file, context, slots, kv_type)
            except (Unreadable, StopIteration, subprocess.TimeoutExpired) as problem:
                row["planners"][planner.name] = {"unreadable": str(problem) or "no answer"}
        rows.append(row)
    return rows


def errors_of(rows, name, part):
    pairs = [(row["planners"][name].get(part), row["truth"][part]) for row in rows]
    return [100 * (said - true) / true for said, true in pairs if said is not None and true > 0]


def summary_of(rows, planners):
    summary = []
    for planner in planners:
        entry = {"planner": planner.name, "version": planner.version, "parts": {}}
        entry["unreadable"] = sorted({row["model"] for row in rows if "unreadable" in row["planners"][planner.name]})
        for part in PARTS:
            errors = [abs(error) for error in errors_of(rows, planner.name, part)]
            if errors:
                figures = {"mean": statistics.mean(errors), "median": statistics.median(errors), "max": max(errors), "rows": len(errors)}
                entry["parts"][part] = figures
        summary.append(entry)
    return summary


def print_table(summary, rows):
    files = len({row["model"] for row in rows})
    print(f"{files} files, {len(rows)} combinations; absolute error in %: mean / median / max\n")
    print(f"{'planner':<24}" + "".join(f"{TITLES[part]:>26}" for part in PARTS) + f"{'not read':>10}")
    for entry in summary:
        line = f"{entry['planner'] + ' ' + entry['version']:<24}"
        for part in PARTS:
            at = entry["parts"].get(part)
            line += f"{'{mean:.2f} / {median:.2f} / {max:.1f}'.format(**at) if at else '-':>26}"
        print(line + f"{len(entry['unreadable']):>10}")
    for entry in summary:
        if entry["unreadable"]:
            print(f"\n{entry['planner']} does not read: {', '.join(entry['unreadable'])}")


def print_rows(rows, planners):
    for planner in planners:
        print(f"\n{planner.name}: error in %" + "".join(f"{TITLES[part]:>10}" for part in PARTS))
        for row in rows:
            said = row["planners"][planner.name]
            line = f"{row['model']:<26} {row['context']:>6} x{row['slots']} {row['kv_type']:<5}"
            for part in PARTS:
                wrong = part not in said or row["truth"][part] == 0
                line += f"{'-':>10}" if wrong else f"{100 * (said[part] / row['truth'][part] - 1):>+10.2f}"
            print(line)


def planners_for(names, arguments, folder, engine):
    peers = arguments.peers
    makers = {
        "hearth": lambda: Hearth(arguments.program, folder),
        "llama-fit-params": lambda: FitParams(peers, engine),
        "gguf-parser": lambda: GgufParser(peers),
        "llmfit": lambda: Llmfit(peers),
    }
    unknown = set(names) - set(makers)
    if unknown:
        sys.exit(f"There is no planner {', '.join(sorted(unknown))}; there are {', '.join(makers)}.")
    try:
        return [makers[name]() for name in names or makers]
    except FileNotFoundError as missing:
        sys.exit(f"{missing.filename} is not there: bench/capacity/install_peers gets the peers, ninja -C build/release builds hearth.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", default="*", help="shapes by a pattern: 'gemma-*' (default: all)")
    parser.add_argument("--only", default="", help="planners, with commas between (default: all four)")
    parser.add_argument("--rows", action="store_true", help="the error of each file and setting too")
    parser.add_argument("--json", action="store_true", help="print JSON: all rows in bytes, and the summary")
    parser.add_argument("--program", default=str(ROOT / "build/release/hearth"), help="the hearth to measure")
    parser.add_argument("--hollow", default=str(ROOT / "build/release/bench/hollow_gguf"), help="what writes the files")
    parser.add_argument("--peers", type=pathlib.Path, default=ROOT / "build/peers", help="where install_peers put them")
    arguments = parser.parse_args()

    wanted = shapes(arguments.models)
    if not wanted:
        sys.exit(f"No shape in {SHAPES} is named like '{arguments.models}'.")
    engine = Engine(data_folder())
    rows = []
    with tempfile.TemporaryDirectory(prefix="hearth-peers-") as folder:
        folder = pathlib.Path(folder)
        planners = planners_for([each for each in arguments.only.split(",") if each], arguments, folder, engine)
        for shape in wanted:
            print(f"\r\033[K{shape['name']}", end="", file=sys.stderr, flush=True)
            file = pathlib.Path(run([arguments.hollow, folder, shape["name"]]).strip())
            try:
                rows += measure(shape, file, engine, planners)
            except Unreadable as problem:
                sys.exit(f"\n{shape['name']}: {problem}")
            file.unlink()
        print("\r\033[K", end="", file=sys.stderr)
        for planner in planners:
            getattr(planner, "close", lambda: None)()
    summary = summary_of(rows, planners)
    if arguments.json:
        print(json.dumps({"summary": summary, "rows": rows}, indent=1))
    else:
        print_table(summary, rows)
        if arguments.rows:
            print_rows(rows, planners)


if __name__ == "__main__":
    main()
