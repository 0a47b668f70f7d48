#!/usr/bin/env python3
"""What one user's long prompts cost another user, for short and long steps of the engine.

    python3 bench/serve/fairness_bench.py [--program build/release/hearth] [--model qwen2.5-coder:1.5b] [--json]

For each step (hearth serve --batch) a server of its own (HEARTH_HOME as for any verb), one after the other in one run:
    idle first token     of a short question, nobody else there (median)
    step                 seconds that the engine takes for one step of a prompt, from the speed of a 4,000-token prompt alone
    busy first token     of the same question, asked again and again while another client sends 4,000-token prompts without pause
                         (median, worst)
    limit                twice the idle first token and one step
    verdict              whether the median is within the limit
    longest pause        between two pieces of a third client's running stream meanwhile
    prompt seconds       until the first token of the 4,000-token prompt, alone: what the shorter step costs its sender
    prompt busy seconds  the same beside the questions and the stream
    prompt slowdown      these two divided: what the others cost it
"""

import argparse
import json
import pathlib
import random
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORDS = "river stone cloud lamp garden winter paper engine window silver forest bridge market summer harbour letter".split()
QUESTIONS = 8


class Server:
    def __init__(self, program, model, batch):
        self.model = model
        self.process = subprocess.Popen(
            [program, "serve", "--listen", "127.0.0.1:0", "--parallel", "3", "--context", "8192", "--batch", str(batch)],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = re.search(r"http://\S+", self.process.stdout.readline())[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)

    def stream(self, text, tokens, on_piece):
        """Asks and calls on_piece(seconds since the question) for each piece of text; ends when that says so. Gives the counts."""
        body = {
            "model": self.model,
            "stream": True,
            "max_tokens": tokens,
            "temperature": 0,
            "stream_options": {"include_usage": True},
            "messages": [{"role": "user", "content": text}],
        }
        request = urllib.request.Request(self.url + "/v1/chat/completions", json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        begun = time.perf_counter()
        usage = {}
        with urllib.request.urlopen(request, timeout=600) as answer:
            for line in answer:
                if not line.startswith(b"data: {"):
                    continue
                chunk = json.loads(line[6:])
                usage = chunk.get("usage") or usage
                if chunk["choices"] and chunk["choices"][0]["delta"].get("content"):
                    if on_piece(time.perf_counter() - begun):
                        break
        return usage

    def first_token(self, text):
        seconds = []
        self.stream(text, 1, seconds.append)
        return seconds[0]


RUN = random.random()


def long_prompt(seed):
    # Other words in each run: a server finds what an earlier one kept.
    chosen = random.Random(f"{RUN} {seed}")
    return "Sum this up: " + " ".join(chosen.choice(WORDS) for _ in range(3900))


def measure(program, model, batch):
    with Server(program, model, batch) as server:
        server.first_token("Hello")  # loads
        # Another one each time, so that nothing of it is in a cache.
        idle = statistics.median(server.first_token(f"What is {i} plus {i}? One word.") for i in range(11, 11 + QUESTIONS))
        alone = []
        tokens = server.stream(long_prompt(0), 1, alone.append)["prompt_tokens"]
        step = batch * alone[0] / tokens
        done = threading.Event()

        read = []  # seconds until the first token of each long prompt

        def flood():
            seed = 1
            while not done.is_set():
                times = []
                server.stream(long_prompt(seed), 4, lambda at: times.append(at) or done.is_set())
                read.append(times[0])
                seed += 1

        pauses = []

        def watch():
            times = []
            while not done.is_set():
                times.clear()
                server.stream("Write a very long story about a dog.", 2000, lambda at: times.append(at) or done.is_set())
                pauses.extend(b - a for a, b in zip(times, times[1:]))

        others = [threading.Thread(target=watch), threading.Thread(target=flood)]
        for other in others:
            other.start()
            time.sleep(2)
        busy = []
        while len(busy) < QUESTIONS or not read:
            number = 11 + len(busy)
            busy.append(server.first_token(f"What is {number} times {number}? One word."))
        done.set()
        for other in others:
            other.join()
    limit = 2 * idle + step
    return {
        "batch": batch,
        "idle_first_token_s": idle,
        "step_s": step,
        "busy_first_token_s": statistics.median(busy),
        "busy_first_token_worst_s": max(busy),
        "questions": len(busy),
        "limit_s": limit,
        "verdict": "met" if statistics.median(busy) <= limit else "missed",
        "longest_pause_s": max(pauses, default=0),
        "prompt_s": alone[0],
        "prompt_busy_s": read[0],
        "prompt_slowdown": read[0] / alone[0],
        "prompt_tokens": tokens,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/hearth"))
    parser.add_argument("--model", default="qwen2.5-coder:1.5b")
    parser.add_argument("--batch", type=int, action="append", help="steps to compare (without it 128 and 2048)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = [measure(options.program, options.model, batch) for batch in options.batch or [128, 2048]]
    if options.json:
        print(json.dumps(rows))
        return 0
    for name in rows[0]:
        cells = (row[name] if isinstance(row[name], str) else f"{row[name]:.2f}" for row in rows)
        print(f"{name:26}" + "".join(f"{cell:>12}" for cell in cells))
    return 0


if __name__ == "__main__":
    sys.exit(main())
