"""A server of the OpenAI API that talks by words of the last prompt: TOOL has it call bash once, WRITE write files by it, SLEEP call it for
long, SLOW speak slowly, CALL NAME {JSON} call that tool. Asked for an answer in a form it gives PLAN; a signed plan has it write GREETING,
BESIDE a file that PLAN does not name.

The next `failures` requests are refused as too many. Everything is streamed as it is said.
"""

import http.server
import json
import threading
import time

MODEL = "scripted"
CLOSING = "All done now."
CALLS = {"TOOL": ("bash", {"command": "echo hi; echo there"}), "SLEEP": ("bash", {"command": "sleep 20"}),
         "WRITE": ("bash", {"command": "echo written > old.txt; echo new > new.txt"}),
         "BESIDE": ("write", {"path": "beside.txt", "content": "no"}),
         "This plan is signed": ("write", {"path": "greeting.txt", "content": "hello"})}
PLAN = {"goal": "There is a greeting.", "files": [{"new_file": "greeting.txt", "new_functions": [], "why": "It is asked for."}],
        "steps": [{"file": "greeting.txt", "do": "Write the greeting."}], "tests": "", "risks": [], "questions": ["In which language?"]}
SLOW_PIECES, SLOW_PAUSE_S = 40, 0.05
PROMPT_TOKENS, GENERATED_TOKENS = 120, 12


def text_of(message):
    content = message.get("content")
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content or [])


def call_deltas(name, arguments):
    yield 0, {"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": {"name": name, "arguments": ""}}]}
    for piece in (arguments[:9], arguments[9:]):
        yield 0, {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}


def deltas(request):
    """Deltas of the answer, each with the pause before it."""
    last = request["messages"][-1]
    prompt = text_of(last) if last["role"] == "user" else ""
    if "response_format" in request:
        yield 0, {"content": json.dumps(PLAN)}
        return
    # What an extension says stands behind the prompt, in the same message or in the next.
    for message in reversed(request["messages"]):
        if message["role"] != "user":
            break
        if (text := text_of(message)).startswith("CALL "):
            name, arguments = text.split(" ", 2)[1:]
            arguments = json.JSONDecoder().raw_decode(arguments)[0]
            yield from call_deltas(name, json.dumps(arguments))
            return
    if "SLOW" in prompt:
        for number in range(SLOW_PIECES):
            yield SLOW_PAUSE_S, {"content": f"word{number} "}
    for word, (name, given) in CALLS.items():
        if word in prompt and request.get("tools"):
            yield from call_deltas(name, json.dumps(given))
            return
    if "SLOW" not in prompt:
        for piece in (CLOSING[:4], CLOSING[4:9], CLOSING[9:]):
            yield 0, {"content": piece}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.whole(200, {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 1, "owned_by": "test"}]})

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.failures > 0:
            self.server.failures -= 1
            return self.whole(503, {"error": {"message": "overloaded", "code": 503}})
        self.server.requests.append(request)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            self.speak(request)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client wanted no more

    def speak(self, request):
        reason = "stop"
        for pause, delta in [(0, {"role": "assistant", "content": ""}), *self.server.deltas(request)]:
            time.sleep(pause)
            self.chunk({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
            reason = "tool_calls" if "tool_calls" in delta else reason
        self.chunk({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        usage = {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": GENERATED_TOKENS}
        self.chunk({"choices": [], "usage": {**usage, "total_tokens": PROMPT_TOKENS + GENERATED_TOKENS}})
        self.wfile.write(b"data: [DONE]\n\n")

    def chunk(self, members):
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": MODEL}
        self.wfile.write(f"data: {json.dumps({**head, **members})}\n\n".encode())
        self.wfile.flush()

    def whole(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class ScriptedTalk(http.server.ThreadingHTTPServer):
    """Runs until close(); `requests` has the bodies that were answered, in their order."""

    daemon_threads = True

    def __init__(self):
        self.requests = []
        self.failures = 0
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def deltas(self, request):
        return deltas(request)

    def close(self):
        self.shutdown()
        self.server_close()
