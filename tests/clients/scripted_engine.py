"""A server of the OpenAI API that plays a model with a fixed part: it calls a tool of the agent, then says a closing text.

Which tool, under which names of arguments, is taken from those that the agent offers. Without tools it answers in the form in which
aider takes whole files. Everything is streamed in small pieces, as engines do.
"""

import http.server
import json
import threading

MODEL = "scripted"
FILE = "greeting.txt"
CONTENT = "Hello from the tool.\n"
CLOSING = "All done: the greeting is written."
PROMPT_TOKENS, GENERATED_TOKENS = 120, 12

# Tools that write a file, then those that run a command, the best first.
WRITERS = ("Write", "write")
RUNNERS = ("exec_command", "shell_command", "shell", "Bash", "bash")
COMMAND = f"printf '%s' '{CONTENT}' > {FILE}"
WHOLE_FILE = f"{FILE}\n```\n{CONTENT}```\n\n{CLOSING}\n"


def find_call(tools):
    """(name, arguments) of a call that writes the file; None when no tool on offer can."""
    offered = {tool["function"]["name"]: tool["function"].get("parameters", {}).get("properties", {}) for tool in tools}
    for name in WRITERS:
        if name in offered:
            path = next(each for each in offered[name] if "path" in each.lower())
            return name, {path: FILE, "content": CONTENT}
    for name in RUNNERS:
        if name in offered:
            command = next(each for each in ("cmd", "command") if each in offered[name])
            listed = offered[name][command].get("type") == "array"
            return name, {command: ["sh", "-c", COMMAND] if listed else COMMAND}
    return None


def play(request, call_is_due):
    """The answer: ("text", text) or ("call", name, arguments)."""
    tools = request.get("tools")
    if not tools:
        return "text", WHOLE_FILE
    call = find_call(tools) if call_is_due else None
    return ("call", *call) if call else ("text", CLOSING)


def pieces(text, size=7):
    return [text[at : at + size] for at in range(0, len(text), size)]


def deltas(answer, number):
    yield {"role": "assistant", "content": ""}
    if answer[0] == "text":
        for piece in pieces(answer[1]):
            yield {"content": piece}
        return
    _, name, arguments = answer
    yield {"tool_calls": [{"index": 0, "id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": ""}}]}
    for piece in pieces(json.dumps(arguments)):
        yield {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}


def chunks(answer, number, prompt_tokens):
    head = {"id": f"chatcmpl-{number}", "object": "chat.completion.chunk", "created": 1, "model": MODEL}
    for delta in deltas(answer, number):
        yield {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    reason = "tool_calls" if answer[0] == "call" else "stop"
    yield {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}
    usage = {"prompt_tokens": prompt_tokens, "completion_tokens": GENERATED_TOKENS}
    yield {**head, "choices": [], "usage": {**usage, "total_tokens": prompt_tokens + GENERATED_TOKENS}}


class ScriptedEngine(http.server.ThreadingHTTPServer):
    """Runs until close(); `requests` has the bodies that came, in their order. The next `calls` that are offered tools get a call, which
    says that the prompt had `call_prompt_tokens`; all else gets text and says PROMPT_TOKENS."""

    daemon_threads = True

    def __init__(self):
        requests = self.requests = []
        self.calls = 1
        self.call_prompt_tokens = PROMPT_TOKENS

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                listed = {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 1, "owned_by": "test"}]}
                self.answer("application/json", json.dumps(listed).encode())

            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                requests.append(request)
                answer = play(request, self.server.calls > 0)
                tokens = PROMPT_TOKENS
                if answer[0] == "call":
                    self.server.calls -= 1
                    tokens = self.server.call_prompt_tokens
                events = [json.dumps(chunk) for chunk in chunks(answer, len(requests), tokens)] + ["[DONE]"]
                self.answer("text/event-stream", "".join(f"data: {event}\n\n" for event in events).encode())

            def answer(self, kind, body):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()
