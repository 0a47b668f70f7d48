#!/usr/bin/env python3
"""The clients that people have, unmodified, against `hearth serve` with the real engine and the smallest models.

    PYTHONPATH=<folder with tests/clients/requirements.txt> HEARTH_PROGRAM=build/release/hearth HEARTH_HOME=... clients_test.py
"""

import base64
import contextlib
import hashlib
import http.server
import json
import os
import re
import signal
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

import anthropic
import httpx
import ollama
import openai
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families

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


class Collector(http.server.ThreadingHTTPServer):
    """Takes traces as a collector does: by OpenTelemetry's own definition of the message, unknown fields refused."""

    def __init__(self):
        spans = self.spans = []
        refused = self.refused = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    if (self.path, self.headers["Content-Type"]) != ("/v1/traces", "application/json"):
                        raise json_format.ParseError(self.path)
                    export = json_format.Parse(body, ExportTraceServiceRequest())
                    for resource in export.resource_spans:
                        for scope in resource.scope_spans:
                            spans.extend((resource.resource, span) for span in scope.spans)
                except json_format.ParseError as error:
                    refused.append(f"{error}: {body!r}")
                self.send_response(400 if refused else 200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class ClientsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.collector = Collector()
        cls.addClassCleanup(cls.collector.close)
        cls.server = subprocess.Popen(
            [os.environ["HEARTH_PROGRAM"], "serve", "--listen", "127.0.0.1:0", "--context", "2048"],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ
            | {
                "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{cls.collector.server_port}",
                "OTEL_SERVICE_NAME": "clients-test",
            },
        )
        cls.url = re.search(r"http://\S+", cls.server.stdout.readline())[0]

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        if cls.server.wait(60) != 0:
            raise RuntimeError("the server did not end well")
        cls.server.stdout.close()

    def metrics(self):
        with urllib.request.urlopen(self.url + "/metrics") as answer:
            families = list(text_string_to_metric_families(answer.read().decode()))
        return {(sample.name, *sorted(sample.labels.items())): sample.value for each in families for sample in each.samples}

    @contextlib.contextmanager
    def all_slots_taken(self):
        """Until a request has waited for longer than it is left without a word, which is a second, on any machine."""
        streams = [
            self.openai().chat.completions.create(
                model=MODEL, messages=QUESTION, max_tokens=1800, stream=True, extra_body={"ignore_eos": True}, **COLD
            )
            for _ in range(2)
        ]
        answered = threading.Event()

        def release():
            while not answered.wait(0.05):
                if self.metrics().get(("hearth_model_waiting", ("model", MODEL)), 0) > 0:
                    answered.wait(2)
                    break
            for stream in streams:
                stream.close()

        releasing = threading.Thread(target=release)
        releasing.start()
        try:
            yield
        finally:
            answered.set()
            releasing.join()

    # --- Prometheus ---

    def test_prometheus_reads_the_metrics(self):
        labels = (("key", ""), ("model", MODEL))
        before = self.metrics().get(("hearth_generated_tokens_total", *labels), 0)
        self.openai().chat.completions.create(model=MODEL, messages=QUESTION, max_tokens=6, **COLD)
        after = self.metrics()
        self.assertEqual(after["hearth_generated_tokens_total", *labels], before + 6)
        self.assertEqual(after["hearth_model_loaded", ("model", MODEL)], 1)
        self.assertGreater(after["process_resident_memory_bytes",], 1e6)
        buckets = [value for (name, *rest), value in after.items() if name == "hearth_request_seconds_bucket"]
        self.assertEqual(buckets, sorted(buckets))
        self.assertEqual(buckets[-1], after["hearth_request_seconds_count", ("model", MODEL)])

    # --- OpenTelemetry ---

    def test_opentelemetry_reads_the_traces(self):
        # Identifiers are hexadecimal in OTLP's JSON, which the general reader of messages takes for Base64.
        def digits(field):
            return base64.b64encode(field).decode()

        trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
        secret = "a word that no trace may have"
        for flags in ("00", "01"):
            self.openai().chat.completions.create(
                model=MODEL,
                messages=[{"role": "user", "content": secret}],
                max_tokens=6,
                **COLD,
                extra_headers={"traceparent": f"00-{trace}-{parent}-{flags}"},
            )

        def found():
            return [(by, span) for by, span in list(self.collector.spans) if digits(span.trace_id) == trace]

        end = time.monotonic() + 60
        while not found():
            self.assertLess(time.monotonic(), end)
            self.assertFalse(self.collector.refused)
            time.sleep(0.1)
        spans = {span.name: span for _, span in found()}
        self.assertEqual(len(found()), len(spans), "the one that is not sampled is not there")
        self.assertEqual(found()[0][0].attributes[0].value.string_value, "clients-test")
        request = spans.pop(f"chat {MODEL}")
        self.assertEqual(digits(request.parent_span_id), parent)
        self.assertEqual(request.kind, request.SPAN_KIND_SERVER)
        attributes = {each.key: each.value for each in request.attributes}
        self.assertEqual(attributes["gen_ai.usage.output_tokens"].int_value, 6)
        self.assertEqual(attributes["gen_ai.response.finish_reasons"].array_value.values[0].string_value, "length")
        self.assertGreater(attributes["hearth.first_token.seconds"].double_value, 0)
        self.assertLessEqual({"prefill", "decode"}, set(spans))
        for span in spans.values():
            self.assertEqual(span.parent_span_id, request.span_id)
            self.assertLessEqual(request.start_time_unix_nano, span.start_time_unix_nano)
            self.assertLessEqual(span.end_time_unix_nano, request.end_time_unix_nano)
        self.assertNotIn(secret, str(found()))
        self.assertGreaterEqual(self.metrics()["hearth_trace_spans_total", ("result", "sent")], 3)

    # --- While a request waits ---

    def test_ollama_waits(self):
        with self.all_slots_taken():
            pieces = list(self.ollama().chat(MODEL, QUESTION, stream=True, options={"num_predict": 6, **COLD}))
        self.assertEqual(pieces[0].message.content, "", "the first piece only says that it goes on")
        self.assertEqual(pieces[-1].eval_count, 6)

    def test_ollama_waits_for_a_text(self):
        with self.all_slots_taken():
            pieces = list(self.ollama().generate(MODEL, "Go on.", stream=True, options={"num_predict": 6, **COLD}))
        self.assertEqual(pieces[-1].eval_count, 6)

    def test_openai_waits(self):
        with self.all_slots_taken():
            answer = self.openai().chat.completions.with_raw_response.create(
                model=MODEL, messages=QUESTION, max_tokens=6, **COLD, stream=True
            )
            chunks = list(answer.parse())
        self.assertRegex(answer.headers["x-hearth-queue"], r"^position=1")
        self.assertTrue("".join(c.choices[0].delta.content or "" for c in chunks if c.choices))

    def test_anthropic_waits(self):
        with self.all_slots_taken():
            with self.anthropic().messages.stream(model=MODEL, max_tokens=6, messages=QUESTION) as stream:
                message = stream.get_final_message()
        self.assertEqual(message.usage.output_tokens, 6)

    def test_an_error_after_waiting_arrives(self):
        long = [{"role": "user", "content": "word " * 3000}]
        with self.all_slots_taken():
            with self.assertRaises(openai.APIError):
                list(self.openai().chat.completions.create(model=MODEL, messages=long, stream=True))
        with self.all_slots_taken():
            with self.assertRaises(anthropic.APIStatusError):
                with self.anthropic().messages.stream(model=MODEL, max_tokens=6, messages=long) as stream:
                    stream.get_final_message()
        with self.all_slots_taken():
            with self.assertRaises(ollama.ResponseError):
                list(self.ollama().chat(MODEL, long, stream=True))

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

    def test_ollama_generates_from_a_raw_prompt(self):
        raw = self.ollama().generate(MODEL, "Once upon a time", raw=True, options={"num_predict": 6, **COLD})
        chat = self.ollama().generate(MODEL, "Once upon a time", options={"num_predict": 6, **COLD})
        self.assertLess(raw.prompt_eval_count, chat.prompt_eval_count)
        self.assertEqual(raw.eval_count, 6)

    def test_ollama_is_told_that_a_model_cannot_fill_a_gap(self):
        with self.assertRaises(ollama.ResponseError) as caught:
            self.ollama().generate(MODEL, "def add(a, b):", suffix="return c")
        self.assertEqual(caught.exception.status_code, 400)

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

    def test_openai_completes_each_prompt_and_counts_all(self):
        asked = {"model": MODEL, "prompt": ["Once upon a time", "There was a"], "max_tokens": 4, "n": 2, **COLD}
        whole = self.openai().completions.create(**asked)
        self.assertEqual([choice.index for choice in whole.choices], [0, 1, 2, 3])
        self.assertEqual(whole.usage.completion_tokens, 16)
        chunks = list(self.openai().completions.create(**asked, stream=True, stream_options={"include_usage": True}))
        for index, choice in enumerate(whole.choices):
            pieces = [c.choices[0].text for c in chunks if c.choices and c.choices[0].index == index]
            self.assertEqual("".join(pieces), choice.text)
        self.assertEqual(chunks[-1].usage.completion_tokens, 16)

    def test_openai_is_told_that_a_prompt_to_complete_is_too_long(self):
        with self.assertRaises(openai.BadRequestError) as caught:
            self.openai().completions.create(model=MODEL, prompt="word " * 3000)
        self.assertEqual(caught.exception.code, "context_length_exceeded")

    def similarity(self, a, b):
        return sum(x * y for x, y in zip(a, b))

    def test_openai_embeds_what_is_alike_alike(self):
        given = [
            "The cat sat on the warm mat.",
            "A kitten was lying on a cosy rug.",
            "The central bank raised its key rate.",
        ]
        answer = self.openai().embeddings.create(model=MODEL, input=given)
        cat, kitten, bank = (each.embedding for each in answer.data)
        self.assertGreater(self.similarity(cat, kitten), self.similarity(cat, bank) + 0.1)
        self.assertAlmostEqual(self.similarity(cat, cat), 1, places=5)
        plain = self.openai().embeddings.create(model=MODEL, input=given[0], encoding_format="float").data[0].embedding
        for one, other in zip(plain, cat):
            self.assertAlmostEqual(one, other, places=3)
        short = self.openai().embeddings.create(model=MODEL, input=given[0], dimensions=64).data[0].embedding
        self.assertEqual(len(short), 64)
        self.assertAlmostEqual(self.similarity(short, short), 1, places=5)

    def test_openai_embeds_tokens(self):
        tokens = self.openai().post(self.url + "/tokenize", cast_to=object, body={"model": MODEL, "content": "A cat."})
        text = self.openai().post(self.url + "/detokenize", cast_to=object, body={"model": MODEL, **tokens})
        self.assertEqual(text["content"], "A cat.")
        one = self.openai().embeddings.create(model=MODEL, input=tokens["tokens"]).data[0].embedding
        other = self.openai().embeddings.create(model=MODEL, input="A cat.").data[0].embedding
        self.assertGreater(self.similarity(one, other), 0.999)

    def test_openai_is_told_that_a_text_is_too_long_to_embed(self):
        with self.assertRaises(openai.BadRequestError) as caught:
            self.openai().embeddings.create(model=MODEL, input=["short", "word " * 3000])
        self.assertEqual(caught.exception.code, "context_length_exceeded")
        self.assertIn("input[1] has 3001 tokens", str(caught.exception))

    def test_ollama_embeds_and_cuts_what_is_too_long(self):
        answer = self.ollama().embed(MODEL, ["A cat.", "word " * 3000])
        self.assertEqual(len(answer.embeddings), 2)
        self.assertGreaterEqual(answer.prompt_eval_count, 2048)
        self.assertGreater(answer.total_duration, 0)
        one = self.ollama().embeddings(MODEL, "A cat.").embedding
        self.assertGreater(self.similarity(one, answer.embeddings[0]), 0.999)
        with self.assertRaises(ollama.ResponseError) as caught:
            self.ollama().embed(MODEL, "word " * 3000, truncate=False)
        self.assertEqual(caught.exception.status_code, 400)

    def test_a_model_that_ranks_no_texts_says_so(self):
        with self.assertRaises(openai.BadRequestError):
            body = {"model": MODEL, "query": "q", "documents": ["a"]}
            self.openai().post("/rerank", cast_to=object, body=body)

    # --- OpenAI's Responses ---

    def respond(self, **asked):
        return self.openai().responses.create(**{"model": MODEL, "max_output_tokens": 6, **COLD, **asked})

    def test_responses_stream_what_they_keep(self):
        events = list(self.respond(input="Write a long story about a dog.", stream=True))
        self.assertEqual([event.sequence_number for event in events], list(range(len(events))))
        text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
        last = events[-1]
        self.assertEqual(last.type, "response.incomplete")
        self.assertEqual(last.response.incomplete_details.reason, "max_output_tokens")
        self.assertEqual(last.response.output_text, text)
        self.assertEqual(last.response.usage.output_tokens, 6)
        self.assertEqual(self.openai().responses.retrieve(last.response.id).output_text, text)

    def test_responses_go_on_from_earlier_ones(self):
        first = self.respond(input="Write a long story about a dog.")
        alone = self.respond(input="And then?", store=False)
        second = self.respond(input="And then?", previous_response_id=first.id)
        self.assertGreater(second.usage.input_tokens, alone.usage.input_tokens + first.usage.output_tokens)
        items = self.openai().responses.input_items.list(second.id).data
        self.assertEqual([item.content[0].text for item in items], ["And then?"])
        again = self.respond(
            input=[
                {"role": "user", "content": "Write a long story about a dog."},
                {"type": "item_reference", "id": first.output[0].id},
                {"role": "user", "content": "And then?"},
            ]
        )
        self.assertEqual(again.usage.input_tokens, second.usage.input_tokens)
        self.openai().responses.delete(first.id)
        for gone in (first.id, alone.id):
            with self.assertRaises(openai.NotFoundError):
                self.openai().responses.retrieve(gone)
            with self.assertRaises(openai.BadRequestError) as caught:
                self.respond(input="And then?", previous_response_id=gone)
            self.assertEqual(caught.exception.code, "previous_response_not_found")

    def test_responses_call_tools_by_the_names_of_the_client(self):
        function = {"type": "function", "name": "weather", "parameters": SCHEMA, "strict": True}
        tools = [
            {"type": "namespace", "name": "geo", "description": "Places.", "tools": [function]},
            {"type": "custom", "name": "note", "description": "Takes a note."},
            {"type": "web_search"},
        ]
        asked = {"tools": tools, "max_output_tokens": 200, "input": "What is the weather?"}
        first = self.respond(**asked, tool_choice={"type": "function", "name": "weather"})
        call = first.output[-1]
        self.assertEqual((call.type, call.namespace, call.name), ("function_call", "geo", "weather"))
        result = {"type": "function_call_output", "call_id": call.call_id, "output": "18 degrees"}
        second = self.respond(input=[result], previous_response_id=first.id, tools=tools)
        self.assertEqual(second.output[-1].type, "message")
        events = list(self.respond(**asked, tool_choice={"type": "custom", "name": "note"}, stream=True))
        note = events[-1].response.output[-1]
        self.assertEqual((note.type, note.name), ("custom_tool_call", "note"))
        self.assertEqual([e.input for e in events if e.type == "response.custom_tool_call_input.done"], [note.input])

    def test_responses_have_the_form_that_is_asked_for(self):
        form = {"type": "json_schema", "name": "place", "schema": SCHEMA, "strict": True}
        answer = self.respond(input="A city.", text={"format": form}, max_output_tokens=60)
        self.assertRegex(answer.output_text, r'^\s*\{\s*"city"')

    def test_responses_say_what_is_refused(self):
        with self.assertRaises(openai.BadRequestError) as caught:
            self.respond(input="word " * 3000)
        self.assertEqual(caught.exception.code, "context_length_exceeded")
        with self.assertRaises(openai.NotFoundError):
            self.respond(input="q", model="absent")
        with self.assertRaises(openai.BadRequestError):
            self.respond(input="q", background=True)

    def test_responses_count_their_input(self):
        counted = self.openai().responses.input_tokens.count(model=MODEL, input="Hello").input_tokens
        self.assertEqual(self.respond(input="Hello", store=False).usage.input_tokens, counted)

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


class TlsAndReloadTest(unittest.TestCase):
    """A server with a configuration of its own, beside the models of the usual one."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        (self.home / "data").mkdir()
        for each in (Path(os.environ["HEARTH_HOME"]) / "data").iterdir():
            if each.name not in ("tls", "keys.db"):
                (self.home / "data" / each.name).symlink_to(each)
        self.config("")

    def config(self, lines):
        (self.home / "config").mkdir(exist_ok=True)
        (self.home / "config/config.toml").write_text("[serve]\ncontext = 2048\n" + lines)

    def start(self, *options):
        server = subprocess.Popen(
            [os.environ["HEARTH_PROGRAM"], "serve", *options],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait, 60)
        self.addCleanup(server.terminate)
        return server

    def environment(self):
        return {**os.environ, "HEARTH_HOME": str(self.home)}

    def start_tls(self):
        """The server, its address, its certificate's file and fingerprint."""
        server = self.start("--listen", "unix:" + str(self.home / "hearth.sock"), "--listen", "https://127.0.0.1:0")
        self.assertIn("unix:", server.stdout.readline())
        url = re.search(r"https://\S+", server.stdout.readline())[0]
        said = re.search(r"certificate (\S+), good until \S+, SHA-256 (\S+)", server.stdout.readline())
        return server, url, Path(said[1]), said[2]

    def shown(self, url):
        """The fingerprint of the certificate that a new connection gets."""
        host, port = url.removeprefix("https://").split(":")
        certificate = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((host, int(port))))
        digest = hashlib.sha256(certificate).hexdigest().upper()
        return ":".join(digest[i : i + 2] for i in range(0, 64, 2))

    def client(self, url, certificate):
        trusted = ssl.create_default_context(cafile=str(certificate))
        return openai.OpenAI(
            base_url=url + "/v1", api_key="unused", max_retries=0, http_client=httpx.Client(verify=trusted)
        )

    def test_openai_over_tls_and_a_stream_across_a_reload(self):
        server, url, certificate, fingerprint = self.start_tls()
        self.assertEqual(self.shown(url), fingerprint)
        with self.client(url, certificate) as client:
            self.assertIn(MODEL, [each.id for each in client.models.list()])
            stream = client.chat.completions.create(
                model=MODEL, messages=QUESTION, max_tokens=300, stream=True, **COLD
            )
            chunks = [next(stream)]
            certificate.unlink()
            self.config('keep-alive = "1h"\nparallel = 3\n')
            server.send_signal(signal.SIGHUP)
            said = server.stderr.readline()
            self.assertIn("read again; needs a restart: parallel; certificate", said)
            renewed = self.shown(url)
            self.assertNotEqual(renewed, fingerprint)
            self.assertIn(renewed, said)
            chunks += list(stream)
            self.assertEqual(chunks[-1].choices[0].finish_reason, "length")
            self.assertGreater(len(chunks), 200)
        with self.client(url, certificate) as client:
            client.models.list()
        self.config("kep-alive = 1\n")
        server.send_signal(signal.SIGHUP)
        self.assertIn("the configuration stays as it was", said := server.stderr.readline())
        self.assertIn("Did you mean keep-alive?", said)
        self.assertEqual(self.shown(url), renewed)

    def test_who_does_not_trust_the_certificate_sends_nothing(self):
        _, url, certificate, _ = self.start_tls()
        with self.assertRaises(openai.APIConnectionError):
            openai.OpenAI(base_url=url + "/v1", api_key="unused", max_retries=0).models.list()
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(url.replace("https", "http") + "/v1/models")
        self.assertIn("this port speaks https", refused.exception.read().decode())
        refused.exception.close()
        trusted = ssl.create_default_context(cafile=str(certificate))
        with urllib.request.urlopen(url + "/api/version", context=trusted) as answer:
            self.assertIn("version", json.load(answer))

    def test_other_verbs_find_a_server_with_tls_alone(self):
        server = self.start("--listen", "https://127.0.0.1:0")
        self.assertIn("https://", server.stdout.readline())
        ps = [os.environ["HEARTH_PROGRAM"], "ps", "--json"]
        self.assertEqual(json.loads(subprocess.run(ps, env=self.environment(), check=True, capture_output=True).stdout), [])

    def test_a_quota_says_when_to_come_back(self):
        make = [os.environ["HEARTH_PROGRAM"], "key", "create", "ann", "--tokens-per-day", "120", "--json"]
        made = subprocess.run(make, env=self.environment(), check=True, capture_output=True)
        key = re.search(rb'"secret":\s*"([^"]+)"', made.stdout)[1].decode()
        server = self.start("--listen", "127.0.0.1:0")
        url = re.search(r"http://\S+", server.stdout.readline())[0]
        options = {"model": MODEL, "messages": QUESTION, "max_tokens": 60}
        client = openai.OpenAI(base_url=url + "/v1", api_key=key, max_retries=0)
        client.chat.completions.create(**options)
        with self.assertRaises(openai.RateLimitError) as by_openai:
            client.chat.completions.create(**options)
        with self.assertRaises(anthropic.RateLimitError) as by_anthropic:
            anthropic.Anthropic(base_url=url, api_key=key, max_retries=0).messages.create(**options)
        asked = urllib.request.Request(
            url + "/api/chat",
            json.dumps({"model": MODEL, "messages": QUESTION, "options": {"num_predict": 60}}).encode(),
            {"Authorization": "Bearer " + key},
        )
        with self.assertRaises(urllib.error.HTTPError) as by_ollama:
            urllib.request.urlopen(asked)
        waits = [by_openai.exception.response.headers["retry-after"]]
        waits += [by_anthropic.exception.response.headers["retry-after"], by_ollama.exception.headers["retry-after"]]
        by_ollama.exception.close()
        now = time.time()
        for wait in waits:
            self.assertAlmostEqual(int(wait), 86400 - now % 86400, delta=60)

    def test_the_socket_goes_with_the_server(self):
        server, *_ = self.start_tls()
        self.assertTrue((self.home / "hearth.sock").is_socket())
        server.terminate()
        self.assertEqual(server.wait(60), 0)
        self.assertFalse((self.home / "hearth.sock").exists())


if __name__ == "__main__":
    unittest.main()
