#!/usr/bin/env python3
"""How long a long prompt takes after its model was unloaded, with and without the files that keep what it had read.

    python3 bench/serve/restore_bench.py [--program build/release/hearth] [--model qwen2.5-coder:1.5b] [--tokens 4000] [--json]

Starts a server of its own for each of the two (HEARTH_HOME as for any verb), asks a question behind a prompt of that many tokens, unloads the
model, and asks the next question of the same conversation: the time to its first token, with the load. Beside it the load alone, by a short
question after another unloading, and the size of the files.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]


def post(url, path, body):
    request = urllib.request.Request(url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return urllib.request.urlopen(request)


def chat(url, model, messages):
    """Seconds to the first token, the text of the answer, and its usage."""
    begun = time.perf_counter()
    first, text, usage = None, "", None
    body = {"model": model, "messages": messages, "max_tokens": 16, "temperature": 0, "stream": True}
    with post(url, "/v1/chat/completions", body | {"stream_options": {"include_usage": True}}) as answer:
        for line in answer:
            if not line.startswith(b"data: {"):
                continue
            chunk = json.loads(line[6:])
            usage = chunk.get("usage") or usage
            for choice in chunk.get("choices", []):
                piece = choice["delta"].get("content") or ""
                text += piece
                if piece and first is None:
                    first = time.perf_counter() - begun
    return first, text, usage


def unload(url, model):
    post(url, "/api/generate", {"model": model, "keep_alive": 0}).read()
    end = time.monotonic() + 60
    while json.load(urllib.request.urlopen(url + "/api/ps"))["models"]:
        if time.monotonic() > end:
            raise RuntimeError("the model stays loaded")
        time.sleep(0.05)


def measure(options, extra):
    server = subprocess.Popen(
        [options.program, "serve", "--listen", "127.0.0.1:0", *extra], stdout=subprocess.PIPE, text=True
    )
    try:
        url = re.search(r"http://\S+", server.stdout.readline())[0]
        # A prompt of its own for each run, so that no file of an earlier one is good for it.
        words = f"Run {time.time()}. " + " ".join(f"item {i} costs {i * 7 % 97} coins;" for i in range(options.tokens // 11))
        messages = [{"role": "system", "content": words}, {"role": "user", "content": "What does item 5 cost?"}]
        cold, text, _ = chat(url, options.model, messages)
        messages += [{"role": "assistant", "content": text}, {"role": "user", "content": "And item 6?"}]
        unload(url, options.model)
        again, _, usage = chat(url, options.model, messages)
        unload(url, options.model)
        load, _, _ = chat(url, options.model, [{"role": "user", "content": "Hello"}])
        return {
            "prompt_tokens": usage["prompt_tokens"],
            "cached_tokens": usage.get("prompt_tokens_details", {}).get("cached_tokens", 0),
            "first_answer_s": round(cold, 2),
            "after_unload_s": round(again, 2),
            "load_and_short_question_s": round(load, 2),
        }
    finally:
        server.terminate()
        server.wait(60)
        server.stdout.close()


def file_sizes():
    home = os.environ.get("HEARTH_HOME")
    cache = pathlib.Path(home) / "cache" if home else pathlib.Path.home() / ".cache/hearth"
    return sum(each.stat().st_size for each in (cache / "prompts").glob("*.kv"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/hearth"))
    parser.add_argument("--model", default="qwen2.5-coder:1.5b")
    parser.add_argument("--tokens", type=int, default=4000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    before = file_sizes()
    result = {"with_files": measure(options, []), "files_mib": round((file_sizes() - before) / 2**20, 1)}
    result["without_files"] = measure(options, ["--no-prompt-files"])
    result["ratio"] = round(result["without_files"]["after_unload_s"] / result["with_files"]["after_unload_s"], 1)
    if options.json:
        print(json.dumps(result))
        return 0
    for name in ("with_files", "without_files"):
        print(name.replace("_", " ") + ":", ", ".join(f"{key} {value}" for key, value in result[name].items()))
    print(f"files: {result['files_mib']} MiB; the first token after an unload comes {result['ratio']} times as fast")
    return 0


if __name__ == "__main__":
    sys.exit(main())
