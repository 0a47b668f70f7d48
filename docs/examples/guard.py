#!/usr/bin/env python3
"""An extension of `hearth code`, with nothing but Python's own library: docs/extensions.md explains it.

It asks before a command that looks dangerous is run, offers the model a tool that counts words, and the person a command /guard.

    hearth code --extension docs/examples/guard.py
"""

import json
import re
import sys

DANGEROUS = re.compile(r"\brm\s+-\w*r|\bgit\s+(push|reset\s+--hard)|\bcurl\b.*\|\s*sh")
DECLARATION = {
    "protocol": 1,
    "name": "guard",
    "events": ["tool_call", "before_agent_start"],
    "tools": [
        {
            "name": "count_words",
            "description": "Counts the words of a text.",
            "parameters": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
        }
    ],
    "commands": [{"name": "guard", "description": "what was kept from running"}],
}

blocked = []
last_id = 0


def send(message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def ask(method, params):
    """A request to hearth, and its answer. Nothing else comes meanwhile but a cancellation."""
    global last_id
    last_id += 1
    send({"id": last_id, "method": method, "params": params})
    for line in sys.stdin:
        message = json.loads(line)
        if message.get("id") == last_id and "method" not in message:
            return message.get("result", {})
    sys.exit()


def decide(event):
    """What becomes of a tool call: {} lets it run."""
    command = event["input"].get("command", "")
    if event["toolName"] != "bash" or not DANGEROUS.search(command):
        return {}
    if ask("ui", {"method": "confirm", "title": "Run this command?", "message": command}).get("confirmed"):
        return {}
    blocked.append(command)
    return {"block": True, "reason": "The user does not want this command to run. Find another way."}


def answer(method, params):
    if method == "initialize":
        return DECLARATION
    if method == "event" and params["type"] == "tool_call":
        return decide(params)
    if method == "event" and params["type"] == "before_agent_start" and blocked:
        text = "Commands that the user refused: " + "; ".join(blocked)
        return {"message": {"customType": "guard", "content": text, "display": False}}
    if method == "tool":
        return {"content": f"{len(params['arguments']['text'].split())} words"}
    if method == "command":
        send({"method": "ui", "params": {"method": "notify", "message": f"{len(blocked)} commands were refused"}})
    return {}


for line in sys.stdin:
    request = json.loads(line)
    if "method" in request and "id" in request:
        send({"id": request["id"], "result": answer(request["method"], request["params"])})
    if request.get("method") == "shutdown":
        break
