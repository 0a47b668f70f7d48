#!/usr/bin/env python3
"""What clients see when the engine under them is killed or stopped, and whether the ledger saw the same.

    python3 bench/serve/engine_kill_bench.py [--kills 20] [--program build/release/hearth] [--model smollm2:135m] [--seed 1] [--json]

Starts a server of its own with a fresh ledger (models and engine from HEARTH_HOME). Eight clients, two in each of four dialects, ask for
streams without pause, while the engine gets SIGKILL or, each third time, SIGSTOP at random moments. At the end the engine is killed as
soon as it is there, three times in a row. Faults, of which there must be none:
    - an answer that neither completes nor ends with an error in the form of its dialect
    - a request that is never answered, or no complete answer between two kills
    - a row of the ledger that is missing, or tells other tokens or another end than its client saw
    - three crashes in a row without the reason and the last lines of the engine's log (if it had time to write any) in what the next client
      is told
"""

import argparse
import collections
import http.client
import json
import os
import pathlib
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLIENTS = 8
PATIENCE = 120  # seconds for one answer


class Outcome:
    """What a client saw of one request."""

    def __init__(self, name, dialect):
        self.name, self.dialect = name, dialect
        self.status = 0
        self.pieces = 0  # of text, as they came
        self.told = None  # tokens, as the end of the answer says
        self.end = None  # "stop", "length" of a complete answer
        self.error = None  # the words of an error in the right form
        self.fault = None


def events_of(body):
    """(event, data) of a stream of server-sent events."""
    for block in body.split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith(":")]
        event = "".join(line[7:] for line in lines if line.startswith("event: "))
        data = "\n".join(line[6:] for line in lines if line.startswith("data: "))
        if data:
            yield event, data


def read_openai(body, seen):
    for _, data in events_of(body):
        if data == "[DONE]":
            return
        chunk = json.loads(data)
        if "error" in chunk:
            seen.error = chunk["error"]["message"]
            assert chunk["error"]["type"] == "server_error", chunk
            return
        if chunk.get("usage"):
            seen.told = chunk["usage"]["completion_tokens"]
        for choice in chunk["choices"]:
            seen.pieces += bool(choice["delta"].get("content"))
            seen.end = choice["finish_reason"] or seen.end
    assert False, "neither [DONE] nor an error"


def read_anthropic(body, seen):
    for event, data in events_of(body):
        chunk = json.loads(data)
        assert chunk["type"] == event, chunk
        if event == "error":
            seen.error = chunk["error"]["message"]
            assert chunk["error"]["type"] in ("api_error", "overloaded_error"), chunk
            return
        if event == "content_block_delta":
            seen.pieces += 1
        if event == "message_delta":
            seen.told = chunk["usage"]["output_tokens"]
            seen.end = {"max_tokens": "length", "end_turn": "stop"}[chunk["delta"]["stop_reason"]]
        if event == "message_stop":
            return
    assert False, "neither message_stop nor an error"


def read_responses(body, seen):
    for event, data in events_of(body):
        chunk = json.loads(data)
        assert chunk["type"] == event, chunk
        if event == "response.output_text.delta":
            seen.pieces += 1
        if event == "response.failed":
            seen.error = chunk["response"]["error"]["message"]
            return
        if event in ("response.completed", "response.incomplete"):
            seen.told = chunk["response"]["usage"]["output_tokens"]
            seen.end = "stop" if event == "response.completed" else "length"
            return
    assert False, "neither response.completed nor response.failed"


def read_ollama(body, seen):
    for line in body.splitlines():
        chunk = json.loads(line)
        if "error" in chunk:
            seen.error = chunk["error"]
            return
        seen.pieces += bool(chunk["message"]["content"])
        if chunk["done"]:
            seen.told, seen.end = chunk["eval_count"], chunk["done_reason"]
            return
    assert False, "neither done nor an error"


def refusal_words(dialect, body):
    """The words of an error that came instead of a stream."""
    answer = json.loads(body)
    if dialect == "ollama":
        return answer["error"]
    if dialect == "anthropic":
        assert answer["type"] == "error", answer
    return answer["error"]["message"]


TOKENS = 48
DIALECTS = {
    "openai": (
        "/v1/chat/completions",
        read_openai,
        lambda ask, most: {"messages": ask, "max_tokens": most, "stream_options": {"include_usage": True}},
    ),
    "anthropic": ("/v1/messages", read_anthropic, lambda ask, most: {"messages": ask, "max_tokens": most}),
    "responses": ("/v1/responses", read_responses, lambda ask, most: {"input": ask, "max_output_tokens": most}),
    "ollama": ("/api/chat", read_ollama, lambda ask, most: {"messages": ask, "options": {"num_predict": most}}),
}


def ask(port, name, dialect, model, most_tokens=TOKENS):
    path, read, form = DIALECTS[dialect]
    seen = Outcome(name, dialect)
    message = [{"role": "user", "content": f"Tell me a story of the number {name}."}]
    body = json.dumps({"model": model, "stream": True, **form(message, most_tokens)})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json", "User-Agent": name})
        answer = connection.getresponse()
        text = answer.read().decode()
        seen.status = answer.status
        if answer.status == 200:
            read(text, seen)
        else:
            seen.error = refusal_words(dialect, text)
    except (OSError, http.client.HTTPException, AssertionError, KeyError, TypeError, ValueError) as error:
        seen.fault = f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return seen


class Server:
    def __init__(self, program, folder):
        self.ledger = pathlib.Path(folder) / "ledger.db"
        self.process = subprocess.Popen(
            [program, "serve", "--listen", "127.0.0.1:0", "--parallel", "4", "--ledger", str(self.ledger), "--access-log", "none"],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(re.search(r":(\d+)$", self.process.stdout.readline().strip())[1])

    def engine(self):
        """The process of its engine, or None."""
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if not entry.name.isdigit() or f"PPid:\t{self.process.pid}\n" not in (entry / "status").read_text():
                    continue
                if b".sock\0" in (entry / "cmdline").read_bytes():
                    return int(entry.name)
            except OSError:
                continue
        return None

    def wait_for_engine(self, but=None):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            pid = self.engine()
            if pid and pid != but:
                return pid
            time.sleep(0.02)
        raise RuntimeError("no engine is started any more")

    def end(self):
        self.process.terminate()
        self.process.wait(60)


class Load:
    """The clients, asking without pause until they are told to end."""

    def __init__(self, port, model):
        self.outcomes, self.lock, self.over = [], threading.Lock(), threading.Event()
        self.complete = 0
        self.changed = threading.Condition(self.lock)
        self.threads = [threading.Thread(target=self.client, args=(port, model, index)) for index in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def client(self, port, model, index):
        dialect = list(DIALECTS)[index % len(DIALECTS)]
        count = 0
        while not self.over.is_set():
            count += 1
            seen = ask(port, f"client-{index}-{count}", dialect, model)
            with self.lock:
                self.outcomes.append(seen)
                self.complete += seen.end is not None and seen.error is None
                self.changed.notify_all()
            if seen.error is not None:
                self.over.wait(0.2)

    def wait_for_complete(self, more):
        """Whether so many more answers have come completely in good time."""
        with self.lock:
            wanted = self.complete + more
            return self.changed.wait_for(lambda: self.complete >= wanted, PATIENCE)

    def end(self):
        self.over.set()
        for thread in self.threads:
            thread.join()


def compare(ledger, outcomes):
    """Faults: rows that tell something else than their clients saw."""
    rows = collections.defaultdict(list)
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as connection:
        for name, tokens, end, status in connection.execute("SELECT client, generated_tokens, end_reason, status FROM requests"):
            rows[name].append((tokens, end, status))
    for seen in outcomes:
        found = rows.pop(seen.name, [])
        if len(found) != 1:
            yield f"{seen.name} ({seen.dialect}): {len(found)} rows; it saw {vars(seen)}"
            continue
        tokens, end, status = found[0]
        if seen.error is None:
            same = (tokens, end, status) == (seen.told, seen.end, 200)
        else:
            # A piece may be more than one token, and a token without text is no piece.
            same = end in ("failed", "refused") and status >= 500 and seen.pieces <= tokens <= 20 * TOKENS
            same = same and (seen.status == 200 or seen.status == status)
        if not same:
            yield f"{seen.name} ({seen.dialect}): the row says {found[0]}; it saw {vars(seen)}"
    for name, found in rows.items():
        yield f"{name}: {len(found)} rows of no request"


def crash_three_times(server, model):
    """What a client is told when the engine dies as soon as it is started. The words, and all that was seen."""
    over = threading.Event()

    def killer():
        before = None
        while not over.is_set():
            pid = server.engine()
            if pid and pid != before:
                time.sleep(0.1)  # in which it writes its first lines, and cannot answer
                os.kill(pid, signal.SIGKILL)
                before = pid
            time.sleep(0.01)

    thread = threading.Thread(target=killer)
    thread.start()
    seen = [ask(server.port, f"crash-{dialect}", dialect, model, 20 * TOKENS) for dialect in DIALECTS]
    over.set()
    thread.join()
    return seen


def measure(program, model, kills, seed):
    chance = random.Random(seed)
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        server = Server(program, folder)
        try:
            first = ask(server.port, "first", "openai", model)
            load = Load(server.port, model)
            waits = []
            try:
                for kill in range(kills):
                    if not load.wait_for_complete(CLIENTS // 2):
                        faults.append(f"after {kill} kills no answer completes any more")
                        break
                    time.sleep(chance.uniform(0, 2))
                    pid = server.wait_for_engine()
                    begun = time.monotonic()
                    os.kill(pid, signal.SIGSTOP if kill % 3 == 1 else signal.SIGKILL)
                    server.wait_for_engine(but=pid)
                    load.wait_for_complete(1)
                    waits.append(time.monotonic() - begun)
            finally:
                load.end()
            crashes = crash_three_times(server, model)
        finally:
            server.end()
        outcomes = [first, *load.outcomes, *crashes]
        faults += [f"{seen.name} ({seen.dialect}): {seen.fault}" for seen in outcomes if seen.fault]
        faults += compare(server.ledger, [seen for seen in outcomes if not seen.fault])
        for seen in crashes:
            words = seen.error or ""
            # The first ones asked see the crashes themselves. An engine that had no time to write anything has no last lines.
            told = "killed by signal 9" in words and ("last lines" in words or "while loading" in words)
            if not told or (seen is crashes[-1] and "3 times in a row" not in words):
                faults.append(f"three crashes in a row are told so: {seen.error!r}")
    broken = [seen for seen in load.outcomes if seen.error is not None]
    return {
        "kills": len(waits),
        "requests": len(outcomes),
        "complete": load.complete,
        "ended_with_an_error": len(broken),
        "of_them_in_the_stream": sum(seen.status == 200 for seen in broken),
        "longest_until_the_next_answer_s": round(max(waits, default=0), 1),
        "told_after_three_crashes": crashes[-1].error,
        "faults": faults,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/hearth"))
    parser.add_argument("--model", default="smollm2:135m")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options.program, options.model, options.kills, options.seed)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            if name != "faults":
                print(f"{name:34} {value}")
        for fault in figures["faults"]:
            print(f"FAULT {fault}")
    return 1 if figures["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
