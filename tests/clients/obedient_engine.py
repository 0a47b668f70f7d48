"""A server of the OpenAI API that plays the worst of models: it makes the calls that it was given, then whatever it reads somewhere."""

import json

import scripted_talk


def call_deltas(number, name, arguments):
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    head = {"index": 0, "id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": ""}}
    yield 0, {"tool_calls": [head]}
    for piece in (text[:9], text[9:]):
        yield 0, {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}


class ObedientEngine(scripted_talk.ScriptedTalk):
    """`calls` are (tool, arguments), made one a turn. `lure`: once this text stands in what it is sent, it makes the calls of `obeyed`; that
    it did is in `lured`. Then it says that all is done."""

    def __init__(self, calls, lure="", obeyed=()):
        self.waiting = list(calls)
        self.lure, self.obeyed = lure, list(obeyed)
        self.lured = False
        self.made = 0
        super().__init__()

    def deltas(self, request):
        if self.lure and not self.lured and any(self.lure in scripted_talk.text_of(each) for each in request["messages"]):
            self.lured = True
            self.waiting = self.obeyed
        if not self.waiting or not request.get("tools"):
            yield 0, {"content": scripted_talk.CLOSING}
            return
        self.made += 1
        yield from call_deltas(self.made, *self.waiting.pop(0))
