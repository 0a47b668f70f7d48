#!/usr/bin/env python3
"""The clients that people have, unmodified, against `hearth serve` with the real engine and the smallest models.

    PYTHONPATH=<folder with tests/clients/requirements.txt> HEARTH_PROGRAM=build/release/hearth HEARTH_HOME=... clients_test.py
"""

import hashlib
import http.server
import json
import os
import re
import struct
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import anthropic
import ollama
import openai

MODEL = "smollm2:135m"
# The answer is longer than every limit below, so counts are certain.
QUESTION = [{"role": "user", "content": "Write a long story about a dog."}]
COLD = {"temperature": 0}
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 20}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOL = {"type": "function", "function": {"name": "weather", "description": "Weather of a city.", "parameters": SCHEMA}}


def tiny_gguf(seed=0):
    """A whole model by its header, of one tensor."""

    def text(value):
        return struct.pack("<Q", len(value)) + value.encode()

    metadata = [
        text("general.architecture") + struct.pack("<I", 8) + text("llama"),
        text("llama.context_length") + struct.pack("<II", 4, 128),
        text("llama.block_count") + struct.pack("<II", 4, 1),
        text("llama.embedding_length") + struct.pack("<II", 4, 32),
        text("llama.attention.head_count") + struct.pack("<II", 4, 1),
    ]
    tensor = text("token_embd.weight") + struct.pack("<IQQIQ", 2, 32, 2, 0, 0)
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, len(metadata)) + b"".join(metadata) + tensor
    return head + bytes(-len(head) % 32) + bytes([seed]) * (32 * 2 * 4)


class Registry(http.server.ThreadingHTTPServer):
    """A registry of the Docker protocol with one model, which gives a token to anybody."""

    def __init__(self, content):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        layer = {"mediaType": "application/vnd.ollama.image.model", "digest": digest, "size": len(content)}
        manifest = json.dumps({"schemaVersion": 2, "layers": [layer]}).encode()
        files = {"/v2/someone/tiny/manifests/1b": manifest, f"/v2/someone/tiny/blobs/{digest}": content}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path.startswith("/token?"):
                    return self.answer(200, b'{"token":"anybody"}')
                if self.headers["Authorization"] != "Bearer anybody":
                    realm = f"http://127.0.0.1:{self.server.server_port}/token"
                    return self.answer(401, b"{}", {"WWW-Authenticate": f'Bearer realm="{realm}",service="test"'})
                return self.answer(200, files[self.path]) if self.path in files else self.answer(404, b"{}")

            def answer(self, status, body, headers=()):
                self.send_response(status)
                for name, value in dict(headers).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class ClientsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen(
            [os.environ["HEARTH_PROGRAM"], "serve", "--listen", "127.0.0.1:0", "--context", "2048"],
            stdout=subprocess.PIPE,
            text=True,
        )
        cls.url = re.search(r"http://\S+", cls.server.stdout.readline())[0]

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        if cls.server.wait(60) != 0:
            raise RuntimeError("the server did not end well")
        cls.server.stdout.close()

    # --- Ollama ---

    def ollama(self):
        return ollama.Client(self.url)

    def test_ollama_sees_the_models(self):
        self.assertIn(MODEL, [each.model for each in self.ollama().list().models])
        shown = self.ollama().show(MODEL)
        self.assertEqual(shown.details.format, "gguf")
        self.assertIn("completion", shown.capabilities)

    def test_ollama_streams_a_chat(self):
        pieces = list(self.ollama().chat(MODEL, QUESTION, stream=True, options={"num_predict": 6, **COLD}))
        self.assertTrue("".join(piece.message.content for piece in pieces))
        self.assertTrue(pieces[-1].done)
        self.assertEqual(pieces[-1].eval_count, 6)
        self.assertEqual(pieces[-1].done_reason, "length")
        self.assertEqual([each.model for each in self.ollama().ps().models], [MODEL])

    def test_ollama_generates(self):
        answer = self.ollama().generate(MODEL, "Write a long story about a dog.", options={"num_predict": 6, **COLD})
        self.assertTrue(answer.response)
        self.assertGreater(answer.total_duration, 0)

    def test_ollama_gets_the_form_that_it_asks_for(self):
        answer = self.ollama().chat(MODEL, QUESTION, format=SCHEMA, options={"num_predict": 60})
        self.assertRegex(answer.message.content, r'^\s*\{\s*"city"')

    def test_ollama_pulls_a_model_of_the_catalogue(self):
        lines = list(self.ollama().pull(MODEL, stream=True))
        self.assertEqual(lines[0].status, "pulling manifest")
        self.assertEqual([each.status for each in lines[-2:]], ["writing manifest", "success"])
        bars = [each for each in lines if each.digest]
        self.assertEqual(bars[-1].completed, bars[-1].total)
        self.assertEqual(self.ollama().pull(MODEL).status, "success")

    def test_ollama_copies_and_deletes_a_model(self):
        client = self.ollama()
        self.assertEqual(client.copy(MODEL, "client-copy").status, "success")
        self.assertIn("client-copy", [each.model for each in client.list().models])
        self.assertEqual(client.delete("client-copy").status, "success")
        with self.assertRaises(ollama.ResponseError) as caught:
            client.show("client-copy")
        self.assertEqual(caught.exception.status_code, 404)

    def test_ollama_creates_models(self):
        client = self.ollama()
        made = client.create(
            "client-made", from_=MODEL, system="You are terse.", parameters={"num_predict": 3, "stop": ["#"]}
        )
        self.assertEqual(made.status, "success")
        try:
            self.assertRegex(client.show("client-made").parameters, r"num_predict +3\n")
            answer = client.chat("client-made", QUESTION)
            self.assertEqual(answer.eval_count, 3)
            plain = client.chat(MODEL, QUESTION, options={"num_predict": 3})
            self.assertNotEqual(answer.prompt_eval_count, plain.prompt_eval_count)
        finally:
            client.delete("client-made")

    def test_ollama_sends_a_file_and_pulls_from_a_registry(self):
        client = self.ollama()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "mine.gguf"
            file.write_bytes(tiny_gguf())
            digest = client.create_blob(file)
            self.assertEqual(client.create("client-sent", files={"mine.gguf": digest}).status, "success")
        self.assertEqual(client.show("client-sent").modelinfo["general.architecture"], "llama")
        with Registry(tiny_gguf(seed=1)) as registry:
            name = f"127.0.0.1:{registry.server_port}/someone/tiny:1b"
            lines = list(client.pull(name, stream=True))
        self.assertEqual(lines[-1].status, "success")
        self.assertIn(name, [each.model for each in client.list().models])
        for each in ("client-sent", name):
            client.delete(each)

    def test_ollama_is_told_of_a_missing_model(self):
        with self.assertRaises(ollama.ResponseError) as caught:
            self.ollama().chat("absent", QUESTION)
        self.assertEqual(caught.exception.status_code, 404)

    # --- OpenAI ---

    def openai(self):
        return openai.OpenAI(base_url=self.url + "/v1", api_key="unused", max_retries=0)

    def test_openai_sees_the_models(self):
        self.assertIn(MODEL, [each.id for each in self.openai().models.list()])
        self.assertEqual(self.openai().models.retrieve(MODEL).id, MODEL)

    def test_openai_streams_a_chat_with_its_counts(self):
        stream = self.openai().chat.completions.create(
            model=MODEL, messages=QUESTION, max_tokens=6, **COLD, stream=True, stream_options={"include_usage": True}
        )
        chunks = list(stream)
        self.assertTrue("".join(c.choices[0].delta.content or "" for c in chunks if c.choices))
        self.assertEqual(chunks[-1].usage.completion_tokens, 6)

    def test_openai_counts_all_answers(self):
        answer = self.openai().chat.completions.create(model=MODEL, messages=QUESTION, max_tokens=6, **COLD, n=2, seed=1)
        self.assertEqual([choice.index for choice in answer.choices], [0, 1])
        self.assertGreater(answer.usage.completion_tokens, 6)

    def test_openai_gets_the_call_that_it_asks_for(self):
        for choice in ("required", {"type": "function", "function": {"name": "weather"}}):
            answer = self.openai().chat.completions.create(
                model=MODEL, messages=QUESTION, tools=[TOOL], tool_choice=choice, max_tokens=80
            )
            call = answer.choices[0].message.tool_calls[0].function
            self.assertEqual(call.name, "weather")
            self.assertRegex(call.arguments, r'^\{"city":".*"\}$')

    def test_openai_is_told_that_a_prompt_is_too_long(self):
        with self.assertRaises(openai.BadRequestError) as caught:
            self.openai().chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": "word " * 3000}]
            )
        self.assertEqual(caught.exception.code, "context_length_exceeded")

    def test_openai_is_told_of_a_missing_model(self):
        with self.assertRaises(openai.NotFoundError):
            self.openai().chat.completions.create(model="absent", messages=QUESTION)

    # --- Anthropic ---

    def anthropic(self):
        return anthropic.Anthropic(base_url=self.url, api_key="unused", max_retries=0)

    def test_anthropic_streams_a_message(self):
        with self.anthropic().messages.stream(model=MODEL, max_tokens=6, messages=QUESTION) as stream:
            text = "".join(stream.text_stream)
            message = stream.get_final_message()
        self.assertEqual(message.content[0].text, text)
        self.assertEqual(message.stop_reason, "max_tokens")
        self.assertEqual(message.usage.output_tokens, 6)

    def test_anthropic_gets_the_call_that_it_asks_for_and_goes_on(self):
        tools = [{"name": "weather", "description": "Weather of a city.", "input_schema": SCHEMA}]
        first = self.anthropic().messages.create(
            model=MODEL, max_tokens=80, tools=tools, tool_choice={"type": "any"}, messages=QUESTION
        )
        self.assertEqual(first.stop_reason, "tool_use")
        call = first.content[-1]
        result = {"type": "tool_result", "tool_use_id": call.id, "content": "18 degrees"}
        messages = QUESTION + [
            {"role": "assistant", "content": [call.model_dump(exclude_none=True)]},
            {"role": "user", "content": [result]},
        ]
        second = self.anthropic().messages.create(model=MODEL, max_tokens=6, tools=tools, messages=messages)
        self.assertIn(second.stop_reason, ("max_tokens", "end_turn"))

    def test_anthropic_counts_a_prompt(self):
        counted = self.anthropic().messages.count_tokens(model=MODEL, messages=QUESTION)
        answered = self.anthropic().messages.create(model=MODEL, max_tokens=1, messages=QUESTION)
        used = answered.usage.input_tokens + answered.usage.cache_read_input_tokens
        self.assertEqual(counted.input_tokens, used)

    def test_anthropic_is_told_of_a_missing_model(self):
        with self.assertRaises(anthropic.NotFoundError):
            self.anthropic().messages.create(model="absent", max_tokens=1, messages=QUESTION)


if __name__ == "__main__":
    unittest.main()
